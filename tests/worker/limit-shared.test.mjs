// Four processes, one KV, five times the quota: the simulator's scenario "1 location, 4 isolates, 5x, 12 s windows", in
// workerd. There 0.35 % are admitted beyond the quota (20 runs; 12 % in the worst of 60 windows), none is refused wrongly, and
// without common counters 300 % would be admitted beyond it.

import assert from "node:assert/strict"
import { it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"

import { answers, startCore } from "../support/core.mjs"
import { contactForm, typed } from "../support/forms.mjs"
import { submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"

const PROCESSES = 4
const QUOTA = 100
const WINDOW_S = 12
const WINDOWS = 3
const DEMAND = 5
// The worst window of the simulator in one of three, and half as much again.
const MAX_OVER = 0.06
// At this size one submission is a third of a per cent, and a slow machine has pauses.
const MAX_MISSING = 0.02
// What a process reads of the others' counters is as old as its own work is late: the bound is one of processes with time. On two
// cores with a load of 15 a response takes 30 to 370 ms. Where the mean is above this, other programs have the cores, and what
// was measured is measured again. In milliseconds.
const STARVED_MS = 20
const ATTEMPTS = 3

it("four processes admit together what one would", async (test) => {
  const rate_limits = [{ name: "form", quota: QUOTA, window_s: WINDOW_S, partition: "form" }]
  // Leads go to a core: the local inbox is one file, which four processes would fight for.
  const core = await startCore()
  await core.answerWith(answers.accept)
  const settings = { CORE_URL: core.template }
  const keys = ["warm", ...Array.from({ length: ATTEMPTS }, (_, attempt) => `shared-${attempt}`)]
  const forms = Object.fromEntries(keys.map((key) => [key, contactForm({ key, rate_limits })]))
  const first = await startWorkerd({ settings, forms, isShared: true })
  const services = [first]
  try {
    // One after the other: two cores.
    while (services.length < PROCESSES) services.push(await startWorkerd({ settings, persistTo: first.persistTo }))
    // A first request compiles the Worker and opens the store, which the simulator's isolates do in no time.
    await Promise.all(services.map((service) => submit(service, "warm", typed())))
    let measured
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      measured = await measure(services, `shared-${attempt}`)
      const { asked, admitted, over, missing, mean_ms } = measured
      test.diagnostic(`${PROCESSES} workerd, ${asked.join(" + ")} asked, ${admitted.join(" + ")} admitted: ` +
        `${percent(over)} over, ${percent(missing)} wrongly refused; ${mean_ms.toFixed(1)} ms for a response`)
      assert.deepEqual(measured.statuses, [201, 429])
      if (over <= MAX_OVER && missing <= MAX_MISSING || mean_ms <= STARVED_MS) break
    }
    const { admitted, over, missing } = measured
    assert.ok(over <= MAX_OVER, `${percent(over)} over: ${admitted}`)
    assert.ok(missing <= MAX_MISSING, `${percent(missing)} wrongly refused: ${admitted}`)
  } finally {
    await Promise.all(services.slice(1).map((service) => service.stop()))
    await first.stop()
    await core.stop()
  }
})

async function measure(services, key) {
  const window_ms = WINDOW_S * 1000
  const start = (Math.floor(Date.now() / window_ms) + 1) * window_ms
  const sent = DEMAND * QUOTA * WINDOWS
  const admitted = Array(WINDOWS).fill(0)
  const asked = Array(WINDOWS).fill(0)
  const statuses = new Set()
  const took_ms = []
  await Promise.all(Array.from({ length: sent }, async (_, index) => {
    // Even by chance, as the simulator's.
    const at = start + (index + Math.random()) * WINDOWS * window_ms / sent
    await sleep(at - Date.now())
    const sent_at = Date.now()
    const window = Math.floor((sent_at - start) / window_ms)
    const { status } = await submit(services[Math.floor(Math.random() * PROCESSES)], key, typed())
    took_ms.push(Date.now() - Math.min(sent_at, at))
    statuses.add(status)
    if (!(window in asked)) return
    asked[window] += 1
    if (status === 201) admitted[window] += 1
  }))
  // One limiter that sees all admits 100 in the first window, and 99 in those after.
  const due = admitted.map((_, window) => window === 0 ? QUOTA : QUOTA - 1)
  return {
    asked, admitted,
    over: mean(admitted.map((count) => Math.max(0, count - QUOTA) / QUOTA)),
    missing: sum(admitted.map((count, window) => Math.max(0, due[window] - count))) / sum(due),
    statuses: [...statuses].sort(),
    // From when it was due, as this process may be late as well.
    mean_ms: mean(took_ms),
  }
}

const sum = (numbers) => numbers.reduce((one, other) => one + other, 0)
const mean = (numbers) => sum(numbers) / numbers.length
const percent = (part) => `${(part * 100).toFixed(2)} %`
