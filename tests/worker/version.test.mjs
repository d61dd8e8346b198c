import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { after, before, describe, it } from "node:test"

import { contactForm } from "../support/forms.mjs"
import { assertDiscreet, send, submit, violations } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { leadOf } from "./leads.mjs"

const TERMS = {
  1: "I agree to be contacted.",
  2: "I agree to be contacted, and to  the newsletter:\n\tä “quoted” & <b>\u00a0😀",
  4: "I agree to everything.",
}
// What a visitor of each version has to send, which the other version refuses.
const OF = {
  1: { name: "Zebulon", company: "Zebulon & Co", terms: "on" },
  2: { name: "Zeb", email: "zebulon@example.org", terms: "on" },
}
const CURRENT = 2

describe("a form of which several versions were published", () => {
  let service

  before(async () => {
    service = await startWorkerd({
      forms: {
        "terms": termsForm(1),
        "another/v/9": JSON.stringify(termsForm(9, { key: "another" })),
        "terms/v/3": JSON.stringify(termsForm(3, { key: "terms", status: "draft" })),
        "terms/v/5": '{"key": "terms", "version": 5, "fields": [{ "name": "a", "type": "zebulon" }]',
        "terms/v/6": JSON.stringify(termsForm(2, { key: "terms" })),
        "terms/v/7": "{",
        "terms/v/8": JSON.stringify(termsForm(8, { key: "another" })),
        "contact": contactForm(),
      },
    })
    await service.putForm("terms", termsForm(CURRENT))
  })
  after(() => service?.stop())

  it("is shown as it is now", async () => {
    const { json } = await send(service, "/v1/forms/terms")
    assert.deepEqual([json.version, json.fields.at(-1).text], [CURRENT, TERMS[CURRENT]])
  })

  for (const [version, values] of Object.entries(OF)) {
    const [other] = Object.values(OF).filter((other) => other !== values)
    const refusals = {
      1: [["name", "too_short"], ["company", "value_missing"]],
      2: [["name", "too_long"], ["email", "value_missing"]],
    }

    it(`checks what was filled in on version ${version} against version ${version}`, async () => {
      const lead = await leadOf(service, await submit(service, "terms", { ...values, _version: version }))
      assert.deepEqual([lead.form, lead.fields, lead.extras], [{ key: "terms", version: Number(version) }, values, {}])
      const refused = await submit(service, "terms", { ...other, _version: version })
      assert.deepEqual(violations(refused), refusals[version])
    })

    it(`knows to which words a visitor of version ${version} agreed`, async () => {
      const { consents } = await leadOf(service, await submit(service, "terms", { ...values, _version: version }))
      const text = TERMS[version]
      assert.deepEqual(consents, [{ field: "terms", text, sha256: createHash("sha256").update(text, "utf8").digest("hex") }])
      const { terms: _, ...unticked } = values
      assert.deepEqual(violations(await submit(service, "terms", { ...unticked, _version: version })), [["terms", "value_missing"]])
    })
  }

  it("reads the version alike in every encoding", async () => {
    const values = { ...OF[1], _version: "1" }
    const multipart = new FormData()
    for (const [name, value] of Object.entries(values)) multipart.append(name, value)
    for (const answer of [
      await submit(service, "terms", { ...values, _version: 1 }),
      await submit(service, "terms", { ...values, _version: ["1"] }),
      await submit(service, "terms", new URLSearchParams(values).toString(), {
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }),
      await submit(service, "terms", multipart),
    ]) {
      const { form, fields, extras } = await leadOf(service, answer)
      assert.deepEqual([form.version, fields, extras], [1, OF[1], {}])
    }
  })

  it("is the current one for a client that does not say which it has", async () => {
    for (const values of [OF[2], { ...OF[2], _version: null }, { ...OF[2], _version: CURRENT }]) {
      const { form, fields, extras } = await leadOf(service, await submit(service, "terms", values))
      assert.deepEqual([form.version, fields, extras], [CURRENT, OF[2], {}])
    }
    assert.deepEqual(violations(await submit(service, "terms", OF[1])), [["name", "too_long"], ["email", "value_missing"]])
  })

  const unknown = {
    "was never published": "99", "is as high as one can be": "4294967295", "is another form's": "9", "is a draft": "3",
    "is broken": "5", "names another version": "6", "names another form": "8",
  }
  for (const [what, version] of Object.entries(unknown)) {
    it(`is the current one, with a warning, for a client whose version ${what}`, async () => {
      const answer = await submit(service, "terms", { ...OF[2], _version: version })
      const { form, fields, extras } = await leadOf(service, answer, [["_version", "version_unknown"]])
      assert.deepEqual([form.version, fields, extras], [CURRENT, OF[2], { _version: version }])
      assert.deepEqual(violations(await submit(service, "terms", { ...OF[1], _version: version })), [
        ["name", "too_long"], ["email", "value_missing"],
      ])
    })
  }

  it("has a broken version in the log", async () => {
    const { headers } = await submit(service, "terms", { ...OF[2], _version: 7 })
    const line = await service.logged(({ request_id }) => request_id === headers.get("x-request-id"))
    assert.equal(line.outcome, "stored")
    assert.match(line.faults.join(), /^form_broken: form\/terms(\/v\/7)?: /)
  })

  const malformed = {
    "0": "0", "-1": "-1", "+1": "+1", "1.5": "1.5", "01x": "01x", "": "", " 1": " 1", "v1": "v1", "4294967296": "4294967296",
    "٣": "٣", "a text of 40,000 bytes": "9".repeat(40_000),
  }
  for (const [what, version] of Object.entries(malformed)) {
    it(`is the current one, with a warning, for a client that sends "${what}"`, async () => {
      const answer = await submit(service, "terms", { ...OF[2], _version: version })
      const { form, fields, extras } = await leadOf(service, answer, [["_version", "version_malformed"]])
      assert.deepEqual([form.version, fields, extras], [CURRENT, OF[2], { _version: version.slice(0, 4_096) }])
    })
  }

  it("is the current one, with a warning, for a client that sends two at once or none that is a number", async () => {
    for (const [version, sent] of [
      [["1", "2"], ["1", "2"]], [["1", "1"], ["1", "1"]], [true, "true"], [{ number: 1 }, '{"number":1}'], [1.5, "1.5"], [-1, "-1"],
    ]) {
      const answer = await submit(service, "terms", { ...OF[2], _version: version })
      const { form, extras } = await leadOf(service, answer, [["_version", "version_malformed"]])
      assert.deepEqual([form.version, extras], [CURRENT, { _version: sent }])
    }
    const twice = `${new URLSearchParams(OF[2])}&_version=1&_version=2`
    const answer = await submit(service, "terms", twice, { headers: { "content-type": "application/x-www-form-urlencoded" } })
    const { form, extras } = await leadOf(service, answer, [["_version", "version_malformed"]])
    assert.deepEqual([form.version, extras], [CURRENT, { _version: ["1", "2"] }])
  })

  it("takes what was filled in on a version that other parts of the world have had for a moment only", async () => {
    // So the one known here is the current one for a minute yet.
    await leadOf(service, await submit(service, "terms", { ...OF[2], _version: CURRENT }))
    await service.putForm("terms", termsForm(4, { fields: [consent(4)] }))
    const { form, fields, consents } = await leadOf(service, await submit(service, "terms", { terms: "on", _version: 4 }))
    assert.deepEqual([form.version, fields, consents[0].text], [4, { terms: "on" }, TERMS[4]])
    const { form: still } = await leadOf(service, await submit(service, "terms", OF[2]))
    assert.equal(still.version, CURRENT)
  })

  it("has no consents where none is asked for", async () => {
    const values = { name: "Zebulon", email: "zebulon@example.org" }
    assert.deepEqual((await leadOf(service, await submit(service, "contact", values))).consents, [])
  })

  it("has the form that is refused come back as the visitor saw it, without JavaScript", async () => {
    for (const [version, label, other] of [["1", "Company", "Email"], ["2", "Email", "Company"]]) {
      const refused = await post("terms", { name: "Z", _version: version })
      assert.equal(refused.status, 400)
      assert.match(refused.text, new RegExp(`<input type="hidden" name="_version" value="${version}">`))
      assert.match(refused.text, new RegExp(`>${label}<`))
      assert.doesNotMatch(refused.text, new RegExp(`>${other}<`))
    }
  })

  it("shows the hosted page with the version it is of", async () => {
    const { text } = await send(service, "/f/contact", { origin: null, headers: { accept: "text/html" } })
    assert.equal(text.match(/name="_version" value="3"/g).length, 1)
  })

  it("logs nothing of what was sent", () => assertDiscreet(service))

  function post(key, values) {
    return send(service, `/f/${key}`, {
      method: "POST", origin: service.origin, body: new URLSearchParams(values).toString(),
      headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded" },
    })
  }
})

// Version 1 asks for a long name and a company, version 2 for a short name and an address.
function termsForm(version, changes = {}) {
  const fields = version === 1
    ? [
      { name: "name", type: "text", label: "Name", required: true, minlength: 4 },
      { name: "company", type: "text", label: "Company", required: true },
    ]
    : [
      { name: "name", type: "text", label: "Name", required: true, maxlength: 3 },
      { name: "email", type: "email", label: "Email", required: true },
    ]
  return contactForm({ key: "terms", version, fields: [...fields, consent(version)], ...changes })
}

function consent(version) {
  return { name: "terms", type: "consent", label: "Terms", text: TERMS[version] ?? "Nobody agrees to this." }
}
