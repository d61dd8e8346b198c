// A fake of the owner's API, for states of the console that the real service cannot be brought into: refusals, slow responses,
// hostile values. It has the routes, shapes and refusals that the console uses, in memory.

const LEADS = 60
const PAGE = 50
const START = Date.UTC(2026, 10, 26, 19, 30)

export function fakeApi({ me = { subject: "ann@example.com", role: "owner", via: "access" }, leads = manyLeads(), hostile } = {}) {
  const state = {
    me, leads, tokens: [], audit: [], requests: [], deadLetters: deadLetters(), forms: forms(hostile), pages: [],
    // What is wrong with a definition.
    faultsOf: (definition) => {
      return Array.isArray(definition?.fields) && definition.fields.length > 0 ? [] : [{ path: "fields", reason: "a form needs at least one field" }]
    },
    // Refuses every request whose path begins with a key of this, with its [status, code, message, details].
    refuse: {},
    // A real service takes time, too: a test that does not wait for it fails always, not once in a while.
    delay_ms: 50,
    searched: 0,
  }

  // Answers a request with [status, body, headers].
  function answer(method, path, query, body, ifMatch) {
    state.requests.push(`${method} ${path}`)
    if (body instanceof Error) return problem(400, "LG_1102", "Form submission validation failed", { errors: [{ code: "bad_input", message: body.message }] })
    const refusal = Object.entries(state.refuse).find(([start]) => path.startsWith(start))
    if (refusal) return problem(...refusal[1])
    const [first, id, verb] = path.split("/").map(decodeURIComponent)
    return ROUTES[first]?.({ method, id, verb, query, body, ifMatch }) ?? problem(404, "FORM_ROUTE_NOT_FOUND", "There is no such route")
  }

  const ROUTES = {
    me: () => [200, state.me],

    leads({ method, id, query, body }) {
      if (id === "actions") return act(body)
      if (id === "erase") {
        const before = state.leads.length
        state.leads = state.leads.filter(({ lead }) => !Object.values(lead.fields).includes(body.email))
        return [200, { leads: before - state.leads.length, outbox: 0, dead_letters: 0 }]
      }
      if (id === "export") {
        const type = query.get("format") === "csv" ? "text/csv" : "application/x-ndjson"
        const text = selected(query).map(({ lead }) => JSON.stringify(lead)).join("\n")
        return [200, text, { "Content-Type": type, "Content-Disposition": `attachment; filename="leads.${query.get("format")}"` }]
      }
      if (!id) return searched(query)
      const lead = state.leads.find((lead) => lead.id === id)
      if (!lead) return problem(404, "LG_1000", "The requested lead was not found")
      if (state.me.role === "viewer") return problem(403, "LG_1401", "Insufficient permissions")
      if (method === "PATCH") {
        const { replaces = lead.note, ...changes } = body
        if (replaces !== lead.note) return problem(412, "FORM_DRAFT_CHANGED", "It was changed after it was read")
        Object.assign(lead, changes)
      }
      return [200, whole(lead)]
    },

    "dead-letters"({ method, id, verb, query }) {
      if (id === "redrive") {
        state.deadLetters.forEach((letter) => letter.redrive_requested = true)
        return [202, { requested: state.deadLetters.length }]
      }
      if (!id) return page(state.deadLetters.map((letter) => ({ ...letter, lead: undefined })), query)
      const letter = state.deadLetters.find((letter) => letter.id === id)
      if (!letter) return problem(404, "LG_1000", "The requested lead was not found")
      if (method === "POST" && verb === "redrive") {
        letter.redrive_requested = true
        return [202, { requested: 1 }]
      }
      return [200, letter]
    },

    forms({ method, id, verb, query, body, ifMatch }) {
      if (id === "check") return [200, { faults: state.faultsOf(body), advice: [] }]
      const listed = ({ published, draft, ...form }) => {
        return { ...form, title: (published ?? draft).title, has_draft: draft !== null }
      }
      if (!id) return page(state.forms.map(listed), query)
      const form = state.forms.find(({ key }) => key === id)
      if (verb === "rejects") return page(rejects(hostile), query)
      if (verb === "pages") return page(state.pages, query)
      if (method === "PUT") {
        if (form?.draft && ifMatch !== tagOf(form)) return problem(412, "FORM_DRAFT_CHANGED", "The draft was changed meanwhile")
        const next = form ?? { key: id, version: null, status: "draft", leads_30d: 0, rejects_30d: 0, published: null }
        if (!form) state.forms.push(next)
        Object.assign(next, { draft: body, tag: (next.tag ?? 0) + 1 })
        return [200, { faults: state.faultsOf(body) }, { ETag: tagOf(next) }]
      }
      if (!form) return problem(404, "LG_1100", "The requested form was not found")
      if (method === "DELETE") return [204, (form.draft = null)]
      if (verb === "publish") {
        const faults = state.faultsOf(form.draft ?? form.published)
        if (faults.length > 0) return problem(400, "LG_1102", "Form submission validation failed", { errors: faults })
        if (!form.draft) return problem(409, "LG_1101", "Form is already published")
        Object.assign(form, { published: form.draft, draft: null, version: (form.version ?? 0) + 1, status: "published" })
        return [200, { version: form.version, visible_to_all_by: "2026-11-26T20:32:00.000Z" }]
      }
      if (verb === "unpublish") return [200, { status: (form.status = "unpublished"), visible_to_all_by: "2026-11-26T20:32:00.000Z" }]
      const { published, draft, version, status } = form
      return [200, { published, draft, version, status }, draft ? { ETag: tagOf(form) } : {}]
    },

    tokens({ method, id, query, body }) {
      if (state.me.role !== "owner") return problem(403, "LG_1401", "Insufficient permissions", { role: state.me.role, required: "owner" })
      if (method === "POST") {
        const token = { id: `t${state.tokens.length + 1}`, ...body, created_at: new Date(START).toISOString(), created_by: state.me.subject, last_used_day: null }
        state.tokens.unshift(token)
        return [201, { id: token.id, token: `fg_${token.id}_${"s".repeat(43)}` }]
      }
      if (method === "DELETE") return [204, (state.tokens = state.tokens.filter((token) => token.id !== id)) && null]
      return page(state.tokens, query)
    },

    audit({ query }) {
      if (state.me.role !== "owner") return problem(403, "LG_1401", "Insufficient permissions", { role: state.me.role, required: "owner" })
      const said = hostile ?? "ann@example.com"
      return page([
        { at: new Date(START).toISOString(), subject: said, action: "leads.delete", object: "inbox", count: 3 },
        { at: new Date(START - 60_000).toISOString(), subject: said, action: "form.publish", object: "demo", count: 1 },
      ], query)
    },
  }

  function act({ action, ids }) {
    const missing = ids.filter((id) => !state.leads.some((lead) => lead.id === id))
    if (missing.length > 0) return problem(404, "LG_1000", "The requested lead was not found", { missing })
    const isMeant = ({ id }) => ids.includes(id)
    if (action === "delete") state.leads = state.leads.filter((lead) => !isMeant(lead))
    for (const lead of state.leads.filter(isMeant)) {
      if (action === "spam") lead.folder = "spam"
      else if (action === "not_spam") lead.folder = "inbox"
      else lead.status = action
    }
    return [200, { changed: ids.length }]
  }

  // A page of leads. A search looks through `searched` leads a page, if that is set.
  function searched(query) {
    if (!query.get("q") || !state.searched) return page(selected(query).map(entry), query)
    const from = Number(query.get("cursor") ?? 0)
    const to = from + state.searched
    const part = state.leads.slice(from, to)
    const isEnd = to >= state.leads.length
    const items = selected(query).filter((lead) => part.includes(lead)).map(entry)
    return [200, { items, next: isEnd ? null : String(to), ...isEnd ? {} : { searched_to: part.at(-1).received_at } }]
  }

  function selected(query) {
    const text = query.get("q")?.toLowerCase()
    return state.leads.filter(({ folder, form, status, starred, test, received_at, lead }) => folder === (query.get("folder") ?? "inbox")
      && (!query.get("form") || form === query.get("form"))
      && (!query.get("status") || status === query.get("status"))
      && (!query.get("starred") || starred) && (!query.get("test") || test)
      && (!query.get("from") || received_at >= query.get("from")) && (!query.get("to") || received_at <= query.get("to"))
      && (!text || JSON.stringify(lead.fields).toLowerCase().includes(text)))
  }

  return {
    state,
    answer,

    // Answers the requests of a page to /api.
    serve: (page) => page.route("**/api/**", async (route) => {
      const request = route.request()
      const url = new URL(request.url())
      await new Promise((resolve) => setTimeout(resolve, state.delay_ms))
      const path = url.pathname.slice("/api/".length)
      const [status, body, headers] = answer(request.method(), path, url.searchParams, parsed(request.postData()), request.headers()["if-match"])
      if (status === 0) return route.abort()
      await route.fulfill({
        status, headers: { "Content-Type": "application/json", ...headers },
        body: status === 204 ? "" : typeof body === "string" ? body : JSON.stringify(body),
      }).catch(() => {})
    }),
  }
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null
  } catch {
    return new Error("The body is not JSON: line 2, column 10")
  }
}

// A lead as it comes in; `changes` are of its list entry, `fields` its values.
export function fakeLead(number, changes = {}, fields = { name: `Visitor ${number}`, email: `visitor${number}@example.com`, size: "1-10" }) {
  const received_at = new Date(START - number * 60_000).toISOString()
  const id = `lead-${String(number).padStart(4, "0")}`
  return {
    id, form: "demo", received_at, status: "new", folder: "inbox", starred: false, test: false, note: "",
    lead: {
      id, form: { key: "demo", version: 3 }, received_at, fields, extras: { utm: ["a", "b"] },
      consents: [{ field: "terms", text: "I agree to be contacted", sha256: "9b1c" }],
      warnings: [{ field: "utm", code: "unknown_field", message: "The form has no field of this name; it was kept as an extra" }],
      spam: [], spam_score: 0, spam_verdict: "inbox",
      provenance: {
        observed: { origin: "https://example.com", country: "AT", referer: null, user_agent: "Mozilla/5.0", request_id: "7d" },
        claimed: { page: "https://example.com/pricing", referrer: null, first_touch: null, last_touch: { at: received_at, parameters: { utm_source: "news" } } },
      },
    },
    ...changes,
  }
}

function manyLeads() {
  const inbox = Array.from({ length: LEADS }, (_, index) => fakeLead(index + 1, { status: index % 3 === 2 ? "done" : "new", starred: index === 1, test: index === 4 }))
  const spam = Array.from({ length: 3 }, (_, index) => {
    const lead = fakeLead(LEADS + index + 1, { folder: "spam" })
    return { ...lead, lead: { ...lead.lead, spam: ["honeypot", "gibberish"], spam_score: 6, spam_verdict: "spam" } }
  })
  return [...inbox, ...spam]
}

function entry({ id, form, received_at, status, folder, starred, test, note, lead }) {
  const summary = Object.entries(lead.fields).slice(0, 4).map(([name, value]) => [name, [value].flat().join(", ")])
  return { id, form, received_at, status, folder, starred, test, note: note !== "", summary, score: lead.spam_score }
}

function whole({ id, form, status, folder, starred, test, note, lead, received_at }) {
  const timeline = [{ at: received_at, event: "accepted", detail: null }, { at: received_at, event: "stored", detail: null }]
  return { id, form, status, folder, starred, note, test, lead, timeline }
}

function deadLetters() {
  return [fakeLead(101), fakeLead(102)].map(({ id, form, received_at, lead }, index) => ({
    id, form, reason: index === 0 ? "401 Unauthorized" : "attempts_exhausted", attempts: index === 0 ? 1 : 10, died_at: received_at,
    redrive_requested: false, kind: index === 0 ? "blocked" : "dead", lead,
  }))
}

function forms(hostile) {
  const definition = {
    key: "demo", title: hostile ?? "Request a demo", allowed_origins: ["https://example.com"],
    fields: [{ name: "name", type: "text", label: hostile ?? "Full name" }, { name: "email", type: "email", label: "Work email", required: true }],
  }
  return [
    { key: "demo", version: 3, status: "published", leads_30d: 60, rejects_30d: 14, published: definition, draft: null },
    { key: "quote", version: null, status: "draft", leads_30d: 0, rejects_30d: 0, published: null, draft: { ...definition, key: "quote", title: "Get a quote" } },
  ]
}

function rejects(hostile) {
  const last_at = new Date(START).toISOString()
  return [
    { day: "2026-11-26", origin: hostile ?? "https://shop.example", outcome: "origin_not_allowed", count: 12, last_at, add: hostile ?? "https://shop.example" },
    { day: "2026-11-25", origin: "", outcome: "origin_missing", count: 2, last_at, add: null },
  ]
}

function tagOf({ tag = 0 }) {
  return `"${tag}"`
}

function page(items, query) {
  const from = Number(query.get("cursor") ?? 0)
  const to = from + PAGE
  return [200, { items: items.slice(from, to), next: to < items.length ? String(to) : null }]
}

function problem(status, code, message, details) {
  return [status, { error: { code, name: code, message, http: status, request_id: "req-1", details } }]
}
