import assert from "node:assert/strict"
import { after, before, beforeEach, describe, it } from "node:test"

import { PAGE, contactForm, typed } from "../support/forms.mjs"
import { answers, startCore } from "../support/core.mjs"
import { assertAccepted, assertDiscreet, assertProblem, assertWorks, submit, violations } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { assertWarned } from "./leads.mjs"

// Well above what a local core takes to answer on a busy machine.
const TIMEOUT_MS = 2500

describe("a core that leads are delivered to", () => {
  let core
  let service

  before(async () => {
    core = await startCore()
    service = await startWorkerd({
      // The time is a number, as wrangler.toml may have it.
      settings: { CORE_URL: core.template, CORE_TOKEN: "s3cret:a=b", CORE_TIMEOUT_MS: TIMEOUT_MS },
      forms: { contact: contactForm() },
      // A lead that the core refuses is tried again after five seconds: three of them, while a later test's core is down, would
      // open the circuit breaker.
      hasConsumer: false,
    })
  })
  beforeEach(() => core.answerWith(answers.accept))
  after(() => Promise.all([service?.stop(), core?.stop()]))

  it("is sent each lead once, as JSON, before the visitor is thanked", async () => {
    const answer = await submit(service, "contact", typed({ topics: ["a"], utm_source: "zebulon" }))
    const { submission, warnings } = assertWarned(answer, "delivered", [["utm_source", "unknown_field"]])
    const [request, ...more] = await core.received()
    assert.deepEqual(more, [])
    assert.deepEqual([request.method, request.url], ["POST", "/v1/forms/contact/submissions"])
    const { headers, json } = request
    assert.match(headers["content-type"], /^application\/json\b/)
    assert.equal(headers["idempotency-key"], submission.id)
    assert.equal(headers["x-request-id"], answer.headers.get("x-request-id"))
    assert.equal(headers.authorization, "Bearer s3cret:a=b")
    assert.ok(!("x-api-key" in headers) && !("cookie" in headers))
    assert.deepEqual(Object.keys(json).sort(), [
      "consents", "extras", "fields", "form", "id", "provenance", "received_at", "spam", "spam_score",
      "spam_verdict", "warnings",
    ])
    assert.deepEqual([json.id, json.received_at], [submission.id, submission.received_at])
    assert.deepEqual(json.form, { key: "contact", version: 3 })
    assert.deepEqual(json.fields, typed({ topics: ["a"] }))
    assert.deepEqual(json.extras, { utm_source: "zebulon" })
    assert.deepEqual([json.consents, json.warnings], [[], warnings])
    assert.match(JSON.stringify(json.provenance), new RegExp(PAGE))
    assert.deepEqual(await service.inbox(), [], "it is not in the inbox, too")
  })

  it("gets the idempotency key of the client, bare or quoted as the draft has it", async () => {
    for (const [name, key] of [["zebulon-1", "zebulon-1"], ["zebulon-2", '"zebulon-2"']]) {
      await core.answerWith(answers.accept)
      assertAccepted(await submit(service, "contact", typed(), { headers: { "idempotency-key": key } }), "delivered")
      const [{ headers, json }] = await core.received()
      assert.equal(headers["idempotency-key"], name)
      assert.notEqual(json.id, name)
    }
  })

  it("gets nothing that was refused", async () => {
    violations(await submit(service, "contact", {}))
    assertProblem(await submit(service, "contact", typed(), { origin: "https://evil.net" }), "FORM_EMBED_INVALID")
    assert.deepEqual(await core.received(), [])
  })

  for (const status of [200, 201, 202, 204]) {
    it(`accepts with ${status}`, async () => {
      await core.answerWith(answers.empty(status))
      assertAccepted(await submit(service, "contact", typed()), "delivered")
    })
  }

  it("has taken the lead once it has answered so, even when the rest of its answer never comes", async () => {
    await core.answerWith(answers.stalled)
    assertAccepted(await submit(service, "contact", typed()), "delivered")
    await core.answerWith(answers.accept)
    await assertWorks(service, "contact", "delivered")
  })

  it("may know the lead already", async () => {
    await core.answerWith(answers.json(409, { error: { code: "LG_1001", message: "exists", http: 409 } }))
    assertAccepted(await submit(service, "contact", typed()), "delivered")
  })

  // The body decides, whatever the status: gateways change it, and some cores have only one.
  for (const status of [200, 400, 422, 500]) {
    it(`may refuse fields with ${status}`, async () => {
      await core.answerWith(answers.refusal(status,
        { field: "email", code: "type_mismatch", message: "No such mailbox" },
        { field: "name", code: "too_short", message: "A bit more" },
      ))
      assert.deepEqual(violations(await submit(service, "contact", typed())), [["email", "type_mismatch"], ["name", "too_short"]])
      await core.answerWith(answers.accept)
      await assertWorks(service, "contact", "delivered")
    })
  }

  it("may refuse fields as a web framework does", async () => {
    for (const [status, body] of [
      [422, { message: "Oops", errors: { email: ["No such mailbox"] } }],
      [422, { detail: [{ loc: ["body", "fields", "email"], msg: "No such mailbox" }] }],
      [400, { email: ["No such mailbox"] }],
    ]) {
      await core.answerWith(answers.json(status, body))
      const refused = await submit(service, "contact", typed())
      assert.deepEqual(violations(refused), [["email", "bad_input"]])
      assert.match(refused.text, /No such mailbox/)
    }
  })

  const failures = {
    "is slower than the timeout": answers.slow(TIMEOUT_MS + 1500),
    "answers 400 and stalls": { ...answers.stalled, status: 400 },
    "closes the connection": answers.closed,
    "answers 400 without a field": answers.json(400, { error: { code: "LG_1102", message: "?", http: 400 } }),
    "answers 422 with HTML": answers.html(422),
    "answers 400 with JSON that breaks off": { ...answers.truncated, status: 400 },
    ...Object.fromEntries([401, 403, 404, 405, 410, 413, 418, 429, 500, 502, 503, 504].map((status) => [
      `answers ${status}`, answers.html(status),
    ])),
    "answers 200 with a page": answers.html(200),
    "answers 200 with success false": answers.json(200, { success: false, message: "Oops" }),
    "answers 200 with an error": answers.json(200, { error: { code: "LG_1900", message: "Oops", http: 500 } }),
    "answers that another request with the key is under way": answers.json(409, { title: "A request is outstanding for this Idempotency-Key" }),
    "refuses a field that no visitor sees": answers.refusal(400, { field: "company_size_c", code: "value_missing", message: "Oops" }),
    "answers 200 with a word of failure": answers.json(200, { status: "mail_failed" }),
    "redirects with 302": answers.json(302, {}, { location: "/elsewhere" }),
    "redirects with 307": answers.json(307, {}, { location: "/elsewhere" }),
  }
  for (const [what, answer] of Object.entries(failures)) {
    it(`keeps no visitor from being thanked when it ${what}`, async () => {
      await core.answerWith(answer)
      const queued = await submit(service, "contact", typed())
      const { submission } = assertAccepted(queued, "queued")
      assert.doesNotMatch(queued.text, /Oops|mailbox|elsewhere|s3cret|127\.0\.0\.1/, "the core's words are not the visitor's")
      const received = await core.received()
      assert.equal(received.filter(({ json }) => json.id === submission.id).length, 1, "it was asked once")
      assert.deepEqual(await service.inbox(), [])
      await core.answerWith(answers.accept)
      await assertWorks(service, "contact", "delivered")
    })
  }

  it("keeps no visitor from being thanked when it refuses connections", async () => {
    await core.refuseConnections()
    const queued = await submit(service, "contact", typed())
    await core.acceptConnections()
    assertAccepted(queued, "queued")
    const line = await service.logged((line) => line.request_id === queued.headers.get("x-request-id") && line.route)
    assert.match(line.faults.join(), /^core_unreachable: /)
    await assertWorks(service, "contact", "delivered")
  })

  it("accepts though its answer is garbled", async () => {
    const text = { status: 201, headers: { "content-type": "text/plain" }, body: "OK" }
    const html = { ...text, headers: { "content-type": "text/html" } }
    const status = answers.json(201, { id: "1", type: "lead", status: "created" })
    for (const answer of [answers.truncated, answers.empty(200), text, html, status]) {
      await core.answerWith(answer)
      assertAccepted(await submit(service, "contact", typed()), "delivered")
    }
  })

  it("gets one lead for each of many visitors at once", async () => {
    await core.answerWith(answers.slow(200))
    const all = await Promise.all(Array.from({ length: 20 }, () => submit(service, "contact", typed())))
    const ids = all.map((answer) => assertAccepted(answer, "delivered").submission.id)
    const received = (await core.received()).map(({ json }) => json.id).filter((id) => ids.includes(id))
    assert.deepEqual(received.sort(), ids.sort())
  })

  it("shows in the log without what was typed and without its token", async () => {
    await core.answerWith(answers.html(502))
    const queued = await submit(service, "contact", typed())
    const line = await service.logged((line) => line.request_id === queued.headers.get("x-request-id"))
    assert.match(JSON.stringify(line), /502/)
    assert.doesNotMatch(await service.output(), /s3cret/)
    await assertDiscreet(service)
  })
})
