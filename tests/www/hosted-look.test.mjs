// How the hosted page looks: its theme, checked in each scheme by axe, and by what a browser makes of the policy.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { assertAccessible } from "./accessible.mjs"
import { demoForm, everyKindForm, longForm } from "./forms.mjs"
import { WITHOUT_SCRIPT, openWorld, visit } from "./world.mjs"

const form = (key, theme) => ({ ...everyKindForm(), key, title: key, theme })
const FORMS = [
  form("plain", null),
  form("light", { accent: "#8c7400", radius: 22, font: "Georgia, serif" }),
  form("dark", { scheme: "dark" }),
  form("bare", { scheme: "dark", accent: "#ffd500", radius: 0, surface: "bare" }),
  form("auto", { scheme: "auto", accent: "#1a56b0" }),
  { ...form("rtl", null), locale: "ar" },
]
const SECTIONS = demoForm({
  key: "sections",
  title: "Sections",
  fields: [
    { type: "heading", label: "You", hint: "Both are needed" },
    { name: "email", type: "email", label: "Work email", required: true, width: "half" },
    { name: "city", type: "text", label: "City", width: "half", suggestions: ["Graz", "Wien"] },
    { type: "heading", label: "Your wishes" },
    { name: "topics", type: "checkboxes", label: "Topics", required: true, options: [{ value: "a", label: "First" }, { value: "b", label: "Second" }] },
    { name: "news", type: "consent", required: false, text: "Write to me, see [how](https://example.com/how)" },
  ],
  on_success: { message: "Thanks! Read [our guide](https://example.com/guide)." },
})
const [WHITE, DARK] = ["rgb(255, 255, 255)", "rgb(28, 33, 38)"]

describe("the hosted page has the look of its theme", () => {
  let world

  before(async () => {
    world = await openWorld(() => [...FORMS, SECTIONS, longForm()])
  })
  after(() => world?.close())

  // Form, the visitor's scheme, the colours of the button and of its text, and the radius of its corners.
  for (const [key, colorScheme, accent, surface, radius] of [
    ["plain", "light", "rgb(26, 86, 176)", WHITE, "4px"],
    ["plain", "dark", "rgb(26, 86, 176)", WHITE, "4px"],
    ["rtl", "light", "rgb(26, 86, 176)", WHITE, "4px"],
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
      const placeholder = await page.getByLabel("A text field").evaluate((node) => {
        node.placeholder = "Example"
        return getComputedStyle(node, "::placeholder").color
      })
      assert.equal(placeholder, surface === DARK ? "rgb(182, 192, 201)" : "rgb(74, 85, 96)")
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

  it("has sections, and two fields side by side where there is space", async () => {
    const { page, close } = await visit(world, `${world.service.origin}/f/sections`)
    await assertAccessible(page, "sections")
    const [email, city] = ["Work email", "City"].map((label) => page.getByLabel(label))
    const tops = async () => Promise.all([email, city].map(async (control) => (await control.boundingBox()).y))
    const [one, other] = await tops()
    assert.equal(one, other)
    await page.setViewportSize({ width: 320, height: 640 })
    const [above, below] = await tops()
    assert.ok(above < below)
    assert.deepEqual(await city.evaluate(({ list }) => [...list.options].map(({ value }) => value)), ["Graz", "Wien"])
    await close()
  })

  it("breaks words that are wider than a phone", async () => {
    const { page, close } = await visit(world, `${world.service.origin}/f/long`, { viewport: { width: 320, height: 640 } })
    await page.getByRole("button").click()
    await page.getByRole("alert").waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320)
    await close()
  })

  it("takes several of a list and an optional consent without JavaScript, and thanks with a link", async () => {
    const { page, close } = await visit(world, `${world.service.origin}/f/sections`, WITHOUT_SCRIPT)
    await page.getByLabel("Work email").fill("sections@example.com")
    await page.getByRole("button").click()
    await page.getByRole("link", { name: "Choose at least one option for Topics" }).click()
    assert.equal(await page.evaluate(() => document.activeElement.id), "field-topics")
    for (const label of ["Second", "First"]) await page.getByRole("checkbox", { name: label }).check()
    await page.getByRole("button").click()
    await page.getByRole("heading", { name: "Thanks! Read our guide." }).waitFor()
    assert.equal(await page.getByRole("link", { name: "our guide" }).getAttribute("href"), "https://example.com/guide")
    const [{ lead }] = await world.leadsFrom("sections@example.com")
    const { fields, consents } = JSON.parse(lead)
    assert.deepEqual([fields, consents], [{ email: "sections@example.com", topics: ["a", "b"] }, []])
    await close()
  })
})
