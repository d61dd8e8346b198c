// The rows of the benchmark as a table for people, with the targets beside the figures.

// The most a ratio of CPU time may be.
const TARGETS = [
  { scenario: "accepted", ratio: "ratio_to_hono", peer: "hono", at_most: 0.4 },
  { scenario: "accepted", ratio: "ratio_to_bare", peer: "bare", at_most: 1.15 },
  { scenario: "invalid", ratio: "ratio_to_hono", peer: "hono", at_most: 0.3 },
  { scenario: "foreign origin", ratio: "ratio_to_hono", peer: "hono", at_most: 0.5 },
  { scenario: "over the limit", ratio: "ratio_to_hono", peer: "hono", at_most: 0.45 },
]

const COLUMNS = ["cpu_us", "rps", "p50_ms", "p99_ms", "rss_mb", "ratio_to_hono", "ratio_to_bare"]
const WIDTH = 15

export function table(rows) {
  const head = ["scenario".padEnd(WIDTH), "contender".padEnd(WIDTH), ...COLUMNS.map((name) => name.padStart(WIDTH))].join("")
  const lines = rows.map((row, at) => {
    const scenario = row.scenario === rows[at - 1]?.scenario ? "" : row.scenario
    const cells = COLUMNS.map((name) => (row[name] === null ? "" : row[name].toLocaleString("en")).padStart(WIDTH))
    return [scenario.padEnd(WIDTH), row.contender.padEnd(WIDTH), ...cells].join("")
  })
  return [head, ...lines].join("\n")
}

// { figure, value, target, met } of each target about CPU time.
export function targets(rows) {
  return TARGETS.map(({ scenario, ratio, peer, at_most }) => {
    const row = rows.find((row) => row.scenario === scenario && row.contender === "formgate")
    return target(`${scenario}, CPU against ${peer}`, row[ratio], at_most)
  })
}

// A figure that must be at most so much.
export function target(figure, value, at_most, unit = "") {
  return { figure, value, at_most, unit, met: value <= at_most }
}

export function targetTable(found) {
  return found.map(({ figure, value, at_most, unit, met }) =>
    `${figure.padEnd(52)}${`${value.toLocaleString("en")}${unit}`.padStart(16)}   at most ${`${at_most}${unit}`.padEnd(12)}${met ? "met" : "MISSED"}`,
  ).join("\n")
}
