// Counts the instructions of one operation of each module under callgrind, beside a budget; and of series, which show how the
// cost grows. Other load on the machine does not change the counts.

import { spawnSync } from "node:child_process"

import { root } from "../tools/wrangler.mjs"

// Instructions an operation, natively, in the profile `sim`. Above by more than TOLERANCE is a regression.
export const BUDGETS = {
  parse_json: 25_300, parse_urlencoded: 32_500, parse_multipart: 100_700, origin: 3_000, limit: 23_500, validate: 5_100,
  validate_invalid: 22_300, validate_worded: 49_300, score: 44_900, render_receipt: 3_900, render_problem: 10_000,
  lead_json: 19_100, log_line: 5_700,
}
const TOLERANCE = 1.1
// More than 16 names of values are found by binary search, whose logarithm is at most a quarter in a step of a series.
const GROWTH_TOLERANCE = 1.25
const TIMES = 20
const BIN = `${root}target/sim/instructions`

/** Rows `{case, instructions, budget}` and `{case, instructions, growth}`, or `undefined` without valgrind. */
export function countInstructions(say) {
  if (spawnSync("valgrind", ["--version"]).status !== 0) {
    say("Instruction counts: left out, since there is no valgrind here (apt-get install valgrind).\n")
    return undefined
  }
  run("cargo", ["build", "--locked", "--quiet", "--profile", "sim", "-p", "formgate-sim", "--bin", "instructions"])
  const names = run(BIN, []).stdout.trim().split("\n")
  const rows = withGrowth(names.map((name) => ({ case: name, instructions: perOperation(name) })))
  say(report(rows))
  return rows
}

// The difference leaves out what is done once, such as to compile the form.
function perOperation(name) {
  return Math.round((counted(name, 2 * TIMES) - counted(name, TIMES)) / TIMES)
}

function counted(name, times) {
  const { stderr } = run("valgrind", ["--tool=callgrind", "--callgrind-out-file=/dev/null", BIN, name, String(times)])
  return Number(/Collected : (\d+)/.exec(stderr)[1])
}

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8" })
  if (result.status === 0) return result
  console.error(result.stderr)
  process.exit(1)
}

/**
 * Adds the budget of a module; and to a row `series/N`, from the second of its series on, `growth`: how many times as much it
 * costs as the row before, divided by how many times as large N is. Above 1, the cost grows faster than N.
 */
export function withGrowth(rows) {
  return rows.map((row, index) => {
    const [series, size] = row.case.split("/")
    if (!size) return { ...row, budget: BUDGETS[series] }
    const [former, formerSize] = rows[index - 1]?.case.split("/") ?? []
    if (former !== series) return row
    const growth = row.instructions / rows[index - 1].instructions / (size / formerSize)
    return { ...row, growth: Number(growth.toFixed(2)) }
  })
}

/** What is wrong with a row, or `undefined`. */
export function fault({ instructions, budget, growth }) {
  if (budget !== undefined && instructions > budget * TOLERANCE) return "ABOVE THE BUDGET"
  if (growth > GROWTH_TOLERANCE) return "FASTER THAN LINEAR"
  return undefined
}

/** The rows with a fault, a line each: `make bench` fails when there are any. */
export function failures(rows) {
  const faulty = (rows ?? []).filter((row) => fault(row) !== undefined)
  return faulty.map((row) => `${row.case}: ${fault(row)}, ${row.instructions.toLocaleString("en")} instructions`)
}

function report(rows) {
  const lines = rows.map((row) => {
    const beside = row.budget ?? (row.growth === undefined ? "" : `x ${row.growth}`)
    return [row.case.padEnd(20), row.instructions.toLocaleString("en").padStart(12),
      beside.toLocaleString("en").padStart(12), `  ${fault(row) ?? ""}`].join("").trimEnd()
  })
  const head = ["case".padEnd(20), "instructions".padStart(12), "budget".padStart(12)].join("")
  return [head, ...lines, "x: growth of the cost divided by growth of the size; above 1 is faster than linear.", ""].join("\n")
}
