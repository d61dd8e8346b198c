// Forms in elements of the page, and in popups.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { SCREENSHOTS, assertAccessible } from "./accessible.mjs"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, visit } from "./world.mjs"

describe("an element of the page", () => {
  let world
  let script

  before(async () => {
    world = await openWorld(() => [demoForm(), demoForm({ key: "bare", theme: { scheme: "dark", surface: "bare" } })])
    script = `<script async src="${world.service.origin}/embed.js"></script>`
  })
  after(() => world?.close())

  async function open(path, body, options) {
    const landing = world.landing.publish(path, body)
    const visitor = await visit(world, "about:blank", options)
    const requests = []
    visitor.page.on("request", (request) => requests.push(new URL(request.url()).pathname))
    await visitor.page.goto(landing.url)
    return { ...visitor, requests }
  }

  // Resolves once the part is loaded and started.
  const ready = (page) => page.evaluate((part) => import(part), `${world.service.origin}/widget/places.js`)

  const link = (attributes) => `<a href="${world.service.origin}/f/demo" ${attributes}>Open the form</a>`

  it("stands for a form, with its attributes, inserted late and again, in a page that rewrites it", async () => {
    const place = `<div id="place" data-lead-form="demo" data-value-name="Ada" data-layer>${link("")}</div>`
    const { page, errors, consoleErrors, close } = await open("/place", `<div id="slot"></div>${script}`)
    await page.waitForFunction(() => customElements.get("lead-form"))
    await page.evaluate((place) => document.getElementById("slot").innerHTML = place, place)
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
    assert.ok(!await page.getByRole("link", { name: "Open the form" }).isVisible(), "the link is its fallback")
    // As morphing does, which puts the server's content back.
    await page.getByLabel("Work email").fill("place@example.com")
    await page.evaluate((link) => document.getElementById("place").innerHTML = link, link(""))
    await page.getByLabel("Work email").waitFor()
    assert.equal(await page.getByLabel("Work email").inputValue(), "place@example.com", "what was typed stays")
    await page.evaluate((place) => document.getElementById("slot").innerHTML = place + place, place)
    await page.locator("lead-form form").nth(1).waitFor()
    assert.equal(await page.locator("lead-form").count(), 2)
    await fillIn(page.locator("lead-form").first(), "place@example.com")
    await page.getByRole("button", { name: "Send request" }).first().click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await world.leadsFrom("place@example.com")).length, 1)
    assert.deepEqual(await page.evaluate(() => window.dataLayer.map(({ event, form }) => [event, form])), [["lead_form_success", "demo"]])
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("opens a popup: modal, named, with the focus, closed by Escape, the button and beside it", async () => {
    const body = `<p id="text">A <button id="opener" data-lead-form-open="demo">Book a <b>demo</b></button> now</p>${script}`
    const { page, errors, consoleErrors, requests, close } = await open("/popup", body)
    const opener = page.getByRole("button", { name: "Book a demo" })
    const dialog = page.getByRole("dialog", { name: "Request a demo" })
    await ready(page)
    assert.ok(!requests.includes("/v1/forms/demo"), "nothing else is loaded before the visitor is there")
    const isFocused = (locator) => locator.evaluate((node) => node === node.getRootNode().activeElement)

    await opener.focus()
    await page.keyboard.press("Enter")
    await page.getByLabel("Name").waitFor()
    assert.ok(await isFocused(dialog))
    assert.equal(await page.evaluate(() => document.elementFromPoint(5, 5).localName), "div", "the page behind is inert")
    assert.deepEqual([
      await page.keyboard.press("Tab").then(() => isFocused(dialog.getByRole("button", { name: "Close" }))),
      await page.keyboard.press("Tab").then(() => isFocused(page.getByLabel("Name"))),
    ], [true, true])
    await page.keyboard.type("Ada")
    await assertAccessible(page, "popup")
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "hidden" })
    assert.ok(await isFocused(opener))

    await opener.click()
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada", "what was typed stays")
    await page.setViewportSize({ width: 320, height: 640 })
    await page.screenshot({ path: `${SCREENSHOTS}popup-320.png` })
    const box = await dialog.boundingBox()
    assert.ok(box.x >= 0 && box.x + box.width <= 320 && box.y >= 0 && box.y + box.height <= 640)
    await page.setViewportSize({ width: 1280, height: 720 })
    await dialog.getByRole("button", { name: "Close" }).click()
    assert.ok(await isFocused(opener))

    await opener.click()
    await page.mouse.click(5, 5)
    await dialog.waitFor({ state: "hidden" })
    assert.ok(await isFocused(opener))

    // Sent and closed, it begins anew.
    await opener.click()
    await fillIn(page, "popup@example.com")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    await page.keyboard.press("Escape")
    await opener.click()
    assert.equal(await page.getByLabel("Name").inputValue(), "")
    assert.equal(await page.locator("lead-form").count(), 1)
    assert.equal((await world.leadsFrom("popup@example.com")).length, 1)
    assert.equal(requests.filter((path) => path === "/widget/places.js").length, 1)
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("opens a popup within a strict policy, from a link, for each set of values, without motion where none is wanted", async () => {
    const { origin } = world.service
    const policy = `default-src 'none'; script-src ${origin}; connect-src ${origin}; require-trusted-types-for 'script'`
    const body = ["small", "large"].map((plan) => link(`id="${plan}" data-lead-form-open="demo" data-value-name="${plan}"`)).join(" ")
    const landing = world.landing.publish("/strict", body + script, { "Content-Security-Policy": policy })
    for (const reducedMotion of ["reduce", "no-preference"]) {
      const { page, errors, consoleErrors, close } = await visit(world, landing.url, { reducedMotion })
      await ready(page)
      for (const plan of ["small", "large"]) {
        await page.locator(`#${plan}`).click()
        const dialog = page.locator("dialog[open]")
        await dialog.waitFor()
        const motion = await dialog.evaluate((node) => getComputedStyle(node).animationName)
        assert.equal(motion, reducedMotion === "reduce" ? "none" : "appear")
        const name = page.locator("lead-form").filter({ visible: true }).getByLabel("Name")
        assert.equal(await name.inputValue(), plan)
        await page.keyboard.press("Escape")
      }
      assert.deepEqual([errors, consoleErrors], [[], []])
      await close()
    }
  })

  it("opens a popup of a bare, dark form that can be read, and of a form that is missing", async () => {
    const body = `<button data-lead-form-open="bare">Bare</button><button data-lead-form-open="missing">Missing</button>${script}`
    const { page, close } = await open("/bare", body)
    await ready(page)
    await page.evaluate(() => document.documentElement.lang = "pl-PL")
    await page.getByRole("button", { name: "Bare" }).click()
    await page.getByLabel("Name").waitFor()
    await page.getByRole("button", { name: "Zamknij" }).waitFor()
    await page.evaluate(() => document.documentElement.lang = "en")
    await assertAccessible(page, "popup-dark")
    await page.keyboard.press("Escape")
    await page.getByRole("button", { name: "Missing" }).click()
    await page.getByRole("dialog", { name: "Missing" }).waitFor()
    await page.getByText("This form is not available.").waitFor()
    await assertAccessible(page, "popup-missing")
    await close()
  })
})
