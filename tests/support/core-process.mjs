// The process behind core.mjs.

import { once } from "node:events"
import { createServer } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"

import { answerQuestions } from "./ask.mjs"
import { answers } from "./core.mjs"

let answer = answers.accept
let received = []
// What it has taken, by idempotency key.
let leads = new Map()
// When to go away, and for how long.
let outage = null

const server = createServer(async (request, response) => {
  const chunks = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    // The edge has gone before it had sent everything.
    return
  }
  const { method, url, headers } = request
  const sent = { method, url, headers, body: Buffer.concat(chunks).toString("utf8") }
  received.push(sent)
  if (outage && received.length >= outage.after) goAway()
  const { status, headers: fields, body, delay_ms = 0, close, stall, honours } = answer
  const key = headers["idempotency-key"]
  const isKnown = honours && leads.has(key)
  // Before it answers: an answer that is lost takes nothing back.
  if (honours && !isKnown) leads.set(key, sent.body)
  if (close) return request.socket.destroy()
  await sleep(delay_ms)
  response.writeHead(isKnown ? 409 : status, fields)
  response.write(isKnown ? '{"error":{"code":"LG_1001","message":"A lead with this email already exists","http":409}}' : body)
  if (!stall) response.end()
})

await listen(0)
const { port } = server.address()

answerQuestions({
  port: () => port,
  received: () => received,
  count: () => received.length,
  leads: () => [...leads.values()],
  leadCount: () => leads.size,
  answerWith: (next) => {
    answer = next
    received = []
    leads = new Map()
  },
  close,
  open: () => listen(port),
  goAwayAfter: (after, for_ms) => {
    outage = { after, for_ms }
  },
})

function goAway() {
  setTimeout(() => listen(port), outage.for_ms)
  outage = null
  close()
}

// Requests that are being answered lose their connection.
function close() {
  server.close()
  server.closeAllConnections()
}

async function listen(port) {
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
}
