// The Worker as wrangler.toml describes it, in the options of miniflare.

import { startMiniflare, workerOptions as keptOptions } from "../../tools/stores.mjs"
import { root } from "../../tools/wrangler.mjs"

export { startMiniflare }

// The folder of the project is in it.
export const workerOptions = () => keptOptions("worker-options", (options) => ({ ...options, modulesRules: undefined }), root)
