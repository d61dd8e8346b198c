// What the builder computes without a page: contrast, QR codes, the lines for origins, the words for a difference, the snippets.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import jsqr from "jsqr"
import { DARK, LIGHT, MIN_CONTRAST, colorOf, contrastOf, nearestOn, shown } from "../../www/console/builder/contrast.js"
import { differenceOf } from "../../www/console/builder/difference.js"
import { installsOf } from "../../www/console/builder/installs.js"
import { allow, counterpartOf, isAllowed, originIn } from "../../www/console/builder/origin.js"
import { MAX_BYTES, qrOf } from "../../www/console/builder/qr.js"
import { snippetsOf } from "../../www/console/builder/snippets.js"
import { nameCacheOf, shareScript } from "../../tools/shared-names.mjs"

const fixture = (name) => readFileSync(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)), "utf8")
const FORM = {
  key: "demo", title: "Get in touch", submit_label: "Go", allowed_origins: ["https://example.com"],
  fields: [
    { name: "name", type: "text", label: "Name" }, { name: "phone", type: "tel", label: "Phone" },
    { name: "size", type: "select", label: "Company size", options: [{ value: "1-10", label: "1 to 10" }, { value: "11-50", label: "11 to 50" }] },
    { type: "heading", label: "More" }, { name: "terms", type: "consent", label: "Terms", text: "I agree" },
  ],
}

describe("contrast", () => {
  it("is what the service computes: what it refuses, and the colour that it names", () => {
    for (const line of fixture("contrast.jsonl").trim().split("\n")) {
      const [color, background, tenths, nearest] = JSON.parse(line)
      const on = background === LIGHT.background ? LIGHT : DARK
      const contrast = contrastOf(color, background)
      const found = [Math.trunc(contrast * 10), nearestOn(color, on), contrast >= MIN_CONTRAST]
      assert.deepEqual(found, [tenths, nearest, nearest === color], line)
    }
    assert.equal(shown(4.4999), "4.4:1")
  })

  it("is of the notations that the service takes", () => {
    for (const [text, color] of [
      ["#1D4ED8", "#1d4ed8"], ["#FFF", "#ffffff"], ["#abcd", "#aabbcc"], ["#11223344", "#112233"], [" #123456\n", "#123456"],
      ...["", "#", "red", "#12", "#12345", "#gggggg", "1d4ed8"].map((text) => [text, undefined]),
    ]) assert.equal(colorOf(text), color, text)
  })
})

describe("a QR code", () => {
  it("is read by a decoder, in each version up to the longest text", () => {
    const sizes = new Set()
    for (const length of [1, 14, 15, 26, 27, 42, 43, 62, 63, 84, 85, 106, 107, 122, 123, 152, 153, 180, 181, MAX_BYTES]) {
      const text = `https://forms.example.com/f/${"contact-2026_".repeat(20)}`.slice(0, length)
      const rows = qrOf(text)
      sizes.add(rows.length)
      assert.equal(read(rows), text)
    }
    assert.deepEqual([...sizes], [21, 25, 29, 33, 37, 41, 45, 49, 53, 57])
    assert.equal(read(qrOf("https://münchen.example/f/ö")), "https://münchen.example/f/ö")
    assert.equal(qrOf("x".repeat(MAX_BYTES + 1)), undefined)
  })
})

describe("the line for a page", () => {
  it("is made from its address as the service makes it", () => {
    for (const [address, origin] of [
      ["https://example.com/a?b=c#d", "https://example.com"], ["HTTPS://Example.COM:443/", "https://example.com"],
      ["example.com/contact", "https://example.com"], ["www.example.com:8443", "https://www.example.com:8443"],
      ["localhost:3000/page", "http://localhost:3000"], ["localhost", "http://localhost"], ["127.0.0.1:5500/x", "http://127.0.0.1:5500"],
      ["https://münchen.example/ä", "https://xn--mnchen-3ya.example"], ["https://*.example.com", "https://*.example.com"],
      ["http://localhost:*", "http://localhost:*"], ["", undefined], ["my page", undefined], ["file:///home/index.html", undefined],
      ["data:text/html,x", undefined], ["contact", undefined], ["https://*.example.com/page", undefined], ["ftp://example.com", undefined],
    ]) assert.equal(originIn(address), origin, address)
  })

  it("is added once, and not where a pattern is for it", () => {
    const lists = [
      [["https://example.com"], "https://example.com", 1], [["https://example.com"], "https://www.example.com", 2],
      [["https://*.example.com"], "https://a.b.example.com", 1], [["https://*.example.com"], "https://example.com", 2],
      [["http://localhost:*"], "http://localhost:3000", 1], [["http://localhost:*"], "http://localhost", 1],
      [["http://localhost:*"], "http://localhost.example", 2], [undefined, "https://example.com", 1],
    ]
    for (const [allowed_origins, line, count] of lists) {
      const next = allow({ allowed_origins }, line)
      assert.equal(next.allowed_origins.length, count, line)
      assert.ok(isAllowed(next, line))
    }
  })

  it("has a counterpart with or without www.", () => {
    for (const [line, other] of [
      ["https://example.com", "https://www.example.com"], ["https://www.example.co.uk", "https://example.co.uk"], ["https://shop.example.com", undefined],
      ["https://*.example.com", undefined], ["http://localhost:*", undefined], ["http://127.0.0.1", undefined], ["https://example.com:8443", undefined],
    ]) assert.equal(counterpartOf(line), other, line)
  })
})

describe("the difference of two definitions", () => {
  it("is in words, for each member", () => {
    const field = (index, change) => ({ fields: FORM.fields.with(index, { ...FORM.fields[index], ...change }) })
    const [name, phone, size, heading, terms] = FORM.fields
    for (const [change, ...sentences] of [
      [{}],
      [field(1, { required: true }), "Phone becomes required."],
      [field(4, { required: false }), "Terms becomes optional."],
      [field(1, { label: "Mobile" }), "Phone: label: “Mobile” instead of “Phone”."],
      [field(1, { type: "text", hint: "With code" }), "Phone: kind: Text, one line instead of Phone number.", "Phone: hint: “With code” instead of none."],
      [field(0, { maxlength: 40, prefill: true }), "Name: longest: 40 instead of none.", "Name: prefill: yes instead of none."],
      [field(2, { options: [size.options[0]] }), "Company size: option “11 to 50” removed."],
      [field(2, { options: [...size.options, { value: "51" }] }), "Company size: option “51” is new."],
      [field(2, { options: size.options.toReversed() }), "Company size: options in another order."],
      [field(2, { options: [{ ...size.options[0], label: "One to ten", disabled: true }, size.options[1]] }),
        "Company size: option “1 to 10”: label: “One to ten” instead of “1 to 10”.", "Company size: option “1 to 10”: disabled: yes instead of none."],
      [field(0, { suggestions: ["Ada"] }), "Name: suggestion “Ada” is new."],
      [field(4, { text: "I agree to all" }), "Terms: text agreed to: “I agree to all” instead of “I agree”."],
      [{ fields: [name, size, heading, terms] }, "Phone removed."],
      [{ fields: [...FORM.fields, { name: "url", type: "url", required: true }] }, "url is new, and required."],
      [{ fields: [phone, name, size, heading, terms] }, "Phone comes first."],
      [{ fields: [phone, size, heading, terms, name] }, "Name comes after Terms."],
      [{ fields: [terms, size, heading, phone, name] }, "The fields are in another order: Terms, Company size, Heading “More”, Phone, Name."],
      [field(3, { label: "Further" }), "Heading “Further” is new.", "Heading “More” removed."],
      [{ submit_label: "Send it" }, "Text on the button: “Send it” instead of “Go”."],
      [{ submit_label: undefined }, "Text on the button: Send instead of “Go”."],
      [{ title: undefined, description: "Hello" }, "Title: nothing instead of “Get in touch”.", "Text below the title: “Hello” instead of nothing."],
      [{ allowed_origins: ["https://example.org"] }, "Pages on https://example.org may embed it.", "Pages on https://example.com may no longer embed it."],
      [{ enforce_origins: false }, "Let every page send it, and only count those that are not allowed: yes instead of no."],
      [{ on_success: { redirect: "https://example.com/thanks", message: "Ta" } },
        "Address of the page: “https://example.com/thanks” instead of nothing.", "Message: “Ta” instead of Thank you. We have received what you sent."],
      [{ theme: { accent: "#0a6b3d", scheme: "dark", surface: "bare", radius: 0, font: "inherit", accent_dark: "#fff" } },
        "Light or dark: Dark instead of Light.", "Background: That of the page instead of A card of its own.",
        "Roundness of corners, in pixels: 0 instead of 4.", "Colour of buttons and links: “#0a6b3d” instead of blue.",
        "Colour on dark: “#fff” instead of made from the other.", "Font: “inherit” instead of the system's."],
      [{ locale: "de" }, "Language of the form: “de” instead of that of the page."],
      [{ rate_limits: [{ name: "form", quota: 1, window_s: 3600, partition: "form", on_fault: "closed" }] },
        "Limits: 1 submission an hour for the whole form, and none while they cannot be counted instead of "
        + "600 submissions a minute for the whole form, 10 submissions a minute for each visitor."],
      [{ spam: { mode: "shadow", spam_at: 9, challenge_at: 4, max_links: 0, weights: { links: 3 } } },
        "What looks like spam: is only noted in the lead instead of is held back.", "A challenge from this score: 4 instead of 3.",
        "Spam from this score: 9 instead of 5.", "Links that are no sign of spam: 0 instead of 2.", "Signal: links: 3 instead of 1."],
      [{ honeypot: true }, "Have a hidden input that only robots fill in: yes instead of no."],
      [{ honeypot: "website" }, "Have a hidden input that only robots fill in: “website” instead of no."],
      [{ min_fill_ms: 1500 }, "Shortest time that a person needs, in seconds: 1.5 instead of 0."],
      [{ ticket: "required" }, "Take only what was sent from the opened form (a ticket): yes instead of no."],
      [{ unknown_fields: "refuse" }, "Refuse values that the form has no field for: yes instead of no."],
      [{ visitor_address: "full" }, "The visitor's internet address in a lead: in full instead of as a code."],
      [{ keep_copy: true }, "Keep a copy of each lead in the inbox when a lead service gets them: yes instead of no."],
      [{ retention_days: 30 }, "Delete leads after this many days: 30 instead of never."],
      [{ status: "draft" }, "Keep it from the public although it is published: yes instead of no."],
      [{ dialect: "json-api" }, "Dialect of answers to programs, such as json-api: “json-api” instead of that of the service."],
      [{ version: 7, oldest_version: 7 }, "Number of this version: 7 instead of the next one.", "Oldest version that is still taken: 7 instead of the first."],
      [{ note: { a: 1 } }, "note: {\"a\":1} instead of none."],
      [{ ticket: "optional" }, "It is written in another way; nothing changes for visitors."],
    ]) assert.deepEqual(differenceOf(FORM, JSON.parse(JSON.stringify({ ...FORM, ...change }))), sentences)
    assert.deepEqual(differenceOf(null, FORM), ["The form is published for the first time."])
  })

  it("has a sentence of its own for every member that docs/forms.md lists", () => {
    const docs = readFileSync(fileURLToPath(new URL("../../docs/forms.md", import.meta.url)), "utf8")
    const table = docs.slice(docs.indexOf("| member | meaning | without it |"), docs.indexOf("Fields are described by"))
    const members = [...table.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, names]) => names.match(/\w+/g))
    assert.ok(members.length >= 23, `${members}`)
    const values = {
      on_success: { message: "x" }, theme: { radius: 9 }, spam: { spam_at: 9 }, allowed_origins: [], rate_limits: [], enforce_origins: false,
      ticket: "required", status: "draft", unknown_fields: "refuse", keep_copy: true,
    }
    for (const member of members.filter((name) => !["key", "fields"].includes(name))) {
      const [sentence] = differenceOf(FORM, { ...FORM, [member]: values[member] ?? "other" })
      assert.doesNotMatch(sentence, new RegExp(`^${member}:|another way`), member)
    }
  })
})

describe("the pages that are seen", () => {
  it("have a line each for what happened last, without what is no page's fault", () => {
    const [early, late, last] = ["2026-11-26T08:00:00.000Z", "2026-11-26T09:00:00.000Z", "2026-11-26T10:00:00.000Z"]
    const seen = [{ origin: "https://a.example", last_at: late, accepted: 2, accepted_at: early }, { origin: "https://b.example", last_at: early, accepted: 0, accepted_at: null }]
    const refused = [
      { origin: "https://a.example", outcome: "load_refused", last_at: early, add: "https://a.example" },
      { origin: "https://a.example", outcome: "invalid", last_at: last, add: null },
      { origin: "https://b.example", outcome: "origin_not_allowed", last_at: last, add: "https://b.example" },
      { origin: "https://b.example", outcome: "load_refused", last_at: late, add: "https://b.example" },
      { origin: "none", outcome: "origin_missing", last_at: early, add: null },
    ]
    assert.deepEqual(installsOf(seen, refused), [
      { name: "b.example", isRefused: true, at: last, accepted: 0, reason: "origin_not_allowed", add: "https://b.example" },
      { name: "a.example", isRefused: false, at: late, accepted: 2 },
      { name: "a page without an origin", isRefused: true, at: early, accepted: 0, reason: "origin_missing", add: null },
    ])
  })
})

describe("the console's script", () => {
  it("is the file of what it shares, by capital letters; its texts stay as long as they are", () => {
    const stub = "import\"./chunk-ABCDEFGH.js\";\n"
    for (const [given, taken, exported, imported, names] of [
      ["x as a,y as b", "a as e,b as t", "x as A,y as B", "A as e,B as t", { $x: "A", $y: "B" }],
      ["x as a,b,y as A,z as B", "a as e,b as t,A as n,B as o", "x as A,b,y as a,z as B", "A as e,b as t,a as n,B as o", { $x: "A", $b: "b", $y: "a", $z: "B" }],
    ]) {
      const chunk = `export{${given}};`
      const part = `import{${taken}}from"./chunk-ABCDEFGH.js";export{e as named};`
      const textOf = new Map(Object.entries({ "/c/console.js": stub, "/c/chunk-ABCDEFGH.js": chunk, "/c/part.js": part }))
      shareScript(textOf, "/c/console.js")
      assert.equal(textOf.get("/c/console.js"), `export{${exported}};`)
      assert.equal(textOf.get("/c/part.js"), `import{${imported}}from"./console.js"       ;export{e as named};`)
      assert.deepEqual(nameCacheOf(textOf.get("/c/console.js")).vars.props, names)
    }
    assert.throws(() => shareScript(new Map([["/c/console.js", "let a;\n"]]), "/c/console.js"), /builder.js/)
  })
})

describe("a snippet", () => {
  it("has the owner's texts escaped, whatever they are", () => {
    const hostile = "\"><script>alert(1)</script>'</textarea>&"
    const options = [{ value: hostile, label: hostile, group: hostile }]
    const kinds = ["text", "textarea", "select", "radio", "checkboxes", "checkbox", "consent", "hidden", "heading"]
    const members = ["name", "label", "hint", "text", "value", "placeholder"].map((member) => [member, hostile])
    const fields = kinds.map((type) => ({ type, ...Object.fromEntries(members), options, suggestions: [hostile] }))
    const definition = { title: hostile, description: `[${hostile}](https://example.com/${hostile})`, locale: hostile, submit_label: hostile, fields }
    for (const { code } of snippetsOf({ key: "demo", service: "https://forms.example.com", definition, trap: hostile })) {
      for (const { text } of code) assert.ok(!text.includes("<script>alert") && !text.includes("'</textarea>"), text)
    }
  })
})

function read(rows) {
  const [scale, margin] = [3, 4]
  const size = (rows.length + 2 * margin) * scale
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const isDark = rows[Math.trunc(y / scale) - margin]?.[Math.trunc(x / scale) - margin]
      if (isDark) pixels.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3)
    }
  }
  return (jsqr.default ?? jsqr)(pixels, size, size)?.data
}
