// The process behind workerd.mjs and service.mjs: every workerd of a test file, with the KV, D1 and queues of miniflare.

import { execFileSync } from "node:child_process"
import { join } from "node:path"

import { STORE_SCRIPT, openBindings } from "../../tools/store-worker.mjs"
import { answerQuestions } from "./ask.mjs"
import { storeQuestions } from "./store-questions.mjs"
import { startMiniflare, workerOptions } from "./worker-options.mjs"

const NAME = "formgate"
const STORE = "store"
const unsafeDirectSockets = [{ host: "127.0.0.1" }]

const { assets, ...worker } = await workerOptions()
const { compatibilityDate, kvNamespaces, d1Databases } = worker
const store = {
  name: STORE, compatibilityDate, kvNamespaces, d1Databases, modules: true, script: STORE_SCRIPT, unsafeDirectSockets,
}

const started = new Map()
let count = 0

answerQuestions({
  // A service with its stores: in `persistTo`, which other processes may open, or in a folder of its own.
  start: async ({ settings, build, hasFiles, isMeasured, persistTo, hasTables = true, hasConsumer = true }) => {
    const id = await start(persistTo, {
      ...worker,
      ...hasConsumer ? {} : { queueConsumers: {} },
      name: NAME,
      modulesRoot: build,
      modules: [
        ...isMeasured ? [{ type: "ESModule", path: join(build, "measured.js"), contents: measuringScript() }] : [],
        { type: "ESModule", path: join(build, "index.js") },
        { type: "CompiledWasm", path: join(build, "index_bg.wasm") },
      ],
      bindings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
      // With `assets` the socket leads to a proxy, which hides that a client is gone.
      ...hasFiles ? { assets } : { serviceBindings: { [assets.binding]: { disk: { path: assets.directory, writable: false } } } },
      unsafeDirectSockets,
    })
    const { miniflare, env } = started.get(id)
    if (hasTables) await storeQuestions.migrate(env)
    const { origin } = await miniflare.unsafeGetDirectURL(NAME)
    return { id, origin, cron: new URL("/cdn-cgi/local/scheduled", await miniflare.ready).href }
  },
  // Only the stores in a folder, beside a service of another process.
  openStores: (persistTo) => start(persistTo),
  stop: async (id) => {
    await started.get(id).miniflare.dispose()
    started.delete(id)
  },
  // Those after the first `known`.
  lines: (id, known) => started.get(id).lines.slice(known),
  memory: (id) => {
    const service = started.get(id)
    service.pid ??= onlyWorkerd()
    return Number(execFileSync("ps", ["-o", "rss=", "-p", service.pid], { encoding: "utf8" })) * 1024
  },
  ...Object.fromEntries(Object.entries(storeQuestions).map(([name, question]) => [
    name, (id, ...details) => question(started.get(id).env, ...details),
  ])),
}, { end: () => Promise.all([...started.values()].map(({ miniflare }) => miniflare.dispose())) })

// The number of the process, which is looked up once.
function onlyWorkerd() {
  const listed = execFileSync("ps", ["-A", "-o", "ppid=,pid=,comm="], { encoding: "utf8" })
  const processes = listed.split("\n").map((line) => line.trim().split(/\s+/))
  const ours = processes.filter(([parent, , command]) => Number(parent) === process.pid && command?.includes("workerd"))
  if (ours.length !== 1) throw new Error(`${ours.length} workerd, whose memory cannot be told apart`)
  return ours[0][1]
}

async function start(persistTo, ...workers) {
  const lines = []
  const miniflare = startMiniflare({
    // Otherwise Cloudflare is asked where this machine is.
    cf: false,
    handleStructuredLogs: ({ message }) => lines.push(message),
    // The cron trigger is a request to miniflare.
    unsafeTriggerHandlers: true,
    ...persistTo === undefined ? {} : { resourcePersistencePath: join(persistTo, "v3") },
    workers: [...workers, store],
  })
  const url = await miniflare.unsafeGetDirectURL(STORE)
  const id = count += 1
  started.set(id, { miniflare, lines, env: openBindings(url, { kvNamespaces, d1Databases }) })
  return id
}

// The Worker as it is. To a request with `x-measured` its response has what D1 reports of each query in the header `x-queries`:
// the rows that it read and the milliseconds that it took. Each query runs once more for that.
function measuringScript() {
  return `import worker from "./index.js"

    function measured(target, queries) {
      return new Proxy(target, {
        get(_, name) {
          if (name === "prepare" || name === "bind") return (...values) => measured(target[name](...values), queries)
          if (name === "raw") return async () => {
            const { meta } = await target.all()
            queries.push([meta.rows_read, meta.duration])
            return target.raw()
          }
          const member = target[name]
          return typeof member === "function" && name !== "constructor" ? member.bind(target) : member
        },
      })
    }

    export default {
      async fetch(request, env, context) {
        if (!request.headers.has("x-measured")) return worker.fetch(request, env, context)
        const queries = []
        const response = await worker.fetch(request, { ...env, LEADS: measured(env.LEADS, queries) }, context)
        const headers = new Headers(response.headers)
        headers.set("x-queries", JSON.stringify(queries))
        return new Response(response.body, { status: response.status, headers })
      },
    }`
}
