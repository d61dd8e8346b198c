import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"

import { contactForm } from "../support/forms.mjs"
import { submit, violations } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { leadOf } from "./leads.mjs"

const options = [{ value: "a" }, { value: "b", label: "Bee" }, { value: "c", disabled: true }]
const NOTHING = Symbol("nothing")
const refused = (...codes) => codes
const stored = (value) => ({ value })
const asSent = Symbol("as sent")

// A field, and what becomes of each value: what is stored, or why it is refused. Browsers agree: tests/www/agreement.test.mjs.
const KINDS = [
  [{ type: "text" }, [
    ["a\r\nb\nc\rd", stored("abcd")], ["  a\tb ", asSent], ["\0\u202e", stored("\u202e")], ["<b>&amp;", asSent], ["", stored(NOTHING)],
    [NOTHING, stored(NOTHING)],
  ]],
  [{ type: "text", required: true }, [
    ["", refused("value_missing")], ["\r\n", refused("value_missing")], [NOTHING, refused("value_missing")], [" ", asSent],
    [["a", "b"], refused("too_many")],
  ]],
  [{ type: "text", minlength: 3, maxlength: 4 }, [
    ["", stored(NOTHING)], ["ab", refused("too_short")], ["abc", asSent], ["abcd", asSent], ["abcde", refused("too_long")],
    ["😀😀", asSent], ["😀😀a", refused("too_long")], ["a\nb", refused("too_short")],
  ]],
  [{ type: "search", maxlength: 2 }, [["ab", asSent], ["a\nb", stored("ab")], ["abc", refused("too_long")]]],
  [{ type: "tel", pattern: "[0-9+ ]{5,20}" }, [
    ["+49 89 123", asSent], ["+49 89 123 ext", refused("pattern_mismatch")], ["call me", refused("pattern_mismatch")],
    ["", stored(NOTHING)],
  ]],
  [{ type: "text", pattern: "a|b\\d" }, [["a", asSent], ["b1", asSent], ["ab1", refused("pattern_mismatch")]]],
  [{ type: "text", pattern: "[[a-z]--[aeiou]]+" }, [["xyz", asSent], ["xay", refused("pattern_mismatch")]]],
  [{ type: "text", pattern: "\\p{Uppercase}.{2}" }, [["Ä😀€", asSent], ["ä😀€", refused("pattern_mismatch")]]],
  [{ type: "text", minlength: 3, pattern: "[a-z]+" }, [["A", refused("pattern_mismatch", "too_short")]]],
  [{ type: "url" }, [
    ["https://example.com/a?b#c", asSent], [" https://example.com\n", stored("https://example.com")], ["mailto:a@b", asSent],
    ["example.com", refused("type_mismatch")], ["http://exa<mple.com", refused("type_mismatch")],
    ["https://example.com:99999", refused("type_mismatch")], ["http://[::1", refused("type_mismatch")],
  ]],
  [{ type: "email" }, [
    [" a@b.de ", stored("a@b.de")], ["a@b", asSent], ["a@münchen.de", stored("a@xn--mnchen-3ya.de")],
    ["a@MÜNCHEN.de", stored("a@xn--mnchen-3ya.de")], ["a@xn--mnchen-3ya.de", asSent], ["ü@example.com", refused("type_mismatch")],
    ["a@b..de", refused("type_mismatch")], ["a@b.de, c@d.de", refused("type_mismatch")], ["a", refused("type_mismatch")],
    ["a@exam\u200bple.com\ufeff", stored("a@example.com")], ["a@ｅｘａｍｐｌｅ．com", stored("a@example.com")],
    ["a@straße.de", stored("a@xn--strae-oqa.de")], ["a@हिन्दी.in", asSent], ["a@ü!.de", refused("type_mismatch")],
  ]],
  [{ type: "email", multiple: true }, [
    [" a@b.de , c@münchen.de", stored("a@b.de,c@xn--mnchen-3ya.de")], ["a@b.de,,c@d.de", refused("type_mismatch")],
    ["a@b.de,c", refused("type_mismatch")],
  ]],
  [{ type: "number", min: "1", max: "10" }, [
    ["1", asSent], ["10", asSent], ["1e1", asSent], ["0", refused("range_underflow")], ["11", refused("range_overflow")],
    ["1.5", refused("step_mismatch")], ["0.5", refused("range_underflow", "step_mismatch")], ["ten", refused("bad_input")],
    ["1,5", refused("bad_input")], ["+1", refused("bad_input")], ["0x1", refused("bad_input")], ["Infinity", refused("bad_input")],
    ["", stored(NOTHING)],
  ]],
  [{ type: "number", min: 0, step: 0.1 }, [["0.3", asSent], ["0.30", asSent], ["0.35", refused("step_mismatch")]]],
  [{ type: "number", step: "any" }, [["3.14159265358979", asSent], ["-.5", asSent]]],
  [{ type: "number", value: "3", step: 2 }, [["5", asSent], ["4", refused("step_mismatch")]]],
  [{ type: "range", min: 0, max: 10, step: 4 }, [
    ["8", asSent], ["7", stored("8")], ["99", stored("8")], ["-5", stored("0")], ["", stored("4")], ["much", refused("bad_input")],
    [NOTHING, stored(NOTHING)],
  ]],
  [{ type: "range" }, [["101", stored("100")], ["49.6", stored("50")], ["", stored("50")]]],
  [{ type: "date", min: "2026-01-31", max: "2026-12-31", step: 7 }, [
    ["2026-01-31", asSent], ["2026-02-07", asSent], ["2026-02-08", refused("step_mismatch")],
    ["2026-01-24", refused("range_underflow")], ["2027-01-02", refused("range_overflow")], ["2026-02-30", refused("bad_input")], ["07.02.2026", refused("bad_input")],
    ["2026-2-7", refused("bad_input")], ["", stored(NOTHING)],
  ]],
  [{ type: "date" }, [["2028-02-29", asSent], ["2100-02-29", refused("bad_input")], ["2026-11-21T20:30", refused("bad_input")]]],
  [{ type: "month", min: "2026-01", step: 3 }, [
    ["2026-04", asSent], ["2026-02", refused("step_mismatch")], ["2025-10", refused("range_underflow")],
    ["2026-13", refused("bad_input")],
  ]],
  [{ type: "week", max: "2026-W53" }, [
    ["2026-W53", asSent], ["2027-W01", refused("range_overflow")], ["2025-W53", refused("bad_input")],
    ["2026-W00", refused("bad_input")], ["2026-02", refused("bad_input")],
  ]],
  [{ type: "time", step: 900 }, [
    ["10:15", asSent], ["10:15:00", asSent], ["10:10", refused("step_mismatch")], ["24:00", refused("bad_input")],
    ["9:15", refused("bad_input")], ["10:15 pm", refused("bad_input")],
  ]],
  [{ type: "time", min: "22:00", max: "02:00" }, [
    ["23:00", asSent], ["01:30", asSent], ["22:00", asSent], ["12:00", refused("range_underflow", "range_overflow")],
  ]],
  [{ type: "datetime-local", min: "2026-01-01T00:00" }, [
    ["2026-02-03T10:30", asSent], ["2026-02-03 10:30", stored("2026-02-03T10:30")],
    ["2026-02-03T10:30:00.000", stored("2026-02-03T10:30")], ["2026-02-03T10:30:30", refused("step_mismatch")], ["2025-12-31T23:59", refused("range_underflow")],
    ["2026-02-03", refused("bad_input")], ["2026-02-03T10:30Z", refused("bad_input")],
  ]],
  [{ type: "color" }, [
    ["#1d4ed8", asSent], ["#FFF", stored("#ffffff")], ["#11223344", stored("#112233")], ["", stored("#000000")],
    ["red", refused("bad_input")], ["1d4ed8", refused("bad_input")], ["#12345", refused("bad_input")],
  ]],
  [{ type: "checkbox" }, [
    ["on", asSent], ["", stored(NOTHING)], [NOTHING, stored(NOTHING)], ["yes", stored("on")], ["TRUE", stored("on")],
    ["1", stored("on")], [["0", "on"], stored("on")], ["0", stored(NOTHING)], ["maybe", refused("unknown_option")],
  ]],
  [{ type: "checkbox", value: "yes", required: true }, [
    ["yes", asSent], ["on", refused("unknown_option")], [NOTHING, refused("value_missing")], ["", refused("value_missing")],
  ]],
  [{ type: "consent", text: "I agree" }, [
    ["on", asSent], [NOTHING, refused("value_missing")], ["", refused("value_missing")], ["no", refused("value_missing")],
  ]],
  [{ type: "consent", text: "I agree", required: false }, [["true", stored("on")], ["off", stored(NOTHING)], [NOTHING, stored(NOTHING)]]],
  [{ type: "radio", options }, [
    ["a", asSent], ["c", refused("unknown_option")], ["A", refused("unknown_option")], ["", stored(NOTHING)],
    [NOTHING, stored(NOTHING)], [["a", "b"], refused("too_many")],
  ]],
  [{ type: "radio", options, required: true }, [["b", asSent], [NOTHING, refused("value_missing")]]],
  [{ type: "select", options }, [["b", asSent], ["Bee", refused("unknown_option")], ["", stored(NOTHING)]]],
  [{ type: "select", options, required: true }, [["b", asSent], ["", refused("value_missing")]]],
  [{ type: "select", options, multiple: true, required: true }, [
    [["a", "b"], asSent], ["a", stored(["a"])], [["a", "c"], refused("unknown_option")], [NOTHING, refused("value_missing")],
    ["", refused("value_missing")],
  ]],
  [{ type: "textarea", maxlength: 5 }, [
    ["a\r\nb", stored("a\nb")], ["a\rb", stored("a\nb")], ["\r\n\r\n\r\n\r\n\r\n", stored("\n\n\n\n\n")], [" a\n", asSent],
    ["abcdef", refused("too_long")],
  ]],
  [{ type: "hidden", value: "spring", required: true, pattern: "x" }, [
    ["spring", asSent], ["summer", asSent], [NOTHING, stored(NOTHING)],
  ]],
]

describe("a field", () => {
  let service

  before(async () => {
    const formOf = ([field], index) => contactForm({ key: `kind-${index}`, fields: [{ name: "it", label: "It", ...field }] })
    const forms = KINDS.map(formOf)
    service = await startWorkerd({ forms: Object.fromEntries(forms.map((form) => [form.key, form])) })
  })
  after(() => service?.stop())

  for (const [index, [field, cases]] of KINDS.entries()) {
    it(`of ${describeField(field)} takes what a browser would send, in each encoding`, async () => {
      const answers = cases.map(async ([sent, expected]) => {
        const answers = Object.entries(await sendInEach(`kind-${index}`, sent))
        const became = expected === asSent ? stored(sent) : expected
        return answers.map(([encoding, answer]) => [answer, became, `${JSON.stringify(sent)} as ${encoding}`])
      })
      await assertBecame((await Promise.all(answers)).flat())
    })
  }

  it("takes JSON's own values for what a form would send", async () => {
    const key = (type, is = () => true) => `kind-${KINDS.findIndex(([field]) => field.type === type && is(field))}`
    const cases = [
      [key("number"), 3, stored("3")], [key("number"), 3.5, refused("step_mismatch")], [key("number"), null, stored(NOTHING)],
      [key("text"), 1.5, stored("1.5")], [key("text"), true, stored("true")], [key("text"), [], stored(NOTHING)],
      [key("checkbox"), true, stored("on")], [key("checkbox"), false, stored(NOTHING)],
      [key("checkbox", ({ value }) => value), true, stored("yes")],
      [key("checkbox", ({ value }) => value), false, refused("value_missing")],
      [key("consent"), true, stored("on")], [key("consent"), false, refused("value_missing")],
      [key("range"), 7, stored("8")], [key("date"), 20260131, refused("bad_input")], [key("email"), { a: "b" }, refused("bad_input")],
    ]
    await assertBecame(await Promise.all(cases.map(async ([form, sent, expected]) => (
      [await submit(service, form, { it: sent }), expected, `${form} ${JSON.stringify(sent)}`]
    ))))
  })

  it("is not logged, whatever its kind", async () => {
    const values = KINDS.flatMap(([, cases]) => cases).flatMap(([sent]) => sent).filter((value) => value.length >= 7)
    assert.ok(values.length > 50 && (await service.logs()).length > 500)
    const output = await service.output()
    for (const value of values) assert.ok(!output.includes(value), value)
  })

  async function sendInEach(key, sent) {
    const values = sent === NOTHING ? [] : [sent].flat()
    const pairs = values.map((value) => ["it", value])
    const multipart = pairs.map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    return {
      JSON: await submit(service, key, sent === NOTHING ? {} : { it: sent }),
      urlencoded: await submit(service, key, new URLSearchParams(pairs).toString(), {
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }),
      multipart: await submit(service, key, `${multipart.join("")}--b--`, {
        headers: { "content-type": "multipart/form-data; boundary=b" },
      }),
    }
  }

  async function assertBecame(answers) {
    const rows = await service.inbox()
    for (const [answer, expected, what] of answers) {
      if (Array.isArray(expected)) {
        assert.equal(answer.status, 400, `${what}: ${answer.text}`)
        assert.deepEqual(violations(answer), expected.map((code) => ["it", code]), what)
      } else {
        assert.equal(answer.status, 201, `${what}: ${answer.text}`)
        const { fields } = await leadOf({ inbox: () => rows }, answer)
        assert.deepEqual(fields, expected.value === NOTHING ? {} : { it: expected.value }, what)
      }
    }
  }
})

function describeField({ type, ...attributes }) {
  const written = Object.entries(attributes)
    .filter(([name]) => name !== "options")
    .map(([name, value]) => value === true ? name : `${name}=${value}`)
  return [type, ...written].join(" ")
}
