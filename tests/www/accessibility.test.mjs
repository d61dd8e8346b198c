import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { after, before, describe, it } from "node:test"
import { SCREENSHOTS, assertAccessible } from "./accessible.mjs"
import { demoForm, everyKindForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

describe("axe finds nothing and nothing is cut off at 320 pixels", () => {
  let world

  before(async () => {
    const demo = JSON.parse(await readFile(new URL("../../forms/demo.json", import.meta.url), "utf8"))
    world = await openWorld(() => [demo, demoForm({ key: "contact" }), everyKindForm()])
  })
  after(() => world?.close())

  it("on the start page and the demo", async () => {
    for (const [path, name] of [["/", "start"], ["/demo", "demo"]]) {
      const { page, consoleErrors, close } = await visit(world, world.service.origin + path)
      if (path === "/demo") await page.locator("lead-form form").waitFor()
      await assertAccessible(page, name)
      assert.deepEqual(consoleErrors, [])
      if (path === "/demo") {
        await page.locator("lead-form button").click()
        await assertAccessible(page, "demo-errors")
      }
      await close()
    }
  })

  it("on a landing page with the widget, its errors and its thanks", async () => {
    const landing = world.landing.publish("/offer", snippet(world.service, "contact"))
    const { page, close } = await visit(world, landing.url)
    await page.locator("lead-form form").waitFor()
    await assertAccessible(page, "widget")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    await assertAccessible(page, "widget-errors")
    await fillIn(page, "axe@example.com")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    await assertAccessible(page, "widget-thanks")
    await close()
  })

  it("on every kind of field, with an error at each", async () => {
    const landing = world.landing.publish("/every-kind", snippet(world.service, "every-kind"))
    const { page, close } = await visit(world, landing.url)
    await page.locator("lead-form form").waitFor()
    await assertAccessible(page, "every-kind")
    const errors = everyKindForm().fields.map(({ name }) => ({ field: name, code: "bad_input", message: `Change ${name}` }))
    await page.route("**/submissions", (route) => route.fulfill({
      status: 400,
      headers: { "Access-Control-Allow-Origin": "*" },
      json: { error: { code: "LG_1102", message: "Form submission validation failed", details: { errors } } },
    }))
    await page.getByLabel("I agree to all of this").check()
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    assert.equal(await page.getByRole("alert").getByRole("link").count(), errors.length - 1, "all but the hidden field")
    await assertAccessible(page, "every-kind-errors")
    await close()
  })

  it("on the hosted page, its errors and the thank-you page", async () => {
    for (const form of ["demo", "contact", "every-kind"]) {
      const { page, consoleErrors, close } = await visit(world, `${world.service.origin}/f/${form}`)
      await assertAccessible(page, `hosted-${form}`)
      assert.deepEqual(consoleErrors, [])
      await page.getByRole("button").click()
      await page.getByRole("heading", { name: "There is a problem" }).waitFor()
      await assertAccessible(page, `hosted-${form}-errors`)
      if (form === "contact") {
        await fillIn(page, "hosted@example.com")
        await page.getByRole("button", { name: "Send request" }).click()
        await page.getByRole("heading", { name: "Thanks!" }).waitFor()
        await assertAccessible(page, "hosted-thanks")
      }
      await close()
    }
  })

  it("on the page of errors, whose tables scroll by themselves and show which row was meant", async () => {
    const { page, consoleErrors, close } = await visit(world, `${world.service.origin}/errors#LG_1102`)
    await assertAccessible(page, "errors")
    const background = (id) => page.locator(`[id="${id}"]`).evaluate((row) => getComputedStyle(row).backgroundColor)
    assert.notEqual(await background("LG_1102"), await background("LG_1103"))
    await page.setViewportSize({ width: 320, height: 640 })
    await page.screenshot({ path: `${SCREENSHOTS}errors-320.png` })
    const table = page.locator(".scroll").first()
    await table.focus()
    await page.keyboard.press("End")
    await page.keyboard.press("ArrowRight")
    await page.waitForFunction((node) => node.scrollLeft > 0, await table.elementHandle())
    assert.deepEqual(consoleErrors, [])
    await close()
  })
})
