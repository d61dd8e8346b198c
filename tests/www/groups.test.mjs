// Groups of boxes, headings and suggestions in the widget.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { assertNoViolation } from "./accessible.mjs"
import { demoForm } from "./forms.mjs"
import { openWorld, snippet, visit } from "./world.mjs"

const TOPICS = [{ value: "a", label: "Alpha" }, { value: "b" }, { value: "c", disabled: true }]
const FIELDS = [
  { type: "heading", label: "About you", hint: "All of it is optional" },
  { name: "email", type: "email", label: "Work email" },
  { name: "city", type: "text", label: "City", suggestions: ["Graz", "Wien"] },
  { type: "heading", label: "About us", hint: "Choose" },
  { name: "topics", type: "checkboxes", label: "Topics", required: true, options: TOPICS, hint: "One or more" },
]

describe("in the widget", () => {
  let world

  before(async () => {
    world = await openWorld(() => [demoForm({ fields: FIELDS, on_success: { message: "Thanks! [Read on](https://example.com/more)" } })])
  })
  after(() => world?.close())

  async function open() {
    const landing = world.landing.publish("/groups", snippet(world.service))
    const visitor = await visit(world, landing.url)
    await visitor.page.locator("lead-form form").waitFor()
    return visitor
  }

  it("several of a list are boxes, of which one is required; a heading begins a section; suggestions are offered", async () => {
    const { page, errors, close } = await open()
    for (const name of ["About you", "About us"]) await page.getByRole("heading", { name, level: 3 }).waitFor()
    assert.deepEqual(await page.getByLabel("City").evaluate((node) => [...node.list.options].map(({ value }) => value)), ["Graz", "Wien"])
    const group = page.getByRole("group", { name: "Topics" })
    assert.equal(await group.getByRole("checkbox").count(), 3)
    await page.getByRole("button", { name: "Send request" }).click()
    const link = page.getByRole("alert").getByRole("link")
    assert.equal(await link.innerText(), "Choose at least one option for Topics")
    assert.equal(await group.getByLabel("Alpha").getAttribute("aria-invalid"), "true")
    await assertNoViolation(page)
    await link.click()
    assert.ok(await group.getByLabel("Alpha").evaluate((node) => node === node.getRootNode().activeElement))

    await group.getByLabel("Alpha").check()
    await group.getByLabel("b", { exact: true }).check()
    const sent = page.waitForRequest((request) => request.method() === "POST")
    await page.getByLabel("Work email").fill("groups@example.com")
    await page.getByRole("button", { name: "Send request" }).click()
    const values = Object.entries((await sent).postDataJSON()).filter(([name]) => !name.startsWith("_"))
    assert.deepEqual(Object.fromEntries(values), { email: "groups@example.com", city: "", topics: ["a", "b"] })
    await page.getByRole("heading", { name: "Thanks! Read on" }).waitFor()
    assert.equal(await page.getByRole("link", { name: "Read on" }).getAttribute("href"), "https://example.com/more")
    const [{ lead }] = await world.leadsFrom("groups@example.com")
    assert.deepEqual(JSON.parse(lead).fields.topics, ["a", "b"])
    assert.deepEqual(errors, [])
    await close()
  })

  it("what was ticked stays after a reload", async () => {
    const { page, close } = await open()
    await page.getByLabel("b", { exact: true }).check()
    await page.reload()
    assert.ok(await page.getByLabel("b", { exact: true }).isChecked())
    assert.ok(!await page.getByLabel("Alpha").isChecked())
    assert.deepEqual(await page.evaluate(() => document.querySelector("lead-form").values.topics), ["b"])
    await close()
  })
})
