// A reader of the console, with a fake of the API.
import assert from "node:assert/strict"
import axe from "axe-core"
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
export async function assertNoViolation(page, name) {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => window.axe.run(document, { rules: { "target-size": { enabled: true } } }))
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], name)
}
