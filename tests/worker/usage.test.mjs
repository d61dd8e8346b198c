// The form's owner learns which pages a form was sent from and which were refused: in workerd, with a real D1, and through
// `make rejects`.

import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"

import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, runCron, send, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { until } from "../support/until.mjs"

const PAGE = "https://example.com"

describe("the pages of a form", () => {
  let service

  before(async () => {
    const allowed_origins = [PAGE, "https://*.example.com"]
    const forms = { contact: contactForm({ allowed_origins }), many: contactForm({ key: "many", allowed_origins }) }
    service = await startWorkerd({ settings: { OWNERS: "ann@example.com" }, forms })
  })
  after(() => service?.stop())

  it("are listed with what was refused there", async () => {
    assertAccepted(await submit(service, "contact", typed(), { origin: PAGE }), "stored")
    const first = await listed(/https:\/\/example\.com +1 +\d/)
    assert.doesNotMatch(first, /origin_/)
    assertAccepted(await submit(service, "contact", typed(), { origin: "https://www.example.com" }), "stored")
    await submit(service, "contact", typed(), { origin: "https://evil.net" })
    await submit(service, "contact", typed(), { origin: "https://evil.net" })
    await submit(service, "contact", typed(), { origin: "null" })
    await submit(service, "contact", typed(), { origin: null })
    await submit(service, "contact", {}, { origin: PAGE })
    await send(service, "/v1/forms/contact", { origin: "https://evil.net" })
    // Written up to ten seconds after the first.
    const rows = [
      /^https:\/\/www\.example\.com +1 +\d/m,
      /^https:\/\/evil\.net +2 .* origin_not_allowed$/m,
      /^https:\/\/evil\.net +1 .* load_refused$/m,
      /^null +1 .* origin_null$/m,
      /^none +1 .* origin_missing$/m,
      /^https:\/\/example\.com +1 .* invalid$/m,
    ]
    const all = await listed({ test: (printed) => rows.every((row) => row.test(printed)) })
    for (const row of rows) assert.match(all, row)
  })

  it("are in the API with what they loaded and sent, once loaded", async () => {
    const authorization = `Bearer ${await service.putToken("viewer")}`
    const seen = async (key) => (await send(service, `/api/forms/${key}/pages`, { origin: null, headers: { authorization } })).json
    await send(service, "/v1/forms/contact", { origin: "https://shop.example.com" })
    await send(service, "/v1/forms/contact", { origin: PAGE })
    const { items } = await until(async () => {
      const list = await seen("contact")
      await sleep(1000)
      return list.items.length === 3 && list
    }, () => "no third page")
    const of = (origin) => items.find((item) => item.origin === origin)
    const [shop, page, www] = ["https://shop.example.com", PAGE, "https://www.example.com"].map(of)
    assert.deepEqual(shop, { origin: shop.origin, last_at: shop.last_at, accepted: 0, accepted_at: null })
    assert.equal(page.accepted, 1)
    assert.ok(page.accepted_at < page.last_at, "it was loaded after it was sent")
    assert.deepEqual([www.accepted, www.accepted_at], [1, www.last_at])
    assert.deepEqual(items.map(({ last_at }) => last_at), items.map(({ last_at }) => last_at).sort().reverse())
    assert.deepEqual(await seen("other"), { items: [], next: null })
    const rejects = (await send(service, "/api/forms/contact/rejects", { origin: null, headers: { authorization } })).json.items
    assert.ok(rejects.every(({ outcome }) => !["accepted", "loaded"].includes(outcome)), JSON.stringify(rejects))
    const [{ rejects_30d }] = (await send(service, "/api/forms", { origin: null, headers: { authorization } })).json.items
    assert.equal(rejects_30d, rejects.reduce((sum, { count }) => sum + count, 0))
  })

  it("are kept for 90 days", async () => {
    await runCron(service)
    assert.match(await listed(/load_refused/), /origin_null/)
  })

  it("are those of one form", async () => {
    const { isDone, messages } = await service.operate("rejects", { FORM: "other" })
    assert.ok(!isDone && messages.includes("there is no form other"), messages)
  })

  // Two writes of fewer than the limit each, so that the isolate does not apply it.
  it("are at most 50 of a day, the rest is counted as other: accepted and refused ones apart", async () => {
    for (const [from, to] of [[1, 30], [21, 60]]) {
      for (let number = from; number <= to; number++) {
        for (const [site, status] of [["example.com", 201], ["evil.net", 400]]) {
          const answer = await submit(service, "many", typed(), { origin: `https://p${number}.${site}` })
          assert.equal(answer.status, status, answer.text)
        }
      }
      const [last, count] = to === 60 ? [21, 2] : [30, 1]
      const rows = ["example", "evil"].map((site) => new RegExp(`^https://p${last}\\.${site}\\.\\w+ +${count} `, "m"))
      await listed({ test: (printed) => rows.every((row) => row.test(printed)) }, "many")
    }
    const rows = (await service.operate("rejects", { FORM: "many" })).printed.split("\n")
    const of = (pattern) => rows.filter((row) => pattern.test(row))
    assert.equal(of(/^https:\/\/p\d+\.example\.com /).length, 50)
    assert.equal(of(/^https:\/\/p\d+\.evil\.net .* origin_not_allowed$/).length, 50)
    assert.match(of(/^other .* origin_not_allowed$/).join(), /^other +10 /)
    assert.match(of(/^other /).filter((row) => !row.endsWith("origin_not_allowed")).join(), /^other +10 /)
  })

  async function listed(pattern, form = "contact") {
    let printed
    return until(async () => {
      ({ printed } = await service.operate("rejects", { FORM: form }))
      await sleep(250)
      return pattern.test(printed) && printed
    }, () => printed)
  }
})
