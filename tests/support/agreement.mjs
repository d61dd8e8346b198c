// Compares what a browser reports about the values of ./agreement-cases.mjs with the edge's rules.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"

import { SEED, agreementCases } from "./agreement-cases.mjs"
import { ignoredPatterns, measureEdited, measureScripted, measureTyped, prepare } from "./agreement-page.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))

const WITH_LENGTH = ["text", "search", "tel", "url", "email", "textarea"]

// Lists of sets by the way in which their values go into a control: { scripted, typed, edited }.
export function agreementWays() {
  return Object.groupBy(agreementCases(Number(process.env.SEED ?? SEED)), wayOf)
}

function wayOf({ typed, field: { type, minlength, maxlength } }) {
  if (typed) return "typed"
  const hasLength = WITH_LENGTH.includes(type) && (minlength ?? maxlength) !== undefined
  return hasLength ? "edited" : "scripted"
}

// [set, its cases, whether its pattern is ignored] each, in a browser where `execCommand` is an edit by the visitor, with one
// call of `evaluate`.
export async function measureByEdits(evaluate) {
  const { scripted, typed, edited } = agreementWays()
  const sets = [...scripted, ...typed, ...edited]
  const [cases, ignored] = await evaluate(`((scripted, typed, edited) => {
    (${prepare})()
    const cases = [...(${measureScripted})(scripted), ...(${measureTyped})(typed), ...(${measureEdited})(edited)]
    return [cases, (${ignoredPatterns})([...scripted, ...typed, ...edited])]
  })(...${JSON.stringify([scripted, typed, edited])})`)
  return sets.map((set, index) => [set, cases[index], ignored[index]])
}

// Writes what `browser` measured, [set, its cases, whether its pattern is ignored] each, to a file and has the edge compare it.
// Returns { path, compared, disagreeing, code }.
export async function compareWithEdge(browser, measured) {
  const path = `${root}build/agreement-${browser.toLowerCase()}.jsonl`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, measured.map(([{ field, typed }, cases, isIgnored]) => `${JSON.stringify({
    field, ...typed ? { typed } : {}, ...isIgnored ? { pattern_ignored: true } : {}, cases,
  })}\n`).join(""))
  const { code, output } = await compare({ AGREEMENT: path, AGREEMENT_BROWSER: browser })
  const [compared, disagreeing] = /^agreement: compared (\d+), disagreeing (\d+)$/m.exec(output)?.slice(1).map(Number) ?? []
  return { path, compared, disagreeing, code }
}

// By the edge's own rules, natively.
async function compare(given) {
  const locked = process.env.CI ? ["--locked"] : []
  const args = ["test", "--quiet", ...locked, "--test", "native", "agreement", "--", "--nocapture"]
  const cargo = spawn("cargo", args, { cwd: root, env: { ...process.env, ...given }, stdio: ["ignore", "pipe", "inherit"] })
  let output = ""
  cargo.stdout.setEncoding("utf8").on("data", (text) => {
    output += text
    process.stdout.write(text)
  })
  const [code] = await once(cargo, "close")
  return { code, output }
}
