// The process behind workerd.mjs: workerd, with the KV, D1 and queues of miniflare.

import { execFileSync } from "node:child_process"
import { createRequire } from "node:module"
import { join } from "node:path"

import { unstable_getMiniflareWorkerOptions } from "wrangler"

import { root } from "../../tools/wrangler.mjs"
import { answerQuestions } from "./ask.mjs"
import { formEntries, migrations, newToken } from "./store.mjs"

// The one that belongs to this wrangler.
const { convertV4MiniflareOptions, Miniflare } = createRequire(import.meta.resolve("wrangler"))("miniflare")

const NAME = "formgate"
const STORE = "store"

const { settings, build, hasFiles } = JSON.parse(process.argv[2])
const lines = []

const { workerOptions: { assets, modulesRules: _, ...worker } } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"))
const { compatibilityDate, kvNamespaces, d1Databases } = worker
const unsafeDirectSockets = [{ host: "127.0.0.1" }]
const service = new Miniflare(convertV4MiniflareOptions({
  // Otherwise Cloudflare is asked where this machine is.
  cf: false,
  handleStructuredLogs: ({ message }) => lines.push(message),
  workers: [
    {
      ...worker,
      name: NAME,
      modulesRoot: build,
      modules: [
        { type: "ESModule", path: join(build, "index.js") },
        { type: "CompiledWasm", path: join(build, "index_bg.wasm") },
      ],
      bindings: settings,
      // With `assets` the socket leads to a proxy, which hides that a client is gone.
      ...hasFiles ? { assets } : { serviceBindings: { [assets.binding]: { disk: { path: assets.directory, writable: false } } } },
      unsafeDirectSockets,
    },
    // miniflare's own way to the stores blocks this process, which then reads no log, which in the end blocks workerd.
    { name: STORE, compatibilityDate, kvNamespaces, d1Databases, modules: true, script: storeScript(), unsafeDirectSockets },
  ],
}))

answerQuestions({
  start: async () => {
    await store({ statements: migrations() })
    return (await service.unsafeGetDirectURL(NAME)).origin
  },
  putForm: (key, form) => store({ entries: formEntries(key, form) }),
  putToken: async (role) => {
    const { token, insert } = newToken(role)
    await store({ statements: [insert] })
    return token
  },
  inbox: () => store({ statements: ["SELECT * FROM leads ORDER BY received_at"] }),
  deadLetters: () => store({ statements: ["SELECT * FROM dead_letters ORDER BY died_at_ms"] }),
  lines: () => lines,
  memory: () => {
    const listed = execFileSync("ps", ["-A", "-o", "ppid=,rss=,comm="], { encoding: "utf8" })
    const processes = listed.split("\n").map((line) => line.trim().split(/\s+/))
    const [, kilobytes] = processes.find(([parent, , command]) => Number(parent) === process.pid && command?.includes("workerd"))
    return Number(kilobytes) * 1024
  },
}, { end: () => service.dispose() })

// Writes entries of FORMS and runs SQL; gives the rows of the last statement.
async function store({ entries = [], statements = [] }) {
  const url = await service.unsafeGetDirectURL(STORE)
  const answer = await fetch(url, { method: "POST", body: JSON.stringify({ entries, statements }) })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}

function storeScript() {
  return `export default {
    async fetch(request, { FORMS, LEADS }) {
      const { entries, statements } = await request.json()
      for (const { key, value } of entries) await FORMS.put(key, value)
      let rows = []
      for (const statement of statements) rows = (await LEADS.prepare(statement).all()).results
      return Response.json(rows)
    },
  }`
}
