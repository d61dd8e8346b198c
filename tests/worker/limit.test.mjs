import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"

import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, assertProblem, assertWorks, send, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { until } from "../support/until.mjs"

// No window ends while the tests run.
const WINDOW_S = 3600
// How long an isolate lets the others write before it reads, and a second more.
const SETTLE_MS = 7_000
const SHARED_QUOTA = 7
const policy = (name, quota, partition) => ({ name, quota, window_s: WINDOW_S, partition })

describe("a form with a quota", () => {
  let service

  before(async () => {
    service = await startWorkerd({
      isShared: true,
      forms: {
        contact: contactForm(),
        three: contactForm({ key: "three", rate_limits: [policy("form", 3, "form")] }),
        both: contactForm({ key: "both", rate_limits: [policy("all", 100, "form"), policy("each", 2, "visitor")] }),
        visited: contactForm({ key: "visited", rate_limits: [policy("visitor", 1, "visitor")] }),
        shared: contactForm({ key: "shared", rate_limits: [policy("form", SHARED_QUOTA, "form")] }),
        closed: contactForm({ key: "closed", rate_limits: [{ ...policy("form", 2, "form"), on_fault: "closed" }] }),
        keyed: contactForm({ key: "keyed", rate_limits: [policy("key", 1, "api_key")] }),
        burst: contactForm({ key: "burst", rate_limits: [policy("form", 10, "form")] }),
      },
    })
  })
  after(() => service?.stop())

  it("counts down, then refuses with the time to wait", async () => {
    for (const remaining of [2, 1, 0]) {
      const { headers, ...answer } = await submit(service, "three", typed())
      assertAccepted({ headers, ...answer }, "stored")
      assert.equal(headers.get("x-ratelimit-limit"), "3")
      assert.equal(headers.get("x-ratelimit-remaining"), String(remaining))
      assert.equal(headers.get("ratelimit-policy"), `"form";q=3;w=${WINDOW_S}`)
      assert.match(headers.get("ratelimit"), new RegExp(`^"form";r=${remaining};t=\\d+$`))
    }
    const refused = await submit(service, "three", typed())
    const { retry_after } = assertProblem(refused, "RATE_LIMIT_EXCEEDED")
    assert.ok(Number.isInteger(retry_after) && retry_after >= 1 && retry_after <= 2 * WINDOW_S, String(retry_after))
    assert.equal(refused.headers.get("retry-after"), String(retry_after))
    assert.equal(refused.headers.get("x-ratelimit-limit"), "3")
    assert.equal(refused.headers.get("x-ratelimit-remaining"), "0")
    const reset_s = Number(refused.headers.get("x-ratelimit-reset")) - Date.now() / 1000
    assert.ok(Math.abs(reset_s - retry_after) < 10, `reset in ${reset_s} s, retry after ${retry_after} s`)
    assert.match(refused.headers.get("ratelimit"), /^"form";r=0;t=\d+$/)
    assert.ok(refused.headers.has("access-control-allow-origin"), "the widget may read it")
    await assertWorks(service)
  })

  it("shows every policy and refuses by the one that is used up", async () => {
    for (const _ of [1, 2]) assertAccepted(await submit(service, "both", typed()), "stored")
    const refused = await submit(service, "both", typed())
    assertProblem(refused, "RATE_LIMIT_EXCEEDED")
    assert.equal(refused.headers.get("x-ratelimit-limit"), "2")
    assert.equal(refused.headers.get("ratelimit-policy"), `"all";q=100;w=${WINDOW_S}, "each";q=2;w=${WINDOW_S}`)
  })

  it("counts visitors apart, and an IPv6 network as one", async () => {
    const from = async (address) => (await submit(service, "visited", typed(), { headers: { "cf-connecting-ip": address } })).status
    assert.deepEqual([await from("192.0.2.1"), await from("192.0.2.1"), await from("192.0.2.2")], [201, 429, 201])
    assert.deepEqual(
      [await from("2001:db8:1:2::1"), await from("2001:db8:1:2:3:4:5:6"), await from("2001:db8:1:3::1")],
      [201, 429, 201],
    )
  })

  it("admits exactly its quota of a burst", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => submit(service, "burst", typed())))
    assert.equal(answers.filter(({ status }) => status === 201).length, 10)
    assert.equal(answers.filter(({ status }) => status === 429).length, 20)
  })

  it("answers a caller who is over it however much is sent, and reads little of that", async () => {
    const path = "/f/visited"
    const headers = { "cf-connecting-ip": "198.51.100.7" }
    const page = (body) => send(service, path, {
      method: "POST", origin: service.origin, body,
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
    })
    const once = { ...typed(), _key: "limited-1" }
    const { text } = await submit(service, "visited", once, { headers })
    assert.equal((await submit(service, "visited", typed(), { headers })).status, 429)
    const message = (bytes) => JSON.stringify(typed({ message: "x".repeat(bytes) }))
    for (const bytes of [100, 40_000, 130_000, 1_000_000, 3_000_000]) {
      const body = message(bytes)
      assertProblem(await submit(service, "visited", body, { headers }), "RATE_LIMIT_EXCEEDED")
      const keyed = { ...headers, "idempotency-key": "unknown" }
      assertProblem(await submit(service, "visited", body, { headers: keyed }), "RATE_LIMIT_EXCEEDED")
    }
    // workerd closes the connection of a client that goes on sending much more than is read.
    const cut = await submit(service, "visited", message(20_000_000), { headers }).catch(({ cause }) => cause.code)
    if (!["EPIPE", "ECONNRESET", "UND_ERR_SOCKET"].includes(cut)) assertProblem(cut, "RATE_LIMIT_EXCEEDED")
    const kept = await page(new URLSearchParams(typed({ message: '"'.repeat(10_000) })).toString())
    assert.equal(kept.status, 429)
    assert.match(kept.text, /Zebulon Pike/, "what was typed is still there")
    for (const bytes of [32_769, 131_000, 160_000]) {
      const refused = await page(`message=${'"'.repeat(bytes - 8)}`)
      assert.equal(refused.status, 429)
      assert.ok(refused.text.length < 4_000, `${refused.text.length} bytes for ${bytes}`)
    }
    assert.equal((await submit(service, "visited", once, { headers })).text, text, "sent again, it has its receipt")
  })

  it("stores only hashes of who was counted, and only for a time", async () => {
    const counters = await published()
    assert.ok(counters.length >= 5)
    for (const { expiration, ...counter } of counters) {
      assert.doesNotMatch(JSON.stringify(counter), /127\.0\.0\.1|192\.0\.2|2001:|visit|three|both/)
      assert.ok(expiration > Date.now() / 1000)
    }
  })

  it("writes nothing for a visitor who submits once", async () => {
    const before = (await published()).length
    assertAccepted(await submit(service, "contact", typed(), { headers: { "cf-connecting-ip": "192.0.2.77" } }), "stored")
    assert.equal((await published()).length, before)
  })

  it("counts together what two services were sent", async () => {
    for (let count = 0; count < 6; count += 1) assertAccepted(await submit(service, "shared", typed()), "stored")
    await published()
    const other = await startWorkerd({ persistTo: service.persistTo })
    try {
      // The second publishes its own count and reads the first one's in the background, a few seconds later.
      for (const _ of [1, 2]) assertAccepted(await submit(other, "shared", typed()), "stored")
      const ours = (await published()).length
      assert.ok(ours > 0)
      // On a busy machine that takes longer. Alone the second would admit the whole quota.
      let answer
      for (let own = 2; own < SHARED_QUOTA && answer?.status !== 429; own += 1) {
        await sleep(SETTLE_MS)
        answer = await submit(other, "shared", typed())
      }
      assertProblem(answer, "RATE_LIMIT_EXCEEDED")
    } finally {
      await other.stop()
    }
  })

  it("admits no visitor past a closed policy without knowing of the others", async () => {
    for (const _ of [1, 2]) assertAccepted(await submit(service, "closed", typed()), "stored")
    await published()
    const other = await startWorkerd({ persistTo: service.persistTo })
    try {
      assertProblem(await submit(other, "closed", typed()), "RATE_LIMIT_EXCEEDED")
    } finally {
      await other.stop()
    }
  })

  it("counts an API key where one is sent", async () => {
    const key = (name) => ({ headers: { "x-api-key": name } })
    assertAccepted(await submit(service, "keyed", typed(), key("k1")), "stored")
    const refused = await submit(service, "keyed", typed(), key("k1"))
    assert.equal(assertProblem(refused, "RATE_LIMIT_EXCEEDED").policy, "key")
    assertAccepted(await submit(service, "keyed", typed(), key("k2")), "stored")
    for (const _ of [1, 2]) {
      const { status, headers } = await submit(service, "keyed", typed())
      assert.deepEqual([status, headers.get("x-ratelimit-limit")], [201, null], "no policy applies")
    }
  })

  // The counters once they have not changed for 1.5 s: they are written in the background, each at most once a second.
  async function published() {
    let seen = ""
    let since = Date.now()
    return until(async () => {
      const counters = await service.counters()
      if (JSON.stringify(counters) !== seen) {
        seen = JSON.stringify(counters)
        since = Date.now()
      }
      return Date.now() - since > 1500 && counters
    }, () => "the counters kept changing")
  }
})
