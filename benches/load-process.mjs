// The load, in a process of its own: writes HTTP/1.1 to the sockets as bytes, since an HTTP client would take as much CPU time
// as workerd.

import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

import { answerQuestions } from "../tests/support/ask.mjs"

const HEAD_END = Buffer.from("\r\n\r\n")
const LAST_CHUNK = Buffer.from("0\r\n\r\n")

// The number of the next request, so that no two are alike.
let serial = 0
let ticket = ""
// A visitor takes at least this long between ticket and submission; a shorter time is a signal of spam.
const TYPING_MS = 1_500

answerQuestions({
  // Asks for a ticket, which later requests send.
  ticket: async (port, request) => {
    const connection = await open(port)
    const { body } = await exchange(connection, write(request))
    connection.socket.destroy()
    ticket = JSON.parse(body.toString("utf8")).ticket
    await sleep(TYPING_MS)
  },
  // One request; gives { status, headers, body, ms }.
  one: async (port, request) => {
    const connection = await open(port)
    const bytes = write(request)
    const sent_at = performance.now()
    const answer = await exchange(connection, bytes)
    connection.socket.destroy()
    return { ...answer, ms: performance.now() - sent_at, body: answer.body.toString("utf8") }
  },
  // Many requests over some connections, each with the status `expected`: { ms, latencies_ms, resets }. A server that responds
  // before it has read the body may reset the connection, and the response is lost: these are counted if it `mayReset`.
  many: async (port, request, { requests, connections, expected, mayReset = false }) => {
    const latencies_ms = []
    let resets = 0
    let left = requests
    const start = performance.now()
    await Promise.all(Array.from({ length: connections }, async () => {
      let connection = await open(port)
      while (left-- > 0) {
        if (connection.socket.destroyed) connection = await open(port)
        const bytes = write(request)
        const sent_at = performance.now()
        try {
          const { status, isLast, body } = await exchange(connection, bytes)
          latencies_ms.push(performance.now() - sent_at)
          if (status !== expected) throw new Error(`status ${status} instead of ${expected}: ${body.toString("utf8")}`)
          if (isLast) connection.socket.destroy()
        } catch (error) {
          if (!mayReset || error.code === undefined) throw error
          resets += 1
          connection.socket.destroy()
        }
      }
      connection.socket.destroy()
    }))
    return { ms: performance.now() - start, latencies_ms, resets }
  },
})

// The bytes of a request with the next number in the place of `{number}` (eight digits), `{address}` (of IPv4) and `{ticket}`.
function write({ method, path, headers, body = "" }) {
  serial += 1
  const number = String(serial).padStart(8, "0")
  const address = `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`
  const fill = (text) => text.replaceAll("{number}", number).replaceAll("{address}", address).replaceAll("{ticket}", ticket)
  const content = fill(body)
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${fill(value)}\r\n`).join("")
  const length = method === "POST" ? `content-length: ${Buffer.byteLength(content)}\r\n` : ""
  return `${method} ${path} HTTP/1.1\r\nhost: forms.example.net\r\n${fields}${length}\r\n${content}`
}

async function open(port) {
  const socket = connect(port, "127.0.0.1")
  await once(socket, "connect")
  socket.setNoDelay(true)
  const connection = { socket, received: Buffer.alloc(0), resolve: null, reject: null }
  socket.on("data", (bytes) => {
    connection.received = connection.received.length === 0 ? bytes : Buffer.concat([connection.received, bytes])
    const answer = read(connection.received)
    if (answer === null) return
    connection.received = connection.received.subarray(answer.length)
    connection.resolve?.(answer)
  })
  // A response may still arrive after an error of writing.
  let failure = Object.assign(new Error("the connection was closed before the response"), { code: "CLOSED" })
  socket.on("error", (error) => failure = error)
  socket.on("close", () => connection.reject?.(failure))
  return connection
}

function exchange(connection, bytes) {
  return new Promise((resolve, reject) => {
    Object.assign(connection, { resolve, reject })
    connection.socket.write(bytes)
  })
}

// The whole response at the beginning of these bytes, or null.
function read(bytes) {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return null
  const [first, ...lines] = bytes.toString("latin1", 0, end).split("\r\n")
  const status = Number(first.split(" ")[1])
  const headers = Object.fromEntries(lines.map((line) => {
    const at = line.indexOf(":")
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  }))
  const isLast = headers.connection === "close"
  const start = end + HEAD_END.length
  if (status === 204 || status === 304) return { status, headers, isLast, body: Buffer.alloc(0), length: start }
  if (headers["transfer-encoding"] === "chunked") {
    const last = bytes.indexOf(LAST_CHUNK, start)
    if (last < 0) return null
    return { status, headers, isLast, body: bytes.subarray(start, last), length: last + LAST_CHUNK.length }
  }
  const length = start + Number(headers["content-length"] ?? 0)
  if (bytes.length < length) return null
  return { status, headers, isLast, body: bytes.subarray(start, length), length }
}
