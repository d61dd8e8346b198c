// An owner's program reads, changes, exports and erases leads through the API, in workerd with a real D1.

import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"

import { answers, startCore } from "../support/core.mjs"
import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, runCron, send, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { until } from "../support/until.mjs"

const HOSTILE = [
  { name: "<script>alert(1)</script>", message: "</textarea><img src=x onerror=alert(1)>" },
  { name: "'; DROP TABLE leads; --", message: "red\u009b2J\u202eright\ttab\u2028end" },
  { name: "ÄDA 100%", message: "under_score \\ back \"slash\"" },
  { name: "x".repeat(40), message: "=1+1" },
]

describe("the owner's API", () => {
  let service
  let token
  let ids

  const api = async (path, { method = "GET", body, ...more } = {}) => send(service, `/api/${path}`, {
    method, origin: null, body: body && JSON.stringify(body), ...more,
    headers: { authorization: `Bearer ${token}`, ...body && { "content-type": "application/json" } },
  })
  const found = async (query) => {
    const { status, json, text } = await api(`leads?${query}`)
    assert.equal(status, 200, text)
    return json.items.map(({ id }) => id)
  }

  before(async () => {
    service = await startWorkerd({ settings: { OWNERS: "ann@example.com" }, forms: { contact: contactForm() } })
    token = await service.putToken("owner")
    ids = []
    for (const lead of HOSTILE) {
      const answer = await submit(service, "contact", typed(lead))
      assertAccepted(answer, "stored")
      ids.push(answer.json.submission.id)
    }
  })
  after(() => service?.stop())

  it("lists leads newest first, and shows each as it was typed", async () => {
    assert.deepEqual(await found(""), ids.toReversed())
    const pages = []
    for (let cursor = ""; cursor !== null;) {
      const { json } = await api(`leads?form=contact&limit=2&cursor=${cursor}`)
      pages.push(json.items.map(({ id }) => id))
      cursor = json.next
    }
    assert.deepEqual(pages.flat(), ids.toReversed())
    for (const [number, id] of ids.entries()) {
      const { json } = await api(`leads/${id}`)
      assert.equal(json.lead.fields.name, HOSTILE[number].name)
      assert.deepEqual(json.timeline.map(({ event }) => event), ["accepted", "stored"])
    }
  })

  it("searches the values of a form's leads in any case, and takes nothing for a pattern", async () => {
    for (const [q, expected] of [
      ["äda 100%", [ids[2]]], ["ÄDA", [ids[2]]], ["a%0", []], ["under_score", [ids[2]]], ["underXscore", []],
      ["\\", [ids[2]]], ["<SCRIPT>", [ids[0]]], ["drop table", [ids[1]]], ["message", []], ["x".repeat(40), [ids[3]]],
    ]) assert.deepEqual(await found(`form=contact&q=${encodeURIComponent(q)}`), expected, q)
    const { status, json } = await api(`leads?form=contact&q=${"a".repeat(10_240)}`)
    assert.deepEqual([status, json.error.code, json.error.details.errors[0].code], [400, "LG_1102", "too_long"])
  })

  it("changes one lead, or several all together", async () => {
    const changed = await api(`leads/${ids[0]}`, { method: "PATCH", body: { status: "done", note: HOSTILE[1].message, starred: true } })
    assert.deepEqual([changed.json.status, changed.json.note, changed.json.starred], ["done", HOSTILE[1].message, true])
    assert.deepEqual(await found("starred=1"), [ids[0]])
    assert.deepEqual(await found("status=done&form=contact"), [ids[0]])
    const missing = await api("leads/actions", { method: "POST", body: { action: "done", ids: [ids[1], "lost"] } })
    assert.deepEqual([missing.status, missing.json.error.code, missing.json.error.details.missing], [404, "LG_1000", ["lost"]])
    assert.deepEqual(await found("status=done"), [ids[0]])
    for (const [action, query] of [["done", "status=done"], ["new", "status=new"], ["spam", "folder=spam"], ["not_spam", "folder=inbox"]]) {
      const { status, json, text } = await api("leads/actions", { method: "POST", body: { action, ids: ids.slice(1, 3) } })
      assert.deepEqual([status, json?.changed], [200, 2], text)
      assert.deepEqual((await found(query)).filter((id) => ids.slice(1, 3).includes(id)), [ids[2], ids[1]], action)
    }
    const timeline = await until(async () => {
      const { json } = await api(`leads/${ids[1]}`)
      return json.timeline.length === 4 && json.timeline
    }, () => "no timeline")
    assert.deepEqual(timeline.map(({ event }) => event), ["accepted", "stored", "spam", "not_spam"])
  })

  it("marks tests, lists them apart and deletes them after a week", async () => {
    const answer = await submit(service, "contact", { ...typed({}), _test: "1" })
    assertAccepted(answer, "stored")
    const { id } = answer.json.submission
    assert.ok(!(await found("")).includes(id))
    assert.deepEqual(await found("test=1"), [id])
    const page = await send(service, "/f/contact?test", { origin: null })
    assert.match(page.text, /<input type="hidden" name="_test" value="1">/)
    assert.match(page.text, /not forwarded/)
    await service.query("UPDATE leads SET received_at = '2020-01-01T00:00:00.000Z' WHERE is_test = 1")
    await runCron(service)
    assert.deepEqual(await found("test=1"), [])
  })

  it("exports what is selected, in parts", async () => {
    const { text, headers } = await api("leads/export?form=contact&format=jsonl&status=new")
    assert.match(headers.get("content-disposition"), /^attachment; filename="contact-\d{4}-\d\d-\d\d\.jsonl"$/)
    const exported = text.trimEnd().split("\n").map((line) => JSON.parse(line).id)
    assert.deepEqual(exported, ids.slice(1).toReversed())
    const { text: csv } = await api("leads/export?form=contact")
    assert.equal(csv.split("\r\n").length, 1 + ids.length + 1)
  })

  it("erases a person, with counts", async () => {
    const email = "Gone@Example.com"
    assertAccepted(await submit(service, "contact", typed({ email })), "stored")
    const { json } = await api("leads/erase", { method: "POST", body: { email: email.toLowerCase() } })
    assert.deepEqual(json, { leads: 1, outbox: 0, dead_letters: 0 })
    assert.ok(!(await service.inbox()).some(({ lead }) => lead.includes(email)))
    assert.ok(!JSON.stringify((await service.query("SELECT * FROM audit")).results).toLowerCase().includes("gone@"))
    assertAccepted(await submit(service, "contact", typed({ email })), "stored")
  })
})

describe("a core that blocks leads", () => {
  it("leaves them where an owner sees them and sends them again", async () => {
    const core = await startCore()
    await core.answerWith(answers.html(401))
    const service = await startWorkerd({ settings: { CORE_URL: core.template, OWNERS: "ann@example.com" }, forms: { contact: { ...contactForm(), keep_copy: true } } })
    try {
      const token = await service.putToken("owner")
      const api = async (path, method = "GET") => send(service, `/api/${path}`, {
        method, origin: null, body: method === "POST" ? "{}" : undefined,
        headers: { authorization: `Bearer ${token}`, ...method === "POST" && { "content-type": "application/json" } },
      })
      const answer = await submit(service, "contact", typed({}))
      assertAccepted(answer, "queued")
      const { id } = answer.json.submission
      const { json: { items } } = await api("dead-letters")
      assert.deepEqual(items.map(({ id, kind, reason }) => ({ id, kind, reason })), [{ id, kind: "blocked", reason: "blocked: status 401" }])
      const { json: health } = await send(service, "/healthz", { origin: null })
      assert.deepEqual(health.waiting, { blocked: 1, dead: 0 })
      await core.answerWith(answers.accept)
      const sent = await api(`dead-letters/${id}/redrive`, "POST")
      assert.deepEqual([sent.status, sent.json], [202, { requested: 1 }])
      await until(async () => (await api("dead-letters")).json.items.length === 0, () => "not sent", 90_000)
      const timeline = await until(async () => {
        const { json } = await api(`leads/${id}`)
        return json.timeline?.some(({ event }) => event === "delivered") && json.timeline
      }, () => "not delivered", 90_000)
      assert.deepEqual(timeline.map(({ event }) => event), ["accepted", "blocked", "redriven", "delivered"])
    } finally {
      await Promise.all([service.stop(), core.stop()])
    }
  })
})
