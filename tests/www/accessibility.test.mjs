import assert from "node:assert/strict"
import { mkdir, readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { after, before, describe, it } from "node:test"
import axe from "axe-core"
import { demoForm, everyKindForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

const SCREENSHOTS = fileURLToPath(new URL("../../build/screenshots/", import.meta.url))

describe("axe finds nothing and nothing is cut off at 320 pixels", () => {
  let world

  before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true })
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

// Leaves a screenshot behind, so that a person can judge what axe cannot.
async function assertAccessible(page, name) {
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true })
  await page.evaluate(axe.source)
  const found = await page.evaluate((options) => window.axe.run(document, options), {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: { "target-size": { enabled: true } },
  })
  const violations = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)
  assert.deepEqual(violations, [], name)
  const ran = [...found.passes, ...found.inapplicable].some(({ id }) => id === "target-size")
  assert.ok(ran, "the rule about target sizes, which is off by default, ran")

  // axe lets small targets pass that have space around them; ours are large everywhere.
  const small = await page.evaluate(() => [...document.querySelectorAll("lead-form :is(input, select, textarea, button, a)")]
    .filter((node) => !node.closest(".lf-aux") && node.type !== "hidden")
    .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 24)
    .map((node) => node.outerHTML))
  assert.deepEqual(small, [], name)

  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.equal(overflow, 0, `${name} scrolls sideways at 320 pixels`)
  await page.setViewportSize(size)
}
