// How the hosted page looks: its theme, checked in each scheme by axe, and by what a browser makes of the policy.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { assertAccessible } from "./accessible.mjs"
import { everyKindForm } from "./forms.mjs"
import { openWorld, visit } from "./world.mjs"

const form = (key, theme) => ({ ...everyKindForm(), key, title: key, theme })
const FORMS = [
  form("plain", null),
  form("light", { accent: "#8c7400", radius: 22, font: "Georgia, serif" }),
  form("dark", { scheme: "dark" }),
  form("bare", { scheme: "dark", accent: "#ffd500", radius: 0, surface: "bare" }),
  form("auto", { scheme: "auto", accent: "#1a56b0" }),
]
const [WHITE, DARK] = ["rgb(255, 255, 255)", "rgb(28, 33, 38)"]

describe("the hosted page has the look of its theme", () => {
  let world

  before(async () => {
    world = await openWorld(() => FORMS)
  })
  after(() => world?.close())

  // Form, the visitor's scheme, the colours of the button and of its text, and the radius of its corners.
  for (const [key, colorScheme, accent, surface, radius] of [
    ["plain", "light", "rgb(26, 86, 176)", WHITE, "4px"],
    ["plain", "dark", "rgb(26, 86, 176)", WHITE, "4px"],
    ["light", "dark", "rgb(140, 116, 0)", WHITE, "22px"],
    ["dark", "light", "rgb(138, 180, 248)", DARK, "4px"],
    ["bare", "light", "rgb(255, 213, 0)", DARK, "0px"],
    ["auto", "light", "rgb(26, 86, 176)", WHITE, "4px"],
    ["auto", "dark", "rgb(95, 137, 199)", DARK, "4px"],
  ]) {
    it(`${key}, for a visitor whose system is ${colorScheme}`, async () => {
      const { page, consoleErrors, close } = await visit(world, `${world.service.origin}/f/${key}`, { colorScheme })
      const button = page.locator("button")
      const look = await button.evaluate((node) => {
        const { backgroundColor, color, borderRadius } = getComputedStyle(node)
        return [backgroundColor, color, borderRadius]
      })
      assert.deepEqual(look, [accent, surface, radius])
      assert.deepEqual(consoleErrors, [])
      await page.getByLabel("A number field").fill("many")
      await button.click()
      await page.getByRole("alert").waitFor()
      // The button as it looks below the pointer, too.
      await button.hover()
      await assertAccessible(page, `look-${key}-${colorScheme}`)
      await close()
    })
  }

  it("a style sheet that a page has besides its theme is refused", async () => {
    const { page, consoleErrors, close } = await visit(world, `${world.service.origin}/f/light`)
    await page.evaluate(() => document.head.insertAdjacentHTML("beforeend", "<style>button { color: red }</style>"))
    assert.equal(await page.locator("button").evaluate((node) => getComputedStyle(node).color), WHITE)
    assert.match(consoleErrors.join(), /Content Security Policy/)
    await close()
  })
})
