// Publishes forms/*.json to KV, of this machine or of the account. tools/publish.rs decides with the service's own rules what may
// be published, and under which version; the database gives out the numbers, as it does for the API.

import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { hasSigningKey } from "./signing-key.mjs"
import { migrate, openStores } from "./stores.mjs"
import { root, wranglerDone } from "./wrangler.mjs"

// The forms of the demo page and of the tests; published to an account only with DEMO=1.
const DEMOS = ["demo.json", "kinds.json"]

// Prints the faults of invalid definitions and publishes the others. Returns whether all were published.
export async function publish({
  remote = false, demos = true, folder = join(root, "forms"), open, hasKey = () => hasSigningKey({ remote }),
} = {}) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort()
  const chosen = names.filter((name) => demos || !DEMOS.includes(name))
  const left = names.filter((name) => !chosen.includes(name))
  if (left.length > 0) console.log(`left out: ${left.map(inForms).join(", ")} (DEMO=1 publishes the demo forms, too)`)
  if (chosen.length === 0) {
    console.error(`nothing is published: there is no ${left.length > 0 ? "other " : ""}definition in forms/`)
    return false
  }
  const store = await (open ?? (remote ? openAccount : openLocal))()
  try {
    const files = chosen.map((name) => readForm(folder, name))
    const { begin, entries, end, published, left, faults } = await plan(files, store, hasKey)
    for (const { file, path, reason } of faults) console.error([`${file}:`, path, reason].filter(Boolean).join(" "))
    for (const { file, key } of left) {
      console.log(`left ${key} as it is: it was changed in the console after ${file} was published (a change of the file publishes it)`)
    }
    if (published.length > 0) {
      await write(store, begin, entries, end)
      const versions = published.map(({ key, version }) => `${key} (version ${version})`)
      console.log(`published ${versions.join(", ")} to ${remote ? "the account" : "local KV"}`)
    }
    const broken = [...new Set(faults.map(({ file }) => file))]
    if (broken.length > 0) console.error(`not published: ${broken.join(", ")}`)
    return broken.length === 0
  } finally {
    await store.close()
  }
}

function readForm(folder, name) {
  const file = inForms(name)
  try {
    // Other encodings are errors: decoding them would replace letters.
    return { file, text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(join(folder, name))) }
  } catch (error) {
    return { file, reason: error instanceof TypeError ? "is not UTF-8; save it as UTF-8" : `cannot be read: ${error.message}` }
  }
}

// Whether the Worker has a key; asked only when a form needs one.
async function knowsKey(files, hasKey) {
  return files.some(({ text }) => requiresTicket(text)) ? await hasKey() : true
}

function requiresTicket(text) {
  try {
    return JSON.parse(text).ticket === "required"
  } catch {
    // What is wrong with it is found later.
    return false
  }
}

function inForms(name) {
  return `forms/${name}`
}

// What is to be written, and what was found. The program is asked again until it has all that it needs to know.
async function plan(files, store, hasKey) {
  const unread = files.filter(({ reason }) => reason !== undefined)
  const given = {
    definitions: files.filter(({ text }) => text !== undefined),
    has_signing_key: await knowsKey(files, hasKey),
    writer: randomBytes(16).toString("hex"),
    now_ms: Date.now(),
    has_tables: true,
    rows: {},
    names: null,
    stored: {},
  }
  for (;;) {
    const { sql, names, unknown, ...found } = computePublication(given)
    const keys = Object.keys(sql)
    if (keys.length > 0) {
      const rows = await rowsOf(store, Object.values(sql))
      given.has_tables = rows !== undefined
      rows?.forEach(([row = null], at) => given.rows[keys[at]] = row)
    }
    if (names) given.names = await store.names("form/")
    if (unknown.length > 0) Object.assign(given.stored, await store.get(unknown))
    if (keys.length === 0 && !names && unknown.length === 0) return { ...found, faults: [...unread, ...found.faults] }
  }
}

// The rows of each statement; undefined when the database is older than the table of forms, which then no API can have changed.
async function rowsOf(store, statements) {
  try {
    return await store.rows(statements)
  } catch (error) {
    if (/no such table/.test(error.message)) return undefined
    throw error
  }
}

// The order of src/admin/forms/change.rs. When it breaks off, the next run goes on, or the cron takes it back.
async function write(store, begin, entries, end) {
  if (begin.length > 0) {
    const rows = await store.rows(begin)
    const failed = begin.findIndex((sql, at) => sql.startsWith("UPDATE") && rows[at].length === 0)
    if (failed >= 0) throw new Error("a form is being published by someone else: try again in a minute")
  }
  await store.put(entries)
  if (end.length > 0) await store.rows(end)
}

function computePublication(input) {
  const { status, stdout, error } = spawnSync(join(root, "target/debug/publish"), {
    input: JSON.stringify(input), encoding: "utf8", maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "inherit"],
  })
  if (status !== 0) throw new Error("tools/publish.rs failed", { cause: error })
  return JSON.parse(stdout)
}

// The stores of this machine, with the tables.
export async function openLocal() {
  const { env, close } = await openStores()
  try {
    await migrate(env)
    return { ...storesOf(env), close }
  } catch (error) {
    await close()
    throw error
  }
}

// What publishing needs of the bindings.
export function storesOf({ FORMS, LEADS }) {
  return {
    get: async (names) => Object.fromEntries(await Promise.all(names.map(async (name) => [name, await FORMS.get(name)]))),
    names: (prefix) => namesIn(FORMS, prefix),
    rows: async (statements) => {
      const rows = []
      for (const sql of statements) rows.push(await LEADS.prepare(sql).raw())
      return rows
    },
    // In order: a form is never visible before its version.
    put: async (entries) => {
      for (const { key, value } of entries) await FORMS.put(key, value)
    },
    delete: (name) => FORMS.delete(name),
  }
}

export async function namesIn(namespace, prefix) {
  const names = []
  let cursor
  do {
    const page = await namespace.list({ prefix, cursor })
    names.push(...page.keys.map(({ name }) => name))
    cursor = page.list_complete ? undefined : page.cursor
  } while (cursor)
  return names
}

// wrangler.toml has the namespace without an id; wrangler looks the id up only with --preview false.
export function openAccount() {
  const folder = mkdtempSync(join(tmpdir(), "formgate-seed-"))
  const file = join(folder, "names.json")
  const json = (printed) => JSON.parse(printed.slice(printed.search(/^\[/m)))
  const bulk = (verb, content) => {
    writeFileSync(file, JSON.stringify(content))
    return wranglerDone(["kv", "bulk", verb, file, "--binding", "FORMS", "--remote", "--preview", "false"])
  }
  return {
    get: async (names) => {
      const printed = await bulk("get", names)
      const found = JSON.parse(printed.slice(printed.indexOf("{")))
      return Object.fromEntries(names.map((name) => [name, found[name]?.value ?? null]))
    },
    names: async (prefix) => {
      const args = ["kv", "key", "list", "--binding", "FORMS", "--remote", "--preview", "false", "--prefix", prefix]
      return json(await wranglerDone(args)).map(({ name }) => name)
    },
    // All in one command: each takes seconds.
    rows: async (statements) => {
      const printed = await wranglerDone(["d1", "execute", "LEADS", "--remote", "--json"], { sql: statements.join(";\n") })
      return json(printed).map(({ results }) => results.map((row) => Object.values(row)))
    },
    put: (entries) => bulk("put", entries),
    close: () => rmSync(folder, { recursive: true }),
  }
}
