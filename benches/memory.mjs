// Memory of workerd, and KV operations, over many accepted submissions of one known visitor.

import { contenders } from "./contenders.mjs"
import { median, rounded } from "./numbers.mjs"
import { SCENARIOS, TICKET } from "./scenarios.mjs"

const CONNECTIONS = 8
const SAMPLES = 40

// Collects garbage and gives the bytes of the wasm's memory. Without a collection the resident memory differs by 20 MB from one
// moment to the next.
const NOTE_MEMORY = `const { Instance } = WebAssembly
WebAssembly.Instance = function (module, imports) {
  const instance = new Instance(module, imports)
  globalThis.wasmMemory = instance.exports.memory
  return instance
}
`
const ENTRY = `import "memory.js"
import Formgate from "formgate.js"

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/collect") return Formgate.fetch(request, env, context)
    gc()
    return Response.json(wasmMemory.buffer.byteLength)
  },
}
`

// Gives { requests, kv_per_1000, samples: [{ requests, rss_mb, wasm_mb }], growth_mb, wasm_growth_mb }: growth of the medians
// from the second eighth of the requests to the last one (of 200,000: from 25,000 to 50,000, and from 175,000 to 200,000).
export async function measureMemory({ backend, workerd, load }, { requests, say }) {
  const { formgate } = await contenders(backend)
  const { "index.js": script, ...wasm } = formgate.modules
  const modules = { "entry.js": { text: ENTRY }, "memory.js": { text: NOTE_MEMORY }, "formgate.js": script, ...wasm }
  const { port } = await workerd("start", "formgate", { ...formgate, modules, v8Flags: ["--expose-gc"] })
  const [{ request, answers }] = SCENARIOS
  const step = Math.max(CONNECTIONS, Math.round(requests / SAMPLES))
  const count = step * SAMPLES
  say(`memory over ${count.toLocaleString("en")} accepted submissions`)
  await load("ticket", port, TICKET)
  const before = await backend("operations", "formgate")
  const samples = []
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    await load("many", port, request, { requests: step, connections: CONNECTIONS, expected: answers.formgate.status })
    const { body } = await load("one", port, { method: "GET", path: "/collect", headers: {} })
    const rss_mb = rounded(await workerd("memory", "formgate") / 1e6, 1)
    samples.push({ requests: step * sample, rss_mb, wasm_mb: rounded(Number(body) / 1e6, 2) })
  }
  const operations = await backend("operations", "formgate") - before
  await workerd("stop", "formgate")
  const growth = (figure) => {
    const typical = (from, to) => median(samples.slice(from, to).map((sample) => sample[figure]))
    return rounded(typical(SAMPLES * 7 / 8, SAMPLES) - typical(SAMPLES / 8, SAMPLES / 4), 1)
  }
  return {
    requests: count,
    kv_per_1000: rounded(operations * 1000 / count, 2),
    samples,
    growth_mb: growth("rss_mb"),
    wasm_growth_mb: growth("wasm_mb"),
  }
}
