// Publishes forms/*.json to KV, of this machine or of the account. tools/publish.rs decides with the service's own rules what may
// be published, and under which version.

import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { getPlatformProxy } from "wrangler"

import { hasSigningKey } from "./signing-key.mjs"
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
    const files = await withoutKey(chosen.map((name) => readForm(folder, name)), hasKey)
    const { entries, published, faults } = await check(files, store)
    for (const { file, path, reason } of faults) console.error([`${file}:`, path, reason].filter(Boolean).join(" "))
    if (published.length > 0) {
      await store.put(entries)
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

// A form that requires tickets takes no submission while the Worker has no key to sign them.
async function withoutKey(files, hasKey) {
  const needsKey = files.filter(({ text }) => requiresTicket(text))
  if (needsKey.length === 0 || await hasKey()) return files
  const reason = "cannot be required while there is no SIGNING_KEY (locally `make dev` makes one; in the account: "
    + "make wrangler RUN=\"secret put SIGNING_KEY\")"
  return files.map((file) => needsKey.includes(file) ? { file: file.file, path: "ticket", reason } : file)
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

async function check(files, store) {
  const definitions = files.filter(({ text }) => text !== undefined)
  const unread = files.filter(({ reason }) => reason !== undefined)
  const stored = {}
  for (;;) {
    const { unknown, ...publication } = computePublication({ definitions, stored })
    if (unknown.length === 0) return { ...publication, faults: [...unread, ...publication.faults] }
    Object.assign(stored, await store.get(unknown))
  }
}

function computePublication(input) {
  const { status, stdout, error } = spawnSync(join(root, "target/debug/publish"), {
    input: JSON.stringify(input), encoding: "utf8", maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "inherit"],
  })
  if (status !== 0) throw new Error("tools/publish.rs failed", { cause: error })
  return JSON.parse(stdout)
}

// PERSIST_TO replaces this project's folder of stores.
export async function openLocal() {
  const { PERSIST_TO } = process.env
  const persist = PERSIST_TO ? { path: join(PERSIST_TO, "v3") } : true
  const { env, dispose } = await getPlatformProxy({ configPath: join(root, "wrangler.toml"), envFiles: [], persist })
  return {
    get: async (names) => Object.fromEntries(await Promise.all(names.map(async (name) => [name, await env.FORMS.get(name)]))),
    // In order: a form is never visible before its version.
    put: async (entries) => {
      for (const { key, value } of entries) await env.FORMS.put(key, value)
    },
    delete: (name) => env.FORMS.delete(name),
    close: dispose,
  }
}

// wrangler.toml has the namespace without an id; wrangler looks the id up only with --preview false.
export function openAccount() {
  const folder = mkdtempSync(join(tmpdir(), "formgate-seed-"))
  const file = join(folder, "names.json")
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
    put: (entries) => bulk("put", entries),
    close: () => rmSync(folder, { recursive: true }),
  }
}
