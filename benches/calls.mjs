// How often the wasm calls JavaScript for an accepted submission.

import { contenders } from "./contenders.mjs"
import { rounded } from "./numbers.mjs"
import { SCENARIOS, TICKET } from "./scenarios.mjs"

const WARM_UP = 20
const REQUESTS = 100

// Wraps every imported function of the wasm before the Worker instantiates it.
const COUNT = `globalThis.calls = {}
const { Instance } = WebAssembly
WebAssembly.Instance = function (module, imports) {
  const counted = (name, call) => typeof call !== "function" ? call : function (...values) {
    calls[name] = (calls[name] ?? 0) + 1
    return call.apply(this, values)
  }
  const wrapped = Object.entries(imports).map(([from, functions]) =>
    [from, Object.fromEntries(Object.entries(functions).map(([name, call]) => [name, counted(name, call)]))])
  return new Instance(module, Object.fromEntries(wrapped))
}
`
const ENTRY = `import "count.js"
import Formgate from "formgate.js"

export default {
  fetch(request, env, context) {
    return new URL(request.url).pathname === "/calls" ? Response.json(calls) : Formgate.fetch(request, env, context)
  },
}
`

// Gives { calls, by_import }: means of a known visitor's accepted submissions, background work included.
export async function countCalls({ backend, workerd, load }) {
  const { formgate } = await contenders(backend)
  const { "index.js": script, ...wasm } = formgate.modules
  const modules = { "entry.js": { text: ENTRY }, "count.js": { text: COUNT }, "formgate.js": script, ...wasm }
  const { port } = await workerd("start", "counted", { ...formgate, modules })
  const [{ request, answers }] = SCENARIOS
  const counts = async () => JSON.parse((await load("one", port, { method: "GET", path: "/calls", headers: {} })).body)
  const submit = (requests) => load("many", port, request, { requests, connections: 1, expected: answers.formgate.status })
  await load("ticket", port, TICKET)
  await submit(WARM_UP)
  const before = await counts()
  await submit(REQUESTS)
  const after = await counts()
  await workerd("stop", "counted")
  const by_import = new Map()
  for (const [name, count] of Object.entries(after)) {
    // The hash in a name changes with each build; overloads differ by it alone.
    const plain = name.replace(/^__wbg_|_[0-9a-f]{16}$/g, "")
    by_import.set(plain, (by_import.get(plain) ?? 0) + (count - (before[name] ?? 0)) / REQUESTS)
  }
  const sorted = [...by_import].filter(([, count]) => count > 0).sort(([, one], [, other]) => other - one)
  return {
    calls: rounded(sorted.reduce((sum, [, count]) => sum + count, 0), 1),
    by_import: Object.fromEntries(sorted.map(([name, count]) => [name, rounded(count, 2)])),
  }
}
