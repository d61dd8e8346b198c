// The API publishes forms in workerd, with a real KV and a real D1, and finds the faults that `make seed` finds.

import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"

import { root } from "../../tools/wrangler.mjs"
import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, runCron, send, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { until } from "../support/until.mjs"

const FAULTY = readFileSync(join(root, "tests/fixtures/faulty-forms.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line))

function titled(title, key = "contact") {
  const { version: _, ...form } = contactForm({ key, title })
  return form
}

describe("publishing through the API", () => {
  let service
  let token

  const api = (path, { method = "GET", body, headers = {} } = {}) => send(service, `/api/forms${path}`, {
    method, origin: null, body: typeof body === "object" ? JSON.stringify(body) : body,
    headers: { authorization: `Bearer ${token}`, ...body === undefined ? {} : { "content-type": "application/json" }, ...headers },
  })
  const put = async (key, body, headers) => {
    const answer = await api(`/${key}`, { method: "PUT", body, headers })
    assert.equal(answer.status, 200, answer.text)
    return answer
  }
  const publish = (key) => api(`/${key}/publish`, { method: "POST", body: {} })
  const shown = async (key) => {
    const { status, json } = await send(service, `/v1/forms/${key}`, { method: "GET", origin: null })
    return status === 200 ? [json.title, json.version] : status
  }

  before(async () => {
    service = await startWorkerd({
      settings: { OWNERS: "ann@example.com", FORM_CACHE: "off" },
      forms: { old: contactForm({ key: "old", version: 4, title: "Old" }) },
    })
    token = await service.putToken("owner")
  })
  after(() => service?.stop())

  it("takes a form from draft to published, changed, unpublished and back", async () => {
    const { headers } = await put("contact", titled("One"))
    assert.equal(await shown("contact"), 404)
    const read = await api("/contact")
    assert.deepEqual(read.json, { published: null, draft: titled("One"), version: null, status: "draft" })
    assert.equal(read.headers.get("etag"), headers.get("etag"))
    const first = await publish("contact")
    assert.deepEqual([first.status, first.json.version], [200, 1], first.text)
    const by = Date.parse(first.json.visible_to_all_by) - Date.now()
    assert.ok(by > 30_000 && by <= 60_000, `visible to all in ${by} ms`)
    assert.deepEqual(await shown("contact"), ["One", 1])
    assert.deepEqual((await publish("contact")).json.error.code, "LG_1101")
    assertAccepted(await submit(service, "contact", typed()), "stored")

    await put("contact", titled("Two"))
    assert.equal((await api("/contact", { method: "PUT", body: titled("Three") })).status, 412)
    assert.equal((await publish("contact")).json.version, 2)
    assert.deepEqual(await shown("contact"), ["Two", 2])
    const { json } = await api("/contact")
    assert.deepEqual(json, { published: { ...titled("Two"), version: 2 }, draft: null, version: 2, status: "published" })

    const { json: unpublished } = await api("/contact/unpublish", { method: "POST", body: {} })
    assert.equal(unpublished.status, "unpublished")
    assert.equal(await shown("contact"), 404)
    assert.equal((await submit(service, "contact", typed())).status, 404)
    assert.equal((await publish("contact")).json.version, 2)
    assert.deepEqual(await shown("contact"), ["Two", 2])
  })

  it("numbers a form that only KV has after the version that is there", async () => {
    const { json } = await api("/old")
    assert.deepEqual([json.version, json.status, json.published.title], [4, "published", "Old"])
    await put("old", titled("New", "old"))
    assert.equal((await publish("old")).json.version, 5)
    assert.deepEqual(await shown("old"), ["New", 5])
  })

  it("lists forms with what came in and what was refused in 30 days", async () => {
    const day = (daysAgo) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
    const rows = [
      [day(0), "accepted", 5], [day(30), "invalid", 3], [day(29), "rate_limited", 2], [day(31), "invalid", 9],
      [day(1), "would_refuse", 7],
    ]
    await service.query(`INSERT INTO usage (day, form_key, origin, outcome, count, last_at_ms) VALUES ${
      rows.map(([day, outcome, count]) => `('${day}', 'contact', 'https://counted.example', '${outcome}', ${count}, 0)`).join()}`)
    await service.putLeads([{ id: "long-ago", form_key: "contact", received_at: `${day(31)}T00:00:00.000Z`, lead: "{}" },
      { id: "spam", form_key: "contact", received_at: `${day(1)}T00:00:00.000Z`, lead: "{}", folder: "spam" }])
    await put("draft", titled("Draft", "draft"))
    const { json, text } = await api("")
    assert.deepEqual(json.items.map(({ key, title, version, status, has_draft }) => [key, title, version, status, has_draft]), [
      ["contact", "Two", 2, "published", false], ["draft", "Draft", null, "draft", true], ["old", "New", 5, "published", false],
    ], text)
    // Of the service itself, the refusal of the unpublished form may not be written yet.
    const [contact] = json.items
    assert.equal(contact.leads_30d, 1)
    assert.ok(contact.rejects_30d >= 5 && contact.rejects_30d <= 8, text)
    const keys = []
    for (let cursor = ""; cursor !== null;) {
      const page = (await api(`?limit=1&cursor=${cursor}`)).json
      keys.push(...page.items.map(({ key }) => key))
      cursor = page.next
    }
    assert.deepEqual(keys, ["contact", "draft", "old"])
    assert.equal((await api("/draft", { method: "DELETE" })).status, 204)
    assert.equal((await api("")).json.items.length, 2)
  })

  it("gives no number twice when many publish at once", async () => {
    const published = new Map()
    for (let round = 0; round < 4; round += 1) {
      await put("busy", titled(`Round ${round}`, "busy"), { "if-match": "*" }).catch(() => put("busy", titled(`Round ${round}`, "busy")))
      const answers = await Promise.all(Array.from({ length: 4 }, () => publish("busy")))
      const done = answers.filter(({ status }) => status === 200)
      assert.equal(done.length, 1, answers.map(({ text }) => text).join("\n"))
      assert.ok(answers.every(({ status }) => [200, 409, 503].includes(status)))
      published.set(done[0].json.version, `Round ${round}`)
    }
    assert.deepEqual([...published], [[1, "Round 0"], [2, "Round 1"], [3, "Round 2"], [4, "Round 3"]])
    assert.deepEqual(await shown("busy"), ["Round 3", 4])
  })

  it("makes KV what the database says when a change was interrupted", async () => {
    await put("broken", titled("One", "broken"))
    assert.equal((await publish("broken")).status, 200)
    await service.query("UPDATE forms SET writing = 2, last_version = 2, writing_until_s = 0 WHERE form_key = 'broken'")
    await service.putForm("broken", contactForm({ key: "broken", version: 2, title: "Two" }))
    assert.deepEqual(await shown("broken"), ["Two", 2])
    await runCron(service)
    await until(async () => `${await shown("broken")}` === "One,1", () => "the cron has not undone it")
    await put("broken", titled("Three", "broken"))
    assert.equal((await publish("broken")).json.version, 3, "2 was given out")
  })

  it("refuses a draft that is too large, and one that is no JSON with its place", async () => {
    const large = await api("/large", { method: "PUT", body: `{"key":"large"${" ".repeat(307_200)}}` })
    assert.deepEqual([large.status, large.json.error.details.limit_bytes], [413, 307_200])
    const broken = await api("/large", { method: "PUT", body: "{\n  'key': 1\n}" })
    assert.equal(broken.status, 400)
    const [{ message }] = broken.json.error.details.errors
    assert.match(message, /^cannot be read, line 2 column 3: JSON takes straight double quotes/)
  })

  it("finds in every faulty definition what make seed finds", async () => {
    const { stdout } = spawnSync(join(root, "target/debug/publish"), {
      input: JSON.stringify({
        definitions: FAULTY.map(([what, text], at) => ({ file: `${at} ${what}`, text })),
        has_signing_key: false, writer: "w", now_ms: 0, has_tables: false, rows: {}, names: [], stored: {},
      }),
      encoding: "utf8", maxBuffer: 1 << 26,
    })
    const expected = new Map(FAULTY.map(([what], at) => [`${at} ${what}`, []]))
    for (const { file, path, reason } of JSON.parse(stdout).faults) {
      // Of definitions that are valid only the keys are the same.
      if (!/^is the key of /.test(reason)) expected.get(file).push({ path, reason })
    }
    const differing = []
    let faults = 0
    for (const [at, [what, text]] of FAULTY.entries()) {
      const { json, text: answer } = await api("/check", { method: "POST", body: text })
      const own = expected.get(`${at} ${what}`)
      faults += own.length
      if (JSON.stringify(json?.faults) !== JSON.stringify(own)) differing.push([what, own, answer])
    }
    assert.deepEqual(differing, [])
    assert.ok(faults > FAULTY.length - 30, `${faults} faults in ${FAULTY.length} definitions`)
  })
})
