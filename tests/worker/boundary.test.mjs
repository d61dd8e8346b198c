// How often a request calls from wasm into JavaScript. Each call costs time, and more so what it does with the platform's
// objects.

import assert from "node:assert/strict"
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"

import { respond } from "../../src/cloudflare/boundary.js"
import { root } from "../../tools/wrangler.mjs"
import { answers, startCore } from "../support/core.mjs"
import { contactForm, PAGE, typed } from "../support/forms.mjs"
import { assertAccepted, submit } from "../support/http.mjs"
import { until } from "../support/until.mjs"
import { startWorkerd } from "../support/workerd.mjs"

// The most calls of a request; 20 are required of an accepted one.
const LIMITS = { accepted: 6, invalid: 5, foreign: 3, limited: 3, unknown: 3 }

const PATIENCE_MS = 10_000

// Comes before the code of the Worker: counts the calls of every import, by name, since the line of the log before. For the forms
// `head_trapped` and `post_trapped`, that import ends the instance as a panic does. The texts of languages cannot be read.
const COUNTING = `
const counts = {}
let trap = ""
const Instance = WebAssembly.Instance
WebAssembly.Instance = function (module, imports) {
  const counted = {}
  for (const [name, functions] of Object.entries(imports)) {
    counted[name] = {}
    for (const [key, value] of Object.entries(functions)) {
      counted[name][key] = typeof value !== "function" ? value : (...values) => {
        counts[key] = (counts[key] ?? 0) + 1
        if (key.startsWith("__wbg_head_")) trap = /(head|post)_trapped/.exec(values[1].url)?.[1] ?? ""
        if (key.startsWith("__wbg_loadTexts_")) values[2] = {}
        if (trap !== "" && key.startsWith("__wbg_" + trap + "_")) throw new WebAssembly.RuntimeError("unreachable")
        return value(...values)
      }
    }
  }
  return new Instance(module, counted)
}
const log = console.log
console.log = (line) => {
  if (!line.startsWith("{")) return log(line)
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
      forms: {
        contact: contactForm(),
        limited: { ...limited, key: "limited" },
        post_trapped: contactForm({ key: "post_trapped" }),
      },
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

  it("are in English when the texts of a language cannot be read, which is tried once a minute", async () => {
    for (const language of ["de", "fr", "de"]) {
      const { json } = await submit(service, "contact", typed({ email: "nope" }), { headers: { "accept-language": language } })
      assert.equal(json.error.details.errors[0].message, "Email must be an email address, like name@example.com")
    }
    const failed = (await service.logs()).filter(({ background }) => background === "load_texts")
    assert.deepEqual(failed.map(({ faults }) => faults), [["setting: no texts of de"]])
  })

  for (const form of ["head_trapped", "post_trapped"]) {
    it(`a panic fails its request at once, and the next request has a new instance: ${form}`, async () => {
      const response = await fetch(`${service.origin}/v1/forms/${form}/submissions`, {
        method: "POST",
        headers: { origin: PAGE, "content-type": "application/json", "user-agent": "formgate-tests/1" },
        body: JSON.stringify(typed()),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      assert.equal(response.status, 500)
      assertAccepted(await submit(service, "contact", typed()), "delivered")
    })
  }

  // The calls since the line of the log before this request's.
  async function callsOf(request) {
    const before = (await service.logs()).length
    await request()
    const line = await until(async () => (await service.logs())[before], () => "not logged")
    return line.calls
  }
})

describe("a response from its flat text", () => {
  for (const { text, status, headers, body } of [
    { text: "204\n\n", status: 204, headers: {}, body: "" },
    { text: "200\nX-Empty: \nX-Two: a: b\n\n", status: 200, headers: { "x-empty": "", "x-two": "a: b" }, body: "" },
    { text: "201\nContent-Type: text/html\n\na\n\nb: c\n", status: 201, headers: { "content-type": "text/html" }, body: "a\n\nb: c\n" },
    { text: "200\nX-Latin: \u00e9\nX-Wide: \u0100\nX-Last: a\n\n\u0100", status: 200, headers: { "x-latin": "\u00e9", "x-last": "a" }, body: "\u0100" },
  ]) {
    it(JSON.stringify(text), async () => {
      const response = respond(text)
      const sent = Object.fromEntries([...response.headers].filter(([name]) => name in headers || name === "x-wide"))
      assert.deepEqual({ status: response.status, headers: sent, body: await response.text() }, { status, headers, body })
    })
  }
})

const sum = (calls) => Object.values(calls).reduce((one, other) => one + other, 0)
const short = (name) => name.replace(/^__wbg_|^__wbindgen_/, "").replace(/_[0-9a-f]{16}$/, "")
