// How long a new isolate takes: until workerd listens, for the wasm to be instantiated, and for the first response.

import { contenders } from "./contenders.mjs"
import { median, rounded } from "./numbers.mjs"
import { SCENARIOS } from "./scenarios.mjs"

const STARTS = 7
const MEASURED = ["formgate", "hono", "bare"]

// Evaluates the Worker, which instantiates the wasm, at the first request instead of at the start. workerd has compiled the wasm
// by then.
const LATE = `export default {
  async fetch() {
    const before = performance.now()
    await import("formgate.js")
    return Response.json(performance.now() - before)
  },
}
`

// Rows { contender, listens_ms, instantiate_ms, first_answer_ms }, medians of some starts.
export async function measureStart({ backend, workerd, load }) {
  const all = await contenders(backend)
  const [{ request, answers }] = SCENARIOS
  const results = Object.fromEntries(MEASURED.map((name) => [name, { listens_ms: [], instantiate_ms: [], first_answer_ms: [] }]))
  for (let start = 0; start < STARTS; start += 1) {
    for (const name of MEASURED) {
      const { port, ms } = await workerd("start", "new", all[name])
      const answer = await load("one", port, request)
      await workerd("stop", "new")
      if (answer.status !== answers[name].status) throw new Error(`${name} began with status ${answer.status}`)
      results[name].listens_ms.push(ms)
      results[name].first_answer_ms.push(answer.ms)
    }
    results.formgate.instantiate_ms.push(await instantiate(all.formgate, { workerd, load }, request))
  }
  return MEASURED.map((contender) => {
    const of = (figure) => results[contender][figure].length === 0 ? null : rounded(median(results[contender][figure]), 1)
    return { contender, listens_ms: of("listens_ms"), instantiate_ms: of("instantiate_ms"), first_answer_ms: of("first_answer_ms") }
  })
}

async function instantiate(formgate, { workerd, load }, request) {
  const { "index.js": script, ...wasm } = formgate.modules
  const modules = { "late.js": { text: LATE }, "formgate.js": script, ...wasm }
  const { port } = await workerd("start", "new", { ...formgate, modules })
  const { body } = await load("one", port, request)
  await workerd("stop", "new")
  return Number(body)
}
