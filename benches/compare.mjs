// Formgate beside other Workers with the same task, each in a plain `workerd serve`, in the same run.

import { contenders } from "./contenders.mjs"
import { median, rounded } from "./numbers.mjs"
import { SCENARIOS, TICKET } from "./scenarios.mjs"

const CONNECTIONS = 8

// Measures every scenario in `rounds` rounds of about `requests` requests for each contender; gives rows.
export async function compare({ backend, workerd, load }, { rounds, requests, say }) {
  const ports = {}
  for (const [name, contender] of Object.entries(await contenders(backend))) {
    ports[name] = (await workerd("start", name, contender)).port
  }
  const bench = { backend, workerd, load, ports }
  await load("ticket", ports.formgate, TICKET)
  for (const scenario of SCENARIOS) await check(scenario, bench)
  say("each contender answers each scenario rightly; warming up")
  for (const scenario of SCENARIOS) {
    for (const name of Object.keys(scenario.answers)) await measure(scenario, name, requests / 2, bench)
  }
  const results = []
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}`)
    for (const scenario of SCENARIOS) {
      const names = Object.keys(scenario.answers)
      // Another one begins in each round.
      const order = names.map((_, at) => names[(at + round) % names.length])
      for (const name of order) {
        results.push({ round, scenario: scenario.name, contender: name, ...await measure(scenario, name, requests, bench) })
      }
    }
  }
  for (const name of Object.keys(ports)) await workerd("stop", name)
  return summary(results)
}

// One request to each contender, and its response.
async function check({ name, before, request, answers }, { backend, load, ports }) {
  for (const [contender, { status, includes = "", lead, mayReset }] of Object.entries(answers)) {
    if (before) await load("one", ports[contender], before)
    const ask = () => load("one", ports[contender], request)
    const answer = await ask().catch((error) => mayReset ? ask() : Promise.reject(error))
    if (answer.status !== status || !answer.body.includes(includes)) {
      throw new Error(`${contender}, ${name}: status ${answer.status} instead of ${status} with ${includes}\n${answer.body}`)
    }
    if (lead && !(await backend("lastLead")).includes(lead)) throw new Error(`${contender}, ${name}: the core has no lead`)
  }
}

async function measure({ request, answers, share = 1 }, name, requests, { backend, workerd, load, ports }) {
  const count = Math.max(CONNECTIONS, Math.round(requests * share))
  const { status: expected, mayReset } = answers[name]
  const options = { requests: count, connections: CONNECTIONS, expected, mayReset }
  const [before_us, kv_before] = [await workerd("cpu_us", name), await backend("operations", name)]
  const { ms, latencies_ms } = await load("many", ports[name], request, options)
  const [after_us, kv_after] = [await workerd("cpu_us", name), await backend("operations", name)]
  return {
    cpu_us: (after_us - before_us) / count,
    kv_per_1000: (kv_after - kv_before) * 1000 / count,
    rps: count / ms * 1000,
    latencies_ms,
    rss_mb: await workerd("memory", name) / 1e6,
  }
}

// A row for each scenario and contender: medians of the rounds, and of the ratios within a round.
function summary(results) {
  return SCENARIOS.flatMap(({ name: scenario, answers }) => Object.keys(answers).map((contender) => {
    const of = (name) => results.filter((result) => result.scenario === scenario && result.contender === name)
    const own = of(contender)
    const ratio = (peer) => {
      const peers = of(peer)
      return peers.length === 0 ? null : rounded(median(own.map(({ cpu_us }, round) => cpu_us / peers[round].cpu_us)), 2)
    }
    const latencies = own.flatMap(({ latencies_ms }) => latencies_ms).sort((one, other) => one - other)
    const quantile = (share) => rounded(latencies[Math.floor((latencies.length - 1) * share)], 2)
    return {
      scenario,
      contender,
      cpu_us: rounded(median(own.map(({ cpu_us }) => cpu_us)), 0),
      rps: rounded(median(own.map(({ rps }) => rps)), 0),
      p50_ms: quantile(0.5),
      p99_ms: quantile(0.99),
      rss_mb: rounded(own.at(-1).rss_mb, 1),
      kv_per_1000: rounded(median(own.map(({ kv_per_1000 }) => kv_per_1000)), 1),
      ratio_to_hono: ratio("hono"),
      ratio_to_bare: ratio("bare"),
    }
  }))
}
