// How often a request calls from wasm into JavaScript. Each call costs time, and more so what it does with the platform's
// objects.

import assert from "node:assert/strict"
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"

import { root } from "../../tools/wrangler.mjs"
import { answers, startCore } from "../support/core.mjs"
import { contactForm, typed } from "../support/forms.mjs"
import { submit } from "../support/http.mjs"
import { until } from "../support/until.mjs"
import { startWorkerd } from "../support/workerd.mjs"

// The most calls of a request; 20 are required of an accepted one.
const LIMITS = { accepted: 6, invalid: 5, foreign: 3, limited: 3, unknown: 3 }

// Comes before the code of the Worker: counts the calls of every import, by name, since the line of the log before.
const COUNTING = `
const counts = {}
const Instance = WebAssembly.Instance
WebAssembly.Instance = function (module, imports) {
  const counted = {}
  for (const [name, functions] of Object.entries(imports)) {
    counted[name] = {}
    for (const [key, value] of Object.entries(functions)) {
      counted[name][key] = typeof value !== "function" ? value : (...values) => {
        counts[key] = (counts[key] ?? 0) + 1
        return value(...values)
      }
    }
  }
  return new Instance(module, counted)
}
const log = console.log
console.log = (line) => {
  log(JSON.stringify({ ...JSON.parse(line), calls: counts }))
  for (const key of Object.keys(counts)) delete counts[key]
}
`

describe("the calls from wasm into JavaScript", () => {
  let build
  let core
  let service

  before(async () => {
    build = mkdtempSync(join(tmpdir(), "formgate-counted-"))
    copyFileSync(join(root, "build/index_bg.wasm"), join(build, "index_bg.wasm"))
    writeFileSync(join(build, "index.js"), COUNTING + readFileSync(join(root, "build/index.js"), "utf8"))
    core = await startCore()
    await core.answerWith(answers.honouring(0))
    const limited = { ...contactForm(), rate_limits: [{ name: "all", quota: 1, window_s: 86_400, partition: "form" }] }
    service = await startWorkerd({
      settings: { CORE_URL: core.template, SIGNING_KEY: "a-key-of-a-test-0123456789abcdef" },
      forms: { contact: contactForm(), limited: { ...limited, key: "limited" } },
      build,
    })
  })
  after(async () => {
    await Promise.all([service?.stop(), core?.stop()])
    rmSync(build, { recursive: true, force: true })
  })

  it("are few, whatever comes of the request", async (test) => {
    const requests = {
      accepted: (number) => submit(service, "contact", typed(), { headers: { "idempotency-key": `key-of-a-test-${number}` } }),
      invalid: () => submit(service, "contact", typed({ email: "nope" })),
      foreign: () => submit(service, "contact", typed(), { origin: "https://evil.example" }),
      limited: () => submit(service, "limited", typed(), { headers: { "idempotency-key": "key-of-a-test" } }),
      unknown: () => submit(service, "nothing", typed()),
    }
    await submit(service, "limited", typed())
    const found = {}
    for (const [name, request] of Object.entries(requests)) {
      // Counts from one line of the log to the next, so the first is of another request. The fewest are those of a request that
      // neither draws random bytes for many nor exchanges counters.
      const calls = []
      for (let number = 0; number < 6; number += 1) calls.push(await callsOf(() => request(number)))
      found[name] = calls.slice(1).sort((one, other) => sum(one) - sum(other))[0]
      test.diagnostic(`${name}: ${sum(found[name])} (${Object.entries(found[name]).map(([call, count]) => `${short(call)} ${count}`).join(", ")})`)
    }
    for (const [name, limit] of Object.entries(LIMITS)) assert.ok(sum(found[name]) <= limit, `${name}: ${sum(found[name])} calls`)
  })

  // The calls since the line of the log before this request's.
  async function callsOf(request) {
    const before = (await service.logs()).length
    await request()
    const line = await until(async () => (await service.logs())[before], () => "not logged")
    return line.calls
  }
})

const sum = (calls) => Object.values(calls).reduce((one, other) => one + other, 0)
const short = (name) => name.replace(/^__wbg_|^__wbindgen_/, "").replace(/_[0-9a-f]{16}$/, "")
