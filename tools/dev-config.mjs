// The configuration of `make dev`: wrangler.toml, and an identity as Cloudflare Access would give it, so that the API and the
// console are open on this machine. It is in a file of its own, which git ignores, so that nothing that is deployed has it.

import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { root } from "./wrangler.mjs"

// Who calls the API under `make dev`. No such address exists elsewhere, so no list of a deployed Worker can have it by mistake.
export const DEVELOPER = "owner@localhost"

// Paths in it are relative to its folder, so it is beside wrangler.toml. Gives its path.
export function writeDevConfig() {
  const file = join(root, "wrangler.dev.toml")
  const config = readFileSync(join(root, "wrangler.toml"), "utf8")
  const access = `[access.dev]\naud = "formgate-dev"\nidentity = { email = "${DEVELOPER}", name = "Owner" }\n`
  writeFileSync(file, `# Written by \`make dev\` from wrangler.toml at every start.\n\n${config}\n${access}`)
  return file
}
