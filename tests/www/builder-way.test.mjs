// The whole way of a marketer, with the real service: from a new form to a lead in the inbox, by keyboard alone and by touch.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { openWorld, visit } from "./world.mjs"
import { until } from "../support/until.mjs"

// The most steps from one control to another with Tab.
const MAX_TABS = 120
// A visitor's browser. That of the tests sends the `User-Agent` of a program, which is a signal of spam.
const VISITOR = { userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36" }

let world
let token
before(async () => {
  world = await openWorld(() => [], { OWNERS: "ann@example.com" })
  token = await world.service.putToken("editor")
})
after(() => world?.close())

// A marketer at the list of forms. `hands` are how they reach a control and use it.
async function start(options, handsOf) {
  const reader = await visit(world, "about:blank", { ...options, extraHTTPHeaders: { authorization: `Bearer ${token}` } })
  await reader.page.goto(`${world.service.origin}/console/?tab=forms`)
  await reader.page.getByRole("button", { name: "New form…" }).waitFor()
  return { ...reader, hands: handsOf(reader.page) }
}

// With Tab, Enter and what is typed.
function keyboard(page) {
  const reach = async (locator) => {
    await locator.first().waitFor()
    for (let count = 0; count < MAX_TABS; count += 1) {
      if (await locator.evaluateAll((nodes) => nodes.includes(document.activeElement))) return
      await page.keyboard.press("Tab")
    }
    assert.fail(`Tab does not reach ${locator}`)
  }
  return {
    async press(locator) {
      await reach(locator)
      await page.keyboard.press("Enter")
    },
    async type(locator, text) {
      await reach(locator)
      await page.keyboard.press("ControlOrMeta+a")
      await page.keyboard.type(text)
    },
    // A radio button, from the one that is chosen.
    async choose(locator) {
      await reach(page.locator("input[type=radio]:checked"))
      for (let count = 0; count < MAX_TABS && !await locator.isChecked(); count += 1) await page.keyboard.press("ArrowDown")
    },
    // A tab of the builder, from the one that is shown.
    async open(name) {
      await reach(page.locator(".columns > .tabs [aria-selected=true]"))
      const tab = page.locator(".columns > .tabs").getByRole("tab", { name, exact: true })
      for (let count = 0; count < 8 && await tab.getAttribute("aria-selected") !== "true"; count += 1) await page.keyboard.press("ArrowRight")
    },
  }
}

// With a finger, and the keyboard of a phone for text.
function touch(page) {
  return {
    press: (locator) => locator.tap(),
    async type(locator, text) {
      await locator.tap()
      await page.keyboard.press("ControlOrMeta+a")
      await page.keyboard.type(text)
    },
    choose: (locator) => locator.tap(),
    open: (name) => page.locator(".columns > .tabs").getByRole("tab", { name, exact: true }).tap(),
  }
}

for (const [hands, options, handsOf] of [
  ["by keyboard alone", { viewport: { width: 1280, height: 800 } }, keyboard],
  ["by touch at 390 px", { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true }, touch],
]) {
  describe(`a marketer, ${hands},`, () => {
    it("makes a form, puts it on a page, and finds what a visitor sent", async () => {
      const { page, hands, errors, close } = await start(options, handsOf)
      const isPhone = options.viewport.width < 1000
      const slug = isPhone ? "ask-by-touch" : "ask-by-keys"
      const button = (name) => page.getByRole("button", { name, exact: true })
      const preview = page.frameLocator("iframe")

      await hands.press(button("New form…"))
      await hands.choose(page.getByRole("radio", { name: /^Empty form/ }))
      await hands.type(page.getByLabel(/^Heading/), slug.replaceAll("-", " "))
      await hands.type(page.getByLabel(/page where the form goes/), `${world.landing.origin}/${slug}`)
      await hands.press(button("Create the form"))
      await page.locator(".builder").waitFor()

      for (const [kind, label] of [["Text, one line", "Your name"], ["Text, several lines", "Your question"]]) {
        if (isPhone) await hands.open("Fields")
        await hands.press(page.locator("summary", { hasText: "Add a field" }))
        await hands.press(button(kind))
        await hands.type(page.getByLabel("Label", { exact: true }), label)
      }
      await hands.open("Settings")
      await hands.type(page.getByRole("textbox", { name: "Colour of buttons and links", exact: true }), "#0a6b3d")

      if (isPhone) await hands.open("Preview")
      await preview.getByLabel("Your question").waitFor()
      const green = "rgb(10, 107, 61)"
      const nodes = (frame) => frame.locator("lead-form").evaluate(({ shadowRoot }) => [...shadowRoot.querySelectorAll("form *")]
        .map((node) => [node.localName, node.type, node.required, node.children.length > 0 || node.textContent]))
      const colour = (frame) => frame.locator("lead-form button").evaluate((node) => getComputedStyle(node).backgroundColor)
      await preview.locator("lead-form button").waitFor()
      await until(async () => await colour(preview) === green, () => "the preview does not become green")
      const shown = await nodes(preview)

      await hands.press(button("Publish…"))
      await hands.press(button("Publish"))
      await page.getByText("Version 1 is published.").first().waitFor()
      const code = await page.locator("#panel-snippet pre").first().textContent()
      await page.getByRole("tab", { name: "Your own design" }).click()
      const { aux_inputs: [trap] } = await (await fetch(`${world.service.origin}/v1/forms/${slug}`)).json()
      await page.locator("#panel-snippet pre", { hasText: `<span hidden><input name="${trap}"` }).waitFor()
      const landing = world.landing.publish(`/${slug}`, code)

      const email = `${slug}@example.com`
      const visitor = await visit(world, landing.url, VISITOR)
      await visitor.page.getByLabel("Your name").fill("Ada")
      await visitor.page.getByLabel("Email").fill(email)
      await visitor.page.getByLabel("Your question").fill("How much is it?")
      assert.equal(await colour(visitor.page), green)
      assert.deepEqual(await nodes(visitor.page), shown)
      await visitor.page.locator("lead-form button").click()
      await visitor.page.locator("lead-form h2", { hasText: "Thank" }).waitFor()
      assert.deepEqual(visitor.errors, [])
      await visitor.close()

      await hands.press(page.getByRole("navigation").getByRole("link", { name: "Inbox" }))
      await page.locator(".row", { hasText: email }).waitFor()
      await hands.press(page.locator(".row a", { hasText: email }))
      await page.locator(".pane", { hasText: "How much is it?" }).waitFor()
      assert.deepEqual(errors, [])
      await close()
    })
  })
}
