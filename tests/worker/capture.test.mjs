import assert from "node:assert/strict"
import { createHmac } from "node:crypto"
import { after, before, describe, it } from "node:test"

import { PAGE, contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, assertDiscreet, assertProblem, send, submit, violations } from "../support/http.mjs"
import { startService } from "../support/service.mjs"
import { assertWarned } from "./leads.mjs"

const SIGNING_KEY = "a key of tests, which is no secret".replaceAll(" ", "-")

describe("a service without a core", () => {
  let service

  before(async () => {
    service = await startService({
      settings: { SIGNING_KEY },
      forms: {
        contact: contactForm(),
        onward: contactForm({ on_success: { message: "Danke", redirect: "https://example.com/thanks" } }),
        strict: contactForm({ unknown_fields: "refuse" }),
        draft: contactForm({ status: "draft" }),
      },
    })
  })
  after(() => service?.stop())

  const leads = async () => (await service.inbox()).map((row) => ({ ...row, lead: JSON.parse(row.lead) }))
  const leadOf = async (response, warnings = []) => {
    const { submission } = assertWarned(response, "stored", warnings)
    const [row, ...more] = (await leads()).filter(({ id }) => id === submission.id)
    assert.deepEqual(more, [])
    return row
  }

  it("stores the whole lead before it answers", async () => {
    const response = await submit(service, "contact", typed({ seats: 3, topics: ["a", "b"], utm_source: "zebulon ads" }))
    const warnings = [["utm_source", "unknown_field"]]
    const { submission, message, next, warnings: told } = assertWarned(response, "stored", warnings)
    assert.deepEqual([message, next], ["Thank you!", null])
    const row = await leadOf(response, warnings)
    assert.equal(row.form_key, "contact")
    assert.equal(row.received_at, submission.received_at)
    const { id, form, received_at, fields, extras, consents, provenance } = row.lead
    assert.deepEqual({ id, form, received_at }, {
      id: submission.id, form: { key: "contact", version: 3 }, received_at: submission.received_at,
    })
    assert.deepEqual([fields.name, fields.email, fields.message], ["Zebulon Pike", "zebulon@example.org", "zebulon was here"])
    assert.equal(String(fields.seats), "3")
    assert.deepEqual(fields.topics, ["a", "b"])
    assert.deepEqual(extras, { utm_source: "zebulon ads" })
    assert.deepEqual([consents, row.lead.warnings], [[], told])
    assert.equal(provenance.observed.origin, PAGE)
  })

  it("stores what the edge saw of a visitor, and what the page claims", async () => {
    const claims = { _page: `${PAGE}/pricing`, _last_touch: "at=2026-11-24T20%3A00%3A00.000Z&utm_source=zebulon+news" }
    const headers = { "cf-connecting-ip": "192.0.2.7", "user-agent": "zebulon/1", "sec-fetch-site": "cross-site" }
    const { lead } = await leadOf(await submit(service, "contact", typed(claims), { headers }))
    const { observed, claimed } = lead.provenance
    // What wrangler sets where it cannot know.
    assert.deepEqual([observed.country, observed.user_agent, observed.sec_fetch_site], ["US", "zebulon/1", "cross-site"])
    const key = createHmac("sha256", SIGNING_KEY).update("formgate visitor hashes").digest()
    const hash = createHmac("sha256", key).update("192.0.2.7").digest("hex").slice(0, 32)
    assert.deepEqual([observed.visitor_hash, observed.visitor_address], [hash, null])
    assert.deepEqual(claimed, {
      page: `${PAGE}/pricing`, referrer: null, first_touch: null,
      last_touch: { at: "2026-11-24T20:00:00.000Z", parameters: { utm_source: "zebulon news" } },
    })
  })

  it("takes the same lead in each of the three encodings", async () => {
    const values = typed({ message: "zebulon said: ä & = + %\r\n€ 😀" })
    const multipart = new FormData()
    for (const [name, value] of Object.entries(values)) multipart.append(name, value)
    multipart.append("topics", "a")
    multipart.append("topics", "b")
    const urlencoded = new URLSearchParams({ ...values })
    urlencoded.append("topics", "a")
    urlencoded.append("topics", "b")
    const answers = [
      await submit(service, "contact", { ...values, topics: ["a", "b"] }),
      await submit(service, "contact", urlencoded.toString(), { headers: { "content-type": "application/x-www-form-urlencoded" } }),
      await submit(service, "contact", multipart),
    ]
    const [first, ...others] = await Promise.all(answers.map(async (answer) => (await leadOf(answer)).lead.fields))
    assert.equal(first.message.replaceAll("\r\n", "\n"), values.message.replaceAll("\r\n", "\n"))
    for (const other of others) assert.deepEqual(other, first)
  })

  it("reads null and an empty text as not filled in", async () => {
    const { lead } = await leadOf(await submit(service, "contact", typed({ phone: null, site: "", size: "" })))
    assert.ok(!lead.fields.phone && !lead.fields.site && !lead.fields.size)
    assert.deepEqual(violations(await submit(service, "contact", { name: null, email: "" })), [
      ["name", "value_missing"], ["email", "value_missing"],
    ])
  })

  it("reports every violation at once", async () => {
    const wrong = { name: "Z", email: "zebulon", phone: "zebulon", site: "zebulon", seats: 11, size: "zebulon", topics: ["a", "zebulon"] }
    assert.deepEqual(violations(await submit(service, "contact", wrong)), [
      ["name", "too_short"], ["email", "type_mismatch"], ["phone", "pattern_mismatch"], ["site", "type_mismatch"],
      ["seats", "range_overflow"], ["size", "unknown_option"], ["topics", "unknown_option"],
    ])
    assert.deepEqual(violations(await submit(service, "contact", typed({ name: "zebulon".repeat(6), seats: "zebulon" }))), [
      ["name", "too_long"], ["seats", "bad_input"],
    ])
  })

  it("refuses fields the form does not have, when the form asks for that", async () => {
    await leadOf(await submit(service, "strict", typed()))
    assert.deepEqual(violations(await submit(service, "strict", typed({ more: "zebulon" }))), [["more", "bad_input"]])
  })

  it("names the next page", async () => {
    const { message, next } = assertAccepted(await submit(service, "onward", typed()), "stored")
    assert.deepEqual([message, next], ["Danke", "https://example.com/thanks"])
  })

  it("stores nothing of a refused submission", async () => {
    const before = (await leads()).length
    await submit(service, "contact", { name: "Zebulon" })
    await submit(service, "contact", typed(), { origin: "https://evil.net" })
    assert.equal((await leads()).length, before)
  })

  it("serves the definition a widget needs, once for all who have it", async () => {
    const first = await send(service, "/v1/forms/contact")
    assert.equal(first.status, 200, first.text)
    assert.equal(first.headers.get("access-control-allow-origin"), PAGE)
    assert.deepEqual(first.json.fields.map(({ name }) => name), contactForm().fields.map(({ name }) => name))
    assert.ok(!("allowed_origins" in first.json) && !("rate_limits" in first.json), "what only the owner needs stays here")
    const again = await send(service, "/v1/forms/contact", { headers: { "if-none-match": first.headers.get("etag") } })
    assert.deepEqual([again.status, again.text], [304, ""])
  })

  it("knows no form that is not published", async () => {
    for (const key of ["unknown", "draft", "Contact", "%2e%2e%2f", "a".repeat(200), "contact%00", "%ff"]) {
      assertProblem(await submit(service, key, typed()), "FORM_NOT_FOUND")
      assertProblem(await send(service, `/v1/forms/${key}`), "FORM_NOT_FOUND")
    }
  })

  it("serves the hosted page to a browser without JavaScript", async () => {
    const page = await send(service, "/f/contact", { origin: null, headers: { accept: "text/html" } })
    assert.equal(page.status, 200, page.text)
    assert.match(page.headers.get("content-type"), /^text\/html\b/)
    assert.match(page.headers.get("content-security-policy"), /frame-ancestors 'self' https:\/\/example\.com https:\/\/\*\.example\.com/)

    const post = (values) => send(service, "/f/contact", {
      method: "POST", origin: service.origin, body: new URLSearchParams(values).toString(),
      headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded" },
    })
    const refused = await post(typed({ email: '"><script>zebulon' }))
    assert.equal(refused.status, 400)
    assert.match(refused.text, /Zebulon Pike/, "what was typed is still there")
    assert.doesNotMatch(refused.text, /<script>zebulon/)
    const accepted = await post(typed())
    assert.equal(accepted.status, 303, accepted.text)
  })

  it("reports its health and which bindings it has", async () => {
    const { status, json, headers } = await send(service, "/healthz", { origin: null })
    assert.equal(status, 200)
    assert.equal(headers.get("cache-control"), "no-store")
    assert.match(JSON.stringify(json), /FORMS|forms/)
  })

  it("logs one line for each request, with no value in it", async () => {
    const response = await submit(service, "contact", typed())
    const id = response.headers.get("x-request-id")
    const line = await service.logged((line) => line.request_id === id)
    assert.equal((await service.logs()).filter((line) => line.request_id === id).length, 1)
    assert.match(JSON.stringify(line), /"contact"/)
    await assertDiscreet(service)
  })
})
