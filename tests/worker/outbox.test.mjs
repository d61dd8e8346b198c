// A lead that was acknowledged reaches the core, once, or is found among the dead letters: in workerd, with a real queue and a
// real D1.

import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"

import { answers, startCore } from "../support/core.mjs"
import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, assertDiscreet, runCron, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { until } from "../support/until.mjs"

// Retries of a second each: three of them, and then it is a dead letter.
const RETRY_DELAYS_S = "1,1,1"
const DELIVERY_MS = 90_000
const LONG = ["a", "b", "c", "d"].map((name) => ({ name, type: "textarea" }))

describe("an outbox", () => {
  let core
  let service

  before(async () => {
    core = await startCore()
    service = await startWorkerd({
      settings: { CORE_URL: core.template, CORE_TIMEOUT_MS: 5000, RETRY_DELAYS_S },
      forms: { contact: contactForm(), long: contactForm({ key: "long", fields: [...contactForm().fields, ...LONG] }) },
    })
  })
  after(() => Promise.all([service?.stop(), core?.stop()]))

  it("delivers once what a core refused three times", async () => {
    await core.answerWith(answers.html(503))
    const { submission } = assertAccepted(await submit(service, "contact", typed()), "queued")
    await until(async () => (await attempts(submission.id)).length >= 3, () => "not tried again", DELIVERY_MS)
    await core.answerWith(answers.accept)
    const [{ headers, json }] = await until(async () => nonEmpty(await attempts(submission.id)), () => "not delivered", DELIVERY_MS)
    assert.equal(headers["idempotency-key"], submission.id)
    assert.deepEqual(json.fields, typed())
    assert.equal(json.received_at, submission.received_at)
    await sleep(3000)
    assert.equal((await attempts(submission.id)).length, 1, "once")
    assert.deepEqual(await service.deadLetters(), [])
  })

  it("keeps a lead that the core never takes, with the reason, and delivers it when a redrive is asked for", async () => {
    await core.answerWith(answers.html(503))
    const key = "redrive-1"
    const answer = await submit(service, "contact", typed(), { headers: { "idempotency-key": key } })
    const { submission } = assertAccepted(answer, "queued")
    const letters = await service.died(1)
    const [{ id, form_key, idempotency_key, reason, attempts: counted }] = letters
    assert.deepEqual([letters.length, id, form_key, idempotency_key], [1, submission.id, "contact", key])
    assert.deepEqual([reason, counted], ["unavailable: status 503", 3])
    assert.equal((await attempts(submission.id)).length, 4)

    await core.answerWith(answers.accept)
    await runCron(service)
    await sleep(2000)
    assert.deepEqual(await attempts(submission.id), [], "no redrive was asked for")
    const { isDone, messages } = await service.operate("redrive", { ID: submission.id })
    assert.ok(isDone, messages)
    await runCron(service)
    const [{ headers, json }] = await until(async () => nonEmpty(await attempts(submission.id)), () => "not delivered", DELIVERY_MS)
    assert.equal(headers["idempotency-key"], key)
    assert.deepEqual(json.fields, typed())
    assert.deepEqual(await service.deadLetters(), [])
  })

  it("keeps a lead that is too large for the queue, and delivers it past the queue", async () => {
    await core.answerWith(answers.html(503))
    const large = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, "x".repeat(32_000)]))
    const answer = await submit(service, "long", typed(large))
    assert.equal(answer.status, 202, answer.text)
    const { id } = answer.json.submission
    assert.deepEqual((await service.deadLetters()).map((letter) => [letter.id, letter.reason]), [[id, "outbox_refused"]])
    await runCron(service)
    assert.equal((await service.deadLetters()).length, 1, "the core is still away")
    await core.answerWith(answers.accept)
    // The breaker lets one through once a while.
    await until(async () => {
      await sleep(500)
      await runCron(service)
      return (await service.deadLetters()).length === 0
    }, () => "still dead", DELIVERY_MS)
    assert.equal((await attempts(id))[0].json.fields.d.length, 32_000)
  })

  it("gives the same receipt for the same submission, and 422 for another under its key", async () => {
    await core.answerWith(answers.accept)
    const keyed = (body) => submit(service, "contact", body, { headers: { "idempotency-key": '"k-1"' } })
    const first = assertAccepted(await keyed(typed()), "delivered")
    assert.deepEqual(assertAccepted(await keyed(typed()), "delivered"), first)
    assert.equal((await core.received()).length, 1)
    const reused = await keyed(typed({ name: "Zebulon Other" }))
    assert.equal(reused.status, 422)
    assert.equal(reused.json.error.code, "FORM_IDEMPOTENCY_KEY_REUSED")
    assert.equal((await core.received()).length, 1)
  })

  it("delivers once what is sent twice at the same time, even to a core that knows no keys", async () => {
    await core.answerWith(answers.slow(300))
    const headers = { "idempotency-key": "double-click" }
    const [one, other] = await Promise.all([1, 2].map(() => submit(service, "contact", typed(), { headers })))
    assert.deepEqual(assertAccepted(one, "delivered"), assertAccepted(other, "delivered"))
    assert.equal((await core.received()).length, 1)
  })

  it("logs nothing of what was typed", () => assertDiscreet(service))

  // All that the core was sent of one lead since its last `answerWith`.
  const attempts = async (id) => (await core.received()).filter(({ json }) => json.id === id)
})

describe("a core that is away for 200 ms", () => {
  let core
  let service

  before(async () => {
    core = await startCore()
    await core.answerWith(answers.honouring(20))
    const rate_limits = [{ name: "form", quota: 1_000_000, window_s: 60, partition: "form" }]
    service = await startWorkerd({
      settings: { CORE_URL: core.template, CORE_TIMEOUT_MS: 20_000, RETRY_DELAYS_S: "1,2,4,8,16,30" },
      forms: { contact: contactForm({ rate_limits }) },
    })
  })
  after(() => Promise.all([service?.stop(), core?.stop()]))

  it("costs none of 2,000 submissions at once, and doubles none", async (test) => {
    const count = 2000
    const ids = []
    const statuses = {}
    await core.goAwayAfter(count / 4, 200)
    // All at once, so that the last one waits for a while.
    await Promise.all(Array.from({ length: count }, async () => {
      const answer = await submit(service, "contact", typed(), { patience_ms: 60_000 })
      const { id, status } = answer.json.submission
      statuses[status] = (statuses[status] ?? 0) + 1
      ids.push(id)
    }))
    assert.equal(new Set(ids).size, count)
    assert.ok(statuses.queued > 0, `the outage was seen: ${JSON.stringify(statuses)}`)
    await until(async () => await core.leadCount() >= count, () => "some never arrived", 2 * DELIVERY_MS)
    await sleep(2000)
    const taken = (await core.leads()).map(({ id }) => id)
    const requests = (await core.received()).length
    test.diagnostic(`${JSON.stringify(statuses)}; the core has ${taken.length} leads of ${count}, from ${requests} requests`)
    assert.deepEqual(taken.sort(), ids.sort(), "each is there, once")
    assert.deepEqual(await service.deadLetters(), [])
  })
})

describe("an inbox", () => {
  it("has one lead for one key, and the first receipt, whichever process is asked", async () => {
    const service = await startWorkerd({ forms: { contact: contactForm() }, isShared: true })
    let other
    try {
      other = await startWorkerd({ persistTo: service.persistTo })
      const keyed = (of, body) => submit(of, "contact", body, { headers: { "idempotency-key": "k-1" } })
      const first = assertAccepted(await keyed(service, typed()), "stored")
      await sleep(50)
      assert.deepEqual(assertAccepted(await keyed(other, typed()), "stored"), first)
      assert.equal((await keyed(other, typed({ name: "Zebulon Other" }))).status, 422)
      assert.equal((await service.inbox()).length, 1)
    } finally {
      await Promise.all([other?.stop(), service.stop()])
    }
  })
})

const nonEmpty = (list) => list.length > 0 && list
