import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, it } from "node:test"

import { root } from "../../tools/wrangler.mjs"
import { contactForm, typed } from "../support/forms.mjs"
import { startCore } from "../support/core.mjs"
import { assertAccepted, assertProblem, send, submit } from "../support/http.mjs"
import { startService } from "../support/service.mjs"
import { startWorkerd } from "../support/workerd.mjs"

async function withService(settings, test) {
  const service = await startWorkerd({ settings, forms: { contact: contactForm() } })
  try {
    await test(service)
  } finally {
    await service.stop()
  }
}

describe("a malformed setting", () => {
  it("is named by /healthz and by every submission", () => withService({ CORE_TIMEOUT_MS: "abc" }, async (service) => {
    const health = await send(service, "/healthz", { origin: null })
    assert.equal(health.status, 503)
    assert.match(health.text, /CORE_TIMEOUT_MS/)
    const refused = await submit(service, "contact", typed())
    assertProblem(refused, "SERVICE_UNAVAILABLE")
    assert.match(refused.text, /CORE_TIMEOUT_MS/)
    assert.ok(Number(refused.headers.get("retry-after")) >= 1)
    assert.deepEqual(await service.inbox(), [])
  }))

  it("is named among others, without its value", () => {
    const settings = { CORE_URL: "not-a-url-zebulon", CORE_AUTH: "zebulon", CORE_DIALECT: "zebulon", DEFAULT_DIALECT: "zebulon" }
    return withService(settings, async (service) => {
      const { status, text } = await send(service, "/healthz", { origin: null })
      assert.equal(status, 503)
      for (const name of Object.keys(settings)) assert.match(text, new RegExp(name))
    })
  })
})

describe("a database that was never set up", () => {
  it("is named by /healthz with the command that sets it up, and no lead is lost for it", async () => {
    const service = await startWorkerd({ forms: { contact: contactForm() }, hasTables: false })
    try {
      const { status, json } = await send(service, "/healthz", { origin: null })
      assert.equal(status, 503)
      assert.deepEqual(json.settings.map(({ variable }) => variable), ["LEADS"])
      assert.match(json.settings[0].reason, /`make seed` creates them/)
      assertAccepted(await submit(service, "contact", typed()), "queued")
      const { faults } = await service.logged(({ route, faults }) => route === "submit" && faults !== undefined)
      assert.match(faults[0], /^setting: LEADS has not all its tables: `make seed`/)
    } finally {
      await service.stop()
    }
  })
})

describe("a bare wrangler dev", () => {
  it("has its tables and its forms", async () => {
    const service = await startService({ isBare: true })
    try {
      const { status, json } = await send(service, "/healthz", { origin: null })
      assert.deepEqual([status, json.status], [200, "ok"])
      const { json: { title } } = await send(service, "/v1/forms/demo", { origin: null })
      assert.equal(title, "Request a demo")
      assert.deepEqual(await service.inbox(), [])
    } finally {
      await service.stop()
    }
  })

  it("names the command when there is no build, and does nothing for a deploy", () => {
    const prepare = (folder, WRANGLER_COMMAND) => {
      const env = { ...process.env, WRANGLER_COMMAND, STORES_ARE_READY: "" }
      return spawnSync(process.execPath, [join(folder, "tools/prepare.mjs")], { env, encoding: "utf8" })
    }
    const { status, stdout, stderr } = prepare(root, "deploy")
    assert.deepEqual([status, stdout, stderr], [0, "", ""])
    const folder = mkdtempSync(join(tmpdir(), "formgate-clone-"))
    try {
      cpSync(join(root, "tools/prepare.mjs"), join(folder, "tools/prepare.mjs"))
      const { status, stderr } = prepare(folder, "dev")
      assert.deepEqual([status, stderr], [1, "the Worker is not built yet: make build\n"])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe("a token", () => {
  it("goes to the core as x-api-key when that is set", async () => {
    const core = await startCore()
    try {
      await withService({ CORE_URL: core.template, CORE_TOKEN: "k3y", CORE_AUTH: "x-api-key" }, async (service) => {
        assertAccepted(await submit(service, "contact", typed()), "delivered")
        const [{ headers }] = await core.received()
        assert.equal(headers["x-api-key"], "k3y")
        assert.ok(!("authorization" in headers))
        const health = await send(service, "/healthz", { origin: null })
        assert.equal(health.status, 200)
        assert.doesNotMatch(health.text, /k3y/)
      })
    } finally {
      await core.stop()
    }
  })
})

describe("a core that answers with a redirect", () => {
  it("has the lead when that is set, unless it is sent on to sign in or to another address", async () => {
    const core = await startCore()
    const redirect = (status, location) => ({ status, headers: { "content-type": "text/html", location }, body: "<html>Moved" })
    try {
      await withService({ CORE_URL: core.template, CORE_REDIRECT: "accept", RETRY_DELAYS_S: "3600" }, async (service) => {
        for (const [answer, status] of [
          [redirect(302, "https://script.googleusercontent.com/macros/echo?user_content_key=k"), "delivered"],
          [redirect(303, "/thanks"), "delivered"],
          [redirect(302, "https://accounts.google.com/ServiceLogin?continue=x"), "queued"],
          [redirect(301, "/elsewhere"), "queued"],
          [redirect(307, "/elsewhere"), "queued"],
        ]) {
          await core.answerWith(answer)
          assertAccepted(await submit(service, "contact", typed()), status)
        }
      })
    } finally {
      await core.stop()
    }
  })
})
