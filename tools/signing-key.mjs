// The signing key of this machine, in .dev.vars, which git ignores; and whether the Worker that forms are published to has one.

import { randomBytes } from "node:crypto"
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { root, wranglerDone } from "./wrangler.mjs"

const FILE = ".dev.vars"
const OTHER_FILE = ".env"
const KEY_BYTES = 32

// Adds a key to .dev.vars unless there is one, or a setting SIGNING_KEY in the environment. Changes nothing that is there.
// Returns what to tell the developer, if anything.
export function keepSigningKey(folder = root, env = process.env) {
  if (env.SIGNING_KEY !== undefined || hasKeyOnDisk(folder)) return undefined
  const file = join(folder, FILE)
  // wrangler reads .env only while there is no .dev.vars.
  if (!existsSync(file) && existsSync(join(folder, OTHER_FILE))) {
    return `there are no tickets: ${OTHER_FILE} has no SIGNING_KEY`
  }
  const before = existsSync(file) ? readFileSync(file, "utf8") : ""
  const lineEnd = before === "" || before.endsWith("\n") ? "" : "\n"
  appendFileSync(file, `${lineEnd}SIGNING_KEY=${randomBytes(KEY_BYTES).toString("hex")}\n`, { mode: 0o600 })
  return `made a SIGNING_KEY and kept it in ${FILE}`
}

// Whether `make dev`, or with `remote` the Worker of the account, has a signing key.
export async function hasSigningKey({ remote = false, folder = root, env = process.env } = {}) {
  if (!remote) return Boolean(env.SIGNING_KEY) || hasKeyOnDisk(folder)
  try {
    const printed = await wranglerDone(["secret", "list", "--format", "json"])
    return JSON.parse(printed.slice(printed.indexOf("["))).some(({ name }) => name === "SIGNING_KEY")
  } catch {
    // There is no such Worker yet.
    return false
  }
}

function hasKeyOnDisk(folder) {
  const file = [FILE, OTHER_FILE].map((name) => join(folder, name)).find((path) => existsSync(path))
  return file !== undefined && /^\s*(export\s+)?SIGNING_KEY\s*=/m.test(readFileSync(file, "utf8"))
}
