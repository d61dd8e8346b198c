// A visitor who goes away: what was sent completely is kept, once, and nothing of it stays behind. In workerd itself, since
// `wrangler dev` hides a connection that is reset.

import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"

import { answers, startCore } from "../support/core.mjs"
import { contactForm, TYPED, typed } from "../support/forms.mjs"
import { assertAccepted, submit } from "../support/http.mjs"
import { until } from "../support/until.mjs"
import { beginSubmit, startWorkerd } from "../support/workerd.mjs"

const VISITORS = 60
const CORE_TIMEOUT_MS = 3000
const WAIT_MS = 30_000
// A key that is not released counts as abandoned after this time: MAX_KEEP_MS of src/dispatch/key.rs and the core's timeout.
const KEY_KEPT_MS = 10_000 + CORE_TIMEOUT_MS

// Where a visitor goes away once the edge has all that was typed, and what the core answers then.
const MOMENTS = [
  { moment: "while the core is at work", core: answers.honouring(1000), outcome: "delivered" },
  { moment: "before the core fails", core: { ...answers.html(503), delay_ms: 1000 }, outcome: "queued" },
  { moment: "while nothing comes from the core", core: answers.slow(60_000), outcome: "queued" },
  { moment: "when the answer begins", core: answers.honouring(200), outcome: "delivered", waitsForAnswer: true },
]

describe("a visitor who goes away", () => {
  let core
  let service
  let form = 0

  before(async () => {
    core = await startCore()
    service = await startWorkerd({
      settings: { CORE_URL: core.template, CORE_TIMEOUT_MS: String(CORE_TIMEOUT_MS), RETRY_DELAYS_S: "1,1,1,1,1,1,1,1,1" },
      forms: { contact: contactForm() },
    })
  })
  after(() => Promise.all([service?.stop(), core?.stop()]))

  for (const { moment, core: answer, outcome, waitsForAnswer } of MOMENTS) {
    it(`leaves a lead that is kept once: ${moment}`, async () => {
      const name = await newForm()
      await core.answerWith(answer)
      const begun = await Promise.all(visitors(VISITORS).map((visitor) => beginSubmit(service, name, visitor)))
      if (waitsForAnswer) await Promise.all(begun.map(({ answerBegins }) => answerBegins))
      // The breaker keeps others from the core once it has failed: all have to be there before.
      else await until(async () => await core.count() >= VISITORS, () => "not all reached the core", WAIT_MS)
      await Promise.all(begun.map(({ reset }) => reset()))
      const lines = await until(async () => full(await logged(name), VISITORS), () => "not all were logged", WAIT_MS)
      assert.deepEqual([...new Set(lines.map((line) => line.outcome))], [outcome])

      if (outcome === "queued") await core.answerWith(answers.honouring(0))
      const leads = await until(async () => full(await core.leads(), VISITORS), () => "not all were delivered", WAIT_MS)
      const names = leads.map(({ fields }) => fields.name)
      assert.deepEqual(names.sort(), visitors(VISITORS).map(({ name }) => name).sort())
      assert.deepEqual(await service.deadLetters(), [])
    })
  }

  it("leaves nothing while the body is sent, and the service works as before", async () => {
    const name = await newForm()
    await core.answerWith(answers.honouring(0))
    const headers = { "idempotency-key": "half" }
    const begun = await beginSubmit(service, name, typed({ extra: "x".repeat(30_000) }), { headers, sent: 0.5 })
    await sleep(300)
    await begun.reset()
    const [{ status }] = await until(async () => full(await logged(name), 1), () => "not logged", WAIT_MS)
    assert.equal(status, 400)
    assert.equal(await core.count(), 0)
    assertAccepted(await submit(service, name, typed(), { headers }), "delivered")
  })

  it("releases its idempotency key once the core's timeout has passed", async () => {
    const name = await newForm()
    await core.answerWith(answers.slow(60_000))
    const headers = { "idempotency-key": "left" }
    const begun = await beginSubmit(service, name, typed(), { headers })
    await until(async () => await core.count() === 1, () => "did not reach the core", WAIT_MS)
    await begun.reset()
    await core.answerWith(answers.honouring(0))
    const then = Date.now()
    assertAccepted(await submit(service, name, typed(), { headers }), "queued")
    const waited_ms = Date.now() - then
    assert.ok(waited_ms < KEY_KEPT_MS - 3000, `waited for ${waited_ms} ms`)
    await until(async () => full(await core.leads(), 1), () => "not delivered", WAIT_MS)
  })

  it("takes no memory", async (test) => {
    const name = await newForm()
    await core.answerWith(answers.slow(300))
    const large = { a: "x".repeat(30_000), b: "x".repeat(30_000), c: "x".repeat(30_000) }
    const memory_mb = []
    for (let batch = 1; batch <= 24; batch += 1) {
      const count = await core.count()
      const begun = await Promise.all(visitors(50).map((visitor) => beginSubmit(service, name, { ...visitor, ...large })))
      await until(async () => await core.count() >= count + 50, () => "not all reached the core", WAIT_MS)
      await Promise.all(begun.map(({ reset }) => reset()))
      if (batch % 12 > 0) continue
      await sleep(1000)
      memory_mb.push(Math.round(await service.memory() / 1e6))
    }
    const figures = `${memory_mb.join(" and ")} MB after 600 and 1,200 submissions of 95 KB`
    test.diagnostic(figures)
    // A build whose requests end with their visitor takes 250 MB more.
    assert.ok(memory_mb[1] - memory_mb[0] < 130, figures)
  })

  it("has nothing typed in the log", async () => {
    assert.doesNotMatch(await service.output(), new RegExp(TYPED, "i"))
  })

  // A form of its own for each test, so that its log lines are known.
  async function newForm() {
    const name = `form${++form}`
    await service.putForm(name, contactForm())
    return name
  }
  const logged = async (name) => (await service.logs()).filter(({ form, route }) => form === name && route)
})

describe("a visitor who leaves an inbox", () => {
  it("is in it once for each line of the log, whatever the moment", async () => {
    const service = await startWorkerd({ forms: { contact: contactForm() } })
    try {
      assertAccepted(await submit(service, "contact", typed()), "stored")
      // Some are reset before the Worker has read them, some after they were stored.
      await Promise.all(visitors(100).map(async (visitor, number) => {
        await sleep(20 * number)
        const { reset } = await beginSubmit(service, "contact", visitor)
        await sleep(number % 50)
        await reset()
      }))
      const state = async () => {
        const stored = (await service.logs()).filter(({ outcome }) => outcome === "stored").length
        return { stored, names: (await service.inbox()).map(({ lead }) => JSON.parse(lead).fields.name) }
      }
      const { stored, names } = await until(async () => {
        const before = await state()
        await sleep(1000)
        const now = await state()
        // The inbox is read after the log: a line may come in between.
        return before.stored === now.stored && now.names.length === now.stored && now
      }, () => "the inbox and the log do not agree", WAIT_MS)
      assert.equal(new Set(names).size, stored)
      assert.ok(stored > 10, `${stored} stored`)
    } finally {
      await service.stop()
    }
  })
})

const visitors = (count) => Array.from({ length: count }, (_, number) => typed({ name: `Visitor ${number}` }))
const full = (list, count) => list.length >= count && list
