// A form definition as the keys and values that stand in the KV namespace FORMS.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { root, wranglerDone } from "./wrangler.mjs"

// The definition the Worker serves, and the same text under its version, which is never overwritten by a later one.
export function entries(definition, text = JSON.stringify(definition)) {
  const { key, version = 1 } = definition
  return [
    { key: `form/${key}`, value: text },
    { key: `form/${key}/v/${version}`, value: text },
  ]
}

// Puts forms/*.json into KV: of this machine, or of the account.
export async function publish({ remote = false } = {}) {
  const definitions = readForms()
  if (definitions.length === 0) throw new Error("forms/ holds no definition")
  const folder = mkdtempSync(join(tmpdir(), "formgate-seed-"))
  try {
    const file = join(folder, "forms.json")
    writeFileSync(file, JSON.stringify(definitions.flatMap((definition) => entries(definition))))
    // The namespace stands in wrangler.toml without an id: only with --preview false does wrangler look it up.
    const where = remote ? ["--remote", "--preview", "false"] : ["--local"]
    await wranglerDone(["kv", "bulk", "put", file, "--binding", "FORMS", ...where])
  } finally {
    rmSync(folder, { recursive: true })
  }
  console.log(`published ${definitions.map(({ key }) => key).join(", ")} to ${remote ? "the account" : "local KV"}`)
}

// Every definition in forms/; a file that is none stops the whole, so that nothing half is published.
function readForms() {
  const definitions = []
  const broken = []
  for (const name of readdirSync(join(root, "forms")).filter((name) => name.endsWith(".json")).sort()) {
    try {
      definitions.push(parse(readFileSync(join(root, "forms", name), "utf8")))
    } catch (error) {
      broken.push(`forms/${name}: ${error.message}`)
    }
  }
  const keys = definitions.map(({ key }) => key)
  for (const key of new Set(keys.filter((key, at) => keys.indexOf(key) !== at))) {
    broken.push(`forms/: two files have the key ${key}`)
  }
  if (broken.length > 0) throw new Error(broken.join("\n"))
  return definitions
}

function parse(text) {
  const definition = JSON.parse(text)
  if (typeof definition?.key !== "string") throw new Error("it has no key")
  if (!Number.isInteger(definition.version ?? 1)) throw new Error("its version is no whole number")
  return definition
}
