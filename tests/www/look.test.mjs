// The look of the widget: the theme of the definition, the page's own variables, widths, directions.
import assert from "node:assert/strict"
import { mkdir } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { after, before, describe, it } from "node:test"
import { assertNoViolation } from "./accessible.mjs"
import { everyKindForm, longForm } from "./forms.mjs"
import { openWorld, snippet, visit } from "./world.mjs"

const SCREENSHOTS = fileURLToPath(new URL("../../build/screenshots/", import.meta.url))
const THEMES = [
  { scheme: "light", surface: "card" },
  { scheme: "light", surface: "bare", accent: "#0a6b3d", radius: 0, font: "Georgia, serif" },
  { scheme: "dark", surface: "card" },
  { scheme: "auto", surface: "card", accent: "#7a1fa2", accent_dark: "#d0a0ff", radius: 22 },
]

describe("the look of the widget", () => {
  let world

  before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true })
    world = await openWorld(() => [everyKindForm(), longForm(), ...THEMES.map((theme, index) => ({ ...everyKindForm(), key: `theme-${index}`, theme }))])
  })
  after(() => world?.close())

  // A page with the form, its definition changed.
  async function open(key, { body = "", options = {}, changes = (definition) => definition } = {}) {
    const landing = world.landing.publish("/look", `${body}${snippet(world.service, key)}`)
    const visitor = await visit(world, "about:blank", options, (page) => page.route(`**/v1/forms/${key}`, async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: changes(await response.json()) })
    }))
    await visitor.page.goto(landing.url)
    await visitor.page.locator("lead-form form").waitFor()
    return visitor
  }

  const style = (page, selector, property) => page.locator(`lead-form ${selector}`).first()
    .evaluate((node, property) => getComputedStyle(node).getPropertyValue(property), property)

  for (const [index, theme] of THEMES.entries()) {
    for (const colorScheme of theme.scheme === "auto" ? ["light", "dark"] : ["light"]) {
      it(`is that of the theme ${theme.scheme}, ${theme.surface}, on a ${colorScheme} system, and readable`, async () => {
        const isDark = theme.scheme === "dark" || theme.scheme === "auto" && colorScheme === "dark"
        const body = `<style>body { background: ${isDark ? "#12161a" : "#fff"}; color: ${isDark ? "#fff" : "#000"} }</style>`
        const { page, close } = await open(`theme-${index}`, { body, options: { colorScheme } })
        assert.equal(await style(page, "form", "color"), isDark ? "rgb(241, 244, 246)" : "rgb(28, 33, 38)")
        if (theme.accent) assert.equal(await style(page, "button", "background-color"), rgb(isDark ? theme.accent_dark : theme.accent))
        if (theme.radius !== undefined) assert.equal(await style(page, "textarea", "border-top-left-radius"), `${theme.radius}px`)
        if (theme.font) assert.equal(await style(page, "textarea", "font-family"), theme.font)
        assert.equal(await style(page, "form", "border-top-width"), theme.surface === "card" ? "1px" : "0px")
        for (const state of ["", "-errors"]) {
          if (state) await page.getByRole("button", { name: "Send request" }).click()
          for (const width of [1280, 320]) {
            await page.setViewportSize({ width, height: 800 })
            await page.screenshot({ path: `${SCREENSHOTS}theme-${theme.scheme}-${colorScheme}-${theme.surface}${state}-${width}.png`, fullPage: true })
          }
          await assertNoViolation(page)
        }
        await close()
      })
    }
  }

  it("is changed by the page's own variables, whatever the theme", async () => {
    const body = "<style>lead-form { --lf-accent: #333; --lf-surface: #fafafa; --lf-radius: 9px; --lf-border: #123456; --lf-font: monospace }</style>"
    const { page, close } = await open("theme-1", { body })
    assert.deepEqual(
      [await style(page, "button", "background-color"), await style(page, "textarea", "background-color"),
        await style(page, "textarea", "border-top-left-radius"), await style(page, "textarea", "font-family")],
      ["rgb(51, 51, 51)", "rgb(250, 250, 250)", "9px", "monospace"],
    )
    await close()
  })

  it("puts fields of half the width side by side where there is space", async () => {
    const half = ["text", "search"]
    const changes = (definition) => ({
      ...definition, fields: definition.fields.map((field) => half.includes(field.name) ? { ...field, width: "half" } : field),
    })
    const { page, close } = await open("every-kind", { changes })
    const boxes = () => Promise.all(half.map((name) => page.getByLabel(`A ${name} field`).boundingBox()))
    const [first, second] = await boxes()
    assert.equal(first.y, second.y)
    assert.ok(second.x > first.x + first.width)
    await page.setViewportSize({ width: 320, height: 800 })
    const [above, below] = await boxes()
    assert.equal(above.x, below.x)
    assert.ok(below.y > above.y)
    await close()
  })

  it("breaks words that are wider than a phone", async () => {
    const { page, close } = await open("long", { options: { viewport: { width: 320, height: 800 } } })
    await page.getByRole("button").click()
    await page.getByRole("alert").waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320)
    await close()
  })

  it("has the status beside its button, where it is announced", async () => {
    const { page, close } = await open("every-kind")
    await page.route("**/submissions", () => {})
    await page.getByLabel("I agree").check()
    const button = page.getByRole("button", { name: "Send request" })
    const status = page.getByRole("status").filter({ has: page.locator(":scope:empty") })
    assert.equal(await status.count(), 2, "the regions exist before they say something")
    const before = await page.locator("lead-form form").boundingBox()
    await button.click()
    const [above, beside] = [await button.boundingBox(), await page.getByText("Sending…").boundingBox()]
    assert.ok(beside.x > above.x + above.width && beside.y > above.y && beside.y + beside.height < above.y + above.height)
    assert.deepEqual(await page.locator("lead-form form").boundingBox(), before, "nothing moves")
    await close()
  })

  it("is mirrored in languages that are written from right to left", async () => {
    const { page, close } = await open("every-kind", { changes: (definition) => ({ ...definition, locale: "ar" }) })
    const [button, text] = await Promise.all([page.getByRole("button").boundingBox(), page.getByLabel("A text field").boundingBox()])
    assert.ok(Math.abs(button.x + button.width - (text.x + text.width)) < 2, "the button is on the right")
    await page.screenshot({ path: `${SCREENSHOTS}rtl.png`, fullPage: true })
    await close()
  })

  it("gives every control one label and its type, in the order of the keyboard", async () => {
    const { page, close } = await open("every-kind")
    const controls = await page.locator("lead-form form").evaluate((form) => [...form.elements]
      .filter((node) => node.checkVisibility() && node.localName !== "fieldset")
      .map((node) => ({ name: node.name, labels: node.labels.length, type: node.localName === "input" ? node.getAttribute("type") : node.type })))
    assert.ok(controls.length > 20)
    for (const { name, labels, type } of controls) {
      assert.equal(labels, type === "submit" ? 0 : 1, name)
      assert.ok(type, name)
    }
    const visited = []
    for (let press = 0; press < 60 && visited.at(-1) !== "submit"; press++) {
      await page.keyboard.press("Tab")
      const name = await page.evaluate(() => {
        const node = document.querySelector("lead-form").shadowRoot.activeElement
        return node?.type === "submit" ? "submit" : node?.name
      })
      if (name && visited.at(-1) !== name) visited.push(name)
    }
    assert.deepEqual(visited, [...new Set(controls.map(({ name }) => name).filter(Boolean)), "submit"])
    await close()
  })

  it("keeps the focus clear of a header that stays at the top", async () => {
    const body = "<header style=\"position: sticky; top: 0; height: 64px; background: #eee; z-index: 1\">Offer</header>"
    const { page, close } = await open("every-kind", { body, options: { viewport: { width: 320, height: 256 } } })
    await page.getByLabel("A date field").focus()
    for (let press = 0; press < 6; press++) {
      await page.keyboard.press("Shift+Tab")
      const { name, top } = await page.evaluate(() => {
        const node = document.querySelector("lead-form").shadowRoot.activeElement
        return { name: node.name, top: node.getBoundingClientRect().top }
      })
      assert.ok(top >= 64, `${name} is at ${top}`)
    }
    await close()
  })

  it("has no motion, and keeps boxes and the focus visible in forced colours", async () => {
    const { page, close } = await open("every-kind", { options: { reducedMotion: "reduce", forcedColors: "active" } })
    assert.equal(await style(page, "button", "transition-duration"), "0s")
    await page.getByLabel("A text field").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Shift+Tab")
    assert.equal(await style(page, "[name=text]", "outline-style"), "solid")
    await page.screenshot({ path: `${SCREENSHOTS}forced-colours.png`, fullPage: true })
    await close()
  })

  it("works without its styles, when they cannot be loaded", async () => {
    const landing = world.landing.publish("/unstyled", snippet(world.service, "every-kind"))
    const { page, errors, close } = await visit(world, "about:blank", {}, (page) => page.route("**/widget/*", (route) => route.abort()))
    await page.goto(landing.url)
    await page.getByLabel("A number field").fill("12")
    assert.equal(await page.getByLabel("A number field").getAttribute("type"), "number")
    await page.getByLabel("I agree").check()
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.deepEqual(errors, [])
    await close()
  })
})

function rgb(hex) {
  return `rgb(${hex.match(/\w\w/g).map((pair) => Number.parseInt(pair, 16)).join(", ")})`
}
