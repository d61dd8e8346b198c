// Prints the size of the built wasm and fails when it exceeds the limit.

import { readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"

// Also the target of `make bench` (benches/report.mjs).
const LIMIT = 350_000

const wasm = readFileSync(new URL("../build/index_bg.wasm", import.meta.url))
const gzipped = gzipSync(wasm, { level: 9 }).length
console.log(`wasm: ${count(wasm.length)} bytes, ${count(gzipped)} gzipped (at most ${count(LIMIT)})`)
if (gzipped > LIMIT) {
  console.error("the wasm is too large: see what grew it before raising the limit")
  process.exit(1)
}

function count(bytes) {
  return bytes.toLocaleString("en")
}
