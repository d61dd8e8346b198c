// What wrangler.toml has wrangler do before it takes the build. A bare `wrangler dev` gets its tables and forms here; `make dev`
// and the tests bring their own, and nothing else needs any.

import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const { WRANGLER_COMMAND, STORES_ARE_READY } = process.env
// Not what the make that runs wrangler was given.
const env = { ...process.env, MAKEFLAGS: "", MAKELEVEL: "", REMOTE: "" }
const root = fileURLToPath(new URL("..", import.meta.url))

if (!existsSync(`${root}build/index.js`)) {
  console.error("the Worker is not built yet: make build")
  process.exitCode = 1
} else if (WRANGLER_COMMAND === "dev" && !STORES_ARE_READY) {
  // A form that cannot be published stops no other; of tables that are not there /healthz tells.
  spawnSync("make", ["--no-print-directory", "seed"], { cwd: root, env, stdio: "inherit" })
}
