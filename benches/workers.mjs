// The part of the benchmark that runs the built Worker: comparison with other Workers, size, start, calls into
// JavaScript, memory.

import { startProcess } from "../tests/support/ask.mjs"
import { countCalls } from "./calls.mjs"
import { compare } from "./compare.mjs"
import { measureMemory } from "./memory.mjs"
import { callTable, memoryTable, sizeTable, startTable, table, targets, targetTable } from "./report.mjs"
import { measureStart } from "./start.mjs"
import { wasmSize } from "./wasm.mjs"

// Measures, prints, and gives { rows, start, boundary, memory, wasm, targets }.
export async function benchWorkers({ rounds, requests, memoryRequests, say }) {
  const started = []
  const start = async (name) => {
    const child = await startProcess(new URL(`${name}-process.mjs`, import.meta.url).href)
    started.push(child)
    return child.ask
  }
  try {
    const [backend, workerd, load] = await Promise.all(["backend", "workerd", "load"].map(start))
    const processes = { backend, workerd, load }
    const wasm = wasmSize()
    say(sizeTable(wasm))
    const started_in = await measureStart(processes)
    say(startTable(started_in))
    const boundary = await countCalls(processes)
    say(callTable(boundary))
    const rows = await compare(processes, { rounds, requests, say })
    say(table(rows))
    const memory = await measureMemory(processes, { requests: memoryRequests, say })
    say(memoryTable(memory))
    const found = targets({ rows, start: started_in, boundary, memory, wasm })
    say(targetTable(found))
    return { rows, start: started_in, boundary, memory, wasm, targets: found }
  } finally {
    await Promise.all(started.map(({ stop }) => stop()))
  }
}
