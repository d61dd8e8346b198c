// What the contenders talk to, in a process of its own: the core, and the KV namespaces as workerd asks for them over HTTP.

import { once } from "node:events"
import { createServer } from "node:http"
import { text } from "node:stream/consumers"

import { answerQuestions } from "../tests/support/ask.mjs"

const RECEIPT = '{"submission":{"id":"core-1"}}'

// By namespace: what is stored, and how often each operation was asked for.
const namespaces = new Map()
let leads = 0
let lastLead = ""

const core = await listen(async (request, response) => {
  lastLead = await text(request)
  leads += 1
  response.writeHead(201, { "content-type": "application/json", "content-length": RECEIPT.length })
  response.end(RECEIPT)
})

answerQuestions({
  core: () => core,
  // Opens a namespace with these entries; gives its port.
  namespace: async (name, entries) => {
    const stored = new Map(Object.entries(entries).map(([key, value]) => [key, { value }]))
    const operations = { get: 0, put: 0, list: 0, delete: 0 }
    namespaces.set(name, { stored, operations })
    return listen((request, response) => answer(stored, operations, request, response))
  },
  operations: (name) => namespaces.get(name).operations,
  leads: () => leads,
  lastLead: () => lastLead,
})

async function answer(stored, operations, request, response) {
  const { pathname, searchParams } = new URL(request.url, "http://kv")
  const key = decodeURIComponent(pathname.slice(1))
  const end = (status, body = "", headers = {}) => {
    response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers })
    response.end(body)
  }
  if (request.method === "PUT") {
    operations.put += 1
    const metadata = request.headers["cf-kv-metadata"]
    stored.set(key, { value: await text(request), metadata })
    return end(200)
  }
  if (request.method === "DELETE") {
    operations.delete += 1
    stored.delete(key)
    return end(200)
  }
  if (key === "") {
    operations.list += 1
    const prefix = searchParams.get("prefix") ?? ""
    const keys = [...stored].filter(([name]) => name.startsWith(prefix)).map(([name, { metadata }]) => ({ name, metadata }))
    return end(200, JSON.stringify({ keys, list_complete: true }))
  }
  operations.get += 1
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
