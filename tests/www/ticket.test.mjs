// The widget and the ticket of a form.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { until } from "../support/until.mjs"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

const HOUR_MS = 3_600_000

describe("the ticket", () => {
  let world

  before(async () => {
    const forms = () => [demoForm(), demoForm({ key: "strict", ticket: "required" })]
    world = await openWorld(forms, { SIGNING_KEY: "a-key-of-tests-which-is-no-secret" })
  })
  after(() => world?.close())

  // A visitor of a form, with the requests for tickets and what was sent.
  async function open(form, prepare = () => {}) {
    const landing = world.landing.publish(`/${form}`, snippet(world.service, form))
    const tickets = []
    const sent = []
    const visitor = await visit(world, "about:blank", {}, async (page) => {
      page.on("request", (request) => new URL(request.url()).pathname.endsWith("/ticket") && tickets.push(request.url()))
      page.on("request", (request) => request.method() === "POST" && sent.push(request.postDataJSON()))
      await prepare(page)
    })
    await visitor.page.goto(landing.url)
    await visitor.page.getByLabel("Name").waitFor()
    return { ...visitor, tickets, sent }
  }

  const send = (page) => page.getByRole("button", { name: "Send request" }).click()
  const thanks = (page) => page.getByRole("heading", { name: "Thanks!" }).waitFor()
  const answered = (body) => (route) => route.fulfill({ headers: { "Access-Control-Allow-Origin": "*" }, json: body })

  for (const form of ["demo", "strict"]) {
    it(`is requested once the visitor begins, and sent: ${form}`, async () => {
      const { page, tickets, sent, errors, consoleErrors, close } = await open(form)
      await page.waitForTimeout(300)
      assert.deepEqual(tickets, [])
      const email = `ticket-${form}@example.com`
      await fillIn(page, email)
      await until(() => tickets.length === 1, () => "no ticket requested")
      // Younger ones look like a program's.
      await page.waitForTimeout(1500)
      await send(page)
      await thanks(page)
      assert.match(sent[0]._ticket, /^[\w-]{80,}$/)
      assert.equal(tickets.length, 1)
      const [{ lead }] = await world.leadsFrom(email)
      assert.deepEqual([JSON.parse(lead).extras, errors, consoleErrors], [{}, [], []])
      await close()
    })
  }

  it("is left out where it is younger than a second and not required, and waited for where it is: the form may be filled in already", async () => {
    for (const form of ["demo", "strict"]) {
      const email = `prefilled-${form}@example.com`
      const { page, sent, tickets, close } = await open(form)
      await page.evaluate((email) => {
        document.querySelector("lead-form").values = { name: "Ada Lovelace", email, consent: true }
      }, email)
      await send(page)
      await thanks(page)
      assert.deepEqual([sent.length, tickets.length, "_ticket" in sent[0]], [1, 1, form === "strict"])
      const [{ lead }] = await world.leadsFrom(email)
      // Beside that, the browser of the tests calls itself one without a screen.
      const signals = JSON.parse(lead).spam.filter((signal) => signal !== "automation")
      assert.deepEqual(signals, form === "strict" ? [] : ["ticket_missing"])
      await close()
    }
  })

  it("is waited for where the form requires it", async () => {
    const { page, close } = await open("strict", (page) => page.route("**/ticket*", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      await route.continue()
    }))
    await fillIn(page, "slow-ticket@example.com")
    await send(page)
    await thanks(page)
    assert.equal((await world.leadsFrom("slow-ticket@example.com")).length, 1)
    await close()
  })

  it("is replaced when the service refuses it, and the answers are sent once more", async () => {
    const stale = answered({ ticket: "stale", expires_at: new Date(Date.now() + HOUR_MS).toISOString() })
    const { page, sent, tickets, close } = await open("strict", (page) => page.route("**/ticket*", stale, { times: 1 }))
    await fillIn(page, "stale-ticket@example.com")
    await until(() => tickets.length === 1, () => "no ticket requested")
    await page.waitForTimeout(300)
    await send(page)
    await thanks(page)
    assert.deepEqual([sent.length, sent[0]._ticket, tickets.length], [2, "stale", 2])
    assert.equal((await world.leadsFrom("stale-ticket@example.com")).length, 1)
    await close()
  })

  it("that is refused again loses nothing: the form says so and tries again later", async () => {
    const { page, sent, close } = await open("strict", (page) => page.route("**/ticket*", (route) => route.abort()))
    await fillIn(page, "no-ticket@example.com")
    await send(page)
    await page.getByRole("alert").getByText("Nothing you typed was lost. It will be sent again in 5 seconds.").waitFor()
    assert.deepEqual(sent.map(({ _ticket }) => _ticket), [undefined, undefined])
    await page.unroute("**/ticket*")
    await thanks(page)
    assert.equal((await world.leadsFrom("no-ticket@example.com")).length, 1)
    await close()
  })

  it("is renewed before it expires, until the form is sent", async () => {
    const { page, tickets, sent, close } = await open("demo", (page) => page.clock.install())
    await fillIn(page, "renewed@example.com")
    await until(() => tickets.length === 1, () => "no ticket requested")
    await page.waitForTimeout(300)
    await page.clock.fastForward(2 * HOUR_MS - 6 * 60_000)
    await page.waitForTimeout(300)
    assert.equal(tickets.length, 1)
    await page.clock.fastForward(2 * 60_000)
    await until(() => tickets.length === 2, () => "not renewed")
    assert.match(tickets[1], /\?renew=[\w-]{80,}$/)
    await page.waitForTimeout(300)
    await send(page)
    await thanks(page)
    assert.match(sent[0]._ticket, /^[\w-]{80,}$/)
    await page.clock.fastForward(5 * HOUR_MS)
    await page.waitForTimeout(300)
    assert.equal(tickets.length, 2)
    await close()
  })

  for (const [what, answer] of [
    ["are off", answered({ ticket: null, expires_at: null })],
    ["are unknown to an older service", (route) => route.fulfill({ status: 404, headers: { "Access-Control-Allow-Origin": "*" }, body: "no" })],
  ]) {
    it(`is left out where tickets ${what}`, async () => {
      const { page, sent, errors, close } = await open("demo", (page) => page.route("**/ticket*", answer))
      const email = `without-${what.length}@example.com`
      await fillIn(page, email)
      await send(page)
      await thanks(page)
      assert.ok(!("_ticket" in sent[0]))
      assert.deepEqual(errors, [])
      await close()
    })
  }
})

describe("a trap", () => {
  let world

  before(async () => {
    world = await openWorld(() => [demoForm({ honeypot: undefined })])
  })
  after(() => world?.close())

  it("is not displayed, so not in the tab order, and marked for password managers, with and without our styles", async () => {
    for (const mode of ["", "light"]) {
      const landing = world.landing.publish("/trap", snippet(world.service, "demo", mode))
      const { page, close } = await visit(world, "about:blank", {}, (page) => page.route("**/v1/forms/demo", async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, json: { ...await response.json(), aux_inputs: ["q7x", "z1"], honeypot: undefined } })
      }))
      await page.goto(landing.url)
      await page.getByLabel("Name").waitFor()
      await page.evaluate(() => { document.adoptedStyleSheets = [] })
      for (const name of ["q7x", "z1"]) {
        const trap = page.locator(`[name=${name}]`)
        const { display, attributes } = await trap.evaluate((node) => ({
          display: getComputedStyle(node).display,
          attributes: Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value])),
        }))
        assert.equal(display, "none")
        const { style: _, ...others } = attributes
        assert.deepEqual(others, {
          type: "text", name, autocomplete: "off", "aria-hidden": "true",
          "data-1p-ignore": "", "data-lpignore": "true", "data-bwignore": "", "data-form-type": "other",
        })
      }
      const sent = page.waitForRequest((request) => request.method() === "POST")
      await fillIn(page, `trap-${mode}@example.com`)
      await page.locator("[name=z1]").evaluate((input) => { input.value = "spam" })
      await page.getByRole("button", { name: "Send request" }).click()
      const body = (await sent).postDataJSON()
      assert.deepEqual([body.q7x, body.z1], [undefined, "spam"])
      await close()
    }
  })
})
