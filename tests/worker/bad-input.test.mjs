import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"

import { PAGE, contactForm, typed } from "../support/forms.mjs"
import { assertDiscreet, assertProblem, assertWorks, sendRaw, submit, violations } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { leadOf } from "./leads.mjs"

const OF_THE_FORM = null
const MEGABYTE = 1 << 20

describe("bad input", () => {
  let service

  before(async () => {
    service = await startWorkerd({ forms: { contact: contactForm() } })
  })
  after(() => service?.stop())

  // A claim, and nothing that was claimed may harm the visitor who comes next.
  const harmless = (claim, test) => it(claim, async () => {
    await test()
    await assertWorks(service)
  })

  const urlencoded = (body) => submit(service, "contact", body, { headers: { "content-type": "application/x-www-form-urlencoded" } })
  const multipart = (body) => submit(service, "contact", body, { headers: { "content-type": "multipart/form-data; boundary=b" } })
  const part = (name, value, more = "") => `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`

  for (const [what, body] of Object.entries({
    "JSON that breaks off": '{"name": "zebulon',
    "JSON with something after it": '{"name": "zebulon"} zebulon',
    "no JSON at all": "name=zebulon",
    "an empty body": "",
    "an array": '["zebulon"]',
    "a text": '"zebulon"',
    "a number": "1",
    "null": "null",
    "UTF-16": Buffer.from('{"name": "zebulon"}', "utf16le"),
    "100,000 nested arrays": "[".repeat(100_000),
    "60,000 nested arrays that end": "[".repeat(60_000) + "]".repeat(60_000),
  })) {
    harmless(`refuses as malformed: ${what}`, async () => {
      assert.deepEqual(violations(await submit(service, "contact", body)), [[OF_THE_FORM, "bad_input"]])
    })
  }

  for (const [what, [body, ...expected]] of Object.entries({
    "100,000 nested arrays in a value": [`{"name": ${"[".repeat(100_000)}`, [OF_THE_FORM, "bad_input"]],
    "an object for a value": ['{"email": "zebulon@a.org", "name": {"first": "zebulon"}}', ["name", "bad_input"]],
    "an array in an array": [JSON.stringify(typed({ topics: [["a"]] })), ["topics", "bad_input"]],
    "an object in an array": [JSON.stringify(typed({ topics: ["a", { a: "b" }] })), ["topics", "bad_input"]],
  })) {
    harmless(`refuses as nested too deep: ${what}`, async () => {
      assert.deepEqual(violations(await submit(service, "contact", body)), expected)
    })
  }

  const missing = [["name", "value_missing"], ["email", "value_missing"]]
  for (const [what, body, ...expected] of [
    ["20,000 nested objects", '{"a":'.repeat(20_000) + "1" + "}".repeat(20_000), ...missing],
    ["a number no computer has", '{"a":1e400}', ...missing],
    ["bytes that are no UTF-8 in a name", Buffer.from('{"zebulon\xff": 1}', "latin1"), ...missing],
    ["bytes that are no UTF-8 in a field", Buffer.from('{"name": "zebulon \xff"}', "latin1"), ["name", "bad_input"], missing[1]],
  ]) {
    harmless(`refuses only what is wrong with the form's own fields: ${what}`, async () => {
      assert.deepEqual(violations(await submit(service, "contact", body)), expected)
    })
  }

  for (const name of ["__proto__", "constructor", "prototype"]) {
    harmless(`leaves out a field named ${name}, however it is sent`, async () => {
      const nested = JSON.stringify(typed()).replace("{", `{"${name}": {"polluted": "zebulon"},`)
      const flat = JSON.stringify(typed()).replace("{", `{"${name}": "zebulon",`)
      const fields = Object.entries({ ...typed() })
      for (const answer of [
        await submit(service, "contact", nested),
        await submit(service, "contact", flat),
        await urlencoded(`${name}=zebulon&${new URLSearchParams(fields)}`),
        await multipart(`${part(name, "zebulon")}${fields.map((field) => part(...field)).join("")}--b--`),
      ]) {
        const lead = await leadOf(service, answer, [[OF_THE_FORM, "name_unusable"]])
        assert.deepEqual([lead.fields, lead.extras], [typed(), {}])
      }
    })
  }

  harmless("takes half a surrogate pair for what a browser would send", async () => {
    const answer = await submit(service, "contact", typed({ message: "zebulon \ud83d, \ude00 \ud83d\ude00" }))
    const { fields } = await leadOf(service, answer)
    assert.equal(fields.message, "zebulon \ufffd, \ufffd \ud83d\ude00")
  })

  harmless("refuses 10,000 fields, however they are sent", async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `f${index}`)
    const expected = [[OF_THE_FORM, "too_many"]]
    assert.deepEqual(violations(await submit(service, "contact", Object.fromEntries(names.map((name) => [name, 1])))), expected)
    assert.deepEqual(violations(await urlencoded(names.map((name) => `${name}=1`).join("&"))), expected)
    assert.deepEqual(violations(await multipart(`${names.slice(0, 2000).map((name) => part(name, 1)).join("")}--b--`)), expected)
  })

  harmless("takes 1,000 values and refuses one more, however they are sent", async () => {
    const known = Object.entries(typed())
    const extras = (count) => Array.from({ length: count - known.length }, (_, index) => [`f${index}`, "zebulon"])
    for (const answerTo of [
      (values) => submit(service, "contact", Object.fromEntries(values)),
      (values) => urlencoded(new URLSearchParams(values).toString()),
      (values) => multipart(`${values.map((value) => part(...value)).join("")}--b--`),
    ]) {
      const taken = await answerTo([...known, ...extras(1000)])
      const kept = extras(1000).slice(0, 32)
      const warnings = [...kept.map(([name]) => [name, "unknown_field"]), [OF_THE_FORM, "extras_left_out"]]
      const lead = await leadOf(service, taken, warnings)
      assert.deepEqual([lead.fields, lead.extras], [typed(), Object.fromEntries(kept)])
      assert.deepEqual(violations(await answerTo([...known, ...extras(1001)])), [[OF_THE_FORM, "too_many"]])
    }
  })

  harmless("refuses a second value for a field that takes one", async () => {
    const expected = [["email", "too_many"]]
    assert.deepEqual(violations(await submit(service, "contact", { ...typed(), email: ["zebulon@a.org", "zebulon@b.org"] })), expected)
    assert.deepEqual(violations(await submit(service, "contact", '{"name": "Zebulon", "email": "zebulon@a.org", "email": "zebulon@b.org"}')), expected)
    assert.deepEqual(violations(await urlencoded("name=Zebulon&email=zebulon@a.org&email=zebulon@b.org")), expected)
    assert.deepEqual(violations(await multipart(`${part("name", "Zebulon")}${part("email", "zebulon@a.org").repeat(2)}--b--`)), expected)
  })

  harmless("refuses a body over 131,072 bytes and takes one up to it", async () => {
    const body = (bytes) => JSON.stringify(typed()).padEnd(bytes, " ")
    assert.equal((await submit(service, "contact", body(131_072))).status, 201)
    assertProblem(await submit(service, "contact", body(131_073)), "FORM_BODY_TOO_LARGE")
    // A stream has no Content-Length.
    const stream = new Blob([body(200_000)]).stream()
    assertProblem(await sendStream(stream), "FORM_BODY_TOO_LARGE")
  })

  harmless("refuses a body of 10 MB in each encoding", async () => {
    const filler = "zebulon ".repeat(10 * MEGABYTE / 8)
    assertProblem(await submit(service, "contact", `{"message": "${filler}"}`), "FORM_BODY_TOO_LARGE")
    assertProblem(await urlencoded(`message=${filler}`), "FORM_BODY_TOO_LARGE")
    assertProblem(await multipart(`${part("message", filler)}--b--`), "FORM_BODY_TOO_LARGE")
  })

  harmless("refuses every other content type", async () => {
    const types = {
      media_type_unknown: ["text/plain", "text/html", "application/xml", "application/jsonp", "multipart/mixed; boundary=b", ";",
        "application/json, text/plain"],
      charset_unsupported: ["application/json; charset=utf-16"],
      media_types_differ: ["application/json, application/x-www-form-urlencoded"],
      media_type_missing: [""],
      boundary_too_long: [`multipart/form-data; boundary=${"b".repeat(71)}`],
    }
    for (const [reason, type] of Object.entries(types).flatMap(([reason, all]) => all.map((type) => [reason, type]))) {
      const answer = await submit(service, "contact", typed(), { headers: { "content-type": type } })
      assertProblem(answer, "FORM_MEDIA_TYPE_UNSUPPORTED")
      assert.equal(answer.json.error.details.reason, reason, type)
    }
    assertProblem(await submit(service, "contact", typed(), { headers: { "content-encoding": "br" } }), "FORM_MEDIA_TYPE_UNSUPPORTED")
    assertProblem(await sendRaw(service, requestHead(`Origin: ${PAGE}`)), "FORM_MEDIA_TYPE_UNSUPPORTED")
  })

  harmless("takes a content type that is sent twice, and refuses two that differ", async () => {
    const [body, json] = [JSON.stringify(typed()), "Content-Type: application/json"]
    const twice = await sendRaw(service, requestHead(json, json, `Origin: ${PAGE}`), body)
    assert.equal(twice.status, 201, twice.text)
    const differing = await sendRaw(service, requestHead(json, "Content-Type: text/plain", `Origin: ${PAGE}`), body)
    assertProblem(differing, "FORM_MEDIA_TYPE_UNSUPPORTED")
  })

  harmless("takes multipart whose boundary is only in the body", async () => {
    const body = `${part("name", "Zebulon Pike")}${part("email", "zebulon@example.org")}--b--`
    const answer = await submit(service, "contact", body, { headers: { "content-type": "multipart/form-data" } })
    assert.equal(answer.status, 201, answer.text)
  })

  harmless("refuses broken multipart bodies", async () => {
    const broken = [
      "", "zebulon", "--b", "--b\r\n\r\n\r\n--b--", "--c\r\n\r\n--c--", part("name", "zebulon"),
      "--b\r\nContent-Disposition: form-data\r\n\r\nzebulon\r\n--b--", "--b\r\n".repeat(10_000),
    ]
    for (const body of broken) {
      const [[field], ...more] = violations(await multipart(body))
      assert.deepEqual([field, more], [OF_THE_FORM, []], JSON.stringify(body.slice(0, 50)))
    }
  })

  harmless("refuses a file and bytes that are no UTF-8 in a multipart field", async () => {
    const required = part("name", "Zebulon") + part("email", "zebulon@example.org")
    const file = await multipart(`${required}${part("message", "zebulon", '; filename="z.txt"')}--b--`)
    assert.deepEqual(violations(file), [["message", "bad_input"]])
    const bytes = await multipart(Buffer.from(`${required}${part("message", "zebulon \xff")}--b--`, "latin1"))
    assert.deepEqual(violations(bytes), [["message", "bad_input"]])
  })

  harmless("survives a urlencoded body of any bytes", async () => {
    for (const body of ["%", "%zz=%f", "&&==&", "name=%ff%fe", "=zebulon", "\0", "%00=%00", Buffer.from("name=zebulon\xff\xfe", "latin1")]) {
      violations(await urlencoded(body))
    }
  })

  harmless("refuses control characters and names of any length without harm", async () => {
    assert.ok((await submit(service, "contact", typed({ message: "zebulon \0 \u0007 \u202e" }))).status < 500)
    const named = await submit(service, "contact", { ...typed(), ["n".repeat(1000)]: "zebulon" })
    await leadOf(service, named, [[OF_THE_FORM, "name_unusable"]])
    assert.ok((await submit(service, "contact", { ...typed(), "": "zebulon", "a\nb": "zebulon" })).status < 500)
    violations(await submit(service, "contact", typed({ message: "zebulon".repeat(10_000) })))
  })

  harmless("takes header bytes above 127 as they come", async () => {
    const body = JSON.stringify(typed())
    const json = "Content-Type: application/json"
    assertProblem(await sendRaw(service, requestHead(json, "Origin: https://ex\xe4mple.com"), body), "FORM_EMBED_INVALID")
    assertProblem(await sendRaw(service, requestHead(json, "Origin: \xff\xfe\xc3\x28"), body), "FORM_EMBED_INVALID")
    assertProblem(
      await sendRaw(service, requestHead("Content-Type: application/json\xff", `Origin: ${PAGE}`), body),
      "FORM_MEDIA_TYPE_UNSUPPORTED",
    )
    for (const header of ["User-Agent", "Referer", "Accept", "Accept-Language", "Idempotency-Key", "X-Anything", "Cookie"]) {
      const { status, text } = await sendRaw(service, requestHead(json, `Origin: ${PAGE}`, `${header}: z\xe4\xff\xc3\x28z`), body)
      assert.ok(status === 201 || status === 400, `${header}: ${status} ${text}`)
    }
  })

  harmless("takes an idempotency key of any kind without harm", async () => {
    for (const key of ["", " ", "k".repeat(5000), '"quoted"', "a,b", "../../x", "'; DROP TABLE leads; --"]) {
      const { status } = await submit(service, "contact", typed(), { headers: { "idempotency-key": key } })
      assert.ok(status === 201 || status === 400, `${key}: ${status}`)
    }
  })

  harmless("answers many at once, good and bad", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => index % 2
      ? submit(service, "contact", typed())
      : submit(service, "contact", '{"name": "zebulon')))
    assert.deepEqual(answers.map(({ status }) => status), answers.map((_, index) => index % 2 ? 201 : 400))
  })

  it("logs nothing of what was sent", () => assertDiscreet(service))

  async function sendStream(stream) {
    const response = await fetch(`${service.origin}/v1/forms/contact/submissions`, {
      method: "POST", duplex: "half", body: stream, headers: { origin: PAGE, "content-type": "application/json" },
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) }
  }
})

function requestHead(...headers) {
  return ["POST /v1/forms/contact/submissions HTTP/1.1", ...headers].join("\r\n")
}
