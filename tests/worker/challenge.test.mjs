// Challenges in workerd: a proof of work as a client solves it, the page that waits, and Turnstile.

import assert from "node:assert/strict"
import { pbkdf2Sync } from "node:crypto"
import { after, before, describe, it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"

import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, assertDiscreet, assertProblem, send, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { SECRETS, SITE_KEY, startTurnstile } from "../support/turnstile.mjs"

const SIGNING_KEY = "a-key-of-tests-which-is-no-secret"
// Without a browser's headers, and with a name of a program: 5 of the 9 that are spam here.
const ROBOT = { "user-agent": "curl/8.5.0" }
const forms = { contact: contactForm({ spam: { spam_at: 9 } }) }

const submitted = (service, values = {}, headers = {}) => submit(service, "contact", typed(values), { headers: { ...ROBOT, ...headers } })
const challenged = (answer) => assertProblem(answer, "FORM_CHALLENGE_REQUIRED")

// What ALTCHA's widget does.
function solve(challenge) {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters
  const start = performance.now()
  for (let counter = 0; ; counter++) {
    const password = Buffer.concat([Buffer.from(nonce, "hex"), Buffer.from([counter >> 24, counter >> 16, counter >> 8, counter])])
    const derivedKey = pbkdf2Sync(password, Buffer.from(salt, "hex"), cost, keyLength, "sha256").toString("hex")
    if (!derivedKey.startsWith(keyPrefix)) continue
    const payload = { challenge, solution: { counter, derivedKey, time: performance.now() - start } }
    return { counter, proof: Buffer.from(JSON.stringify(payload)).toString("base64") }
  }
}

// A page that is sent as browsers do.
let pages = 0
function sendPage(service, values = {}) {
  const body = `${new URLSearchParams({ ...typed(), ...values })}`
  // The wait doubles with each challenge of a visitor.
  const address = `192.0.2.${++pages}`
  const headers = { ...ROBOT, "cf-connecting-ip": address, "content-type": "application/x-www-form-urlencoded", "sec-fetch-mode": "navigate", accept: "text/html" }
  return send(service, "/f/contact", { method: "POST", origin: service.origin, headers, body })
}

const hidden = ({ text }, name) => text.match(new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`))?.[1]

describe("a proof of work", () => {
  let service

  before(async () => {
    service = await startWorkerd({ settings: { SIGNING_KEY }, forms })
  })
  after(() => service?.stop())

  it("is asked for in ALTCHA's JSON, and its solution makes a lead once", async () => {
    const { altcha } = challenged(await submitted(service))
    const { algorithm, cost, keyLength, data } = altcha.parameters
    assert.deepEqual([algorithm, cost, keyLength, data.bound], ["PBKDF2/SHA-256", 1000, 32, 2048])
    const { counter, proof } = solve(altcha)
    assert.ok(counter < data.bound, `${counter}`)
    const first = assertAccepted(await submitted(service, { _proof: proof }), "stored")
    const second = assertAccepted(await submitted(service, { _proof: proof }), "stored")
    assert.equal(second.submission.id, first.submission.id)
    const other = await submitted(service, { _proof: proof, name: "Another Name" })
    assert.equal(other.status, 422, other.text)
    challenged(await submitted(service, { _proof: proof }, { "idempotency-key": "another" }))
    const [{ lead, folder }, ...more] = await service.inbox()
    const { spam, spam_score, spam_verdict, extras } = JSON.parse(lead)
    assert.deepEqual([spam, spam_score, spam_verdict], [["ticket_missing", "automation", "challenged"], 7, "inbox"])
    assert.deepEqual([folder ?? "inbox", extras, more], ["inbox", {}, []])
  })

  it("that is missing, made up or of another challenge is asked for again", async () => {
    const { altcha } = challenged(await submitted(service, {}, { "idempotency-key": "k1" }))
    const { proof } = solve(altcha)
    for (const _proof of ["", "x", "e30=", proof.slice(4), proof.replace(/.{8}$/, "AAAAAAAA")]) {
      challenged(await submitted(service, { _proof }, { "idempotency-key": "k1" }))
    }
    challenged(await submitted(service, { _proof: proof }, { "idempotency-key": "k2" }))
    assertAccepted(await submitted(service, { _proof: proof }, { "idempotency-key": "k1" }), "stored")
    await assertDiscreet(service)
  })

  it("is replaced by a wait on the hosted page, which works without a script", async () => {
    const shown = await sendPage(service)
    assert.equal(shown.status, 428)
    const seconds = Number(shown.text.match(/Wait (\d+) seconds/)[1])
    assert.doesNotMatch(shown.text, /<script/)
    const proof = { _key: hidden(shown, "_key"), _proof: hidden(shown, "_proof") }
    const early = await sendPage(service, proof)
    assert.deepEqual([early.status, hidden(early, "_proof")], [428, proof._proof])
    await sleep(seconds * 1000)
    assert.equal((await sendPage(service, proof)).status, 303)
    assert.equal((await sendPage(service, { ...proof, _key: "another" })).status, 428)
  })
})

describe("Turnstile", () => {
  let turnstile
  let service
  const start = (secret) => startWorkerd({ settings: { SIGNING_KEY, ...turnstile.settings(secret) }, forms })
  const withSecret = async (secret, test) => {
    const other = await start(secret)
    try {
      await test(other)
    } finally {
      await other.stop()
    }
  }

  before(async () => {
    turnstile = await startTurnstile()
    service = await start()
  })
  after(() => Promise.all([service?.stop(), turnstile?.stop()]))

  it("verifies a token after everything cheaper has passed", async () => {
    assert.deepEqual(challenged(await submitted(service)), { turnstile: { site_key: SITE_KEY } })
    const token = { _proof: "XXXX.DUMMY.TOKEN.1" }
    assertProblem(await submitted(service, { ...token, email: "x" }), "FORM_VALIDATION_FAILED")
    assertAccepted(await submitted(service, token, { "user-agent": "formgate-tests/1" }), "stored")
    assert.deepEqual(await turnstile.asked(), [])
    const first = assertAccepted(await submitted(service, token, { "idempotency-key": "k1" }), "stored")
    const [{ response, secret, remoteip }] = await turnstile.asked()
    assert.deepEqual([response, secret, remoteip], [token._proof, SECRETS.passes, undefined])
    const again = assertAccepted(await submitted(service, token, { "idempotency-key": "k1" }), "stored")
    assert.equal(again.submission.id, first.submission.id)
    challenged(await submitted(service, token, { "idempotency-key": "k2" }))
    challenged(await submitted(service, { _proof: "made-up" }))
    assert.doesNotMatch(await service.output(), new RegExp(SECRETS.passes))
  })

  it("that does not answer, or refuses our secret, keeps no lead: it goes into the spam folder", async () => {
    await turnstile.goDown()
    const { submission } = assertAccepted(await submitted(service, { _proof: "XXXX.DUMMY.TOKEN.2" }), "stored")
    await turnstile.goDown(false)
    const row = (await service.inbox()).find(({ id }) => id === submission.id)
    assert.equal(JSON.parse(row.lead).spam_verdict, "spam")
    await withSecret("4x0000000000000000000000000000000AA", async (other) => {
      assertAccepted(await submitted(other, { _proof: "XXXX.DUMMY.TOKEN.3" }), "stored")
      const { faults } = await other.logged(({ faults }) => faults)
      assert.match(faults[0], /TURNSTILE_SECRET: siteverify answers invalid-input-secret/)
    })
  })

  for (const secret of ["fails", "spent"]) {
    it(`refuses with Cloudflare's secret for tests that ${secret}`, () => withSecret(SECRETS[secret], async (other) => {
      challenged(await submitted(other, { _proof: "XXXX.DUMMY.TOKEN.4" }))
    }))
  }

  it("is on the hosted page with its policy, and without a script a wait leads into the spam folder", async () => {
    const shown = await sendPage(service)
    assert.equal(shown.status, 428)
    assert.match(shown.text, new RegExp(`data-sitekey="${SITE_KEY}" data-response-field-name="_proof"`))
    assert.match(shown.headers.get("content-security-policy"), /script-src https:\/\/challenges\.cloudflare\.com; frame-src https:\/\/challenges\.cloudflare\.com/)
    const seconds = Number(shown.text.match(/wait (\d+) seconds/)[1])
    await sleep(seconds * 1000)
    const sent = await sendPage(service, { _key: hidden(shown, "_key"), _proof: hidden(shown, "_proof") })
    assert.equal(sent.status, 303, sent.text)
    const [last] = (await service.inbox()).slice(-1)
    assert.equal(JSON.parse(last.lead).spam_verdict, "spam")
  })
})
