// Publishes forms/*.json to KV, of this machine or of the account. What may be published, and under which version, is for
// the service's own rules to say (tools/publish.rs).

import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { getPlatformProxy } from "wrangler"

import { root, wranglerDone } from "./wrangler.mjs"

export async function publish({ remote = false, folder = join(root, "forms"), open } = {}) {
  const definitions = readForms(folder)
  if (definitions.length === 0) throw new Error("forms/ holds no definition")
  const store = await (open ?? (remote ? openAccount : openLocal))()
  try {
    const { entries, published } = await check(definitions, store)
    await store.put(entries)
    const versions = published.map(({ key, version }) => `${key} (version ${version})`)
    console.log(`published ${versions.join(", ")} to ${remote ? "the account" : "local KV"}`)
  } finally {
    await store.close()
  }
}

function readForms(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort()
  return names.map((name) => ({ file: `forms/${name}`, text: readFileSync(join(folder, name), "utf8") }))
}

// One definition that is wrong stops the whole, so that nothing half is published.
async function check(definitions, store) {
  const stored = {}
  for (;;) {
    const answer = ask({ definitions, stored })
    if (answer.faults.length > 0) {
      throw new Error(answer.faults.map(({ file, path, reason }) => `${file}: ${path} ${reason}`).join("\n"))
    }
    if (answer.unknown.length === 0) return answer
    Object.assign(stored, await store.get(answer.unknown))
  }
}

function ask(question) {
  const { status, stdout, error } = spawnSync(join(root, "target/debug/publish"), {
    input: JSON.stringify(question), encoding: "utf8", maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "inherit"],
  })
  if (status !== 0) throw new Error("tools/publish.rs did not answer", { cause: error })
  return JSON.parse(stdout)
}

// PERSIST_TO is another folder than this project's.
export async function openLocal() {
  const { PERSIST_TO } = process.env
  const persist = PERSIST_TO ? { path: join(PERSIST_TO, "v3") } : true
  const { env, dispose } = await getPlatformProxy({ configPath: join(root, "wrangler.toml"), envFiles: [], persist })
  return {
    get: async (names) => Object.fromEntries(await Promise.all(names.map(async (name) => [name, await env.FORMS.get(name)]))),
    // In their order: a form is never found without its version.
    put: async (entries) => {
      for (const { key, value } of entries) await env.FORMS.put(key, value)
    },
    delete: (name) => env.FORMS.delete(name),
    close: dispose,
  }
}

// The namespace stands in wrangler.toml without an id: only with --preview false does wrangler look it up.
export function openAccount() {
  const folder = mkdtempSync(join(tmpdir(), "formgate-seed-"))
  const file = join(folder, "names.json")
  const bulk = (verb, content) => {
    writeFileSync(file, JSON.stringify(content))
    return wranglerDone(["kv", "bulk", verb, file, "--binding", "FORMS", "--remote", "--preview", "false"])
  }
  return {
    get: async (names) => {
      const said = await bulk("get", names)
      const found = JSON.parse(said.slice(said.indexOf("{")))
      return Object.fromEntries(names.map((name) => [name, found[name]?.value ?? null]))
    },
    put: (entries) => bulk("put", entries),
    close: () => rmSync(folder, { recursive: true }),
  }
}
