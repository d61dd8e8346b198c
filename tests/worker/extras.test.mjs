import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"

import { contactForm, typed } from "../support/forms.mjs"
import { assertDiscreet, assertWorks, submit, violations } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { leadOf } from "./leads.mjs"

const MAX_VALUE_BYTES = 32_768
const MAX_EXTRA_BYTES = 4_096
const LEFT_OUT = [null, "extras_left_out"]
const NAME_UNUSABLE = [null, "name_unusable"]
const latin1 = (text) => Buffer.from(text, "latin1")

// A submission of [name, value] in each encoding; names and values are text or bytes.
const ENCODINGS = {
  json: (entries) => {
    const members = entries.flatMap(([name, value]) => [",", JSON.stringify(name), ":", JSON.stringify(value)])
    return [`{${members.slice(1).join("")}}`, "application/json"]
  },
  urlencoded: (entries) => {
    const pairs = entries.flatMap(([name, value]) => ["&", percent(name), "=", percent(value)])
    return [pairs.slice(1).join(""), "application/x-www-form-urlencoded"]
  },
  multipart: (entries) => {
    const parts = entries.flatMap(([name, value, more = ""]) => [
      '--b\r\nContent-Disposition: form-data; name="', name, `"${more}\r\n\r\n`, value, "\r\n",
    ])
    return [Buffer.concat([...parts, "--b--"].map((part) => Buffer.from(part))), "multipart/form-data; boundary=b"]
  },
}
const FORM_ENCODINGS = ["urlencoded", "multipart"]

describe("what comes along with a submission", () => {
  let service

  before(async () => {
    service = await startWorkerd({
      forms: {
        contact: contactForm(),
        strict: contactForm({ key: "strict", unknown_fields: "refuse" }),
        trapped: contactForm({ key: "trapped", honeypot: "website" }),
      },
    })
  })
  after(() => service?.stop())

  // Sends what the visitor typed, and `more` with it.
  function send(encoding, more, key = "contact", fields = typed()) {
    const [body, type] = ENCODINGS[encoding]([...Object.entries(fields), ...more])
    return submit(service, key, body, { headers: { "content-type": type } })
  }

  // The lead is there with all the visitor typed, with these extras and these warnings.
  async function assertKept(answer, extras, warnings) {
    const lead = await leadOf(service, answer, warnings)
    assert.deepEqual([lead.fields, lead.extras], [typed(), extras])
    return lead
  }

  for (const encoding of Object.keys(ENCODINGS)) {
    describe(`as ${encoding}`, () => {
      it("is kept with a warning for each name, in the order sent", async () => {
        const more = [["utm_source", "zebulon ads"], ["Größe[a b]", "ä & = + %"], ["empty", ""], ["utm_source", "again"]]
        await assertKept(await send(encoding, more), {
          "utm_source": ["zebulon ads", "again"], "Größe[a b]": "ä & = + %", "empty": "",
        }, [["utm_source", "unknown_field"], ["Größe[a b]", "unknown_field"], ["empty", "unknown_field"]])
      })

      it("is cut where it is too long, and never inside a character", async () => {
        const longest = "z".repeat(MAX_EXTRA_BYTES)
        await assertKept(await send(encoding, [["whole", longest]]), { whole: longest }, [["whole", "unknown_field"]])
        await assertKept(await send(encoding, [["cut", `${longest}!`]]), { cut: longest }, [["cut", "value_cut"]])
        const before = "z".repeat(MAX_EXTRA_BYTES - 3)
        await assertKept(await send(encoding, [["cut", `${before}😀`]]), { cut: before }, [["cut", "value_cut"]])
      })

      it("is left out with one warning, beyond 32 names or 8,192 bytes", async () => {
        const names = Array.from({ length: 40 }, (_, index) => [`n${index}`, "zebulon"])
        const [kept, unknown] = [names.slice(0, 32), names.slice(0, 32).map(([name]) => [name, "unknown_field"])]
        await assertKept(await send(encoding, names), Object.fromEntries(kept), [...unknown, LEFT_OUT])
        const [a, b, c] = ["a", "b", "c"].map((name) => [name, "z".repeat(4_095)])
        await assertKept(await send(encoding, [a, b, c]), Object.fromEntries([a, b]), [
          ["a", "unknown_field"], ["b", "unknown_field"], LEFT_OUT,
        ])
      })

      it("is left out with one warning, where its name cannot be used", async () => {
        const names = ["__proto__", "constructor", "prototype", "n".repeat(129), `${"n".repeat(127)}ü`]
        await assertKept(await send(encoding, names.map((name) => [name, "zebulon"])), {}, [NAME_UNUSABLE])
        const longest = "n".repeat(128)
        await assertKept(await send(encoding, [[longest, "z"]]), { [longest]: "z" }, [[longest, "unknown_field"]])
      })

      it("is no matter of ours where it is a field's name in other letters", async () => {
        await assertKept(await send(encoding, [["Email", "zebulon"]]), { Email: "zebulon" }, [["Email", "unknown_field"]])
      })

      it("refuses the submission only where the form's owner wants that", async () => {
        assert.deepEqual(violations(await send(encoding, [["utm_source", "zebulon"]], "strict")), [["utm_source", "bad_input"]])
        await leadOf(service, await send(encoding, [["_version", "3"]], "strict"))
      })

      it("is not the honeypot, which causes no warning", async () => {
        await assertKept(await send(encoding, [["website", "https://zebulon.example"]], "trapped"), {}, [])
      })

      it("cannot hide what is wrong with a field of the form", async () => {
        const long = { ...typed(), message: "z".repeat(MAX_VALUE_BYTES + 1) }
        assert.deepEqual(violations(await send(encoding, [["utm_source", "zebulon"]], "contact", long)), [["message", "too_long"]])
        assert.deepEqual(violations(await send(encoding, [["__proto__", "x"]], "contact", { name: "Zebulon" })), [
          ["email", "value_missing"],
        ])
      })
    })
  }

  for (const encoding of FORM_ENCODINGS) {
    it(`is kept as far as it can be read where it is not UTF-8, as ${encoding}`, async () => {
      await assertKept(await send(encoding, [["town", latin1("M\xfcnchen zebulon")]]), { town: "M\ufffdnchen zebulon" }, [
        ["town", "value_malformed"],
      ])
      await assertKept(await send(encoding, [["mark", "sent as such: \ufffd"]]), { mark: "sent as such: \ufffd" }, [
        ["mark", "unknown_field"],
      ])
      await assertKept(await send(encoding, [[latin1("Gr\xf6\xdfe"), "zebulon"]]), {}, [NAME_UNUSABLE])
    })

    it(`is not UTF-8 where the form's own fields have to be, as ${encoding}`, async () => {
      const refused = await send(encoding, [["utm_source", "zebulon"]], "contact", { ...typed(), message: latin1("zebul\xf6n") })
      assert.deepEqual(violations(refused), [["message", "bad_input"]])
    })
  }

  it("is kept as JSON where it is nested", async () => {
    const more = [
      ["device", { os: "zebulonOS", sizes: [1, 2.5, null] }], ["path", ["a", ["b", { c: true }]]], ["flat", [1, true, null, "x"]],
    ]
    await assertKept(await send("json", more), {
      device: '{"os":"zebulonOS","sizes":[1,2.5,null]}', path: ["a", '["b",{"c":true}]'], flat: ["1", "true", "x"],
    }, [["device", "value_malformed"], ["path", "value_malformed"], ["flat", "unknown_field"]])
    const huge = { text: "z".repeat(MAX_VALUE_BYTES) }
    await assertKept(await send("json", [["huge", huge]]), { huge: JSON.stringify(huge).slice(0, MAX_EXTRA_BYTES) }, [
      ["huge", "value_cut"],
    ])
  })

  it("has half a surrogate pair replaced, in names and in values", async () => {
    await assertKept(await send("json", [["a\ud83d", "zebulon \ud83d"]]), { "a\ufffd": "zebulon \ufffd" }, [
      ["a\ufffd", "unknown_field"],
    ])
  })

  it("may be everything at once, and the lead is there", async () => {
    const more = [
      ["_version", "nine"], ["utm_source", "zebulon"], ["device", { os: "zebulonOS" }], ["long", "z".repeat(MAX_VALUE_BYTES + 1)],
      ["__proto__", "zebulon"], ["n".repeat(129), "zebulon"],
    ]
    await assertKept(await send("json", more), {
      utm_source: "zebulon", device: '{"os":"zebulonOS"}', long: "z".repeat(MAX_EXTRA_BYTES), _version: "nine",
    }, [
      ["_version", "version_malformed"], ["utm_source", "unknown_field"], ["device", "value_malformed"], ["long", "value_cut"],
      NAME_UNUSABLE,
    ])
  })

  it("may not be a file that the visitor chose, whatever its name", async () => {
    for (const name of ["message", "cv"]) {
      const refused = await send("multipart", [[name, "zebulon", '; filename="zebulon.txt"']], "contact", {
        name: "Zebulon Pike", email: "zebulon@example.org",
      })
      assert.deepEqual(violations(refused), [[name, "bad_input"]])
    }
    await assertKept(await send("multipart", [["cv", "", '; filename=""']]), { cv: "" }, [["cv", "unknown_field"]])
  })

  it("is not logged, and does the service no harm", async () => {
    await assertWorks(service)
    await assertDiscreet(service)
  })
})

function percent(text) {
  return Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
}
