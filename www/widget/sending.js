// Requests to the service.
import { bytesOf } from "./bytes.js"
import { recall, remember } from "./storage.js"

// Longer than the service's longest response time; a test of the service compares the two.
const TIMEOUT_MS = 40_000
// `keepalive` requests of a page may have 64 KiB in total: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
const MAX_KEEPALIVE_BYTES = 60_000
// Requests this dialect, whichever the form has for other clients. This value of `Accept` needs no preflight.
const READABLE = "application/vnd.formgate.lead-gen+json"

// A name in session storage.
const SESSION = "lead-form session"

// Whether the same request may be answered otherwise later.
export function isTemporary({ code }) {
  return [null, "LG_1901", "LG_1902"].includes(code)
}

// A request that is answered with a body or a problem, whose code is null when there is no response that can be read; `isSound`
// tells whether a body is what was asked for.
export async function ask(url, isSound, headers, options) {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(url, { ...options, headers: { Accept: READABLE, ...headers }, credentials: "omit", signal })
    const body = await response.json()
    if (response.ok && isSound(body)) return { body }
    const { code, message, details } = body.error
    return { problem: { code, message, details: details ?? {} } }
  } catch {
    // No response, or none that can be read.
    return { problem: { code: null, details: { reason: signal.aborted ? "timeout" : "unreachable" } } }
  }
}

// `more` is what does not make a lead another one, such as its attribution: the same answers with other of it are the same lead.
// The request goes on when the page is left.
// `locale` is for a form that has none: the service's messages are in the language of the others then.
export function post(url, answers, more, locale) {
  const body = JSON.stringify({ ...answers, ...more })
  const headers = { "Content-Type": "application/json", "Idempotency-Key": keyOf(url, answers), "Accept-Language": locale }
  return ask(url, (body) => body.submission, headers, {
    method: "POST",
    body,
    keepalive: bytesOf(body).length <= MAX_KEEPALIVE_BYTES,
  })
}

// Resolves after so many seconds; to an event when the browser is connected again before.
export function pause(seconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000)
    addEventListener("online", resolve, { once: true })
  })
}

// Resolves as the promise does, or to nothing after so many seconds.
export function within(seconds, promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, seconds * 1000))])
}

// The same answers have the same idempotency key until the tab is closed: another click, a reload, the back button or a retry
// after a lost response creates no second lead. Only a random number is stored.
function keyOf(url, answers) {
  // `crypto.randomUUID` exists only on https pages.
  const session = recall(SESSION) ?? crypto.getRandomValues(new BigUint64Array(2)).join("-")
  remember(SESSION, session)
  return `${session}-${fingerprint(url + JSON.stringify(answers))}`
}

// 64 bits of FNV-1a: https://datatracker.ietf.org/doc/draft-eastlake-fnv/
function fingerprint(text) {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytesOf(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}
