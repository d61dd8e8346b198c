// What the benchmark prints: tables, and the targets beside the figures.

import { rounded } from "./numbers.mjs"

const MAX_WASM_GZIPPED_BYTES = 350_000
const MAX_INSTANTIATE_MS = 5
const MAX_GROWTH_MB = 1
const GROWTH_REQUESTS = 200_000
const MAX_KV_PER_1000 = 20
const MAX_CALLS = 20
const MAX_COST_OF_SCORE = 1.1

// The most that a ratio of CPU times may be.
const RATIOS = [
  { scenario: "accepted", peer: "hono", at_most: 0.4 },
  { scenario: "accepted", peer: "bare", at_most: 1.15 },
  { scenario: "invalid", peer: "hono", at_most: 0.3 },
  { scenario: "foreign origin", peer: "hono", at_most: 0.5 },
  { scenario: "over the limit", peer: "hono", at_most: 0.45 },
]

const COLUMNS = ["cpu_us", "rps", "p50_ms", "p99_ms", "rss_mb", "kv_per_1000", "ratio_to_hono", "ratio_to_bare"]
const WIDTH = 16

// Rows of benches/compare.mjs; `scenario` is printed once.
export function table(rows) {
  const head = line(["scenario", "contender"], COLUMNS)
  const lines = rows.map((row, at) => {
    const scenario = row.scenario === rows[at - 1]?.scenario ? "" : row.scenario
    return line([scenario, row.contender], COLUMNS.map((name) => number(row[name])))
  })
  return ["", head, ...lines, ""].join("\n")
}

export function startTable(rows) {
  const columns = ["listens_ms", "instantiate_ms", "first_answer_ms"]
  const lines = rows.map((row) => line(["", row.contender], columns.map((name) => number(row[name]))))
  return ["", line(["start", "contender"], columns), ...lines, ""].join("\n")
}

export function sizeTable({ bytes, gzipped_bytes, contributors }) {
  const lines = contributors.map(({ name, bytes, share }) => `  ${name.padEnd(38)}${number(bytes).padStart(9)}  ${(share * 100).toFixed(1)} %`)
  return [`wasm: ${number(bytes)} bytes, ${number(gzipped_bytes)} gzipped. The largest contributors, not gzipped:`, ...lines].join("\n")
}

export function callTable({ calls, by_import }) {
  const most = Object.entries(by_import).slice(0, 12).map(([name, count]) => `${name} ${count}`)
  return `calls from the wasm into JavaScript for an accepted submission: ${calls}, of them ${most.join(", ")}\n`
}

export function memoryTable({ kv_per_1000, samples, growth_mb, wasm_growth_mb }) {
  const some = samples.filter((_, at) => (at + 1) % (samples.length / 8) === 0)
  const lines = some.map(({ requests, rss_mb, wasm_mb }) => `  after ${number(requests).padStart(8)}: ${rss_mb} MB, ${wasm_mb} MB of it the wasm's`)
  const growth = `from the second eighth to the last: ${growth_mb} MB more, ${wasm_growth_mb} MB of it the wasm's`
  return [...lines, `  ${growth}; ${kv_per_1000} KV operations per 1,000`, ""].join("\n")
}

// Each as { figure, value, at_most, met }.
export function targets({ rows, start, boundary, memory, wasm }) {
  const of = (scenario) => rows.find((row) => row.scenario === scenario && row.contender === "formgate")
  const ratios = RATIOS.map(({ scenario, peer, at_most }) => [`${scenario}: CPU against ${peer}`, of(scenario)[`ratio_to_${peer}`], at_most])
  const cost = rounded(of("accepted").cpu_us / of("unscored").cpu_us, 2)
  const { instantiate_ms } = start.find(({ contender }) => contender === "formgate")
  return [
    ...ratios,
    ["accepted: CPU against one without ticket and score", cost, MAX_COST_OF_SCORE],
    ["KV operations per 1,000 accepted, known visitor", memory.kv_per_1000, MAX_KV_PER_1000],
    ["calls into JavaScript for an accepted submission", boundary.calls, MAX_CALLS],
    // In a short run V8 is still growing its heap.
    ...memory.requests < GROWTH_REQUESTS ? [] : [["memory growth from the second eighth to the last, MB", memory.growth_mb, MAX_GROWTH_MB]],
    ["wasm, bytes gzipped", wasm.gzipped_bytes, MAX_WASM_GZIPPED_BYTES],
    ["instantiate, ms", instantiate_ms, MAX_INSTANTIATE_MS],
  ].map(([figure, value, at_most]) => ({ figure, value, at_most, met: value <= at_most }))
}

export function targetTable(found) {
  const lines = found.map(({ figure, value, at_most, met }) =>
    `  ${figure.padEnd(50)}${number(value).padStart(9)}   at most ${number(at_most).padEnd(9)}${met ? "met" : "missed"}`)
  return ["targets", ...lines].join("\n")
}

function line(names, cells) {
  return [...names.map((name) => name.padEnd(WIDTH)), ...cells.map((cell) => cell.padStart(WIDTH))].join("").trimEnd()
}

function number(value) {
  return value === null ? "" : rounded(value, 2).toLocaleString("en")
}
