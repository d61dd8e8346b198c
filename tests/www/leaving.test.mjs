// Visitors who go away right after they have sent: what they sent arrives.
import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { after, before, describe, it } from "node:test"
import { startEdge } from "./edge.mjs"
import { demoForm } from "./forms.mjs"
import { startLanding } from "./landing.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"
import { launchChromium } from "../support/browsers.mjs"
import { until } from "../support/until.mjs"
import { startWorkerd } from "../support/workerd.mjs"

// As on a telephone: neither the preflight nor the submission has arrived when the page is left.
const DELAY_MS = 400
// What arrives arrives by then, on a busy machine, too.
const PATIENCE_MS = 60_000

describe("a visitor who sends and goes away", () => {
  let world
  let edge
  let landing

  before(async () => {
    world = await openWorld(() => [demoForm(), longForm()])
    edge = await startEdge(world.service, DELAY_MS)
    landing = world.landing.publish("/offer", snippet(edge))
    world.landing.publish("/elsewhere", "<p>Something else</p>")
  })
  after(async () => {
    await edge?.stop()
    await world?.close()
  })

  const WAYS = {
    "takes the form out of the page": (page) => clickAnd(page, () => document.querySelector("lead-form").remove()),
    "has it taken out by the page as soon as it is sent": async (page) => {
      await page.evaluate(() => document.addEventListener("lead-form:submit", ({ target }) => target.remove()))
      await clickAnd(page)
    },
    "moves it to another place": (page) => clickAnd(page, () => document.body.append(document.querySelector("lead-form"))),
    "is shown another form": (page) => clickAnd(page, () => document.querySelector("lead-form").setAttribute("form", "long")),
    "closes the tab": async (page) => {
      await clickAnd(page)
      await page.close()
    },
    "goes on to another page after 100 ms": async (page) => {
      await clickAnd(page)
      await page.waitForTimeout(100)
      await page.goto(`${world.landing.origin}/elsewhere`)
    },
    "follows a link of the page": (page) => clickAnd(page, () => location.assign("/elsewhere")),
    "reloads the page": async (page) => {
      await clickAnd(page)
      await page.reload()
    },
  }

  for (const [what, leave] of Object.entries(WAYS)) {
    it(`and ${what} has sent`, async () => {
      const { page, errors, close } = await visit(world, landing.url)
      const email = `${what.replaceAll(" ", "-")}@example.com`
      await page.getByLabel("Name").waitFor()
      await fillIn(page, email)
      await arrives(email, () => leave(page))
      assert.deepEqual(errors, [])
      await close()
    })
  }

  // A browser refuses to send more than 64 KiB for pages that are left.
  it("has sent 60,000 bytes before closing the tab, and more before taking the form out", async () => {
    const long = world.landing.publish("/long", snippet(edge, "long"))
    const open = async (email, length) => {
      const visitor = await visit(world, long.url)
      await visitor.page.getByLabel("Email").fill(email)
      for (const at of [0, 1, 2]) await visitor.page.getByLabel(`Part ${at}`).fill("x".repeat(Math.floor((length + at) / 3)))
      return visitor
    }
    const probe = await open("long-00000@example.com", 0)
    const request = probe.page.waitForRequest((each) => each.method() === "POST")
    await arrives("long-00000@example.com", () => clickAnd(probe.page))
    const others = (await request).postData().length
    await probe.close()

    for (const [bytes, isClosed] of [[60_000, true], [60_001, false], [66_000, false], [90_000, false]]) {
      const email = `long-${bytes}@example.com`
      const { page, errors, close } = await open(email, bytes - others)
      const sent = page.waitForRequest((each) => each.method() === "POST")
      await arrives(email, async () => {
        await clickAnd(page, () => document.querySelector("lead-form").remove())
        assert.equal((await sent).postData().length, bytes)
        if (isClosed) await page.close()
      })
      assert.deepEqual(errors, [])
      await close()
    }
  })

  // The lead is looked for once only: the local database cannot be written to while it is read.
  async function arrives(email, send) {
    const taken = () => edge.answers.filter(({ method, status }) => method === "POST" && status === 201).length
    const before = taken()
    await send()
    await until(() => taken() > before, () => `it did not arrive: ${JSON.stringify(edge.answers)}`, PATIENCE_MS)
    assert.equal((await world.leadsFrom(email)).length, 1)
  }
})

// The tests above have the proxy of `wrangler dev` before the Worker, which goes on when a client is gone.
describe("a visitor of workerd itself who closes the tab right after Send", () => {
  let service
  let landing
  let browser

  before(async () => {
    service = await startWorkerd({ forms: { demo: demoForm() } })
    landing = await startLanding()
    browser = await launchChromium()
  })
  after(() => Promise.all([service?.stop(), landing?.stop(), browser?.close()]))

  it("has sent", async () => {
    const script = await readFile(new URL("../../build/www/embed.js", import.meta.url), "utf8")
    landing.serve("/embed.js", script, { "Content-Type": "text/javascript" })
    const element = `<lead-form form="demo" service="${service.origin}"></lead-form>`
    const { url } = landing.publish("/offer", `${element}<script src="/embed.js"></script>`)
    for (const delay_ms of [0, 5, 50]) {
      const { page, errors } = await visit({ browser }, url)
      const email = `tab-${delay_ms}@example.com`
      await page.getByLabel("Name").waitFor()
      await fillIn(page, email)
      await clickAnd(page)
      await page.waitForTimeout(delay_ms)
      await page.close()
      await until(
        async () => (await service.inbox()).some(({ lead }) => lead.includes(email)),
        () => `the lead of ${email} did not arrive`, PATIENCE_MS,
      )
      assert.deepEqual(errors, [])
    }
  })
})

// In one task, so that nothing comes between.
async function clickAnd(page, leave = () => {}) {
  await page.evaluate(`document.querySelector("lead-form").shadowRoot.querySelector("button").click(); (${leave})()`)
}

function longForm() {
  return demoForm({
    key: "long",
    fields: [
      { name: "email", type: "email", label: "Email" },
      ...[0, 1, 2].map((at) => ({ name: `part${at}`, type: "textarea", label: `Part ${at}` })),
    ],
  })
}
