// The panels Settings and Snippet of the builder, by keyboard, with a fake of the API.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { SCREENSHOTS } from "./accessible.mjs"
import { assertNoViolation, openConsole } from "./console.mjs"
import { fakeApi } from "./fake-api.mjs"
import { demoForm } from "./forms.mjs"
import { openWorld } from "./world.mjs"

describe("the builder's settings and snippet", () => {
  let world
  // The API is a fake; the doctor is the service's.
  before(async () => world = await openWorld(() => [demoForm({ allowed_origins: ["https://example.com"] })]))
  after(() => world?.close())

  async function open(part, api = fakeApi(), options = {}) {
    const reader = await openConsole(world, "forms&id=demo", api, { viewport: { width: 1280, height: 900 }, ...options })
    await reader.page.getByRole("tab", { name: part, exact: true }).click()
    return reader
  }
  // The draft as it is stored last.
  const stored = async (api, is) => {
    for (let tries = 0; tries < 50; tries += 1) {
      const { draft } = api.state.forms.find(({ key }) => key === "demo")
      if (draft && is(draft)) return draft
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.fail(JSON.stringify(api.state.forms[0].draft))
  }
  const unfold = (page, name) => page.locator("summary", { hasText: name }).first().click()

  // The tab of the snippet that is shown at each width.
  const SHOWN = { 320: "Webflow, Framer, Wix", 768: "Your own design", 1280: "Link" }

  it("are accessible, light and dark, at 320, 768 and 1280 pixels", async () => {
    const api = fakeApi()
    const at = new Date().toISOString()
    api.state.pages = [{ origin: "https://example.com", last_at: at, accepted: 3, accepted_at: at }]
    Object.assign(api.state.forms[0].published, {
      theme: { accent: "#ffd500", scheme: "auto" }, on_success: { redirect: "https://example.com/thanks" },
      rate_limits: [{ name: "visitor", quota: 5, window_s: 7200, partition: "visitor" }],
    })
    const { page, errors, consoleErrors, close } = await open("Settings", api)
    await page.evaluate(() => document.querySelectorAll(".settings details").forEach((node) => node.open = true))
    for (const part of ["Settings", "Snippet"]) {
      await page.getByRole("tab", { name: part, exact: true }).click()
      if (part === "Snippet") await page.getByText("Seen on example.com").waitFor()
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme })
        for (const width of [1280, 768, 320]) {
          await page.setViewportSize({ width, height: 900 })
          if (part === "Snippet") await page.getByRole("tab", { name: SHOWN[width], exact: true }).click()
          await assertNoViolation(page, `${part} ${colorScheme} ${width}`)
          await page.screenshot({ path: `${SCREENSHOTS}builder-${part.toLowerCase()}-${colorScheme}-${width}.png`, fullPage: true })
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
          assert.equal(overflow, 0, `${part} at ${width}`)
        }
      }
    }
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("leave space for the first field on the first screen of a phone, also of a form with a draft, faults and a long title", async () => {
    const api = fakeApi()
    const [form] = api.state.forms
    form.draft = { ...form.published, title: "Request a demonstration of the product" }
    api.state.faultsOf = () => [{ path: "title", reason: "is not to be shown" }]
    const { page, close } = await open("Fields", api, { viewport: { width: 320, height: 568 } })
    await page.getByText("1 fault", { exact: true }).waitFor()
    const { y, height } = await page.locator(".field-row").first().boundingBox()
    assert.ok(y + height <= 568, `the first field ends at ${y + height} pixels`)
    assert.equal(await page.evaluate(() => scrollY), 0)
    await close()
  })

  it("leave what stands beside the state of the draft where it is while that is saved", async () => {
    for (const width of [390, 768, 1280]) {
      const api = fakeApi()
      const [form] = api.state.forms
      form.draft = { ...form.published, title: "Other" }
      api.state.faultsOf = () => [{ path: "title", reason: "is not to be shown" }]
      const { page, close } = await open("Settings", api, { viewport: { width, height: 800 } })
      const place = () => page.getByText("1 fault", { exact: true }).evaluate(({ offsetLeft, offsetTop }) => [offsetLeft, offsetTop])
      const before = await place()
      await page.getByLabel("Text on the button", { exact: true }).fill("Go")
      await page.getByText(/^Draft saved \d/).waitFor()
      assert.deepEqual(await place(), before, `${width}`)
      await close()
    }
  })

  it("are set by keyboard: texts, what comes after, a readable colour, a page, a limit", async () => {
    const api = fakeApi()
    const { page, errors, consoleErrors, close } = await open("Settings", api)
    const type = async (label, text) => {
      await page.getByLabel(label, { exact: true }).focus()
      await page.keyboard.press("Control+A")
      await page.keyboard.type(text)
    }
    await type("Text on the button", "Go")
    await page.getByLabel("Then", { exact: true }).selectOption({ label: "another page opens" })
    assert.equal(await page.evaluate(() => document.activeElement.labels[0].textContent), "Address of the page")
    await page.keyboard.type("https://example.com/thanks")

    // A colour that cannot be read, and the nearest one that can.
    await type("Colour of buttons and links", "#ffd500")
    await page.getByText("Contrast with its background: 1.4:1").waitFor()
    const use = page.getByRole("button", { name: "Use #8c7400" })
    await use.focus()
    await page.keyboard.press("Enter")
    await page.getByText("Contrast with its background: 4.5:1, easy enough to read.").first().waitFor()
    assert.ok(await page.getByLabel("Colour of buttons and links", { exact: true }).evaluate((node) => node === document.activeElement))
    await page.getByLabel("Light or dark").selectOption("auto")
    await page.getByLabel("Colour where the visitor's system is dark", { exact: true }).waitFor()

    // The line of a page, made from its address; its www. and this machine are offered; one is removed again.
    await page.getByLabel("Address of a page with the form").focus()
    await page.keyboard.type("no page")
    await page.keyboard.press("Enter")
    await page.getByText("This is no address of a web page").waitFor()
    await type("Address of a page with the form", "my-site.webflow.io/contact?a=b")
    await page.keyboard.press("Enter")
    await page.getByText("https://my-site.webflow.io is added").waitFor()
    await page.getByText("This is an address that Webflow gives to a site.").waitFor()
    await page.getByRole("button", { name: "Also allow https://www.example.com" }).press("Enter")
    await page.getByRole("button", { name: "Also allow this machine" }).press("Enter")
    await page.getByRole("button", { name: "Also allow https://shop.example, which was refused" }).press("Enter")
    await page.getByText("Previews of website builders").click()
    await type("Name of the site there", "our-shop")
    await page.getByRole("button", { name: "https://our-shop.framer.app" }).press("Enter")
    await page.getByText("This is an address that Framer gives to a site.").waitFor()
    await page.getByRole("button", { name: "https://*.our-shop.pages.dev" }).press("Enter")
    await page.getByText("https://*.our-shop.pages.dev is added").waitFor()
    await page.getByRole("button", { name: "Remove https://example.com", exact: true }).press("Enter")
    assert.ok(await page.getByRole("button", { name: "Remove https://my-site.webflow.io" }).evaluate((node) => node === document.activeElement))

    await unfold(page, "Language")
    await page.getByLabel("Language of the form").selectOption({ label: "Another language…" })
    await page.keyboard.type("sv")
    await unfold(page, "Limits")
    await page.getByText("600 submissions a minute for the whole form").waitFor()
    await page.getByRole("button", { name: "Change the limits" }).press("Enter")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("50")
    await page.getByRole("button", { name: "Remove limit 2" }).press("Enter")
    await unfold(page, "Spam")
    await page.getByLabel("Have a hidden input that only robots fill in").press("Space")
    const seconds = page.getByLabel("Shortest time that a person needs, in seconds")
    for (const [typed, milliseconds] of [["60", 60_000], ["1.001", 1_001], ["2.5", 2_500]]) {
      await seconds.fill(typed)
      await stored(api, ({ min_fill_ms }) => min_fill_ms === milliseconds)
      assert.equal(await seconds.inputValue(), typed)
    }

    const draft = await stored(api, ({ min_fill_ms }) => min_fill_ms === 2_500)
    assert.deepEqual({ ...draft, fields: undefined, key: undefined, title: undefined }, {
      fields: undefined, key: undefined, title: undefined, submit_label: "Go", on_success: { redirect: "https://example.com/thanks" },
      theme: { accent: "#8c7400", scheme: "auto" }, locale: "sv", honeypot: true, min_fill_ms: 2_500,
      allowed_origins: [
        "https://my-site.webflow.io", "https://www.example.com", "http://localhost:*", "https://shop.example", "https://our-shop.framer.app",
        "https://*.our-shop.pages.dev",
      ],
      rate_limits: [{ name: "form", quota: 50, window_s: 60, partition: "form" }],
    })
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("have notifications, which name the form of a new lead alone, once the browser allows them", async () => {
    const api = fakeApi()
    for (const lead of api.state.leads) lead.received_at = "2026-01-01T00:00:00.000Z"
    const { page, errors, close } = await openConsole(world, "forms&id=demo", api, { isAlone: true }, (page) => page.addInitScript(() => {
      window.shown = []
      window.permission = "denied"
      window.Notification = class {
        static requestPermission = async () => window.permission
        constructor(title, { body }) {
          window.shown.push([title, body])
        }
      }
    }))
    await page.getByRole("tab", { name: "Settings", exact: true }).click()
    await unfold(page, "Notifications")
    const box = page.getByLabel("Show a notification on this device")
    await box.click()
    await page.getByText("Allow notifications for this site").waitFor()
    assert.equal(await box.isChecked(), false)
    await page.evaluate(() => window.permission = "granted")
    await box.click()
    await page.waitForFunction(() => window.shown.length === 1)
    const received_at = new Date(Date.now() + 60_000).toISOString()
    api.state.leads.unshift({ ...api.state.leads[0], id: "9".repeat(32), received_at }, { ...api.state.leads[0], id: "8".repeat(32), form: "other", received_at })
    await page.waitForFunction(() => window.shown.length === 2, null, { timeout: 25_000 })
    assert.deepEqual(await page.evaluate(() => window.shown), [["Notifications are on", ""], ["Request a demo", "A lead has arrived"]])
    assert.equal(await page.evaluate(() => localStorage["formgate-alerts-demo"]), "on")
    await box.click()
    assert.equal(await page.evaluate(() => localStorage["formgate-alerts-demo"]), undefined)
    assert.deepEqual(errors, [])
    await close()
  })

  it("show a snippet for each kind of page, to copy, with tabs by arrow keys", async () => {
    const { page, errors, close } = await open("Snippet", fakeApi(), { permissions: ["clipboard-read", "clipboard-write"] })
    const tab = (name) => page.getByRole("tab", { name, exact: true })
    await tab("HTML").focus()
    const names = []
    for (let step = 0; step < 10; step += 1) {
      names.push(await page.evaluate(() => document.activeElement.textContent))
      const panel = page.getByRole("tabpanel", { name: names.at(-1), exact: true })
      assert.ok(await panel.locator("pre").first().isVisible(), names.at(-1))
      await page.keyboard.press("ArrowRight")
    }
    assert.deepEqual(names, ["HTML", "React", "Vue", "WordPress", "Webflow, Framer, Wix", "Tag manager", "Frame", "Popup", "Your own design", "Link"])
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "HTML", "after the last comes the first")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.waitForFunction(() => document.getElementById("announce").textContent.includes("HTML: HTML copied"))
    const code = `<lead-form form="demo">\n  <a href="${world.service.origin}/f/demo" target="_top">Open the form</a>\n</lead-form>\n`
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${code}<script async src="${world.service.origin}/embed.js"></script>`)
    await tab("Link").click()
    assert.ok(await page.getByRole("img", { name: `QR code of ${world.service.origin}/f/demo` }).isVisible())
    const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as SVG" }).click()])
    assert.equal(saved.suggestedFilename(), "demo.svg")
    assert.deepEqual(errors, [])
    await close()
  })

  it("say where the form is seen and refused; a press allows a page", async () => {
    const api = fakeApi()
    const { page, errors, close } = await open("Snippet", api)
    await page.getByText("Refused on shop.example").waitFor()
    await page.getByText("Its origin is not allowed.").waitFor()
    await page.getByRole("button", { name: "Allow https://shop.example" }).press("Enter")
    await page.getByText("It is added; publish the form to let it in.").waitFor()
    await stored(api, ({ allowed_origins }) => allowed_origins.includes("https://shop.example"))
    // Read again while it is shown.
    const last_at = new Date(Date.now() - 125_000).toISOString()
    api.state.pages = [{ origin: "https://example.com", last_at, accepted: 2, accepted_at: last_at }]
    await page.getByText("Seen on example.com 2 minutes ago").waitFor()
    await page.getByText("2 leads from there").waitFor()
    assert.deepEqual(errors, [])
    await close()
  })
})
