// Runs the suites named on the command line and ends with one line that counts the tests of all of them.

import { spawn } from "node:child_process"
import { globSync } from "node:fs"
import { availableParallelism } from "node:os"
import { run } from "node:test"
import { spec } from "node:test/reporters"
import { finished } from "node:stream/promises"
import { fileURLToPath } from "node:url"

import { chromium, firefox, headlessShell, webkit } from "./support/browsers.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

// Several times what the slowest file takes on a machine that is busy with other things.
const FILE_MS = 20 * 60_000

const SUITES = {
  native: { run: native },
  worker: { files: "tests/worker/*.test.mjs" },
  www: { files: "tests/www/*.test.mjs" },
}

// The files that take longest begin first, so that none of them is left alone at the end. Those of `worker` before `inbox` mostly
// wait, so others run beside them.
const LONGEST = [
  "worker/outbox", "worker/limit-shared", "worker/gone", "www/agreement", "www/browsers", "worker/usage", "www/verdicts", "worker/limit",
  "www/console-states", "worker/inbox", "www/console-look", "www/console", "worker/lists", "www/languages", "www/builder", "www/capture",
  "www/challenge", "www/attribution", "www/names", "worker/settings", "www/host-styles", "www/look", "www/checkers", "worker/access",
  "www/builder-preview", "www/builder-settings", "www/hosted-look", "www/no-script", "www/frame", "www/accessibility", "www/leaving",
].map((name) => `${root}tests/${name}.test.mjs`)

// What Node compiles of miniflare, wrangler and playwright is kept: a quarter of the CPU time that it takes to load miniflare.
process.env.NODE_COMPILE_CACHE ??= `${root}build/node-cache`

const named = process.argv.slice(2).map((name) => [name, SUITES[name]])
const total = { passed: 0, failed: 0 }
for (const [name, { run }] of named) if (run) await count(name, run)
const inNode = named.filter(([, { files }]) => files)
if (inNode.length > 0) await count(inNode.map(([name]) => name).join(), () => nodeTests(inNode.map(([, { files }]) => files)))
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1

async function count(name, run) {
  const { passed, failed } = await run().catch((error) => {
    console.error(error.message)
    return { passed: 0, failed: 1 }
  })
  if (passed + failed === 0) console.error(`${name}: no test ran`)
  total.passed += passed
  // A suite without a test has tested nothing.
  total.failed += passed + failed === 0 ? 1 : failed
}

// The simulations are optimised, and everything else compiles faster without.
async function native() {
  const rest = await cargoTest("--workspace", "--exclude", "formgate-sim")
  const simulations = await cargoTest("--profile", "sim", "--package", "formgate-sim")
  return { passed: rest.passed + simulations.passed, failed: rest.failed + simulations.failed }
}

// `cargo test` counts in its output, once for each binary it ran.
async function cargoTest(...what) {
  const args = ["test", "--no-fail-fast", ...what, ...process.env.CI ? ["--locked"] : []]
  const child = spawn("cargo", args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] })
  let output = ""
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text
    process.stdout.write(text)
  })
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve))
  const counts = [...output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)]
  const passed = counts.reduce((sum, [, passed]) => sum + Number(passed), 0)
  const failed = counts.reduce((sum, [, , failed]) => sum + Number(failed), 0)
  // It did not compile, or a test took the whole binary down.
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed }
}

// The tests that run in Node, against a service or with a browser.
async function nodeTests(patterns) {
  const found = globSync(patterns, { cwd: root }).map((file) => root + file)
  const files = [...LONGEST.filter((file) => found.includes(file)), ...found.filter((file) => !LONGEST.includes(file))]
  const counts = { passed: 0, failed: 0 }
  if (files.length === 0) return counts
  if (patterns.includes(SUITES.www.files)) {
    process.env.CHROME_BIN = chromium()
    process.env.HEADLESS_SHELL_BIN = headlessShell() ?? ""
    process.env.FIREFOX_BIN = firefox()
    process.env.WEBKIT_BIN = webkit() ?? ""
  }
  // Most of the time a file waits for a service or a browser: two more than there are cores.
  const events = run({ files, concurrency: availableParallelism() + 2, timeout: FILE_MS })
  events.on("test:pass", ({ name, skip, todo, details }) => {
    if (details.type !== "test" || skip !== undefined || todo !== undefined) return
    if (!files.includes(name)) return counts.passed += 1
    // Node calls a file that holds no test a test that passed.
    console.error(`${name}: no test ran`)
    counts.failed += 1
  })
  events.on("test:fail", ({ details }) => {
    // A suite fails with its tests, which are counted already, or on its own.
    if (details.type === "test" || details.error.failureType !== "subtestsFailed") counts.failed += 1
  })
  await finished(events.compose(spec).on("data", (text) => process.stdout.write(text)))
  return counts
}
