// Resident memory of workerd, and KV operations, over many accepted submissions of one known visitor.

import { contenders } from "./contenders.mjs"
import { rounded } from "./numbers.mjs"
import { SCENARIOS } from "./scenarios.mjs"

const CONNECTIONS = 8
const SAMPLES = 40

// Gives { requests, kv_per_1000, rss_mb: [[requests, megabytes]], first_mb, last_mb, growth_mb }. A collection of garbage frees
// tens of megabytes at once, so the lowest samples are compared, of the second eighth and of the last one: of 200,000 requests,
// 25,000 to 50,000 and 175,000 to 200,000.
export async function measureMemory({ backend, workerd, load }, { requests, say }) {
  const { formgate } = await contenders(backend)
  const { port } = await workerd("start", "formgate", formgate)
  const [{ request, answers }] = SCENARIOS
  const step = Math.max(CONNECTIONS, Math.round(requests / SAMPLES))
  say(`memory over ${(step * SAMPLES).toLocaleString("en")} accepted submissions`)
  const before = await backend("operations", "formgate")
  const rss_mb = []
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    await load("many", port, request, { requests: step, connections: CONNECTIONS, expected: answers.formgate.status })
    rss_mb.push([step * sample, rounded(await workerd("memory", "formgate") / 1e6, 1)])
  }
  const operations = await backend("operations", "formgate") - before
  await workerd("stop", "formgate")
  const lowest = (from, to) => Math.min(...rss_mb.slice(from, to).map(([, megabytes]) => megabytes))
  const [first_mb, last_mb] = [lowest(SAMPLES / 8, SAMPLES / 4), lowest(SAMPLES * 7 / 8, SAMPLES)]
  const count = step * SAMPLES
  return {
    requests: count,
    kv_per_1000: rounded(operations * 1000 / count, 2),
    rss_mb,
    first_mb,
    last_mb,
    growth_mb: rounded(last_mb - first_mb, 1),
  }
}
