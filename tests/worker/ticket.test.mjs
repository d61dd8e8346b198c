import assert from "node:assert/strict"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, afterEach, before, beforeEach, describe, it } from "node:test"

import { hasSigningKey, keepSigningKey } from "../../tools/signing-key.mjs"
import { PAGE, contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, assertHeaders, assertProblem, send, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"

const SIGNING_KEY = "a-key-of-tests-which-is-no-secret"
const OTHER_KEY = "another-key-of-tests-which-is-no-secret"
// These tests send everything at once, as programs do.
const spam = { mode: "shadow" }
const forms = {
  contact: contactForm({ spam }),
  strict: contactForm({ key: "strict", ticket: "required", spam }),
  open: contactForm({ key: "open", enforce_origins: false, spam }),
}

const ticketOf = async (service, key, options) => (await send(service, `/v1/forms/${key}/ticket`, options)).json.ticket
const reasonOf = (answer) => assertProblem(answer, "FORM_EMBED_INVALID").reason

// One body in each encoding.
function encodings(values) {
  const multipart = new FormData()
  for (const [name, value] of Object.entries(values)) multipart.append(name, value)
  const urlencoded = { headers: { "content-type": "application/x-www-form-urlencoded" } }
  return [["JSON", values, {}], ["urlencoded", `${new URLSearchParams(values)}`, urlencoded], ["multipart", multipart, {}]]
}

describe("a ticket", () => {
  let service

  before(async () => {
    service = await startWorkerd({ settings: { SIGNING_KEY }, forms })
  })
  after(() => service?.stop())

  it("is given to a page that may embed the form", async () => {
    const { status, json, headers } = await send(service, "/v1/forms/contact/ticket")
    assert.equal(status, 200)
    assertHeaders(headers)
    assert.equal(headers.get("access-control-allow-origin"), PAGE)
    assert.match(json.ticket, /^[\w-]{80,}$/)
    const valid_ms = Date.parse(json.expires_at) - Date.now()
    assert.ok(Math.abs(valid_ms - 7_200_000) < 60_000, json.expires_at)
    assert.equal(reasonOf(await send(service, "/v1/forms/contact/ticket", { origin: "https://evil.net" })), "origin_not_allowed")
    assert.equal(reasonOf(await send(service, "/v1/forms/contact/ticket", { origin: "null" })), "origin_null")
    assertProblem(await send(service, "/v1/forms/unknown/ticket"), "FORM_NOT_FOUND")
    assert.equal((await send(service, "/healthz", { origin: null })).json.tickets, "on")
  })

  it("lets a submission pass in every encoding, and its absence has a reason", async () => {
    const ticket = await ticketOf(service, "strict")
    for (const [encoding, body, options] of encodings(typed({ _ticket: ticket }))) {
      assertAccepted(await submit(service, "strict", body, options), "stored")
      const [{ lead }] = (await service.inbox()).slice(-1)
      assert.deepEqual(JSON.parse(lead).extras, {}, encoding)
    }
    for (const [, body, options] of encodings(typed())) {
      assert.equal(reasonOf(await submit(service, "strict", body, options)), "ticket_missing")
    }
    const ofAnother = await ticketOf(service, "contact")
    for (const wrong of ["x", ticket.slice(1), `${ticket}A`, ofAnother, await ticketOf(service, "strict", { origin: null })]) {
      assert.equal(reasonOf(await submit(service, "strict", typed({ _ticket: wrong }))), "ticket_invalid")
    }
    assertAccepted(await submit(service, "contact", typed({ _ticket: "x" })), "stored")
  })

  it("stands in for the origin of a page whose browser sends none", async () => {
    const _ticket = await ticketOf(service, "strict")
    for (const origin of [null, "null"]) {
      assertAccepted(await submit(service, "strict", typed({ _ticket }), { origin }), "stored")
      assert.equal(reasonOf(await submit(service, "strict", typed(), { origin })), "ticket_missing")
    }
    const foreign = await submit(service, "strict", typed({ _ticket }), { origin: "https://evil.net" })
    assert.equal(reasonOf(foreign), "origin_not_allowed")
  })

  it("is in the hosted page, and survives the rotation of the key", async () => {
    const { text } = await send(service, "/f/strict", { origin: null })
    const [, _ticket] = text.match(/name="_ticket" value="([\w-]+)"/)
    const sendTo = (service) => submit(service, "strict", typed({ _ticket }), { origin: null })
    for (const [settings, isTaken] of [
      [{ SIGNING_KEY: OTHER_KEY, SIGNING_KEY_PREVIOUS: SIGNING_KEY }, true],
      [{ SIGNING_KEY: OTHER_KEY }, false],
    ]) {
      const rotated = await startWorkerd({ settings, forms })
      try {
        const answer = await sendTo(rotated)
        if (isTaken) assertAccepted(answer, "stored")
        else assert.equal(reasonOf(answer), "ticket_invalid")
      } finally {
        await rotated.stop()
      }
    }
  })

  it("is neither required nor is an origin refused where the form only logs", async () => {
    assertAccepted(await submit(service, "open", typed(), { origin: "https://evil.net" }), "stored")
    const line = await service.logged(({ form, would_refuse }) => form === "open" && would_refuse !== undefined)
    assert.deepEqual([line.would_refuse, line.origin, line.outcome], ["origin_not_allowed", "https://evil.net", "stored"])
  })
})

describe("a service without a signing key", () => {
  let service

  before(async () => {
    service = await startWorkerd({ forms, hasFiles: true })
  })
  after(() => service?.stop())

  it("gives no ticket, and says so where a form requires one", async () => {
    const { status, text } = await send(service, "/v1/forms/contact/ticket")
    assert.deepEqual([status, text], [200, "{\"ticket\":null,\"expires_at\":null}"])
    assertAccepted(await submit(service, "contact", typed()), "stored")
    assert.equal((await send(service, "/healthz", { origin: null })).json.tickets, "off")
    const refused = await submit(service, "strict", typed())
    const { settings } = assertProblem(refused, "SERVICE_UNAVAILABLE")
    assert.deepEqual(settings.map(({ variable }) => variable), ["SIGNING_KEY"])
    const health = await send(service, "/healthz", { origin: null })
    assert.equal(health.status, 503)
    assert.deepEqual(health.json.settings.map(({ variable }) => variable), ["SIGNING_KEY"])
  })

  it("serves files that keep browsers on https", async () => {
    for (const path of ["/embed.js", "/", "/demo"]) {
      const { headers } = await send(service, path, { origin: null })
      assert.equal(headers.get("strict-transport-security"), "max-age=31536000", path)
    }
  })
})

describe("a request over http", () => {
  it("is sent to https, with its method, unless it is for this machine", async () => {
    const service = await startWorkerd({ forms })
    try {
      const { hostname, port } = new URL(service.origin)
      const ask = async (method, path, host) => {
        const outgoing = request({ hostname, port, method, path, headers: { host } })
        outgoing.end()
        const [{ statusCode, headers }] = await once(outgoing, "response")
        return [statusCode, headers.location]
      }
      assert.deepEqual(await ask("GET", "/f/contact?a=b", "forms.example.com"), [301, "https://forms.example.com/f/contact?a=b"])
      assert.deepEqual(await ask("POST", "/f/contact", "forms.example.com"), [308, "https://forms.example.com/f/contact"])
      assert.deepEqual(await ask("GET", "/f/contact", `localhost:${port}`), [200, undefined])
    } finally {
      await service.stop()
    }
  })
})

describe("make dev", () => {
  let folder
  const path = (name) => join(folder, name)
  const read = () => readFileSync(path(".dev.vars"), "utf8")

  beforeEach(() => folder = mkdtempSync(join(tmpdir(), "formgate-key-")))
  afterEach(() => rmSync(folder, { recursive: true }))

  it("makes a signing key once and keeps it", async () => {
    assert.equal(await hasSigningKey({ folder, env: {} }), false)
    assert.match(keepSigningKey(folder, {}), /kept it in \.dev\.vars/)
    const made = read()
    assert.match(made, /^SIGNING_KEY=[0-9a-f]{64}\n$/)
    assert.equal(statSync(path(".dev.vars")).mode & 0o077, 0, "for this user alone")
    assert.equal(keepSigningKey(folder, {}), undefined)
    assert.equal(read(), made)
    assert.equal(await hasSigningKey({ folder, env: {} }), true)
  })

  it("changes nothing that is there", () => {
    for (const [before, after] of [
      ["CORE_TOKEN=t", /^CORE_TOKEN=t\nSIGNING_KEY=[0-9a-f]{64}\n$/],
      ["CORE_TOKEN=t\n# SIGNING_KEY=x\n", /^CORE_TOKEN=t\n# SIGNING_KEY=x\nSIGNING_KEY=[0-9a-f]{64}\n$/],
      ["SIGNING_KEY=mine\n", /^SIGNING_KEY=mine\n$/],
      [" SIGNING_KEY = \"mine\"", /^ SIGNING_KEY = "mine"$/],
      ["SIGNING_KEY_PREVIOUS=old\n", /^SIGNING_KEY_PREVIOUS=old\nSIGNING_KEY=[0-9a-f]{64}\n$/],
    ]) {
      writeFileSync(path(".dev.vars"), before)
      keepSigningKey(folder, {})
      assert.match(read(), after)
    }
  })

  it("makes none where one is given, or where it would hide the settings in .env", () => {
    assert.equal(keepSigningKey(folder, { SIGNING_KEY: "mine" }), undefined)
    writeFileSync(path(".env"), "CORE_TOKEN=t\n")
    assert.match(keepSigningKey(folder, {}), /\.env has no SIGNING_KEY/)
    assert.throws(read, { code: "ENOENT" })
    writeFileSync(path(".env"), "SIGNING_KEY=mine\n")
    assert.equal(keepSigningKey(folder, {}), undefined)
  })
})
