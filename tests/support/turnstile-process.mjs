// The process behind turnstile.mjs: a fake of Turnstile's siteverify, after
// https://developers.cloudflare.com/turnstile/get-started/server-side-validation/

import { once } from "node:events"
import { createServer } from "node:http"
import { json } from "node:stream/consumers"

import { answerQuestions } from "./ask.mjs"
import { SECRETS } from "./turnstile.mjs"

const asked = []
// A token is taken once; again only with the same idempotency key.
const taken = new Map()
let isDown = false

const server = createServer(async (request, response) => {
  const sent = await json(request).catch(() => undefined)
  asked.push(sent)
  if (isDown) return request.socket.destroy()
  response.writeHead(200, { "content-type": "application/json", server: "fake siteverify of the tests" })
  response.end(JSON.stringify(verify(request.method, sent)))
})
server.listen(0, "127.0.0.1")
await once(server, "listening")
const { port } = server.address()

answerQuestions({
  port: () => port,
  asked: () => asked,
  goDown: (down) => {
    isDown = down
  },
})

function verify(method, sent) {
  const refuse = (code) => ({ success: false, "error-codes": [code], messages: [] })
  if (method !== "POST" || !sent) return refuse("bad-request")
  const { secret, response, idempotency_key: key } = sent
  if (!secret) return refuse("missing-input-secret")
  if (!Object.values(SECRETS).includes(secret)) return refuse("invalid-input-secret")
  if (!response) return refuse("missing-input-response")
  if (key !== undefined && !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(key)) return refuse("bad-request")
  if (secret === SECRETS.spent) return refuse("timeout-or-duplicate")
  if (secret === SECRETS.fails || !response.startsWith("XXXX.DUMMY.TOKEN.")) return refuse("invalid-input-response")
  if (taken.has(response) && (key === undefined || taken.get(response) !== key)) return refuse("timeout-or-duplicate")
  taken.set(response, key)
  return { success: true, "error-codes": [], challenge_ts: new Date().toISOString(), hostname: "example.com", action: "", cdata: "" }
}
