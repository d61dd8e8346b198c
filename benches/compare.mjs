// Formgate beside other Workers with the same task, each in a plain `workerd serve`, in the same run.

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

import { build } from "esbuild"

import { root } from "../tools/wrangler.mjs"
import { startProcess } from "../tests/support/ask.mjs"
import { SCENARIOS, storedForms } from "./scenarios.mjs"

const CONNECTIONS = 8
const COMPATIBILITY_DATE = readFileSync(`${root}wrangler.toml`, "utf8").match(/^compatibility_date = "([\d-]+)"/m)[1]
const CORE_PATH = "/v1/forms/{form}/submissions"
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// Measures every scenario in `rounds` rounds of `requests` requests a contender; gives rows.
export async function compare({ rounds, requests, say }) {
  const started = []
  const start = async (script) => {
    const child = await startProcess(new URL(script, import.meta.url).href)
    started.push(child)
    return child.ask
  }
  try {
    const [backend, workerd, load] = await Promise.all(["backend-process.mjs", "workerd-process.mjs", "load-process.mjs"].map(start))
    const ports = {}
    for (const [name, contender] of Object.entries(await contenders(backend))) {
      ports[name] = (await workerd("start", name, contender)).port
    }
    const bench = { backend, workerd, load, ports }
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
    return summary(results)
  } finally {
    await Promise.all(started.map(({ stop }) => stop()))
  }
}

// What workerd needs for each: modules, bindings, services.
async function contenders(backend) {
  const core = await backend("core")
  const core_url = `(name = "CORE_URL", text = "http://127.0.0.1:${core}${CORE_PATH}")`
  const namespaces = async (name) => {
    const ports = await Promise.all([backend("namespace", `${name} FORMS`, storedForms()), backend("namespace", `${name} LIMITS`, {})])
    return { forms: ports[0], limits: ports[1] }
  }
  const kv = ['(name = "FORMS", kvNamespace = "forms")', '(name = "LIMITS", kvNamespace = "limits")']
  const script = (name) => ({
    compatibilityDate: COMPATIBILITY_DATE,
    modules: { "index.js": { path: here(`contenders/${name}.js`) } },
    bindings: [core_url],
    services: {},
  })
  const hono = await build({
    entryPoints: [here("contenders/hono.js")], bundle: true, write: false, format: "esm", target: "es2022", conditions: ["workerd", "worker", "browser"],
  })
  return {
    formgate: {
      compatibilityDate: COMPATIBILITY_DATE,
      modules: {
        "index.js": { path: `${root}build/index.js` },
        "index_bg.wasm": { path: `${root}build/index_bg.wasm`, kind: "wasm" },
      },
      // All bindings of wrangler.toml; the database, the queue and the files are not asked for anything here.
      bindings: [
        core_url,
        '(name = "SIGNING_KEY", text = "a-key-of-the-benchmark-0123456789abcdef")',
        ...kv,
        '(name = "LEADS", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "unused")]))',
        '(name = "OUTBOX", queue = "unused")',
        '(name = "ASSETS", service = "unused")',
      ],
      services: { ...await namespaces("formgate"), unused: core },
    },
    duties: script("duties"),
    hono: {
      compatibilityDate: COMPATIBILITY_DATE,
      modules: { "index.js": { text: hono.outputFiles[0].text } },
      bindings: [core_url, ...kv],
      services: await namespaces("hono"),
    },
    bare: script("bare"),
  }
}

// One request to each contender, and its response.
async function check({ name, before, request, answers, lead = {} }, { backend, load, ports }) {
  for (const [contender, { status, includes = "" }] of Object.entries(answers)) {
    if (before) await load("one", ports[contender], before)
    const answer = await load("one", ports[contender], request)
    if (answer.status !== status || !answer.body.includes(includes)) {
      throw new Error(`${contender}, ${name}: status ${answer.status} instead of ${status} with ${includes}\n${answer.body}`)
    }
    const expected = lead[contender]
    if (expected && !(await backend("lastLead")).includes(expected)) throw new Error(`${contender}, ${name}: the core has no lead`)
  }
}

async function measure({ request, answers, share = 1 }, name, requests, { workerd, load, ports }) {
  const count = Math.max(CONNECTIONS, Math.round(requests * share))
  const before_us = await workerd("cpu_us", name)
  const options = { requests: count, connections: CONNECTIONS, expected: answers[name].status }
  const { ms, latencies_ms } = await load("many", ports[name], request, options)
  const cpu_us = (await workerd("cpu_us", name) - before_us) / count
  return { cpu_us, rps: count / ms * 1000, latencies_ms, rss_mb: await workerd("memory", name) / 1e6 }
}

// A row for each scenario and contender: medians of rounds, and ratios of the same round.
function summary(results) {
  return SCENARIOS.flatMap(({ name: scenario, answers }) => Object.keys(answers).map((contender) => {
    const of = (name) => results.filter((result) => result.scenario === scenario && result.contender === name)
    const own = of(contender)
    const ratio = (peer) => {
      const peers = of(peer)
      return peers.length === 0 ? null : rounded(median(own.map(({ cpu_us }, round) => cpu_us / peers[round].cpu_us)), 3)
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
      ratio_to_hono: ratio("hono"),
      ratio_to_bare: ratio("bare"),
    }
  }))
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

const rounded = (value, digits) => Number(value.toFixed(digits))
