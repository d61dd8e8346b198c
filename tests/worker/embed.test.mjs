import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"

import { PAGE, contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, assertProblem, assertWorks, send, sendRaw, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"

const EXPOSED = [
  "x-request-id", "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-policy", "ratelimit",
]

describe("a page that embeds the form", () => {
  let service

  before(async () => {
    service = await startWorkerd({ forms: { contact: contactForm() } })
  })
  after(() => service?.stop())

  const allowed = [
    PAGE, "https://www.example.com", "https://a.b.example.com", "http://localhost", "http://localhost:3000", "http://127.0.0.1:8080",
  ]
  for (const origin of allowed) {
    it(`may be ${origin}`, async () => {
      const answer = await submit(service, "contact", typed(), { origin })
      assertAccepted(answer, "stored")
      assert.equal(answer.headers.get("access-control-allow-origin"), origin)
    })
  }

  it("may be the hosted page of the service itself", async () => {
    assertAccepted(await submit(service, "contact", typed(), { origin: service.origin }), "stored")
  })

  const foreign = [
    "https://evil.net", "https://example.com.evil.net", "https://evil-example.com", "https://notexample.com", "http://example.com",
    "https://example.com:8443", "https://www.example.com:444", "https://localhost:3000", "http://localhost.evil.net", "http://127.0.0.2",
  ]
  for (const origin of foreign) {
    it(`may not be ${origin}`, async () => {
      const answer = await submit(service, "contact", typed(), { origin })
      assert.equal(assertProblem(answer, "FORM_EMBED_INVALID").reason, "origin_not_allowed")
      assert.equal(answer.headers.get("access-control-allow-origin"), origin, "the widget there may read why")
      await assertWorks(service)
    })
  }

  const malformed = [
    "https://example.com@evil.net", "https://user@example.com", "HTTPS://EXAMPLE.COM", "https://EXAMPLE.com", "https://example.com.",
    "https://example.com/", "https://example.com/path", "https://example.com?", "https://example.com:443", "https://example.com:",
    "https://example.com, https://evil.net", "https://example.com https://evil.net", "example.com", "https://", "*", "file://",
    "https://[::1", "https://example..com", "https://.example.com", "javascript:alert(1)",
  ]
  for (const origin of malformed) {
    it(`may not call itself ${origin}`, async () => {
      const answer = await submit(service, "contact", typed(), { origin })
      assert.equal(assertProblem(answer, "FORM_EMBED_INVALID").reason, "origin_not_allowed")
      await assertWorks(service)
    })
  }

  it("may not call itself something with bytes above 127", async () => {
    for (const origin of ["https://ex\xe4mple.com", "https://example.com\xff", "\xf0\x9f\x98\x80"]) {
      const head = ["POST /v1/forms/contact/submissions HTTP/1.1", "Content-Type: application/json", `Origin: ${origin}`].join("\r\n")
      const answer = await sendRaw(service, head, JSON.stringify(typed()))
      assert.equal(assertProblem(answer, "FORM_EMBED_INVALID").reason, "origin_not_allowed")
      await assertWorks(service)
    }
  })

  it("must say which it is", async () => {
    const missing = await submit(service, "contact", typed(), { origin: null })
    assert.equal(assertProblem(missing, "FORM_EMBED_INVALID").reason, "origin_missing")
    const opaque = await submit(service, "contact", typed(), { origin: "null" })
    assert.equal(assertProblem(opaque, "FORM_EMBED_INVALID").reason, "origin_null")
    await assertWorks(service)
  })

  it("learns from a preflight what it may send", async () => {
    for (const path of ["/v1/forms/contact/submissions", "/v1/forms/contact"]) {
      const { status, headers, text } = await send(service, path, {
        method: "OPTIONS",
        headers: { "access-control-request-method": "POST", "access-control-request-headers": "content-type,idempotency-key" },
      })
      assert.deepEqual([status, text], [204, ""])
      assert.equal(headers.get("access-control-allow-origin"), PAGE)
      assert.match(headers.get("access-control-allow-methods"), /\bPOST\b/)
      const names = headers.get("access-control-allow-headers").toLowerCase().split(", ")
      for (const name of ["content-type", "idempotency-key", "accept"]) assert.ok(names.includes(name), name)
      assert.ok(Number(headers.get("access-control-max-age")) > 0)
      assert.equal(headers.get("vary"), "Origin, Accept")
      assert.ok(!headers.has("access-control-allow-credentials"))
    }
  })

  it("is allowed the headers it adds", async () => {
    const asked = ["baggage", "hx-request", "sentry-trace", "traceparent", "x-api-key", "x-requested-with"]
    const { headers } = await send(service, "/v1/forms/contact/submissions", {
      method: "OPTIONS",
      headers: { "access-control-request-method": "POST", "access-control-request-headers": asked.join() },
    })
    const names = headers.get("access-control-allow-headers").split(", ")
    for (const name of asked) assert.ok(names.includes(name), name)
  })

  it("learns that its host ends in a dot", async () => {
    const refused = await submit(service, "contact", typed(), { origin: `${PAGE}.` })
    const { reason, hint } = assertProblem(refused, "FORM_EMBED_INVALID")
    assert.equal(reason, "origin_not_allowed")
    assert.match(hint, /ends in a dot/)
    assert.equal(refused.headers.get("access-control-allow-origin"), `${PAGE}.`)
  })

  it("may read every answer, refusals of every kind too", async () => {
    const answers = {
      accepted: await submit(service, "contact", typed()),
      invalid: await submit(service, "contact", {}),
      malformed: await submit(service, "contact", "{"),
      "too large": await submit(service, "contact", " ".repeat(200_000)),
      "of no type": await submit(service, "contact", "zebulon", { headers: { "content-type": "text/plain" } }),
      "of no form": await submit(service, "unknown", typed()),
      "of no method": await send(service, "/v1/forms/contact/submissions", { method: "PUT" }),
    }
    for (const [what, { headers }] of Object.entries(answers)) {
      assert.equal(headers.get("access-control-allow-origin"), PAGE, what)
      assert.equal(headers.get("vary"), "Origin, Accept", what)
      const exposed = headers.get("access-control-expose-headers").toLowerCase().split(", ")
      for (const name of EXPOSED) assert.ok(exposed.includes(name), `${what}: ${name}`)
    }
  })
})
