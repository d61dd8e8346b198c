// The spam folder with a core: what a robot sends is stored and not delivered until an owner says that it is no spam: in workerd,
// with a real queue and a real D1.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, describe, it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"

import { path, table } from "../../tools/disposable.mjs"
import { answers, startCore } from "../support/core.mjs"
import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, runCron, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { until } from "../support/until.mjs"

const DELIVERY_MS = 90_000
const ROBOT = { "user-agent": "curl/8.5.0" }

describe("a spam folder", () => {
  let core
  let service

  before(async () => {
    core = await startCore()
    await core.answerWith(answers.accept)
    service = await startWorkerd({
      settings: { CORE_URL: core.template },
      forms: { contact: contactForm({ honeypot: "trap" }), shadow: contactForm({ key: "shadow", spam: { mode: "shadow" } }) },
    })
  })
  after(() => Promise.all([service?.stop(), core?.stop()]))

  it("keeps what a robot sends from the core until the owner says that it is no spam, and delivers it once", async () => {
    const headers = { ...ROBOT, "idempotency-key": "robot-1" }
    const { submission } = assertAccepted(await submit(service, "contact", typed(), { headers }), "stored")
    const again = await submit(service, "contact", typed(), { headers })
    assert.equal(assertAccepted(again, "stored").submission.id, submission.id)
    await runCron(service)
    assert.equal(await core.count(), 0)

    assert.deepEqual(await listed("inbox"), [])
    assert.deepEqual(await listed("spam"), [submission.id])
    assert.deepEqual(await listed("inbox", { SPAM: "yes" }), [submission.id])
    const [{ lead }] = await service.inbox()
    const { spam, spam_score, spam_verdict } = JSON.parse(lead)
    assert.deepEqual([spam, spam_score, spam_verdict], [["automation"], 5, "spam"])

    const unknown = await service.operate("not-spam", { ID: "nothing" })
    assert.deepEqual([unknown.isDone, unknown.messages], [false, "there is no lead nothing in the spam folder\n"])
    const released = await service.operate("not-spam", { ID: submission.id })
    assert.ok(released.isDone, released.messages)
    assert.deepEqual(await listed("spam"), [])
    assert.deepEqual((await service.deadLetters()).map(({ id, redrive }) => [id, redrive]), [[submission.id, 1]])
    await runCron(service)
    const [{ headers: sent, body }] = await until(async () => {
      const received = await core.received()
      return received.length > 0 && received
    }, () => "not delivered", DELIVERY_MS)
    assert.equal(sent["idempotency-key"], "robot-1")
    assert.equal(body, lead, "as it was stored")
    await runCron(service)
    await sleep(3000)
    assert.equal(await core.count(), 1, "once")
    assert.deepEqual(await service.inbox(), [])
    assert.deepEqual(await service.deadLetters(), [])
  })

  it("changes nothing for a visitor, whose filled trap is a reason alone, and nothing in shadow mode", async () => {
    await core.answerWith(answers.accept)
    assertAccepted(await submit(service, "contact", { ...typed(), trap: "x" }), "delivered")
    assertAccepted(await submit(service, "shadow", typed(), { headers: ROBOT }), "delivered")
    const [first, second] = (await core.received()).map(({ json }) => [json.spam, json.spam_score, json.spam_verdict])
    assert.deepEqual(first, [["honeypot"], 2, "inbox"])
    assert.deepEqual(second, [["automation"], 5, "spam"])
  })

  it("is reported by signal: hits, how many were spam, how many were no spam after all", async () => {
    const lead = (...spam) => JSON.stringify({ fields: {}, spam })
    const received_at = "2026-01-01T00:00:00.000Z"
    const rows = [
      ["a", "inbox", lead("honeypot")], ["b", "spam", lead("honeypot", "links")], ["c", "spam", lead("links")],
      ["d", "inbox", lead("honeypot")], ["e", "inbox", lead()], ["f", "inbox", "no json"], ["g", "inbox", '{"spam":{"a":1}}'],
    ]
    await service.putLeads(rows.map(([id, folder, lead]) => ({ id, form_key: "report", received_at, lead, folder })))
    assert.deepEqual(await report("report"), ["honeypot 3 1 (33 %) 0 (0 %)", "links 2 2 (100 %) 0 (0 %)"])
    assert.ok((await service.operate("not-spam", { ID: "b" })).isDone)
    assert.deepEqual(await report("report"), ["honeypot 3 1 (33 %) 1 (100 %)", "links 2 2 (100 %) 1 (50 %)"])
    // The lead of the first test, which was delivered and is not in the database any more.
    assert.deepEqual(await report("contact"), ["automation 1 1 (100 %) 1 (100 %)"])
  })

  it("takes a lead of the inbox when the owner says that it is spam", async () => {
    await service.putLeads([{ id: "own", form_key: "own", received_at: "2026-01-01T00:00:00.000Z", lead: "{}" }])
    const { isDone, messages } = await service.operate("spam", { ID: "own" })
    assert.ok(isDone, messages)
    assert.deepEqual(await listed("spam", { FORM: "own" }), ["own"])
    const twice = await service.operate("spam", { ID: "own" })
    assert.deepEqual([twice.isDone, twice.messages], [false, "there is no lead own in the inbox\n"])
  })

  async function listed(command, given = {}) {
    const { isDone, printed, messages } = await service.operate(command, given)
    assert.ok(isDone, messages)
    return printed.trimEnd().split("\n").slice(1).map((line) => line.match(/ ([0-9a-f]{32}|own) /)[1])
  }

  async function report(form) {
    const { isDone, printed, messages } = await service.operate("spam-report", { FORM: form })
    assert.ok(isDone, messages)
    const [head, ...lines] = printed.trimEnd().split("\n").map((line) => line.replace(/ +/g, " "))
    assert.equal(head, "signal hits spam not spam")
    return lines
  }
})

describe("the table of disposable domains", () => {
  it("is that of the two packages", () => {
    assert.deepEqual(readFileSync(path), table())
  })
})
