// What the contenders talk to, in a process of its own: the core, the database, and the KV namespaces as workerd asks for them
// over HTTP.

import { once } from "node:events"
import { createServer } from "node:http"
import { text } from "node:stream/consumers"

import { answerQuestions } from "../tests/support/ask.mjs"

const RECEIPT = '{"submission":{"id":"core-1"}}'

const operations = new Map()
let lastLead = ""

const core = await listen(async (request, response) => {
  lastLead = await text(request)
  response.writeHead(201, { "content-type": "application/json", "content-length": RECEIPT.length })
  response.end(RECEIPT)
})

// A database that takes every statement and keeps nothing: counts of submissions by page are written to it.
const database = await listen(async (request, response) => {
  const statements = JSON.parse(await text(request))
  const result = { success: true, results: [], meta: {} }
  response.writeHead(200, { "content-type": "application/json" })
  response.end(JSON.stringify(Array.isArray(statements) ? statements.map(() => result) : result))
})

answerQuestions({
  core: () => core,
  database: () => database,
  // Opens a KV namespace of a contender with these entries; gives its port.
  namespace: async (contender, entries) => {
    const stored = new Map(Object.entries(entries).map(([key, value]) => [key, { value }]))
    return listen((request, response) => {
      operations.set(contender, (operations.get(contender) ?? 0) + 1)
      return answer(stored, request, response)
    })
  },
  // How many operations a contender has asked its namespaces for.
  operations: (contender) => operations.get(contender) ?? 0,
  lastLead: () => lastLead,
})

async function answer(stored, request, response) {
  const { pathname, searchParams } = new URL(request.url, "http://kv")
  const key = decodeURIComponent(pathname.slice(1))
  const end = (status, body = "", headers = {}) => {
    response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers })
    response.end(body)
  }
  if (request.method === "PUT") {
    const metadata = request.headers["cf-kv-metadata"]
    stored.set(key, { value: await text(request), metadata })
    return end(200)
  }
  if (request.method === "DELETE") {
    stored.delete(key)
    return end(200)
  }
  if (key === "") {
    const prefix = searchParams.get("prefix") ?? ""
    const keys = [...stored].filter(([name]) => name.startsWith(prefix)).map(([name, { metadata }]) => ({ name, metadata }))
    return end(200, JSON.stringify({ keys, list_complete: true }))
  }
  const entry = stored.get(key)
  return entry === undefined ? end(404) : end(200, entry.value)
}

async function listen(handle) {
  const server = createServer(handle)
  // workerd keeps its connections; one that is closed while it sends on it would be a failure of the benchmark.
  server.keepAliveTimeout = 0
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return server.address().port
}
