import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, beforeEach, describe, it } from "node:test"

import { contactForm, typed } from "../support/forms.mjs"
import { answers, startCore } from "../support/core.mjs"
import { assertAccepted, assertHeaders, send, submit, violations } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"

const DIALECTS = ["lead-gen", "flat", "json-api", "leadron", "result", "problem"]
// A receipt and every problem in every dialect: { status, content_type, body }.
const GOLDEN = Object.fromEntries(DIALECTS.map((dialect) => [dialect, goldenOf(dialect)]))
const MEDIA_TYPES = {
  ...Object.fromEntries(DIALECTS.map((dialect) => [`application/vnd.formgate.${dialect}+json`, dialect])),
  "application/problem+json": "problem",
  "application/vnd.api+json": "json-api",
}
// The golden bodies report that these two fields are refused.
const REFUSED = { name: "", email: "zebulon" }
// And their receipt has nothing to warn of.
const ACCEPTED = { name: "Zebulon Pike", email: "zebulon@example.org" }
const QUOTA = 2
const WINDOW_S = 3600

describe("a visitor's client", () => {
  let service
  let visitors = 0

  before(async () => {
    const forms = [...DIALECTS.map((dialect) => goldenForm({ key: dialect, dialect })), goldenForm({ key: "undecided" })]
    service = await startWorkerd({
      settings: { DEFAULT_DIALECT: "flat" },
      forms: Object.fromEntries(forms.map((form) => [form.key, form])),
    })
  })
  after(() => service?.stop())

  // Submits as a visitor of their own, who has a quota of their own.
  function visitor(form, accept) {
    const headers = { "cf-connecting-ip": `192.0.2.${++visitors}`, ...accept && { accept } }
    return (body, rest = {}) => submit(service, form, body, { headers, ...rest })
  }

  for (const dialect of DIALECTS) {
    it(`is answered in ${dialect} when the form's owner chose it`, () => assertSpeaks(dialect, visitor(dialect)))
  }

  for (const [mediaType, dialect] of Object.entries(MEDIA_TYPES)) {
    it(`is answered in ${dialect} when it accepts ${mediaType}, whatever the form's owner chose`, async () => {
      const another = DIALECTS.find((other) => other !== dialect)
      await assertSpeaks(dialect, visitor(another, mediaType))
    })
  }

  for (const dialect of DIALECTS) {
    it(`is warned in ${dialect} of a value the form does not have`, async () => {
      const { json, ...answer } = await visitor(dialect)({ ...ACCEPTED, utm: "zebulon", _version: "nine" })
      const place = { "json-api": json.data?.attributes, leadron: json.data, result: json.data }[dialect] ?? json
      assert.deepEqual(place.warnings?.map(({ message, ...warning }) => [warning, typeof message]), [
        [{ field: "_version", code: "version_malformed" }, "string"], [{ field: "utm", code: "unknown_field" }, "string"],
      ])
      delete place.warnings
      assertGolden({ ...answer, json, text: JSON.stringify(json) }, dialect, "receipt")
    })
  }

  it("is answered in the dialect it would rather have", async () => {
    const api = await visitor("leadron", "application/problem+json;q=0.4, application/vnd.api+json;q=0.8, */*;q=0.1")(REFUSED)
    assertGolden(api, "json-api", "LG_1102")
    const plain = await visitor("leadron", "application/json, application/problem+json;q=0.9")(REFUSED)
    assertGolden(plain, "leadron", "LG_1102")
  })

  it("is answered in the dialect of the setting when neither it nor the form chose one", async () => {
    for (const accept of [undefined, "*/*", "application/json", "image/png"]) {
      assertGolden(await visitor("undecided", accept)(REFUSED), "flat", "LG_1102")
    }
    assertGolden(await visitor("unknown")(REFUSED), "flat", "LG_1100")
  })

  it("finds every type of problem on the page of errors", async () => {
    const { status, headers, text } = await send(service, "/errors", { origin: null, headers: { accept: "text/html" } })
    assert.equal(status, 200, text)
    assert.match(headers.get("content-type"), /^text\/html\b/)
    const anchors = new Set([...text.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id))
    const { receipt: _, ...problems } = GOLDEN.problem
    const types = Object.values(problems).map(({ body }) => body.type.split("#")[1])
    assert.equal(types.filter((id) => id.startsWith("LG_")).length, 27)
    for (const id of [...types, ...DIALECTS]) assert.ok(anchors.has(id), id)
    const { json } = await visitor("problem")(REFUSED)
    assert.equal(json.type, `${service.origin}/errors#LG_1102`)
  })

  async function assertSpeaks(dialect, send) {
    const accepted = await send(ACCEPTED)
    assertGolden(accepted, dialect, "receipt")
    const invalid = await send(REFUSED)
    assertGolden(invalid, dialect, "LG_1102")
    const throttled = await send(ACCEPTED)
    const retry_after = Number(throttled.headers.get("retry-after"))
    assert.ok(retry_after >= 1 && retry_after <= 2 * WINDOW_S, String(retry_after))
    assertGolden(throttled, dialect, "LG_1902")
    for (const { headers } of [accepted, invalid, throttled]) {
      assert.equal(headers.get("x-ratelimit-limit"), String(QUOTA))
      assert.equal(headers.get("ratelimit-policy"), `"visitor";q=${QUOTA};w=${WINDOW_S}`)
      // A window may end while the answer is on its way.
      assert.ok(Number(headers.get("x-ratelimit-reset")) > Date.now() / 1000 - 5)
    }
    const remaining = [accepted, invalid, throttled].map(({ headers }) => headers.get("x-ratelimit-remaining"))
    assert.deepEqual(remaining, ["1", "0", "0"])
    assertGolden(await send(ACCEPTED, { origin: "https://evil.net" }), dialect, "LG_1103")
  }

  // The answer is the golden one to the last member, but for ids, moments, addresses and waiting times.
  function assertGolden({ status, headers, text, json }, dialect, code) {
    const golden = GOLDEN[dialect][code]
    assert.equal(status, golden.status, text)
    assert.equal(headers.get("content-type"), golden.content_type)
    assertHeaders(headers)
    const told = text
      .replaceAll(headers.get("x-request-id"), "5f0c")
      .replaceAll(service.origin, "https://forms.test")
      .replace(/"id":"[0-9a-f]{32}"/, '"id":"ab12"')
      .replace('"status":"stored"', '"status":"delivered"')
      .replace(/"retry_after":\d+/, (member) => {
        assert.equal(member, `"retry_after":${headers.get("retry-after")}`)
        return '"retry_after":45'
      })
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (moment) => {
        assert.ok(Math.abs(Date.parse(moment) - Date.now()) < 60_000, moment)
        return "2026-11-21T20:30:00.000Z"
      })
    assert.deepEqual(JSON.parse(told), golden.body)
    return json
  }
})

describe("a core", () => {
  let core
  let service

  before(async () => {
    core = await startCore()
    const renamed = { ...contactForm(), key: "renamed" }
    const coreNames = { name: "FULL_NAME", email: "contact.email_1" }
    renamed.fields = renamed.fields.map((field) => ({ ...field, core_name: coreNames[field.name] }))
    service = await startWorkerd({
      settings: { CORE_URL: core.template, CORE_DIALECT: "leadron" },
      forms: { contact: contactForm(), renamed },
      // Nothing comes back from the outbox while the tests run.
      hasConsumer: false,
    })
  })
  beforeEach(() => core.answerWith(answers.accept))
  after(() => Promise.all([service?.stop(), core?.stop()]))

  for (const dialect of DIALECTS) {
    const how = dialect === "leadron" ? "as it is set to" : "though it is set to another"
    const golden = (code) => GOLDEN[dialect][code]
    const answer = ({ status, body, content_type }, headers = {}) => ({
      status, headers: { "content-type": content_type, ...headers }, body: JSON.stringify(body),
    })

    describe(`that answers in ${dialect}, ${how},`, () => {
      it("may refuse fields, in its own words", async () => {
        await core.answerWith(answer(golden("LG_1102")))
        const refused = await submit(service, "contact", typed())
        // In leadron an error of a field has no code.
        const codes = dialect === "leadron" ? ["bad_input", "bad_input"] : ["type_mismatch", "value_missing"]
        assert.deepEqual(violations(refused), [["email", codes[0]], ["name", codes[1]]])
        const messages = refused.json.error.details.errors.map(({ message }) => message)
        assert.deepEqual(messages, ["Work email must be an email address, like name@example.com", "Name is missing"])
      })

      it("may have the lead already", async () => {
        await core.answerWith(answer(golden("LG_1001")))
        assertAccepted(await submit(service, "contact", typed()), "delivered")
      })

      it("may need an operator, who finds the reason in the log", async () => {
        await core.answerWith(answer(golden("LG_1400")))
        const { request_id } = await assertQueued()
        const line = await service.logged((line) => line.request_id === request_id)
        assert.match(line.faults.join(), /^core_blocked: .*CORE_TOKEN/)
      })

      it("may have had too much", async () => {
        // In leadron only a header has it.
        const headers = dialect === "leadron" ? { "retry-after": "45" } : {}
        await core.answerWith(answer(golden("LG_1902"), headers))
        const { request_id } = await assertQueued()
        const line = await service.logged((line) => line.request_id === request_id)
        assert.match(line.faults.join(), /^core_status: /)
      })

      it("has not taken a lead when it refuses with a status of success", async () => {
        for (const code of ["LG_1400", "LG_1901"]) {
          await core.answerWith(answer({ ...golden(code), status: 200 }))
          await assertQueued()
        }
        await core.answerWith(answer({ ...golden("LG_1001"), status: 200 }))
        assertAccepted(await submit(service, "contact", typed()), "delivered")
      })
    })
  }

  it("has not taken a lead when it reports a failure with a status of success", async () => {
    for (const rest of [{}, { status: 200 }, { status: 201 }, { error: null }, { error: "zebulon" }, { errors: [] }]) {
      await core.answerWith(answers.json(200, { success: false, message: "zebulon", ...rest }))
      await assertQueued(JSON.stringify(rest))
      // Or after the third it would not be asked any more, for a while.
      await core.answerWith(answers.accept)
      assertAccepted(await submit(service, "contact", typed()), "delivered")
    }
  })

  it("may call a field otherwise", async () => {
    await core.answerWith(answers.json(422, {
      success: false, status: 422, message: "zebulon", errors: [
        { field: "contact.email_1", message: "No such mailbox" },
        { field: "FULL_NAME", message: "" },
        { field: "crm_id", message: "This is not on the form" },
      ],
    }))
    const refused = await submit(service, "renamed", typed())
    assert.deepEqual(violations(refused).map(([field]) => field), ["email", "name"])
    assert.doesNotMatch(refused.text, /zebulon|crm_id|not on the form|FULL_NAME|email_1/)
    const line = await service.logged((line) => line.request_id === refused.headers.get("x-request-id"))
    assert.match(line.faults.join(), /crm_id bad_input/)
    assert.doesNotMatch((await send(service, "/v1/forms/renamed")).text, /FULL_NAME|email_1/)
  })

  async function assertQueued(what) {
    const queued = await submit(service, "contact", typed())
    assert.equal(queued.status, 202, what)
    assertAccepted(queued, "queued")
    assert.deepEqual(await service.inbox(), [])
    return { request_id: queued.headers.get("x-request-id") }
  }
})

// A form that is refused in the words of the golden bodies.
function goldenForm(changes) {
  return contactForm({
    rate_limits: [{ name: "visitor", quota: QUOTA, window_s: WINDOW_S, partition: "visitor" }],
    fields: [
      { name: "email", type: "email", label: "Work email", required: true },
      { name: "name", type: "text", label: "Name", required: true },
    ],
    on_success: { message: "Thanks!", redirect: null },
    ...changes,
  })
}

function goldenOf(dialect) {
  return JSON.parse(readFileSync(new URL(`../fixtures/golden/${dialect}.json`, import.meta.url), "utf8"))
}
