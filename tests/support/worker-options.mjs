// The Worker as wrangler.toml describes it, in the options of miniflare. wrangler takes a second of CPU time to start, more than
// everything else that a service needs, so that its answer is kept for as long as the configuration is the same.

import { createHash } from "node:crypto"
import { readFileSync, renameSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"

import { root } from "../../tools/wrangler.mjs"

const CONFIG = join(root, "wrangler.toml")

// The one that belongs to this wrangler.
const requireOfWrangler = createRequire(import.meta.resolve("wrangler"))
const { convertV4MiniflareOptions, Miniflare } = requireOfWrangler("miniflare")

export const startMiniflare = (options) => new Miniflare(convertV4MiniflareOptions(options))

export async function workerOptions() {
  const { version } = requireOfWrangler("wrangler/package.json")
  const state = createHash("sha256").update([root, version, readFileSync(CONFIG)].join("\n")).digest("hex").slice(0, 16)
  const kept = join(root, `build/worker-options-${state}.json`)
  try {
    return JSON.parse(readFileSync(kept, "utf8"))
  } catch {
    const { unstable_getMiniflareWorkerOptions } = await import("wrangler")
    const { workerOptions: { modulesRules: _, ...options } } = unstable_getMiniflareWorkerOptions(CONFIG)
    // In one step, as others may read it.
    writeFileSync(`${kept}.${process.pid}`, JSON.stringify(options))
    renameSync(`${kept}.${process.pid}`, kept)
    return JSON.parse(JSON.stringify(options))
  }
}
