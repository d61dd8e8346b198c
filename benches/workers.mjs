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
export function benchWorkers({ rounds, requests, memoryRequests, say }) {
  return withProcesses(async (processes) => {
    const wasm = wasmSize()
    say(sizeTable(wasm))
    const start = await measureStart(processes)
    say(startTable(start))
    const boundary = await countCalls(processes)
    say(callTable(boundary))
    const rows = await compare(processes, { rounds, requests, say })
    say(table(rows))
    const memory = await measureMemory(processes, { requests: memoryRequests, say })
    say(memoryTable(memory))
    const found = targets({ rows, start, boundary, memory, wasm })
    say(targetTable(found))
    return { rows, start, boundary, memory, wasm, targets: found }
  })
}

// Runs `work` with a way to ask each of the three processes.
export async function withProcesses(work) {
  const started = []
  const start = async (name) => {
    const child = await startProcess(new URL(`${name}-process.mjs`, import.meta.url).href)
    started.push(child)
    return child.ask
  }
  try {
    const [backend, workerd, load] = await Promise.all(["backend", "workerd", "load"].map(start))
    return await work({ backend, workerd, load })
  } finally {
    await Promise.all(started.map(({ stop }) => stop()))
  }
}
