// The preview of a draft, tests sent from it, the dialogs of a new form and of publishing: with the real service.
import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { after, before, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { TEMPLATES, keyOf } from "../../www/console/builder/new-form.js"
import { assertNoViolation } from "./console.mjs"
import { openWorld, visit } from "./world.mjs"
import { until } from "../support/until.mjs"

const root = new URL("../../", import.meta.url)
const jsonOf = (path) => JSON.parse(readFileSync(new URL(path, root), "utf8"))
const names = (path) => readdirSync(fileURLToPath(new URL(path, root))).map((name) => name.replace(".json", ""))

let world
let token
before(async () => {
  world = await openWorld(() => [], { OWNERS: "ann@example.com", FORM_CACHE: "off" })
  token = await world.service.putToken("editor")
})
after(() => world?.close())

const DRAFT = {
  title: "Ask us", allowed_origins: ["http://localhost:*"], theme: { accent: "#1a56b0", scheme: "auto" },
  fields: [
    { name: "email", type: "email", label: "Email", required: true, autocomplete: "email" },
    { name: "pin", type: "text", label: "PIN", sensitive: true },
    { name: "terms", type: "consent", label: "Terms", text: "I agree" },
  ],
}

// An editor in the builder of a form with this draft, or at the list of forms.
async function open(key, changes, options = {}) {
  const headers = { authorization: `Bearer ${token}` }
  if (key) {
    const body = JSON.stringify({ key, ...DRAFT, ...changes })
    const put = await fetch(`${world.service.origin}/api/forms/${key}`, { method: "PUT", body, headers: { ...headers, "content-type": "application/json" } })
    assert.equal(put.status, 200, await put.text())
  }
  const reader = await visit(world, "about:blank", { viewport: { width: 1280, height: 900 }, ...options, extraHTTPHeaders: headers })
  const { page } = reader
  await page.goto(`${world.service.origin}/console/?tab=forms${key ? `&id=${key}` : ""}`)
  const frame = page.frameLocator("iframe")
  if (key) await frame.locator("lead-form:not(.next) form").waitFor({ state: "attached" })
  const button = (name) => page.getByRole("button", { name, exact: true })
  return { ...reader, frame, button, form: frame.locator("lead-form:not(.next) .lf") }
}

describe("the preview", () => {
  it("shows the draft while it is typed, keeps what is typed in it, and moves nothing", async () => {
    const { page, frame, errors, consoleErrors, close } = await open("live")
    await frame.getByLabel("Email").fill("ada@example.com")
    await frame.getByLabel("PIN").fill("1234")
    await frame.getByLabel("I agree").check()
    await frame.locator("html").evaluate(() => {
      window.shifts = []
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: "layout-shift" })
    })
    // Its name follows.
    await page.getByLabel("Label", { exact: true }).fill("Your email")
    await frame.getByLabel("Your email").waitFor()
    assert.equal(await frame.getByLabel("Your email").inputValue(), "ada@example.com")
    assert.equal(await frame.getByLabel("PIN").inputValue(), "1234")
    assert.ok(await frame.getByLabel("I agree").isChecked())
    assert.deepEqual(await frame.locator("html").evaluate(() => window.shifts), [])
    // The focus stays with the editor.
    assert.equal(await page.evaluate(() => document.activeElement.value), "Your email")
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("has each width, language, direction and scheme", async () => {
    const { page, frame, form, button, close } = await open("looks")
    const language = page.getByLabel("Visitor's language")
    const tags = await language.locator("option").evaluateAll((options) => options.map(({ value }) => value).sort())
    assert.deepEqual(tags, names("texts").sort())
    for (const [tag, direction] of [["ar", "rtl"], ["de", "ltr"]]) {
      await language.selectOption(tag)
      const submit = jsonOf(`texts/${tag}.json`).shared.submit
      await frame.getByRole("button", { name: submit }).waitFor()
      assert.equal(await form.getAttribute("dir"), direction)
      assert.equal(await frame.locator("html").getAttribute("dir"), direction)
    }
    const background = () => form.locator("form").evaluate((node) => getComputedStyle(node).backgroundColor)
    for (const [scheme, colour] of [["dark", "rgb(28, 33, 38)"], ["light", "rgb(255, 255, 255)"]]) {
      await page.locator("[name=scheme]").selectOption(scheme)
      await until(async () => await background() === colour, background)
    }
    for (const [name, width] of [["Phone", 390], ["Desktop", 720]]) {
      await button(name).click()
      assert.equal(await frame.locator("html").evaluate(() => innerWidth), width)
      assert.equal(await button(name).getAttribute("aria-pressed"), "true")
      const box = await page.locator(".stage").boundingBox()
      const shown = await page.locator("iframe").boundingBox()
      assert.ok(shown.width <= box.width + 1 && Math.abs(shown.height - box.height) < 3, `${name}: ${JSON.stringify([shown, box])}`)
    }
    await close()
    const german = await open("german", { locale: "de", theme: { scheme: "dark" } })
    await german.frame.getByRole("button", { name: "Absenden" }).waitFor()
    await german.page.getByText("The form is in German").waitFor()
    assert.deepEqual([await german.page.getByLabel("Visitor's language").isVisible(), await german.page.locator("[name=scheme]").isVisible()], [false, false])
    await german.close()
  })

  it("sends a test of a form that was never published, with faults as on the page", async () => {
    const { page, frame, button, errors, close } = await open("tried", { locale: "en", on_success: { message: "Thank you!", redirect: "https://example.com/thanks" } })
    await frame.getByRole("button", { name: "Send" }).click()
    await frame.getByText("Email is missing").first().waitFor()
    await frame.getByLabel("Email").fill("test@example.com")
    await frame.getByLabel("I agree").check()
    await frame.getByRole("button", { name: "Send" }).click()
    await frame.getByText("Thank you!").first().waitFor()
    await page.getByText("sent on to https://example.com/thanks").waitFor()
    const [lead] = await world.leadsFrom("test@example.com")
    assert.deepEqual([lead.form_key, lead.is_test, lead.folder], ["tried", 1, "inbox"])
    await button("Show the form again").click()
    await frame.getByLabel("Email").waitFor()
    assert.equal(await frame.getByLabel("Email").inputValue(), "")
    await frame.getByLabel("Email").fill("test@example.com")
    await frame.getByLabel("I agree").check()
    await frame.getByRole("button", { name: "Send" }).click()
    await page.getByRole("link", { name: "See it in the inbox" }).click()
    await page.locator(".pane .mark", { hasText: "test" }).first().waitFor()
    assert.deepEqual(errors, [])
    await close()
  })

  it("keeps what it shows while the draft has faults, which publishing leads to", async () => {
    const { page, frame, button, close } = await open("faulty")
    const hint = page.getByLabel("Help below the label")
    await hint.fill("[terms](https://)")
    await page.getByText("The preview shows the form before what is wrong now.").waitFor()
    assert.ok(await frame.getByLabel("Email").isVisible())
    await frame.getByLabel("Email").fill("ada@example.com")
    await frame.getByLabel("I agree").check()
    await frame.getByRole("button", { name: "Send" }).click()
    await frame.getByText("First correct what is wrong with the form").waitFor()
    await button("Publish…").click()
    const dialog = page.getByRole("dialog", { name: "Publish the form?" })
    await dialog.getByRole("button", { name: /^Email: / }).click()
    assert.equal(await hint.evaluate((node) => node === document.activeElement), true)
    await hint.fill("")
    await page.getByText("The preview shows the form before").waitFor({ state: "hidden" })
    await close()
  })

  it("publishes again after a change, and says what changes", async () => {
    const { page, button, close } = await open("again")
    const publish = async () => {
      await button("Publish…").click()
      await button("Publish").click()
    }
    await publish()
    await page.getByText("Version 1 is published.").first().waitFor()
    await button("Publish…").click()
    await page.getByRole("dialog").getByText("nothing has changed").waitFor()
    await page.keyboard.press("Escape")
    await page.locator(".field-name").first().click()
    await page.getByLabel("Required").uncheck()
    await button("Publish…").click()
    await page.getByRole("dialog").getByText("Email becomes optional").waitFor()
    await button("Publish").click()
    await page.getByText("Version 2 is published.").first().waitFor()
    await close()
  })
})

describe("a new form", () => {
  it("begins as its template, with the page and the privacy policy that are given", async () => {
    const { page, frame, button, close } = await open()
    await button("New form…").click()
    const dialog = page.getByRole("dialog", { name: "New form" })
    await dialog.getByLabel("Apply for a job").check()
    const key = dialog.getByLabel(/^Key/)
    assert.equal(await key.inputValue(), "apply-for-a-job")
    await dialog.getByLabel(/^Heading/).fill("Köche gesucht!")
    assert.equal(await key.inputValue(), "koche-gesucht")
    await dialog.getByLabel(/page where the form goes/).fill("not an address")
    await button("Create the form").click()
    assert.ok(await dialog.isVisible())
    await dialog.getByLabel(/page where the form goes/).fill("shop.example/jobs")
    await dialog.getByLabel(/privacy policy/).fill("https://shop.example/privacy")
    await dialog.getByLabel(/privacy policy/).press("Enter")
    await frame.getByRole("link", { name: "privacy policy" }).waitFor()
    assert.equal(await frame.getByRole("link", { name: "privacy policy" }).getAttribute("href"), "https://shop.example/privacy")
    const read = await fetch(`${world.service.origin}/api/forms/koche-gesucht`, { headers: { authorization: `Bearer ${token}` } })
    const { draft } = await read.json()
    assert.deepEqual([draft.title, draft.allowed_origins], ["Köche gesucht!", ["https://shop.example"]])
    await page.getByRole("link", { name: "Back to the list" }).click()
    await button("New form…").click()
    await dialog.getByLabel(/^Heading/).fill("Köche gesucht")
    assert.equal(await key.inputValue(), "koche-gesucht-2")
    await key.fill("koche-gesucht")
    assert.ok(await key.evaluate((node) => node.validity.customError))
    // An emptied key stays empty while it is typed in.
    await key.fill("")
    assert.equal(await key.inputValue(), "")
    await key.fill("kontakt")
    await dialog.getByLabel(/^Heading/).fill("")
    await dialog.getByLabel("Language of the form").selectOption({ label: "Deutsch" })
    await page.waitForFunction(() => document.querySelector("[name=title]").value === "Kontakt")
    await button("Create the form").click()
    await frame.getByRole("button", { name: "Nachricht senden" }).waitFor()
    const german = await (await fetch(`${world.service.origin}/api/forms/kontakt`, { headers: { authorization: `Bearer ${token}` } })).json()
    assert.deepEqual([german.draft.locale, german.draft.fields.map(({ name, label }) => [name, label])], ["de", [
      ["name", "Vor- und Nachname"], ["email", "E-Mail"], ["phone", "Telefon"], ["message", "Ihre Nachricht"], ["privacy", "Datenschutz"],
    ]])
    await close()
  })

  it("has the templates that are there, and a key of any heading", () => {
    assert.deepEqual(Object.keys(TEMPLATES).sort(), names("www/console/templates").sort())
    for (const [name, [title]] of Object.entries(TEMPLATES)) assert.equal(jsonOf(`www/console/templates/${name}.json`).title, title)
    for (const [title, key] of [
      ["Contact us", "contact-us"], ["  Ärzte & Ämter  ", "arzte-amter"], ["Großhandel", "grosshandel"], ["お問い合わせ", "form"], ["", "form"], ["--", "form"],
      ["demo", "demo-3"], [`${"a".repeat(39)} b`, "a".repeat(39)],
    ]) assert.equal(keyOf(title, ["demo", "demo-2"]), key, title)
  })
})

// The width from which the preview is a column, without a tab.
const COLUMNS_PX = 1000

describe("axe", () => {
  it("finds nothing in the preview and the dialogs, light and dark, at 320, 768 and 1280 pixels", async () => {
    const { page, button, close } = await open("axe", { locale: "en" })
    const holds = async (part) => {
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme })
        for (const width of [1280, 768, 320]) {
          await page.setViewportSize({ width, height: 900 })
          if (part === "preview") {
            const tab = page.getByRole("tab", { name: "Preview" })
            // The layout changes some time after the width.
            await tab.waitFor({ state: width < COLUMNS_PX ? "visible" : "hidden" })
            if (width < COLUMNS_PX) await tab.click()
          }
          await assertNoViolation(page, `${part}, ${width} ${colorScheme}`)
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${part} is as wide as the screen`)
        }
      }
    }
    await holds("preview")
    await button("Publish…").click()
    await page.getByRole("dialog").waitFor()
    await holds("publish")
    await page.keyboard.press("Escape")
    await page.getByRole("link", { name: "Back to the list" }).click()
    await button("New form…").click()
    await page.getByRole("dialog").waitFor()
    await holds("new form")
    await close()
  })
})
