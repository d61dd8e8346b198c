// The process behind core.mjs.

import { once } from "node:events"
import { createServer } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"

import { answerQuestions } from "./ask.mjs"
import { answers } from "./core.mjs"

let answer = answers.accept
let received = []

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const { method, url, headers } = request
  received.push({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") })
  const { status, headers: fields, body, delay_ms = 0, close, stall } = answer
  if (close) return request.socket.destroy()
  await sleep(delay_ms)
  response.writeHead(status, fields)
  response.write(body)
  if (!stall) response.end()
})

await listen(0)
const { port } = server.address()

answerQuestions({
  port: () => port,
  received: () => received,
  answerWith: (next) => {
    answer = next
    received = []
  },
  close: () => {
    server.close()
    server.closeAllConnections()
  },
  open: () => listen(port),
})

async function listen(port) {
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
}
