// The tables of `make bench`: which crates and modules the wasm is made of, and which instruction counts are marked.

import assert from "node:assert/strict"
import { test } from "node:test"

import { BUDGETS, failures, fault, withGrowth } from "../../benches/instructions.mjs"
import { owner, wasmSize } from "../../benches/wasm.mjs"

test("a function of the wasm belongs to the crate whose code it is", () => {
  const owners = [
    ["<formgate::form::field::Field as core::fmt::Debug>::fmt::h0123456789abcdef", "formgate::form"],
    ["core::ptr::drop_in_place<formgate::limit::counters::Counters>::h0123456789abcdef", "formgate::limit"],
    ["core::option::Option<T>::or_else::h05c65319bd3e3682", "core"],
    ["<core[c5930c85a12de822]::net::ip_addr::Ipv6Addr as core[c5930c85a12de822]::fmt::Display>::fmt", "core"],
    ["serde_json::value::de::<impl serde_core::de::Deserialize for serde_json::value::Value>::deserialize", "serde_json"],
    ["js_sys::futures::future_to_promise::{{closure}}::{{closure}}::h22689c3c45ec4898", "entry points, with what is inlined"],
    ["<dlmalloc[e24a27700634d609]::dlmalloc::Dlmalloc<dlmalloc[e24a27700634d609]::sys::System>>::malloc", "dlmalloc"],
    ["__wbindgen_malloc", "__wbindgen_malloc"],
  ]
  for (const [name, expected] of owners) assert.equal(owner(name), expected, name)
})

test("the contributors add up to no more than the wasm", () => {
  const { bytes, gzipped_bytes, contributors } = wasmSize()
  const sum = contributors.reduce((total, contributor) => total + contributor.bytes, 0)
  assert.equal(contributors.length, 10)
  assert.ok(sum <= bytes && sum > bytes / 2 && gzipped_bytes < bytes, `${sum} of ${bytes}`)
  assert.ok(contributors.some(({ name }) => name.startsWith("formgate::")))
})

test("a module above its budget and a cost that grows faster than linear are marked, with a tolerance", () => {
  const budget = BUDGETS.origin
  const rows = withGrowth([
    { case: "origin", instructions: Math.floor(budget * 1.1) },
    { case: "origin", instructions: Math.ceil(budget * 1.1) + 1 },
    { case: "fields/1", instructions: 100 },
    { case: "fields/10", instructions: 1_000 },
    { case: "fields/100", instructions: 14_000 },
    { case: "origins/1", instructions: 1 },
  ])
  assert.deepEqual(rows.map(({ growth }) => growth), [undefined, undefined, undefined, 1, 1.4, undefined])
  assert.deepEqual(rows.map(fault), [undefined, "ABOVE THE BUDGET", undefined, undefined, "FASTER THAN LINEAR", undefined])
  // `make bench` fails with these.
  assert.deepEqual(failures(rows), [
    `origin: ABOVE THE BUDGET, ${(Math.ceil(budget * 1.1) + 1).toLocaleString("en")} instructions`,
    "fields/100: FASTER THAN LINEAR, 14,000 instructions",
  ])
  // Without valgrind there are no rows.
  assert.deepEqual(failures(undefined), [])
})
