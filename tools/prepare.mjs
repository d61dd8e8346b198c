// The build command in wrangler.toml: checks that the Worker is built, and builds the static files. For a bare `wrangler dev` it
// also creates tables and publishes the forms; `make dev` and the tests do so themselves.

import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const { WRANGLER_COMMAND, STORES_ARE_READY } = process.env
// Without the variables of a surrounding make.
const env = { ...process.env, MAKEFLAGS: "", MAKELEVEL: "", REMOTE: "" }
const root = fileURLToPath(new URL("..", import.meta.url))

if (!existsSync(`${root}build/index.js`)) {
  console.error("the Worker is not built yet: make build")
  process.exitCode = 1
} else {
  // Needs packages, which a clone without a build may lack.
  const { buildWww } = await import("./www.mjs")
  await buildWww()
  if (WRANGLER_COMMAND === "dev" && !STORES_ARE_READY) seed()
}

function seed() {
  // The exit status is ignored: an invalid form does not stop the others, and /healthz reports missing tables.
  spawnSync("make", ["--no-print-directory", "seed"], { cwd: root, env, stdio: "inherit" })
}
