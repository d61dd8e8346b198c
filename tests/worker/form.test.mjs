import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"

import { root } from "../../tools/wrangler.mjs"
import { PAGE, contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, assertDiscreet, assertProblem, assertWorks, send, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"

// Values that KV may hold instead of a definition.
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

// Faults of a definition, with the path that is reported.
const FAULTS = {
  "a pattern with a hyphen that browsers ignore": ["fields[0].pattern", { fields: [field({ pattern: "[a-z-]+" })] }],
  "a pattern with a bracket that browsers ignore": ["fields[0].pattern", { fields: [field({ pattern: "[(]" })] }],
  "a pattern that cannot run in bounded time": ["fields[0].pattern", { fields: [field({ pattern: "(a)\\1" })] }],
  "a number with min over max": ["fields[0].min", { fields: [field({ type: "number", min: 2, max: 1 })] }],
  "a date with min over max": ["fields[0].min", { fields: [field({ type: "date", min: "2026-02-01", max: "2026-01-31" })] }],
  "a date with a bound that is none": ["fields[0].max", { fields: [field({ type: "date", max: "2026-02-30" })] }],
  "a number with a bound in words": ["fields[0].min", { fields: [field({ type: "number", min: "one" })] }],
  "a step of nothing": ["fields[0].step", { fields: [field({ type: "number", step: 0 })] }],
  "a step of half a day": ["fields[0].step", { fields: [field({ type: "date", step: 0.5 })] }],
  "a minlength over maxlength": ["fields[0].minlength", { fields: [field({ minlength: 3, maxlength: 2 })] }],
  "a default over max": ["fields[0].value", { fields: [field({ type: "number", max: 10, value: 11 })] }],
  "a default that does not match": ["fields[0].value", { fields: [field({ pattern: "[a-z]+", value: "A" })] }],
  "a default that is no option": ["fields[0].value", { fields: [field({ type: "radio", options: [{ value: "a" }], value: "b" })] }],
  "a default between two steps": ["fields[0].value", { fields: [field({ type: "range", min: 0, step: 10, value: 15 })] }],
  "a default that is no colour": ["fields[0].value", { fields: [field({ type: "color", value: "red" })] }],
  "a default that is no address": ["fields[0].value", { fields: [field({ type: "email", value: "no-address" })] }],
  "a list without options": ["fields[0].options", { fields: [field({ type: "select" })] }],
  "a consent without words": ["fields[0].text", { fields: [field({ type: "consent" })] }],
  "an attribute there is not": ["fields[0].requird", { fields: [field({ requird: true })] }],
  "a field named as we name ours": ["fields[0].name", { fields: [field({ name: "_version" })] }],
  "a wildcard over a country": ["allowed_origins[1]", { allowed_origins: [PAGE, "https://*.co.uk"] }],
  "a wildcard over everybody's pages": ["allowed_origins[1]", { allowed_origins: [PAGE, "https://*.github.io"] }],
  "a wildcard over a top-level domain": ["allowed_origins[1]", { allowed_origins: [PAGE, "https://*.com"] }],
  "a language that is not supported": ["locale", { locale: "klingon" }],
  "a language with an underscore": ["locale", { locale: "en_US" }],
  "a redirect that is not https": ["on_success.redirect", { on_success: { redirect: "http://example.com/thanks" } }],
  "a redirect that is a script": ["on_success.redirect", { on_success: { redirect: "javascript:alert(1)" } }],
  "a redirect with a user name": ["on_success.redirect", { on_success: { redirect: "http://localhost:80@evil.net/" } }],
  "a redirect to anywhere": ["on_success.redirect", { on_success: { redirect: "https://*" } }],
  "look-aheads that take too long together": [
    "fields[0].pattern", { fields: [field({ pattern: `${"(?=a{0,490})".repeat(26)}a` })] },
  ],
  "a version of zero": ["version", { version: 0 }],
}
// Similar definitions that are valid.
const SOUND = contactForm({
  key: "sound", locale: "zh-Hant-TW",
  allowed_origins: [PAGE, "https://*.example.co.uk", "https://*.shop.github.io", "https://*.münchen.example"],
  on_success: { redirect: "https://example.com/danke-schön" },
  fields: [
    { name: "a", type: "text", pattern: "[a-z\\-]+", value: "a-z", minlength: 2, maxlength: 3 },
    { name: "b", type: "time", min: "22:00", max: "02:00", value: "23:00" },
    { name: "c", type: "range", min: 0, step: 10, value: 20 },
    { name: "d", type: "checkbox", value: "whatever" },
  ],
})

describe("what is asked for", () => {
  let service

  before(async () => {
    const manifold = contactForm({
      key: "manifold", locale: "klingon", dialect: "zebulon",
      fields: [field({ pattern: "[(]" }), field({ name: "two", type: "zebulon" })],
    })
    const forms = { contact: contactForm(), japanese: contactForm({ key: "japanese", locale: "ja", on_success: {} }), sound: SOUND, manifold, ...BROKEN }
    for (const [what, [, changes]] of Object.entries(FAULTS)) forms[keyOf(what)] = contactForm({ key: keyOf(what), ...changes })
    service = await startWorkerd({ forms, hasFiles: true })
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

  it("has what is wrong with a definition in the log", async () => {
    const answer = await submit(service, "refers-to-nothing", typed())
    const line = await service.logged((line) => line.request_id === answer.headers.get("x-request-id"))
    assert.match(JSON.stringify(line), /dialect/)
  })

  for (const [what, [path]] of Object.entries(FAULTS)) {
    it(`is unavailable when its definition has ${what}, and the log names the path`, async () => {
      assert.deepEqual(await pathsLogged(keyOf(what)), [path])
    })
  }

  it("has all faults of its definition in one log line", async () => {
    assert.deepEqual(await pathsLogged("manifold"), ["fields[0].pattern", "fields[1].type", "locale", "dialect"])
  })

  it("is in the visitor's language, whose texts the Worker reads from its static files", async () => {
    for (const tag of ["ar", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "en"]) {
      const { shared, page: { formNotFound }, violations } = JSON.parse(readFileSync(join(root, `texts/${tag}.json`), "utf8"))
      const headers = { "accept-language": `${tag}-x, en;q=0.5` }
      const refused = await submit(service, "contact", typed({ email: "a" }), { headers })
      const [{ message }] = refused.json.error.details.errors
      assert.equal(message, violations.notEmail.replace("{label}", "Email"))
      const opened = { origin: null, headers: { ...headers, accept: "text/html" } }
      const page = await send(service, "/f/contact", opened)
      assert.ok(page.text.includes(`>${shared.submit}</button>`), page.text)
      const missing = await send(service, "/f/missing", opened)
      assert.ok(missing.text.includes(`>${formNotFound}</h1>`), missing.text)
    }
    // The usual texts of a form are in its definition.
    const { shared, page } = JSON.parse(readFileSync(join(root, "texts/ja.json"), "utf8"))
    const { json } = await send(service, "/v1/forms/japanese")
    assert.deepEqual([json.submit_label, json.on_success.message], [shared.submit, page.thanks])
  })

  it("is there when its definition is right, close as it may be", async () => {
    const { json } = await send(service, "/v1/forms/sound")
    assert.deepEqual(json.fields.map(({ name }) => name), ["a", "b", "c", "d"])
    const answers = { a: "a-z", b: "01:00", c: "20", d: "whatever" }
    const answer = await submit(service, "sound", answers, { origin: "https://www.xn--mnchen-3ya.example" })
    assertAccepted(answer, "stored")
    assert.equal(answer.json.next, "https://example.com/danke-sch%C3%B6n")
    const page = await send(service, "/f/sound", { origin: null, headers: { accept: "text/html" } })
    assert.match(page.headers.get("content-security-policy"), / https:\/\/\*\.xn--mnchen-3ya\.example/)
    assert.match(page.headers.get("content-security-policy"), /form-action 'self' https:\/\/example\.com;/)
  })

  it("is a page of its own for a person", async () => {
    const { status, headers } = await send(service, "/f/broken-json", { origin: null, headers: { accept: "text/html" } })
    assert.deepEqual([status, headers.get("content-type").split(";")[0]], [503, "text/html"])
    const unknown = await send(service, "/f/unknown", { origin: null, headers: { accept: "text/html" } })
    assert.deepEqual([unknown.status, unknown.headers.get("content-type").split(";")[0]], [404, "text/html"])
  })

  it("is an unknown route", async () => {
    for (const path of ["/v1", "/v1/forms", "/v1/forms/contact//", "/v1/forms/contact/submissions/1", "/f/contact/x", "/healthz/x", "/nowhere"]) {
      assertProblem(await send(service, path), "FORM_ROUTE_NOT_FOUND")
    }
    await assertWorks(service)
  })

  it("takes only some methods, and names them", async () => {
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

  // The faults of a definition in the log, after a request that was answered only that the form is unavailable.
  async function pathsLogged(key) {
    const answer = await submit(service, key, { one: "x" })
    assertProblem(answer, "SERVICE_UNAVAILABLE")
    assert.doesNotMatch(answer.text, /fields|pattern|locale|origin/, "whose fault it is, is the log's to say")
    const { faults } = await service.logged((line) => line.request_id === answer.headers.get("x-request-id"))
    assert.equal(faults.length, 1)
    const [, name, reasons] = faults[0].match(/^form_broken: (\S+): (.*)$/s)
    assert.equal(name, `form/${key}`)
    return [...reasons.matchAll(/(?:^|; )((?:fields|allowed_origins)\[\d+\][\w.[\]]*|on_success\.\w+|locale|dialect|version) /g)]
      .map(([, path]) => path)
  }
})

function field(attributes) {
  return { name: "one", type: "text", ...attributes }
}

function keyOf(what) {
  return what.replaceAll(/[^a-z]+/g, "-")
}
