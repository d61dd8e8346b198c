// What the Worker does with the platform's objects for a request, in one call where Rust would need many: hands over the head and
// the body, sends to the core, builds the response. `boundary.rs` declares these functions.
//
// A function that takes `call` and `task` answers later, by one call of `settle`. `task` is the number of the task that waits.

// As in `boundary.rs`.
const OK = 0
const BROKEN = 1
const TOO_LARGE = 2
const TIMED_OUT = 3
const UNBOUND = 4
const MISSING = "\0"

// The algorithms of JSON Web Tokens, as WebCrypto names them.
const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
}

const NOTHING = new Uint8Array(0)

// Of the running instance of the wasm. After a panic there is a new one; calls of the former settle with its `settle`, which
// throws.
let instance

// Called once by each instance. `names` are the headers that `head` gives.
export function connect(settle, names) {
  instance = { settle, names: names.split(","), tasks: new Map(), rests: new Map(), rest: 0 }
}

// A variable or a secret as text: in wrangler.toml a variable may be a number, too.
export function setting(env, name) {
  const value = env[name] ?? undefined
  return value === undefined ? value : String(value)
}

// Whether a binding is there; a text of its name is none.
export function isBound(env, name) {
  return typeof env[name] === "object"
}

// The time, the method, the address, the country and the headers, a line each. The country is a submission's, and costs more than
// all of the headers.
export function head(request) {
  const { headers, method } = request
  const country = method === "POST" ? request.cf?.country : undefined
  let text = `${Date.now()}\n${method}\n${request.url}\n${country ?? MISSING}`
  for (const name of instance.names) text += `\n${headers.get(name) ?? MISSING}`
  return text
}

// Reads a body of at most `limit` bytes. Of a larger one reads and discards at most `drained` bytes more. `length` is its
// `Content-Length`, -1 without.
export async function readBody(call, task, request, length, limit, drained) {
  const own = instance
  let found = [BROKEN, NOTHING]
  try {
    found = await bodyOf(request, length, limit, drained)
  } catch {
    // The visitor has gone.
  }
  settle(own, task, call, found[0], "", found[1])
}

async function bodyOf(request, length, limit, drained) {
  if (length > limit + drained) return [TOO_LARGE, NOTHING]
  // The body has exactly this length.
  if (length >= 0 && length <= limit) return [OK, new Uint8Array(await request.arrayBuffer())]
  const { body } = request
  if (body === null) return [OK, NOTHING]
  const reader = body.getReader()
  const bytes = await readUpTo(reader, limit)
  if (bytes.length <= limit) return [OK, bytes]
  // Most clients read the response only after they have sent the whole body. A response before that looks to them like a broken
  // connection.
  for (let left = drained + limit - bytes.length; left >= 0;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }))
    if (done) break
    left -= value.length
  }
  return [TOO_LARGE, NOTHING]
}

// The stream up to its end, or to the chunk that exceeds `limit` bytes.
async function readUpTo(reader, limit) {
  const chunks = []
  let length = 0
  while (length <= limit) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
    length += value.length
  }
  if (chunks.length === 1) return chunks[0]
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

// Posts to the core, or gets the address when there is no body: `text` is the address and the headers, a line each, an empty
// line, and the body. Reads at most `limit` bytes of the response, and of its headers those in `names`. Gives the headers, a line
// each; JSON is in the line after them, instead of in the bytes.
export async function post(call, task, text, timeout_ms, names, limit) {
  const own = instance
  let status = BROKEN
  let head = ""
  let bytes = NOTHING
  try {
    const { first, headers, body } = parse(text)
    const signal = AbortSignal.timeout(timeout_ms)
    const response = await fetch(first, { method: body === null ? "GET" : "POST", headers, body, redirect: "manual", signal })
    head = names.split(",").map((name) => response.headers.get(name) ?? MISSING).join("\n")
    status = response.status
    const content = await bodyOfResponse(response, limit)
    if (typeof content === "string") head += `\n${content}`
    else bytes = content
  } catch (error) {
    // Some of these are thrown at once, while Rust still runs.
    await null
    // The status decides, even when the body breaks off or takes too long.
    if (status === BROKEN && error.name === "TimeoutError") status = TIMED_OUT
  }
  settle(own, task, call, status, head, bytes)
}

async function bodyOfResponse(response, limit) {
  const { headers } = response
  const length = Number(headers.get("content-length") ?? NaN)
  // The length is that of the encoded body.
  if (length <= limit && !headers.has("content-encoding")) {
    // A text takes V8 less time to make and to collect than an array of bytes.
    if (headers.get("content-type")?.includes("json")) return response.text()
    return new Uint8Array(await response.arrayBuffer())
  }
  if (response.body === null) return NOTHING
  const reader = response.body.getReader()
  const bytes = await readUpTo(reader, limit)
  if (bytes.length <= limit) return bytes
  reader.cancel().catch(() => {})
  return bytes.subarray(0, limit)
}

// Calls a method of a KV namespace or a queue with the arguments in a JSON array. Gives a text as it is, anything else as JSON,
// and MISSING for nothing.
export function invoke(call, task, env, binding, method, json) {
  attempt(call, task, env, binding, (bound) => bound[method](...JSON.parse(json)))
}

// Runs a statement of D1 with the values in a JSON array. Gives the rows as JSON: an array of columns each.
export function query(call, task, env, binding, sql, json) {
  attempt(call, task, env, binding, (bound) => bound.prepare(sql).bind(...JSON.parse(json)).raw())
}

async function attempt(call, task, env, binding, use) {
  const own = instance
  let code = OK
  let text = MISSING
  try {
    const bound = env[binding]
    if (bound === undefined) code = UNBOUND
    else {
      const found = await use(bound)
      if (typeof found === "string") text = found
      else if (found !== undefined && found !== null) text = JSON.stringify(found)
    }
  } catch ({ message }) {
    code = BROKEN
    text = message
  }
  // The call may have failed at once, while Rust still runs.
  if (code !== OK) await null
  settle(own, task, call, code, text, NOTHING)
}

// Settles after some milliseconds.
export function sleep(call, task, millis) {
  const own = instance
  setTimeout(() => settle(own, task, call, OK, "", NOTHING), millis)
}

// Reads the texts of a language from its static file.
export async function loadTexts(call, task, env, tag) {
  const own = instance
  const text = await asset(env, `texts/${tag}.txt`)
  settle(own, task, call, text === undefined ? BROKEN : OK, text ?? "", NOTHING)
}

// The text of a static file, `undefined` when it cannot be read.
async function asset({ ASSETS }, path) {
  try {
    const response = await ASSETS.fetch(`https://assets/${path}`)
    if (response.ok) return await response.text()
  } catch {
    // The call may have failed at once, while Rust still runs.
    await null
  }
}

// Looks up hosts, one a line: gives two lines for each, its ASCII form, and whether anyone can register a name under it.
export async function lookUpHosts(call, task, env, text) {
  const own = instance
  const suffixes = await asset(env, "console/suffixes.txt")
  // Without, neither `true` nor `false` is given for any host.
  const rules = suffixes === undefined ? suffixes : new Set(suffixes.split("\n"))
  const lines = text.split("\n").flatMap((host) => {
    const ascii = asciiOf(host)
    return [ascii ?? MISSING, rules === undefined || ascii === null ? MISSING : isSuffix(ascii, rules)]
  })
  settle(own, task, call, OK, lines.join("\n"), NOTHING)
}

// <https://url.spec.whatwg.org/#concept-domain-to-ascii>, null when it fails. With the label after it, it is not read as an IP
// address, and what follows its `xn--` is checked, which workerd leaves out when all of a host is ASCII.
function asciiOf(host) {
  if (/[\s%/\\?#@:]/.test(host)) return null
  const url = URL.parse(`https://${host}.é`)
  return url === null ? null : url.hostname.slice(0, -".xn--9ca".length)
}

// By the rules of <https://publicsuffix.org/list/>. A rule `*.run.app` does not make `run.app` a suffix, but names under it are.
function isSuffix(domain, rules) {
  const parent = domain.slice(domain.indexOf(".") + 1)
  return rules.has(domain) || rules.has(`*.${domain}`) || rules.has(`*.${parent}`) && !rules.has(`!${domain}`)
}

// The e-mail address of the caller that Cloudflare Access let in, empty when it has none. BROKEN when Access did not run for this
// request, or names no one in time.
export async function identity(call, task, context, timeout_ms) {
  const own = instance
  let found = [BROKEN, ""]
  try {
    const { access } = context
    if (access) {
      const identity = await Promise.race([access.getIdentity(), new Promise((resolve) => setTimeout(resolve, timeout_ms, null))])
      if (identity !== null) found = [OK, typeof identity?.email === "string" ? identity.email : ""]
    }
  } catch {
    // As if Access had not run.
  }
  await null
  settle(own, task, call, found[0], found[1], NOTHING)
}

// Keeps what continues the body of a response: `more` promises its next part, `undefined` after the last, and `null` when it
// cannot be read. Gives the first line of the response's text: the status, and the number of what continues it.
export function keepRest(status, more) {
  instance.rest += 1
  instance.rests.set(instance.rest, more)
  return `${status} ${instance.rest}`
}

// Whether `signature` is one of `signed` by the key `jwk`: OK or BROKEN.
export async function verify(call, task, algorithm, jwk, signed, signature) {
  const own = instance
  let code = BROKEN
  // `signature` is memory of the wasm, which may change from here on.
  const bytes = signature.slice()
  await null
  try {
    const parameters = ALGORITHMS[algorithm]
    const key = await crypto.subtle.importKey("jwk", JSON.parse(jwk), parameters, false, ["verify"])
    if (await crypto.subtle.verify(parameters, key, bytes, new TextEncoder().encode(signed))) code = OK
  } catch {
    // The key is none: a point that is not on the curve.
  }
  settle(own, task, call, code, "", NOTHING)
}

// The response: `text` is the status and the headers, a line each, an empty line, and the body.
export function respond(text) {
  const { first, headers, body: begin } = parse(text)
  const [status, rest] = first.split(" ").map(Number)
  const body = rest === undefined ? begin : streamOf(begin ?? "", rest)
  try {
    return new Response(body, { status, headers })
  } catch {
    return new Response(body, { status, headers: sendable(headers) })
  }
}

// A body in parts: each is read when the client has taken the one before it, so that one part is in memory. When a part cannot be
// read, the body breaks off, and the client notices.
function streamOf(begin, rest) {
  const { rests } = instance
  const more = rests.get(rest)
  rests.delete(rest)
  const encoder = new TextEncoder()
  let next = begin
  return new ReadableStream({
    async pull(controller) {
      while (next === "") next = await more()
      if (next === null) throw new Error("the database failed")
      if (next === undefined) {
        controller.close()
        return
      }
      controller.enqueue(encoder.encode(next))
      next = ""
    },
  }, { highWaterMark: 0 })
}

// The headers without those that the platform refuses.
function sendable(headers) {
  const kept = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    try {
      kept.append(name, value)
    } catch {
      console.error(`the header ${name} cannot be sent`)
    }
  }
  return kept
}

// A promise of what a task gives: of the response of a request that waits. Thanks to `waitUntil` the task runs on for up to 30
// seconds after its visitor disconnects. Otherwise it would end at once in the isolate: nothing would be logged or delivered, its
// memory not freed, and its idempotency key locked until it expires.
export function pending(task, context) {
  const response = new Promise((resolve, reject) => instance.tasks.set(task, { resolve, reject }))
  context.waitUntil(response)
  return response
}

// Responds to a request that waited.
export function finish(task, text) {
  end(task, respond(text))
}

// Ends a task that gives something else.
export function end(task, value) {
  const { tasks } = instance
  tasks.get(task)?.resolve(value)
  tasks.delete(task)
}

// The messages of a batch: the queue, and its messages, which formgate sends as texts. Another is kept, too, as JSON if possible.
export function queueOf({ queue }) {
  return queue
}

export function messages({ messages }) {
  return messages.map(({ body }) => {
    try {
      return typeof body === "string" ? body : JSON.stringify(body) ?? ""
    } catch {
      return ""
    }
  })
}

export function acknowledge({ messages }, index) {
  messages[index].ack()
}

export function retry({ messages }, index, delaySeconds) {
  messages[index].retry({ delaySeconds })
}

// Polls a task soon.
export function soon(task) {
  const own = instance
  queueMicrotask(() => settle(own, task, 0, task, "", NOTHING))
}

// After a panic, or of a former instance, it throws: the request fails at once instead of when the platform ends it.
function settle(own, task, call, code, text, bytes) {
  try {
    own.settle(Date.now(), call, code, text, bytes)
  } catch (error) {
    own.tasks.get(task)?.reject(error)
    own.tasks.delete(task)
  }
}

// A first line, lines `Name: value`, an empty line, and a body, which is null when it is empty.
function parse(text) {
  const end = text.indexOf("\n\n")
  const [first, ...lines] = text.slice(0, end).split("\n")
  // Not a list of pairs, which the platform takes three times as long to read. No name occurs twice.
  const headers = {}
  for (const line of lines) {
    const at = line.indexOf(": ")
    headers[line.slice(0, at)] = line.slice(at + 2)
  }
  return { first, headers, body: end + 2 < text.length ? text.slice(end + 2) : null }
}
