// The built wasm: its size, and which crates and modules it is made of.

import { readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"

import { root } from "../tools/wrangler.mjs"

const LARGEST = 10
const HEADER_BYTES = 8
const CODE_SECTION = 10
const DATA_SECTION = 11
// Where the functions of a crate are many, the table has its modules.
const OWN_CRATE = "formgate"
// An implementation or instance of something of these belongs to the crate that its name has besides.
const STANDARD = ["core", "alloc", "std"]
// The compiler inlines the path of a submission into the closure that polls its future.
const ENTRY_POINTS = "js_sys::futures::future_to_promise"

// { bytes, gzipped_bytes, contributors: [{ name, bytes, share }] }, the largest first.
export function wasmSize() {
  const wasm = readFileSync(`${root}build/index_bg.wasm`)
  const names = symbols(readFileSync(`${root}build/index_bg.symbols`, "utf8"))
  const sections = read(wasm)
  const sizes = new Map()
  const add = (name, bytes) => sizes.set(name, (sizes.get(name) ?? 0) + bytes)
  // Imported functions have the first indices.
  const first = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).filter(({ kind }) => kind === "function").length
  const code = sections.find(({ id }) => id === CODE_SECTION)
  bodies(code.content).forEach((bytes, at) => add(owner(names.get(first + at) ?? "?"), bytes))
  for (const { id, content } of sections) {
    if (id === DATA_SECTION) add("data: texts and tables", content.length)
    else if (id !== CODE_SECTION) add("types, imports, exports, elements", content.length)
  }
  const contributors = [...sizes].map(([name, bytes]) => ({ name, bytes, share: bytes / wasm.length }))
  return {
    bytes: wasm.length,
    gzipped_bytes: gzipSync(wasm, { level: 9 }).length,
    contributors: contributors.sort((one, other) => other.bytes - one.bytes).slice(0, LARGEST),
  }
}

// The crate of a function, or the module of our own crate: `<formgate::form::field::Field as core::fmt::Debug>::fmt` is
// formgate::form. The first path in the name that is not of the standard library counts.
export function owner(name) {
  const readable = name.replace(/\[[0-9a-f]{16}\]/g, "").replace(/::h[0-9a-f]{16}$/, "")
  if (readable.startsWith(ENTRY_POINTS)) return "entry points, with what is inlined"
  const paths = readable.match(/(?<![\w:])[a-z_]\w*(?:::\w+)+/g) ?? []
  const path = paths.find((path) => !STANDARD.includes(path.split("::")[0])) ?? paths[0] ?? readable
  const [crate, module] = path.split("::")
  return crate === OWN_CRATE && module !== undefined ? `${crate}::${module}` : crate
}

// Function names by index, as wasm-opt --symbolmap writes them: `12:name`, special characters as `\3a`.
function symbols(text) {
  return new Map(text.split("\n").filter((line) => line !== "").map((line) => {
    const at = line.indexOf(":")
    const name = line.slice(at + 1).replace(/\\([0-9a-f]{2})/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)))
    return [Number(line.slice(0, at)), name]
  }))
}

// https://webassembly.github.io/spec/core/binary/modules.html
function read(wasm) {
  const sections = []
  for (let at = HEADER_BYTES; at < wasm.length;) {
    const [bytes, start] = leb(wasm, at + 1)
    sections.push({ id: wasm[at], content: wasm.subarray(start, start + bytes) })
    at = start + bytes
  }
  return sections
}

function bodies(content) {
  let [count, at] = leb(content, 0)
  const sizes = []
  for (; count > 0; count -= 1) {
    const [bytes, start] = leb(content, at)
    sizes.push(start + bytes - at)
    at = start + bytes
  }
  return sizes
}

// An unsigned number, and where it ends.
function leb(bytes, at) {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    value += (byte & 127) * 2 ** shift
    if (byte < 128) return [value, at]
  }
}
