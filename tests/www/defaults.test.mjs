// What an untouched form sends, and what its controls show: the same in the widget and on the hosted page.
import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { after, before, describe, it } from "node:test"
import { demoForm } from "./forms.mjs"
import { openWorld, snippet, visit } from "./world.mjs"

const OPTIONS = [{ value: "a" }, { value: "b", label: "B", group: "G" }, { value: "c" }]
const CLOSED = [{ value: "a", disabled: true }, { value: "b" }, { value: "c" }]
const EMPTY = [{ value: "a" }, { value: "", label: "None" }, { value: "c" }]

// Kind, attributes, and what is sent without a touch; nothing for what is not sent at all.
const DEFAULTS = [
  ["text", {}, ""],
  ["text", { value: "a b", maxlength: 3 }, "a b"],
  ["search", { value: "shoes" }, "shoes"],
  ["tel", { value: "+43 1 2345" }, "+43 1 2345"],
  ["url", { value: "https://example.com/" }, "https://example.com/"],
  ["email", { value: "ada@example.com" }, "ada@example.com"],
  ["email", { value: "ada@example.com,bob@example.com", multiple: true }, "ada@example.com,bob@example.com"],
  ["number", {}, ""],
  ["number", { value: "700", min: 0, max: 1000 }, "700"],
  ["number", { value: "0.5", step: 0.25 }, "0.5"],
  ["range", {}, "50"],
  ["range", { min: 0, max: 1000 }, "500"],
  ["range", { value: "700", min: 0, max: 1000 }, "700"],
  ["range", { value: "7", min: 0, max: 10 }, "7"],
  ["range", { value: "0.5", min: 0, max: 1, step: 0.1 }, "0.5"],
  ["range", { value: "-30", min: -50, max: -10, step: 20 }, "-30"],
  ["range", { value: "150", min: 150, max: 200 }, "150"],
  ["date", { value: "2026-11-25", min: "2026-01-01", max: "2026-12-31" }, "2026-11-25"],
  ["month", { value: "2026-11" }, "2026-11"],
  ["week", { value: "2026-W48" }, "2026-W48"],
  ["time", { value: "10:30", step: 1 }, "10:30"],
  ["datetime-local", { value: "2026-11-25T10:30" }, "2026-11-25T10:30"],
  ["color", {}, "#000000"],
  ["color", { value: "#1d4ed8" }, "#1d4ed8"],
  ["textarea", {}, ""],
  ["textarea", { value: "\nfirst\nsecond\n" }, "\nfirst\nsecond\n"],
  ["checkbox", {}],
  ["checkbox", { value: "yes" }],
  ["consent", { text: "I agree" }],
  ["radio", { options: OPTIONS }],
  ["radio", { options: OPTIONS, value: "b" }, "b"],
  ["select", { options: OPTIONS }, ""],
  ["select", { options: OPTIONS, required: true }, ""],
  ["select", { options: OPTIONS, value: "b" }, "b"],
  ["select", { options: OPTIONS, value: "b", required: true }, "b"],
  ["select", { options: CLOSED }, ""],
  ["select", { options: EMPTY }, "a"],
  ["select", { options: EMPTY, value: "c" }, "c"],
  ["select", { options: EMPTY, value: "" }, ""],
  ["select", { options: OPTIONS, multiple: true }],
  ["select", { options: OPTIONS, multiple: true, value: "b" }, "b"],
  ["hidden", {}, ""],
  ["hidden", { value: "spring" }, "spring"],
]

describe("a form that was not touched", () => {
  let world
  let kinds

  before(async () => {
    kinds = JSON.parse(await readFile(new URL("../../forms/kinds.json", import.meta.url), "utf8"))
    const fields = DEFAULTS.map(([type, attributes], index) => ({ name: nameOf(index), type, ...attributes }))
    world = await openWorld(() => [
      demoForm({ key: "defaults", fields }),
      { ...kinds, allowed_origins: ["http://localhost:*"] },
    ])
  })
  after(() => world?.close())

  it("sends the default of every kind, in the widget and on the hosted page", async () => {
    const expected = DEFAULTS.flatMap(([, , value], index) => value === undefined ? [] : [[nameOf(index), value]])
    const hosted = await lookAt("hosted", "defaults")
    assert.deepEqual(hosted.sent, expected, "hosted page")
    const widget = await lookAt("widget", "defaults")
    assert.deepEqual(widget.sent, expected, "widget")
    assert.deepEqual(widget.controls, hosted.controls)
  })

  it("is the same in both for one of each kind", async () => {
    const [hosted, widget] = [await lookAt("hosted", kinds.key), await lookAt("widget", kinds.key)]
    assert.ok(hosted.sent.length > 10)
    assert.deepEqual(widget, hosted)
  })

  // Firefox and Safari on a computer have no control for these.
  it("shows an example of a month and a week to browsers that only have a line of text for them", async () => {
    const { page, close } = await visit(world, urlOf("widget", "defaults"))
    await page.locator("lead-form form").waitFor()
    const samples = {
      month: ["2026-11", ["2026-01", "2026-10", "2026-12"], ["2026-13", "2026-00", "2026-1", "11/2026", "Nov 2026"]],
      week: ["2026-W48", ["2026-W01", "2026-W30", "2026-W53"], ["2026-W54", "2026-W00", "2026-48", "2026-W4", "48"]],
    }
    for (const [type, [example, good, bad]] of Object.entries(samples)) {
      const name = nameOf(DEFAULTS.findIndex(([kind]) => kind === type))
      assert.equal(await page.locator(`[name=${name}]`).getAttribute("placeholder"), example)
      const accepts = (value) => page.locator(`[name=${name}]`).evaluate((control, value) => {
        const line = control.cloneNode()
        // What a browser makes of a type it does not know.
        line.type = "text"
        line.value = value
        return line.checkValidity()
      }, value)
      for (const value of [example, ...good]) assert.ok(await accepts(value), value)
      for (const value of bad) assert.ok(!await accepts(value), value)
    }
    await close()
  })

  function urlOf(where, form) {
    if (where === "hosted") return `${world.service.origin}/f/${form}`
    return world.landing.publish(`/${form}`, snippet(world.service, form)).url
  }

  // What the form would send but for what the page adds, and what a visitor sees in each control.
  async function lookAt(where, form) {
    const { page, close } = await visit(world, urlOf(where, form))
    await page.locator("form").waitFor()
    const found = await page.evaluate((bait) => {
      const form = (document.querySelector("lead-form")?.shadowRoot ?? document).querySelector("form")
      const own = (name) => name && !name.startsWith("_") && name !== bait
      const controls = [...form.elements].filter(({ name }) => own(name)).map((control) => {
        const chosen = [...control.selectedOptions ?? []].map(({ value }) => value)
        // The hosted page has a line of text for these: a browser sends nothing for a number that it cannot read.
        const type = ["number", "email", "url"].includes(control.type) ? "text" : control.type
        return [control.name, type, control.value, control.checked ?? null, chosen]
      })
      const sent = [...new FormData(form)].filter(([name]) => own(name))
      return { sent, controls }
    }, kinds.honeypot ?? "website")
    await close()
    return found
  }
})

function nameOf(index) {
  return `field${index}`
}
