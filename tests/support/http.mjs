// A client that can send anything, and what every answer of the service must be like.

import assert from "node:assert/strict"
import { once } from "node:events"
import { connect } from "node:net"
import { text } from "node:stream/consumers"

import { PAGE, TYPED, typed } from "./forms.mjs"

const PATIENCE_MS = 15_000

// The name, status and code of each problem a visitor can meet.
const PROBLEMS = {
  FORM_NOT_FOUND: [404, "LG_1100"],
  FORM_VALIDATION_FAILED: [400, "LG_1102"],
  FORM_EMBED_INVALID: [400, "LG_1103"],
  SERVICE_UNAVAILABLE: [503, "LG_1901"],
  RATE_LIMIT_EXCEEDED: [429, "LG_1902"],
  FORM_ROUTE_NOT_FOUND: [404, "FORM_ROUTE_NOT_FOUND"],
  FORM_METHOD_NOT_ALLOWED: [405, "FORM_METHOD_NOT_ALLOWED"],
  FORM_BODY_TOO_LARGE: [413, "FORM_BODY_TOO_LARGE"],
  FORM_CHALLENGE_REQUIRED: [428, "FORM_CHALLENGE_REQUIRED"],
  FORM_MEDIA_TYPE_UNSUPPORTED: [415, "FORM_MEDIA_TYPE_UNSUPPORTED"],
}

// Sends a request without following redirects; `origin: null` sends no Origin.
export async function send(service, path, { method = "GET", origin = PAGE, headers = {}, body, patience_ms = PATIENCE_MS } = {}) {
  const response = await fetch(service.origin + path, {
    method, body, redirect: "manual", signal: AbortSignal.timeout(patience_ms),
    // The name that `fetch` of Node gives itself is a signal of spam.
    headers: { "user-agent": "formgate-tests/1", ...origin === null ? {} : { origin }, ...headers },
  })
  return answer(response.status, response.headers, await response.text())
}

// Submits a body as JSON; a string or bytes go as they are.
export function submit(service, key, body, { headers = {}, ...rest } = {}) {
  return send(service, `/v1/forms/${key}/submissions`, {
    method: "POST",
    body: typeof body === "string" || body instanceof Uint8Array || body instanceof FormData ? body : JSON.stringify(body),
    headers: body instanceof FormData ? headers : { "content-type": "application/json", ...headers },
    ...rest,
  })
}

// Writes the bytes of a request to the wire: `head` with one byte for each character, no line added but Host and the end.
export async function sendRaw(service, head, body = "") {
  const { host, hostname, port } = new URL(service.origin)
  const socket = connect(Number(port), hostname)
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("no answer")))
  await once(socket, "connect")
  const bytes = Buffer.from(body)
  const lines = [head, `Host: ${host}`, `Content-Length: ${bytes.length}`, "Connection: close", "", ""]
  socket.write(Buffer.from(lines.join("\r\n"), "latin1"))
  socket.write(bytes)
  const [top, ...rest] = (await text(socket)).split("\r\n\r\n")
  const [status, ...fields] = top.split("\r\n")
  const headers = new Headers(fields.map((field) => field.split(/:\s*(.*)/, 2)))
  const content = rest.join("\r\n\r\n")
  return answer(Number(status.split(" ")[1]), headers, headers.has("transfer-encoding") ? unchunk(content) : content)
}

// Runs the cron trigger, as the platform does every five minutes.
export async function runCron(service) {
  const { status, text } = await send({ origin: "" }, service.cron, { origin: null })
  assert.equal(status, 200, text)
}

// It was refused with this problem, in the envelope and with the headers every refusal has. Gives back the details.
export function assertProblem({ status, headers, json, text }, name) {
  const [expected, code] = PROBLEMS[name]
  assert.equal(status, expected, text)
  assert.match(headers.get("content-type"), /^application\/json\b/)
  const { error } = json
  assert.deepEqual(
    { code: error.code, name: error.name, http: error.http, request_id: error.request_id },
    { code, name, http: expected, request_id: headers.get("x-request-id") },
  )
  assert.ok(error.message.length > 0)
  assertHeaders(headers)
  return error.details
}

// The violations of a refused submission as [field, code], in the order of the fields; each has words for the visitor.
export function violations(response) {
  const { errors } = assertProblem(response, "FORM_VALIDATION_FAILED")
  for (const { message } of errors) {
    assert.ok(message.length > 0)
    assert.doesNotMatch(message, new RegExp(TYPED, "i"), "a message repeats no value")
  }
  return errors.map(({ field, code }) => [field, code])
}

// It was accepted, with the headers every receipt has. Gives back the receipt.
export function assertAccepted({ status, headers, json, text }, expected) {
  assert.equal(status, expected === "queued" ? 202 : 201, text)
  assert.match(headers.get("content-type"), /^application\/json\b/)
  assert.deepEqual(Object.keys(json).sort(), ["message", "next", "submission"])
  assert.equal(json.submission.status, expected)
  assert.match(json.submission.id, /^[\w-]{8,}$/)
  assert.match(json.submission.received_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assertHeaders(headers)
  for (const name of ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-policy", "ratelimit"]) {
    assert.ok(headers.has(name), name)
  }
  return json
}

// The service still works: the next valid submission is accepted.
export async function assertWorks(service, key = "contact", expected = "stored") {
  return assertAccepted(await submit(service, key, typed()), expected)
}

// The service printed log lines, and none of its output holds anything a visitor typed.
export async function assertDiscreet(service) {
  assert.ok((await service.logs()).length > 0, "the service logs")
  assert.doesNotMatch(await service.output(), new RegExp(TYPED, "i"))
}

// The headers every answer to a submission has.
export function assertHeaders(headers) {
  assert.ok(headers.get("x-request-id"))
  assert.equal(headers.get("cache-control"), "no-store")
  assert.equal(headers.get("x-content-type-options"), "nosniff")
  assert.equal(headers.get("vary"), "Origin, Accept")
}

function answer(status, headers, text) {
  assert.notEqual(status, 500, text)
  const isJson = /\bjson\b/.test(headers.get("content-type") ?? "")
  return { status, headers, text, json: isJson && text !== "" ? JSON.parse(text) : undefined }
}

function unchunk(text) {
  const chunks = []
  for (let rest = text; ;) {
    const at = rest.indexOf("\r\n")
    const length = parseInt(rest.slice(0, at), 16)
    if (!length) return chunks.join("")
    chunks.push(rest.slice(at + 2, at + 2 + length))
    rest = rest.slice(at + 4 + length)
  }
}
