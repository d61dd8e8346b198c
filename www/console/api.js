// Requests to /api, and what its refusals mean for the reader.
import { addressOf } from "./address.js"

// How long a request may take: milliseconds.
const PATIENCE_MS = 30_000
// The same for a file: an export of 100,000 leads.
const FILE_PATIENCE_MS = 600_000
// The dialect whose refusals `Refusal` reads.
const ACCEPT = "application/vnd.formgate.lead-gen+json, application/json"

// A request that was refused, or had no response (status 0).
export class Refusal extends Error {
  constructor(status, { code = "", message = "", details, request_id } = {}) {
    super(message)
    Object.assign(this, { status, code, details, requestId: request_id })
  }
}

// Resolves to { data, etag, response }; rejects with a Refusal, or with an AbortError when `signal` is aborted.
export async function ask(method, path, { body, headers, signal, isLast = false, isFile = false } = {}) {
  const patience = AbortSignal.timeout(isFile ? FILE_PATIENCE_MS : PATIENCE_MS)
  let response
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers: { Accept: ACCEPT, ...method === "GET" ? {} : { "Content-Type": "application/json" }, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
      cache: "no-store",
      // A request that may outlive the page.
      keepalive: isLast,
      // Cloudflare Access redirects to its login page when a session has ended.
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    })
    if (response.type === "opaqueredirect") throw new Refusal(401, { code: "LG_1402" })
    if (isFile && response.ok) return { response, data: await response.blob() }
    const text = await response.text()
    const data = text === "" ? null : parsed(text)
    if (!response.ok) throw new Refusal(response.status, data?.error)
    if (data === undefined) throw new Refusal(502)
    return { data, etag: response.headers.get("ETag"), response }
  } catch (error) {
    if (error instanceof Refusal || signal?.aborted) throw error
    throw new Refusal(0)
  }
}

export async function read(path, signal) {
  return (await ask("GET", path, { signal })).data
}

// A path with a query, without what is empty.
export function withQuery(path, query) {
  return path + addressOf(query)
}

// A refusal in words: a heading, what to do, and whether trying again or loading the page again may help.
export function explain(error) {
  const { status, code, message, details, requestId } = error
  const said = [message, ...sayings(details)].filter(Boolean).join(". ")
  if (status === 401) {
    const heading = code === "LG_1402" ? "Your sign-in has expired or is not accepted" : "You are not signed in"
    return { heading, text: "Load this page again to sign in, or ask the operator whether your address may.", isReload: true }
  }
  if (status === 403) {
    return {
      heading: "Your role does not allow this",
      text: `${said || "A higher role is needed"}. The operator gives roles with the settings OWNERS, EDITORS and VIEWERS.`,
    }
  }
  if (status === 503) {
    return { heading: "The service cannot answer", text: details?.settings ? said : `${said}. Try again in a minute; /healthz names what is missing.` }
  }
  if (status === 0) return { heading: "No connection to the service", text: "Nothing was changed that you do not see here. Try again." }
  if (status === 404) return { heading: "This is not there any more", text: said }
  if (status === 412) return { heading: "Another person was faster", text: "It was changed meanwhile. Load it again, then make your change." }
  if (status === 429) return { heading: "Too many requests", text: "Try again in a minute." }
  if (status === undefined) return { heading: "This page is out of date", text: "Load it again.", isReload: true }
  const where = [code, requestId && `request ${requestId}`].filter(Boolean).join(", ")
  return { heading: "The service refused this", text: [said || `Status ${status}`, where && `(${where})`].filter(Boolean).join(" ") }
}

// The texts of a refusal's details: what to set, what is missing, what is wrong with which part.
function sayings(details) {
  if (!details || typeof details !== "object") return []
  return Object.entries(details).filter(([, value]) => Array.isArray(value)).flatMap(([name, entries]) =>
    entries.slice(0, 5).map((entry) => {
      const { variable, path, field = path, reason, message = reason } = entry ?? {}
      if (variable) return `${variable} ${message}`
      return message ? [field, message].filter(Boolean).join(": ") : `${name}: ${entry}`
    }))
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
