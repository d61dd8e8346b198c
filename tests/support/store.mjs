// What a store of the Worker is filled with: the tables and published forms.

import { createHash, randomBytes } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { root } from "../../tools/wrangler.mjs"

// The SQL statements of all migrations, in order.
export function migrations() {
  const folder = join(root, "migrations")
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql")).sort()
  return files
    .flatMap((name) => readFileSync(join(folder, name), "utf8").replace(/--.*$/gm, "").split(/;\s*$/m))
    .filter((statement) => statement.trim() !== "")
}

// An API token of a role, and the statement that adds it.
export function newToken(role) {
  const token = `fg_${randomBytes(8).toString("hex")}_${randomBytes(16).toString("hex")}`
  const hash = createHash("sha256").update(token).digest("hex")
  const values = [token.slice(3, 19), hash, "test", role, "", ""].map((value) => `'${value}'`)
  return { token, insert: `INSERT INTO api_tokens (id, hash, name, role, created_at, created_by) VALUES (${values})` }
}

// The KV entries of a definition as it is published, without asking whether it may be; of a text, that text.
export function formEntries(key, form) {
  if (typeof form === "string") return [{ key: `form/${key}`, value: form }]
  const value = JSON.stringify({ ...form, key })
  return [{ key: `form/${key}`, value }, { key: `form/${key}/v/${form.version ?? 1}`, value }]
}
