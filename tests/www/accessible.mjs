// What a checker finds on a page, and what it cannot find: small targets, and what is cut off at 320 pixels.
import assert from "node:assert/strict"
import { mkdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import axe from "axe-core"

export const SCREENSHOTS = fileURLToPath(new URL("../../build/screenshots/", import.meta.url))
mkdirSync(SCREENSHOTS, { recursive: true })

// Puts axe into the page, unless it is there: half a megabyte to compile.
async function loadAxe(page) {
  if (!await page.evaluate(() => "axe" in window)) await page.evaluate(axe.source)
}

// Axe finds nothing, with all its rules and the one that is off by default.
export async function assertNoViolation(page, name, { hasColours = true } = {}) {
  await loadAxe(page)
  const { violations } = await page.evaluate((hasColours) => window.axe.run(document, {
    resultTypes: ["violations"], rules: { "target-size": { enabled: true }, "color-contrast": { enabled: hasColours } },
  }), hasColours)
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], name)
}

// Leaves a screenshot behind, so that a person can judge what axe cannot.
export async function assertAccessible(page, name) {
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true })
  await loadAxe(page)
  const found = await page.evaluate((options) => window.axe.run(document, options), {
    // Of the other results only the rules, which takes half the time.
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: { "target-size": { enabled: true } },
  })
  const violations = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)
  assert.deepEqual(violations, [], name)
  const ran = [...found.passes, ...found.inapplicable].some(({ id }) => id === "target-size")
  assert.ok(ran, "the rule about target sizes, which is off by default, ran")

  // axe lets small targets pass that have space around them; ours are large everywhere, but for links in a sentence.
  const small = await page.evaluate(() => [...document.querySelectorAll("lead-form, main > form")]
    .flatMap((form) => [...(form.shadowRoot ?? form).querySelectorAll("input, select, textarea, button, a")])
    .filter((node) => node.checkVisibility() && !node.closest(".aux, label, p"))
    .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 24)
    .map((node) => node.outerHTML))
  assert.deepEqual(small, [], name)

  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.equal(overflow, 0, `${name} scrolls sideways at 320 pixels`)
  await page.setViewportSize(size)
}
