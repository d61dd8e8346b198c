import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"
import { until } from "../support/until.mjs"

describe("a refused submission", () => {
  let world
  let landing

  before(async () => {
    world = await openWorld(() => [demoForm()])
    landing = world.landing.publish("/offer", snippet(world.service))
  })
  after(() => world?.close())

  it("lists what is missing, moves the focus there, and every entry leads to its field", async () => {
    const { page, close } = await visit(world, landing.url)
    await page.getByLabel("Message").fill("I typed this")
    await page.getByRole("button", { name: "Send request" }).click()

    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    assert.equal(await page.evaluate(() => document.querySelector("lead-form").shadowRoot.activeElement.className), "lf-summary")
    const links = page.getByRole("alert").getByRole("link")
    assert.equal(await links.count(), 3)
    for (const [index, name] of ["name", "email", "consent"].entries()) {
      const link = links.nth(index)
      const message = await link.innerText()
      await link.click()
      const focused = await page.evaluate(() => {
        const root = document.querySelector("lead-form").shadowRoot
        const control = root.activeElement
        const ids = control.getAttribute("aria-describedby").split(" ")
        const description = ids.map((id) => root.getElementById(id).textContent)
        return { name: control.name, invalid: control.getAttribute("aria-invalid"), description }
      })
      assert.equal(focused.name, name)
      assert.equal(focused.invalid, "true")
      assert.equal(focused.description.at(-1), `Error: ${message}`)
    }
    assert.equal(new URL(page.url()).hash, "", "the address of the host page is left alone")
    assert.equal(await page.getByLabel("Message").inputValue(), "I typed this")
    await close()
  })

  it("says what to do when the answers are too long as a whole", async () => {
    const { page, close } = await visit(world, landing.url)
    await fillIn(page, "long@example.com")
    await page.getByLabel("Message").evaluate((area) => {
      area.removeAttribute("maxlength")
      area.value = "x".repeat(140_000)
    })
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("alert").getByText("They are too long. Shorten them and send the form again.").waitFor()
    await close()
  })

  it("is not shown any more once the answers are right", async () => {
    const { page, close } = await visit(world, landing.url)
    const send = page.getByRole("button", { name: "Send request" })
    await send.click()
    await page.getByLabel("Name").fill("Ada")
    await send.click()
    assert.equal(await page.getByRole("alert").getByRole("link").count(), 2)
    assert.equal(await page.getByLabel("Name").getAttribute("aria-invalid"), null)
    assert.equal(await page.getByLabel("Name").getAttribute("aria-describedby"), null)
    await fillIn(page, "late@example.com")
    await page.route("**/submissions", (route) => route.abort(), { times: 1 })
    await send.click()
    await page.getByRole("heading", { name: "Your answers were not sent" }).waitFor()
    assert.equal(await page.locator("[aria-invalid], .lf-error").count(), 0)
    await send.click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await world.leadsFrom("late@example.com")).length, 1)
    await close()
  })

  it("by the service is shown at the fields it names", async () => {
    const { page, close } = await visit(world, landing.url)
    await fillIn(page, "long@example.com")
    // A browser does not count what a script set, and cannot check what is no longer marked as required.
    await page.getByLabel("Name").evaluate((input) => { input.value = ""; input.required = false })
    await page.getByLabel("Message").evaluate((area) => { area.value = "x".repeat(21) })
    await page.getByRole("button", { name: "Send request" }).click()

    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    const links = page.getByRole("alert").getByRole("link")
    assert.equal(await links.count(), 2)
    for (const [index, label] of ["Name", "Message"].entries()) {
      const message = await links.nth(index).innerText()
      await links.nth(index).click()
      const control = page.getByLabel(label)
      assert.ok(await control.evaluate((node) => node === node.getRootNode().activeElement), label)
      assert.equal(await control.getAttribute("aria-invalid"), "true")
      const error = await control.getAttribute("aria-describedby")
      assert.equal(await page.locator(`[id="${error.split(" ").at(-1)}"]`).textContent(), `Error: ${message}`)
    }
    assert.equal((await page.getByLabel("Message").inputValue()).length, 21)
    assert.equal((await world.leadsSoFar("long@example.com")).length, 0)
    await close()
  })

  it("shows what concerns no visible field without a link", async () => {
    const { page, close } = await visit(world, landing.url)
    await fillIn(page, "nowhere@example.com")
    const errors = [
      { field: null, code: "too_many", message: "The form was sent twice" },
      { field: "campaign", code: "unknown_option", message: "This offer has ended" },
      { field: "gone", code: "value_missing", message: "<img src=x onerror=alert(1)>" },
    ]
    await page.route("**/submissions", (route) => route.fulfill({
      status: 400,
      headers: { "Access-Control-Allow-Origin": "*" },
      json: { error: { code: "LG_1102", message: "Form submission validation failed", details: { errors } } },
    }))
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    assert.deepEqual(await page.getByRole("alert").getByRole("listitem").allInnerTexts(), errors.map(({ message }) => message))
    assert.equal(await page.getByRole("alert").getByRole("link").count(), 0)
    await close()
  })

  it("for the page's origin shows the marketer what to add", async () => {
    const { page, consoleErrors, close } = await visit(world, landing.foreignUrl)
    await page.getByText("This form is not set up for this site.").waitFor()
    assert.ok(await page.getByRole("link", { name: "Open the form" }).isVisible())
    const doctor = `${world.service.origin}/v1/forms/demo/doctor?url=${encodeURIComponent(world.landing.foreignOrigin)}`
    assert.equal(await page.getByRole("link", { name: "For the owner of this site" }).getAttribute("href"), doctor)
    await until(() => consoleErrors.some((text) => text.endsWith(doctor)), () => consoleErrors.join("\n"))
    await assertAdvises(consoleErrors, world.landing.foreignOrigin)
    await close()
  })

  it("for a host that ends in a dot names the dot", async () => {
    const { page, consoleErrors, close } = await visit(world, landing.url.replace("//localhost:", "//localhost.:"))
    await page.getByText("This form is not set up for this site.").waitFor()
    await until(() => consoleErrors.some((text) => text.includes("ends in a dot")), () => consoleErrors.join("\n"))
    await close()
  })

  it("for the page's origin stores nothing, even if the page got hold of the form", async () => {
    const definition = await (await fetch(`${world.service.origin}/v1/forms/demo`)).json()
    const { page, consoleErrors, close } = await visit(world, landing.foreignUrl, {}, async (page) => {
      const headers = { "Access-Control-Allow-Origin": "*" }
      await page.route("**/v1/forms/demo", (route) => route.fulfill({ headers, json: definition }))
    })
    await fillIn(page, "foreign@example.com")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("alert").getByText("This form is not set up for this site.").waitFor()
    await assertAdvises(consoleErrors, world.landing.foreignOrigin)
    assert.equal(await page.getByLabel("Work email").inputValue(), "foreign@example.com")
    assert.equal((await world.leadsSoFar("foreign@example.com")).length, 0)
    await close()
  })

  it("of the form itself leaves the link in the page", async () => {
    const missing = world.landing.publish("/missing", snippet(world.service, "missing"))
    const { page, consoleErrors, close } = await visit(world, missing.url)
    await page.getByText("This form is not available.").waitFor()
    assert.ok(await page.getByRole("link", { name: "Open the form" }).isVisible())
    await until(() => consoleErrors.some((text) => text.includes("no form with this key")), () => consoleErrors.join("\n"))
    await close()
  })
})

// The part with the advice is loaded after the visitor is told.
async function assertAdvises(consoleErrors, origin) {
  const advice = await until(() => consoleErrors.find((text) => text.includes("allowed_origins")), () => consoleErrors.join("\n"))
  assert.ok(advice?.includes(`add "${origin}"`), consoleErrors.join("\n"))
  assert.match(advice, /origin_not_allowed/)
}
