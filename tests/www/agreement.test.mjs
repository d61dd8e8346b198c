// Chromium and the edge agree on what is valid: the same values go into real controls and through the edge's own rules.

import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { test } from "node:test"
import { fileURLToPath } from "node:url"

import { SEED, agreementCases } from "../support/agreement-cases.mjs"
import { awaitKeys, ignoredPatterns, measureScripted, measureTyped, prepare } from "../support/agreement-page.mjs"
import { launchChromium } from "../support/browsers.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const measured = `${root}build/agreement.jsonl`
// What the native tests read where there is no browser.
const fixture = `${root}tests/fixtures/agreement.jsonl`

const LEAST = 20_000
// Sets that go into the page at a time.
const BATCH = 50
const BACKSPACE = { key: "Backspace", code: "Backspace", windowsVirtualKeyCode: 8 }
const WITH_LENGTH = ["text", "search", "tel", "url", "email", "textarea"]

test("Chromium and the edge agree on 20,000 values and more", async () => {
  const lines = await measure(agreementCases(Number(process.env.SEED ?? SEED)))
  mkdirSync(dirname(measured), { recursive: true })
  writeFileSync(measured, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
  if (process.env.AGREEMENT === "write") copyFileSync(measured, fixture)

  const { code, output } = await compare()
  const found = /^agreement: compared (\d+), disagreeing (\d+)$/m.exec(output)
  assert.ok(found, "something was compared")
  const [compared, disagreeing] = found.slice(1).map(Number)
  assert.ok(compared >= LEAST, `${compared} were compared`)
  assert.deepEqual({ disagreeing, code }, { disagreeing: 0, code: 0 })
})

// The sets with their cases, one line of the file each.
async function measure(sets) {
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.evaluate(prepare)
    const ways = Object.groupBy(sets, wayOf)
    const cases = new Map([
      ...await inBatches(page, ways.scripted, measureScripted),
      ...await inBatches(page, ways.typed, measureTyped),
      ...await withKeys(page, ways.pressed),
    ])
    const ignored = await page.evaluate(ignoredPatterns, sets)
    return sets.map((set, index) => ({
      field: set.field,
      ...set.typed ? { typed: true } : {},
      ...ignored[index] ? { pattern_ignored: true } : {},
      cases: cases.get(set),
    }))
  } finally {
    await browser.close()
  }
}

function wayOf({ typed, field: { type, minlength, maxlength } }) {
  if (typed) return "typed"
  const hasLength = WITH_LENGTH.includes(type) && (minlength ?? maxlength) !== undefined
  return hasLength ? "pressed" : "scripted"
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

// By the edge's own rules, natively.
async function compare() {
  const locked = process.env.CI ? ["--locked"] : []
  const args = ["test", "--quiet", ...locked, "--test", "native", "agreement", "--", "--nocapture"]
  const env = { ...process.env, AGREEMENT: measured }
  const cargo = spawn("cargo", args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] })
  let output = ""
  cargo.stdout.setEncoding("utf8").on("data", (text) => {
    output += text
    process.stdout.write(text)
  })
  const [code] = await once(cargo, "close")
  return { code, output }
}
