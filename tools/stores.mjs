// KV and D1 of this machine, as `wrangler dev` has them. wrangler itself takes a second of CPU time to load: its answer about
// wrangler.toml is kept for as long as the file is the same, and miniflare, on which it is built, opens the stores.

import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

import { STORE_SCRIPT, openBindings } from "./store-worker.mjs"
import { root } from "./wrangler.mjs"

const CONFIG = join(root, "wrangler.toml")
const NAME = "stores"
const MIGRATIONS = join(root, "migrations")

// The miniflare that belongs to this wrangler.
const requireOfWrangler = createRequire(import.meta.resolve("wrangler"))

// How often, and how long apart, something is tried while another process writes.
const ATTEMPTS = 5
const PAUSE_MS = 300

// A query that failed since another process wrote. workerd has no words for it when the database was locked as it was opened.
export const isBusy = ({ message }) => /SQLITE_BUSY|database is locked|internal error/.test(message)

// Does `work`, again when it failed since another process wrote.
export async function withRetries(work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === ATTEMPTS || !isBusy(error)) throw error
      await sleep(PAUSE_MS)
    }
  }
}

export function startMiniflare(options) {
  const { convertV4MiniflareOptions, Miniflare } = requireOfWrangler("miniflare")
  return new Miniflare(convertV4MiniflareOptions(options))
}

// The bindings, and a function that closes the stores. PERSIST_TO replaces this project's folder of stores.
export async function openStores() {
  const { kvNamespaces, d1Databases, compatibilityDate } = await workerOptions("stores", ({
    kvNamespaces, d1Databases, compatibilityDate,
  }) => ({ kvNamespaces, d1Databases, compatibilityDate }))
  const miniflare = startMiniflare({
    // Otherwise Cloudflare is asked where this machine is.
    cf: false,
    // What workerd prints of a failed query, which the caller gets as an error, too.
    handleStructuredLogs: () => {},
    name: NAME,
    modules: true,
    script: STORE_SCRIPT,
    compatibilityDate,
    kvNamespaces,
    d1Databases,
    unsafeDirectSockets: [{ host: "127.0.0.1" }],
    resourcePersistencePath: join(process.env.PERSIST_TO || join(root, ".wrangler/state"), "v3"),
  })
  const close = () => miniflare.dispose()
  try {
    return { env: openBindings(await miniflare.unsafeGetDirectURL(NAME), { kvNamespaces, d1Databases }), close }
  } catch (error) {
    await close()
    throw error
  }
}

// What wrangler says about wrangler.toml, in the options of miniflare: the part that `select` takes, kept as `name`. `place` is
// what the part depends on beside the file.
export async function workerOptions(name, select, place = "") {
  const { version } = requireOfWrangler("wrangler/package.json")
  const state = createHash("sha256").update([place, version, readFileSync(CONFIG)].join("\n")).digest("hex").slice(0, 16)
  const kept = join(root, `build/${name}-${state}.json`)
  try {
    return JSON.parse(readFileSync(kept, "utf8"))
  } catch {
    const { unstable_getMiniflareWorkerOptions } = await import("wrangler")
    const options = JSON.stringify(select(unstable_getMiniflareWorkerOptions(CONFIG).workerOptions))
    mkdirSync(join(root, "build"), { recursive: true })
    // In one step, as others may read it.
    writeFileSync(`${kept}.${process.pid}`, options)
    renameSync(`${kept}.${process.pid}`, kept)
    return JSON.parse(options)
  }
}

// The migrations in order: { name, statements }.
export function migrations() {
  return readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql")).sort().map((name) => {
    const statements = readFileSync(join(MIGRATIONS, name), "utf8").replace(/--.*$/gm, "").split(/;\s*$/m)
    return { name, statements: statements.filter((statement) => statement.trim() !== "") }
  })
}

// Does what `wrangler d1 migrations apply` does, which lists in the same table what it has applied.
export async function migrate({ LEADS }) {
  await LEADS.prepare(`CREATE TABLE IF NOT EXISTS d1_migrations(
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
  )`).run()
  const { results } = await LEADS.prepare("SELECT name FROM d1_migrations").all()
  const applied = new Set(results.map(({ name }) => name))
  for (const { name, statements } of migrations()) {
    if (applied.has(name)) continue
    // As one transaction: none of it is applied when one fails.
    await LEADS.batch([
      ...statements.map((statement) => LEADS.prepare(statement)),
      LEADS.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(name),
    ])
  }
}
