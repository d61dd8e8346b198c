// The form's owner learns which pages a form was sent from and which were refused: in workerd, with a real D1, and through
// `make rejects`.

import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"

import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, runCron, send, submit } from "../support/http.mjs"
import { startService } from "../support/service.mjs"
import { until } from "../support/until.mjs"

const PAGE = "https://example.com"

describe("the pages of a form", () => {
  let service

  before(async () => {
    service = await startService({ forms: { contact: contactForm({ allowed_origins: [PAGE, "https://*.example.com"] }) } })
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
    // Written together, up to ten seconds after the first.
    const all = await listed(/load_refused/)
    for (const row of [
      /^https:\/\/www\.example\.com +1 +\d/m,
      /^https:\/\/evil\.net +2 .* origin_not_allowed$/m,
      /^https:\/\/evil\.net +1 .* load_refused$/m,
      /^null +1 .* origin_null$/m,
      /^none +1 .* origin_missing$/m,
      /^https:\/\/example\.com +1 .* invalid$/m,
    ]) assert.match(all, row)
  })

  it("are kept for 90 days", async () => {
    await runCron(service)
    assert.match(await listed(/load_refused/), /origin_null/)
  })

  it("are those of one form", async () => {
    const { isDone, messages } = await service.operate("rejects", { FORM: "other" })
    assert.ok(!isDone && messages.includes("there is no form other"), messages)
  })

  async function listed(pattern) {
    let printed
    return until(async () => {
      ({ printed } = await service.operate("rejects", { FORM: "contact" }))
      // The database is one file: reading it often would keep the Worker from writing.
      await sleep(1000)
      return pattern.test(printed) && printed
    }, () => printed)
  }
})
