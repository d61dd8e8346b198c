// Checks the dependencies: every crate comes from crates.io, every npm package from the registry with a hash, and all have a
// permissive licence.
//
// It checks no advisory database: none is available from the two registries alone.

import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"

import { root } from "./wrangler.mjs"

const LICENCES = new Set([
  "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "Unicode-3.0", "Zlib",
])
// For development tools, which are not distributed.
const TOOL_LICENCES = LICENCES.union(new Set(["LGPL-3.0-or-later", "PSF-2.0"]))
// Of packages that have a file with their licence and no SPDX name of it.
const READ = { "parse-cache-control 1.0.1": "BSD-3-Clause" }

const found = [...crates(), ...packages()]
for (const line of new Set(found)) console.error(line)
if (found.length > 0) process.exit(1)

function* crates() {
  const host = execFileSync("rustc", ["-vV"], { encoding: "utf8" }).match(/^host: (.*)$/m)[1]
  for (const { name, version, license, source } of [...built("wasm32-unknown-unknown"), ...built(host)]) {
    // A crate of this project.
    if (source === null) continue
    if (!/^registry\+.*\/crates\.io-index$/.test(source)) yield `${name} ${version}: not from crates.io`
    if (!allowed(license, LICENCES)) yield `${name} ${version}: licence ${license}`
  }
}

function* packages() {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8"))
  for (const [path, { version, license, integrity, resolved }] of Object.entries(packages)) {
    if (path === "") continue
    const name = `${path.replace(/^.*node_modules\//, "")} ${version}`
    if (!integrity) yield `${name}: no hash in package-lock.json`
    if (resolved) yield `${name}: package-lock.json names a host`
    if (!allowed(license ?? READ[name], TOOL_LICENCES)) yield `${name}: licence ${license}`
  }
}

// The crates of Cargo.lock that a build for `target` uses.
function built(target) {
  const args = ["metadata", "--format-version", "1", "--filter-platform", target]
  const text = execFileSync("cargo", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] })
  const { packages, resolve } = JSON.parse(text)
  const ids = new Set(resolve.nodes.map(({ id }) => id))
  return packages.filter(({ id }) => ids.has(id))
}

// Checks an SPDX expression: one operand of an OR must be allowed, every operand of an AND.
function allowed(expression, licences) {
  if (!expression) return false
  const flat = expression.replaceAll("/", " OR ").replace(/\(([^()]*)\)/g, (_, inner) => allowed(inner, licences) ? "MIT" : "none")
  return flat.split(" OR ").some((branch) => branch.split(" AND ").every((name) => licences.has(name.trim())))
}
