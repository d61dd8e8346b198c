// Benchmarks the built Worker against other Workers, and validation against other libraries (`benches/`): prints figures, ratios
// and targets, and writes build/bench.json. ROUNDS, REQUESTS (a round and
// contender), MEMORY_REQUESTS and PART (workerd, native or instructions) shorten it.
//
// Other load on the machine only ever adds time. CPU times of Workers are compared within one round, and criterion's means, which
// it can treble, by the fastest sample, which is itself the mean of many runs.

import { spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { cpus, loadavg } from "node:os"

import { countInstructions, failures } from "../benches/instructions.mjs"
import { benchWorkers } from "../benches/workers.mjs"
import { root } from "./wrangler.mjs"

const OURS = "formgate"
// It stops at the first violation and reports no details, so it is shown but not compared with libraries that report all.
const NO_PEER = "jsonschema_is_valid"
const TARGET_NS = 5_000
const TARGET_CASES = ["valid", "three_wrong"]

const { ROUNDS: rounds = "5", REQUESTS: requests = "1500", MEMORY_REQUESTS: memoryRequests = "200000", PART: part = "" } = process.env
const target = `${root}target/benches/`
const machine = () => `${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`

const result = {
  machine: machine(),
  ...["", "workerd"].includes(part) ? await workers() : {},
  ...["", "instructions"].includes(part) ? { instructions: countInstructions(console.log) } : {},
  ...["", "native"].includes(part) ? natively() : {},
}
mkdirSync(`${root}build`, { recursive: true })
writeFileSync(`${root}build/bench.json`, `${JSON.stringify(result, null, 2)}\n`)
for (const line of failures(result.instructions)) {
  console.error(line)
  process.exitCode = 1
}

async function workers() {
  const before = machine()
  const result = await benchWorkers({
    rounds: Number(rounds), requests: Number(requests), memoryRequests: Number(memoryRequests), say: console.log,
  })
  console.log(`CPU time of workerd (user and system) a request: medians of ${rounds} rounds; ratios: medians of those within a round.`)
  console.log(`${before} before and ${loadavg()[0].toFixed(1)} after.\n`)
  return result
}

function natively() {
  // Results of earlier benchmarks with other names would be read, too.
  rmSync(`${target}criterion`, { recursive: true, force: true })
  cargo(["bench", "--no-run"], "inherit")
  console.log("measuring (about a minute and a half)")
  cargo(["bench"], "pipe")

  const groups = Object.groupBy(measured(), ({ group }) => group)
  const rows = Object.fromEntries(Object.entries(groups).map(([group, found]) => [group, compared(found)]))
  for (const [group, found] of Object.entries(rows)) console.log(table(group, found))
  console.log(`Fastest samples; (x N): N times as long as ${OURS}. Differences of a tenth say nothing.`)
  console.log(`${machine()}.`)
  console.log(verdict(rows.validation))
  return rows
}

// Shows criterion's output only when a benchmark fails.
function cargo(args, output) {
  const env = { ...process.env, CARGO_TARGET_DIR: target }
  const { status, stderr } = spawnSync("cargo", args, { cwd: `${root}benches`, env, stdio: ["ignore", output, output], encoding: "utf8" })
  if (status === 0) return
  if (stderr) console.error(stderr)
  process.exit(1)
}

// Reads criterion's results, one folder for each group, library and case, in the order of measurement.
function measured() {
  const files = readdirSync(`${target}criterion`, { recursive: true }).filter((file) => file.endsWith("new/estimates.json"))
  const at = (file) => statSync(`${target}criterion/${file}`).mtimeMs
  return files.sort((one, other) => at(one) - at(other)).map((file) => {
    const read = (name) => JSON.parse(readFileSync(`${target}criterion/${file.replace("estimates.json", name)}`, "utf8"))
    const { group_id: group, function_id: library, value_str: name } = read("benchmark.json")
    const { iters, times } = read("sample.json")
    const fastest = Math.min(...times.map((time, index) => time / iters[index]))
    const mean = read("estimates.json").mean.point_estimate
    return { group, case: name, library, mean_ns: Math.round(mean), fastest_ns: Math.round(fastest) }
  })
}

function compared(found) {
  const ours = (name) => found.find((row) => row.case === name && row.library === OURS).fastest_ns
  return found.map(({ case: name, library, mean_ns, fastest_ns }) =>
    ({ case: name, library, mean_ns, fastest_ns, ratio_to_formgate: Number((fastest_ns / ours(name)).toFixed(2)) }))
}

function table(group, found) {
  const libraries = [...new Set([OURS, ...found.map(({ library }) => library)])]
  const lines = Object.entries(Object.groupBy(found, (row) => row.case)).map(([name, row]) => {
    const cells = libraries.map((library) => cell(row.find((measured) => measured.library === library)))
    return [name.padEnd(14), ...cells].join("")
  })
  return [[group.padEnd(14), ...libraries.map((library) => library.padStart(22))].join(""), ...lines, ""].join("\n")
}

function cell({ library, fastest_ns, ratio_to_formgate }) {
  const ratio = library === OURS ? "" : ` (x ${ratio_to_formgate.toFixed(2)})`
  return `${fastest_ns.toLocaleString("en")} ns${ratio}`.padStart(22)
}

function verdict(validation) {
  const rows = validation.filter((row) => TARGET_CASES.includes(row.case) && row.library !== NO_PEER)
  const slower = rows.filter(({ library, ratio_to_formgate }) => library !== OURS && ratio_to_formgate <= 1)
  const late = rows.filter(({ library, fastest_ns }) => library === OURS && fastest_ns >= TARGET_NS)
  const missed = [...slower.map((row) => `${row.case} slower than ${row.library}`), ...late.map((row) => `${row.case} not under 5 µs`)]
  return `Target, ${TARGET_CASES.join(" and ")} faster than both peers and under 5 µs: ${missed.join(", ") || "met"}.`
}
