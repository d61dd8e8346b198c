// A reader of the console, with a fake of the API.
import assert from "node:assert/strict"
import { loadAxe } from "./accessible.mjs"
import { fakeApi } from "./fake-api.mjs"
import { visit } from "./world.mjs"

// How long to wait for what the page shows: milliseconds.
const PATIENCE_MS = 10_000

// A reader of the console at this tab.
export async function openConsole(world, tab, api = fakeApi(), options = {}, prepare = () => {}) {
  const reader = await visit(world, "about:blank", { timezoneId: "Europe/Vienna", ...options })
  reader.page.setDefaultTimeout(PATIENCE_MS)
  await prepare(reader.page)
  await api.serve(reader.page)
  await reader.page.goto(`${world.service.origin}/console/?tab=${tab}`)
  return { ...reader, api: api.state }
}

// What axe finds with all its rules, and the one that is off by default.
export async function assertNoViolation(page, name, { hasColours = true } = {}) {
  await loadAxe(page)
  const { violations } = await page.evaluate((hasColours) => window.axe.run(document, {
    resultTypes: ["violations"], rules: { "target-size": { enabled: true }, "color-contrast": { enabled: hasColours } },
  }), hasColours)
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], name)
}
