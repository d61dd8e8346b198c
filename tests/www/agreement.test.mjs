// Chromium and the edge agree on what is valid: the same values go into real controls and through the edge's own rules.

import assert from "node:assert/strict"
import { copyFileSync } from "node:fs"
import { test } from "node:test"
import { fileURLToPath } from "node:url"

import { agreementWays, compareWithEdge } from "../support/agreement.mjs"
import { awaitKeys, ignoredPatterns, measureScripted, measureTyped, prepare } from "../support/agreement-page.mjs"
import { launchChromium } from "../support/browsers.mjs"

// What the native tests read where there is no browser.
const fixture = fileURLToPath(new URL("../fixtures/agreement.jsonl", import.meta.url))

const LEAST = 20_000
// Sets that go into the page at a time.
const BATCH = 50
const BACKSPACE = { key: "Backspace", code: "Backspace", windowsVirtualKeyCode: 8 }

test("Chromium and the edge agree on 20,000 values and more", async () => {
  const { path, compared, disagreeing, code } = await compareWithEdge("Chromium", await measure(agreementWays()))
  if (process.env.AGREEMENT === "write") copyFileSync(path, fixture)
  assert.ok(compared >= LEAST, `${compared} were compared`)
  assert.deepEqual({ disagreeing, code }, { disagreeing: 0, code: 0 })
})

// [set, its cases, whether its pattern is ignored] each.
async function measure(ways) {
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.evaluate(prepare)
    const measured = [
      ...await inBatches(page, ways.scripted, measureScripted),
      ...await inBatches(page, ways.typed, measureTyped),
      ...await withKeys(page, ways.edited),
    ]
    const ignored = await page.evaluate(ignoredPatterns, measured.map(([set]) => set))
    return measured.map(([set, cases], index) => [set, cases, ignored[index]])
  } finally {
    await browser.close()
  }
}

async function inBatches(page, sets, measureThem) {
  const measured = []
  for (let at = 0; at < sets.length; at += BATCH) {
    const batch = sets.slice(at, at + BATCH)
    const cases = await page.evaluate(measureThem, batch)
    measured.push(...batch.map((set, index) => [set, cases[index]]))
  }
  return measured
}

async function withKeys(page, sets) {
  const count = await page.evaluate(awaitKeys, sets)
  const session = await page.context().newCDPSession(page)
  const press = (type, more) => session.send("Input.dispatchKeyEvent", { type, ...BACKSPACE, ...more })
  // All of them at once, as waiting for each would take ten times as long; they stay in order.
  await Promise.all(Array.from({ length: count }, () => [
    press("rawKeyDown", { commands: ["deleteBackward"] }), press("keyUp"),
  ]).flat())
  const cases = await page.evaluate(() => window.measured)
  return sets.map((set, index) => [set, cases[index]])
}
