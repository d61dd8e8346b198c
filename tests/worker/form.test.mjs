import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"

import { contactForm, typed } from "../support/forms.mjs"
import { assertDiscreet, assertProblem, assertWorks, send, submit } from "../support/http.mjs"
import { startService } from "../support/service.mjs"

// What may stand in KV where a definition should.
const wrong = (changes) => JSON.stringify(contactForm(changes))
const BROKEN = {
  "broken-json": '{"key": "broken-json", "fields": [',
  "empty": "\n",
  "no-object": "[]",
  "without-fields": JSON.stringify({ key: "without-fields", allowed_origins: [] }),
  "of-another-key": wrong({ key: "another" }),
  "nested-too-deep": `{"key": ${"[".repeat(50_000)}`,
  "refers-to-nothing": wrong({ key: "refers-to-nothing", dialect: "zebulon" }),
  "of-unknown-kind": wrong({ key: "of-unknown-kind", fields: [{ name: "a", type: "zebulon", label: "A" }] }),
  "with-a-broken-pattern": wrong({ key: "with-a-broken-pattern", fields: [{ name: "a", type: "text", label: "A", pattern: "(" }] }),
  "with-two-fields-of-one-name": wrong({
    key: "with-two-fields-of-one-name", fields: [{ name: "a", type: "text", label: "A" }, { name: "a", type: "url", label: "B" }],
  }),
  "with-a-forbidden-name": wrong({ key: "with-a-forbidden-name", fields: [{ name: "__proto__", type: "text", label: "A" }] }),
  "with-a-path-for-an-origin": wrong({ key: "with-a-path-for-an-origin", allowed_origins: ["https://example.com/path"] }),
  "with-an-endless-window": wrong({
    key: "with-an-endless-window", rate_limits: [{ name: "form", quota: 1, window_s: 0, partition: "form" }],
  }),
}

describe("what is asked for", () => {
  let service

  before(async () => {
    service = await startService({ forms: { contact: contactForm(), ...BROKEN } })
  })
  after(() => service?.stop())

  for (const key of Object.keys(BROKEN)) {
    it(`is not there for now when its definition is ${key}`, async () => {
      for (const answer of [await submit(service, key, typed()), await send(service, `/v1/forms/${key}`)]) {
        assertProblem(answer, "SERVICE_UNAVAILABLE")
        assert.ok(Number(answer.headers.get("retry-after")) >= 1)
        assert.doesNotMatch(answer.text, /zebulon|serde|line \d/, "whose fault it is, is the log's to say")
      }
      await assertWorks(service)
    })
  }

  it("has its owner told in the log what is wrong with a definition", async () => {
    const answer = await submit(service, "refers-to-nothing", typed())
    const line = await service.logged((line) => line.request_id === answer.headers.get("x-request-id"))
    assert.match(JSON.stringify(line), /dialect/)
  })

  it("is a page of its own for a person", async () => {
    const { status, headers } = await send(service, "/f/broken-json", { origin: null, headers: { accept: "text/html" } })
    assert.deepEqual([status, headers.get("content-type").split(";")[0]], [503, "text/html"])
    const unknown = await send(service, "/f/nobody", { origin: null, headers: { accept: "text/html" } })
    assert.deepEqual([unknown.status, unknown.headers.get("content-type").split(";")[0]], [404, "text/html"])
  })

  it("is an unknown route", async () => {
    for (const path of ["/v1", "/v1/forms", "/v1/forms/contact/", "/v1/forms/contact/submissions/1", "/f/contact/x", "/healthz/x", "/nowhere"]) {
      assertProblem(await send(service, path), "FORM_ROUTE_NOT_FOUND")
    }
    await assertWorks(service)
  })

  it("takes only some methods, and says which", async () => {
    for (const [method, path, allowed] of [
      ["GET", "/v1/forms/contact/submissions", ["OPTIONS", "POST"]],
      ["PUT", "/v1/forms/contact/submissions", ["OPTIONS", "POST"]],
      ["POST", "/v1/forms/contact", ["GET", "HEAD", "OPTIONS"]],
      ["DELETE", "/f/contact", ["GET", "HEAD", "POST"]],
      ["POST", "/healthz", ["GET", "HEAD"]],
      ["PROPFIND", "/healthz", ["GET", "HEAD"]],
    ]) {
      const answer = await send(service, path, { method })
      assertProblem(answer, "FORM_METHOD_NOT_ALLOWED")
      assert.deepEqual(answer.headers.get("allow").split(", ").sort(), allowed, `${method} ${path}`)
    }
    await assertWorks(service)
  })

  it("may be a file", async () => {
    for (const [path, type] of [["/", "text/html"], ["/demo", "text/html"], ["/embed.js", "text/javascript"]]) {
      const { status, headers } = await send(service, path, { origin: null })
      assert.deepEqual([status, headers.get("content-type").split(";")[0]], [200, type], path)
    }
  })

  it("logs nothing of what was sent", () => assertDiscreet(service))
})
