// What the styles of a page may change in the widget, and what they must not.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { everyKindForm } from "./forms.mjs"
import { openWorld, snippet, visit } from "./world.mjs"

// WCAG 2.2, 1.4.3
const LEAST_CONTRAST = 4.5
const ACCENT = "rgb(26, 86, 176)"

// Of public style sheets, what they set for elements that have no class.
const RESETS = {
  "Tailwind 3.3": `button, input, optgroup, select, textarea { font-family: inherit; color: inherit; margin: 0; padding: 0 }
    button, [type='button'], [type='reset'], [type='submit'] {
      -webkit-appearance: button; background-color: transparent; background-image: none }`,
  "Tailwind 4": `@layer base { button, input, select, textarea, ::file-selector-button {
      font: inherit; color: inherit; border-radius: 0; background-color: transparent; opacity: 1 } }`,
  "Hello Elementor": `[type=button], [type=submit], button { color: #c36; background-color: transparent; border: 1px solid #c36 }
    [type=button]:focus, [type=button]:hover, [type=submit]:focus, [type=submit]:hover, button:focus, button:hover {
      color: #fff; background-color: #c36 }
    input[type=date], input[type=email], input[type=number], input[type=tel], input[type=text], select, textarea {
      width: 100%; border: 1px solid #666 }`,
  "a button in light colours": `button[type="submit"], input[type="submit"] { background: #fff; color: #fff }
    button:not(:disabled):hover, [type=submit]:not(:disabled):hover { background: #fff; color: #fff }`,
  "normalize.css": `button, [type="button"], [type="reset"], [type="submit"] { -webkit-appearance: button }
    [type="checkbox"], [type="radio"] { box-sizing: border-box; padding: 0 }`,
  "UIkit's .uk-light": `body { background: #222 }
    .page { color: rgba(255,255,255,.7) } .page h1, .page h2, .page legend, .page label { color: #fff }
    .page input, .page select, .page textarea { color: rgba(255,255,255,.7); background: rgba(255,255,255,.1) }`,
  "a dark theme": `body.page { background: #111; color: #fff } body.page h2, body.page p, .page label, .page legend { color: #fff }
    input[type="text"], input[type="email"], input[type="tel"], select, textarea { color: #fff; background-color: #333 }
    input:not([type="checkbox"]):not([type="radio"]) { color: #fff; background-color: #333 }`,
  "Materialize": `[type="checkbox"]:not(:checked), [type="checkbox"]:checked, [type="radio"]:not(:checked) {
      position: absolute; opacity: 0; pointer-events: none }`,
}

describe("the styles of a page", () => {
  let world

  before(async () => {
    world = await openWorld(() => [{ ...everyKindForm(), description: "All of them" }])
  })
  after(() => world?.close())

  for (const [name, css, mode] of Object.entries(RESETS).flatMap((reset) => [[...reset, ""], [...reset, "light"]])) {
    it(`leave everything readable where they are those of ${name}${mode && ", in the page itself"}`, async () => {
      const { page, close } = await open(css, mode)
      const button = page.getByRole("button", { name: "Send request" })
      assert.deepEqual(await tooFaint(page), [])
      assert.equal(await colour(button), ACCENT)
      await button.hover()
      assert.deepEqual(await tooFaint(page), [], "under the mouse")
      // Empty but for the consent, so this shows an error as well.
      await button.click()
      await page.getByRole("heading", { name: "There is a problem" }).waitFor()
      assert.deepEqual(await tooFaint(page), [], "with an error")
      await page.getByLabel("I agree to all of this").check()
      await close()
    })
  }

  it("do not reach it, whatever they unset and hide", async () => {
    const { page, close } = await open("* { all: unset !important } input, button { display: none !important } lead-form { display: block !important }")
    assert.deepEqual(await tooFaint(page), [])
    for (const control of await page.locator("lead-form :is(input:not([type=hidden], [data-form-type]), select, textarea, button)").all()) {
      const { width, height } = await control.boundingBox()
      assert.ok(Math.min(width, height) >= 24)
    }
    assert.equal(await colour(page.getByRole("button", { name: "Send request" })), ACCENT)
    await close()
  })

  const OWN = {
    "for the element": "lead-form { --lf-accent: #0a6b3d }",
    "for the element, in a layer": "@layer base { lead-form { --lf-accent: #0a6b3d } }",
    "for the whole page": ":root { --lf-accent: #0a6b3d }",
    "for what is around it": ".page { --lf-accent: #0a6b3d }",
  }
  for (const [where, css, mode] of Object.entries(OWN).flatMap((own) => [[...own, ""], [...own, "light"]])) {
    it(`set the accent ${where}, and the button under the mouse follows${mode && ", in the page itself"}`, async () => {
      const { page, close } = await open(css, mode)
      const button = page.getByRole("button", { name: "Send request" })
      assert.equal(await colour(button), "rgb(10, 107, 61)")
      await button.hover()
      const [red, green, blue] = await pixel(button)
      assert.ok(red < 16 && green < 107 && green > blue && blue < 61, `a darker green, not ${[red, green, blue]}`)
      await button.press("Tab")
      await page.keyboard.press("Shift+Tab")
      assert.equal(await button.evaluate((node) => getComputedStyle(node).outlineColor), "rgb(10, 107, 61)")
      await close()
    })
  }

  it("set each of the other colours, too", async () => {
    const css = "lead-form { --lf-text: #010101; --lf-muted: #020202; --lf-line: #030303; --lf-error: #040404 }"
    const { page, close } = await open(css)
    await page.getByRole("button", { name: "Send request" }).click()
    const found = await page.evaluate(() => [
      ["form > h2", "color"], [".lf-optional", "color"], ["textarea", "borderTopColor"], [".lf-error", "color"],
    ].map(([selector, property]) => getComputedStyle(document.querySelector("lead-form").shadowRoot.querySelector(selector))[property]))
    assert.deepEqual(found, [1, 2, 3, 4].map((shade) => `rgb(${shade}, ${shade}, ${shade})`))
    await close()
  })

  it("stay outside of a shadow tree, where ours apply", async () => {
    const { page, close } = await open("button { background: red !important }", "light")
    await page.evaluate(() => {
      const root = document.querySelector("main").appendChild(document.createElement("div")).attachShadow({ mode: "open" })
      root.append(document.querySelector("lead-form"))
    })
    assert.equal(await colour(page.locator("div lead-form button")), ACCENT)
    await close()
  })

  async function open(css, mode = "") {
    const landing = world.landing.publish("/styled", `<style>${css}</style>${snippet(world.service, "every-kind", mode)}`)
    const visitor = await visit(world, landing.url)
    await visitor.page.evaluate(() => document.body.classList.add("page"))
    await visitor.page.locator("lead-form form").waitFor()
    return visitor
  }
})

function colour(locator) {
  return locator.evaluate((node) => getComputedStyle(node).backgroundColor)
}

// Of the background, whatever notation the browser has for it.
function pixel(locator) {
  return locator.evaluate((node) => {
    const context = document.createElement("canvas").getContext("2d")
    context.fillStyle = getComputedStyle(node).backgroundColor
    context.fillRect(0, 0, 1, 1)
    return [...context.getImageData(0, 0, 1, 1).data]
  })
}

// The elements with text or a value whose contrast to what is behind them is too small, and boxes that cannot be seen.
function tooFaint(page) {
  return page.evaluate((least) => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
    const paint = (colours) => {
      for (const fill of ["#fff", ...colours]) {
        context.fillStyle = fill
        context.fillRect(0, 0, 1, 1)
      }
      const [red, green, blue] = context.getImageData(0, 0, 1, 1).data
      const linear = (shade) => shade <= 10 ? shade / 3294 : ((shade / 255 + 0.055) / 1.055) ** 2.4
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
    const around = (node) => node.parentElement ?? node.getRootNode().host
    const backgrounds = (node) => node ? [...backgrounds(around(node)), getComputedStyle(node).backgroundColor] : []
    const contrast = (node) => {
      const behind = backgrounds(node)
      const [darker, lighter] = [paint(behind), paint([...behind, getComputedStyle(node).color])].sort((a, b) => a - b)
      return (lighter + 0.05) / (darker + 0.05)
    }
    const hasText = (node) => [...node.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim())
    const isBox = ({ type }) => ["checkbox", "radio"].includes(type)
    const isControl = (node) => node.matches("input, select, textarea") && !isBox(node) && !["range", "color"].includes(node.type)
    const element = document.querySelector("lead-form")
    const nodes = [...(element.shadowRoot ?? element).querySelectorAll("*")]
      .filter((node) => !node.closest("option") && node.checkVisibility())
    const faint = nodes.filter((node) => (hasText(node) || isControl(node)) && contrast(node) < least)
    const canBeTicked = ({ opacity, pointerEvents }) => opacity === "1" && pointerEvents !== "none"
    const unseen = nodes.filter((node) => isBox(node) && !canBeTicked(getComputedStyle(node)))
    return [...faint, ...unseen].map((node) => `${node.localName} ${node.name ?? node.textContent}: ${contrast(node).toFixed(2)}`)
  }, LEAST_CONTRAST)
}
