// What the widget requests again, when, and until when.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { until } from "../support/until.mjs"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

const CORS = { "Access-Control-Allow-Origin": "*" }

describe("the widget", () => {
  let world
  let landing

  before(async () => {
    world = await openWorld(() => [demoForm()])
    landing = world.landing.publish("/offer", snippet(world.service))
  })
  after(() => world?.close())

  const send = (page) => page.getByRole("button", { name: "Send request" }).click()
  const thanks = (page) => page.getByRole("heading", { name: "Thanks!" }).waitFor()
  const problem = (status, code, details = {}) => (route) => route.fulfill({ status, headers: CORS, json: { error: { code, message: "x", details } } })

  // A visit while the definition cannot be had; `requests` counts them.
  async function openWithout(answer) {
    const state = { requests: 0, answer }
    const visitor = await visit(world, "about:blank", {}, async (page) => {
      await page.clock.install()
      await page.route("**/v1/forms/demo", (route) => {
        state.requests += 1
        return state.answer(route)
      })
    })
    await visitor.page.goto(landing.url)
    await until(() => state.requests === 1, () => "nothing was requested")
    return { ...visitor, state }
  }

  it("requests a form again that cannot be loaded, after longer and longer waits, and keeps the link meanwhile", async () => {
    const { page, state, errors, close } = await openWithout((route) => route.abort())
    await page.getByText("The form could not be loaded here.").waitFor()
    assert.ok(await page.getByRole("link", { name: "Open the form" }).isVisible())
    const expected = [[1_000, 1], [1_000, 2], [4_000, 2], [1_500, 3], [15_000, 4], [30_000, 5], [60_000, 6], [60_000, 7]]
    for (const [wait_ms, requests] of expected) {
      await page.clock.fastForward(wait_ms)
      await until(() => state.requests >= requests, () => `${state.requests} requests instead of ${requests}`)
      await page.waitForTimeout(200)
      assert.equal(state.requests, requests)
    }
    state.answer = (route) => route.continue()
    await page.evaluate(() => dispatchEvent(new Event("online")))
    await page.getByLabel("Name").waitFor()
    assert.equal(await page.getByText("The form could not be loaded here.").count(), 0)
    assert.equal(await page.getByRole("link", { name: "Open the form" }).isVisible(), false)
    assert.deepEqual(errors, [])
    await close()
  })

  it("waits as long as the service asks before it requests the form again", async () => {
    const { page, state, close } = await openWithout(problem(503, "LG_1901", { retry_after: 40 }))
    await page.getByText("The form could not be loaded here.").waitFor()
    await page.clock.fastForward(35_000)
    await page.waitForTimeout(200)
    assert.equal(state.requests, 1)
    state.answer = (route) => route.continue()
    await page.clock.fastForward(6_000)
    await page.getByLabel("Name").waitFor()
    await close()
  })

  it("waits for its parts when the browser comes online meanwhile", async () => {
    const { page, close } = await visit(world, "about:blank", {}, (page) => page.route("**/widget/en.js", async (route) => {
      await page.waitForTimeout(500)
      await page.evaluate(() => dispatchEvent(new Event("online")))
      await page.waitForTimeout(200)
      await route.continue()
    }))
    await page.goto(landing.url)
    const button = page.getByRole("button", { name: "Send request" })
    assert.equal(await button.evaluate((node) => getComputedStyle(node).backgroundColor), "rgb(26, 86, 176)")
    await close()
  })

  it("requests nothing more for an element that was removed, or for a form that there is not", async () => {
    const { page, state, close } = await openWithout((route) => route.abort())
    await page.getByText("The form could not be loaded here.").waitFor()
    await page.evaluate(() => document.querySelector("lead-form").remove())
    await page.clock.fastForward(300_000)
    await page.waitForTimeout(200)
    assert.equal(state.requests, 1)
    await close()

    const missing = await openWithout(problem(404, "LG_1100"))
    await missing.page.getByText("This form is not available.").waitFor()
    await missing.page.clock.fastForward(300_000)
    await missing.page.waitForTimeout(200)
    assert.equal(missing.state.requests, 1)
    await missing.close()
  })

  it("counts down in words until it sends again", async () => {
    const { page, close } = await visit(world, landing.url)
    await page.clock.install()
    await fillIn(page, "countdown@example.com")
    await page.route("**/submissions", problem(429, "LG_1902", { retry_after: 30 }), { times: 1 })
    await send(page)
    const timer = page.getByRole("alert").getByRole("timer")
    for (const words of ["in 30 seconds", "in 20 seconds", "in 10 seconds"]) {
      await timer.getByText(words).waitFor()
      await page.clock.fastForward(10_000)
    }
    await thanks(page)
    await close()
  })

  it("sends at once when the browser is online again", async () => {
    const { page, close } = await visit(world, landing.url, { isAlone: true })
    await fillIn(page, "online@example.com")
    await page.context().setOffline(true)
    await send(page)
    await page.getByRole("alert").getByText("It will be sent again in 5 seconds.").waitFor()
    const began = Date.now()
    await page.context().setOffline(false)
    await thanks(page)
    assert.ok(Date.now() - began < 4_000)
    await close()
  })

  it("goes on sending for an element that was removed, and does not lead a page away from which it was removed", async () => {
    const { page, close } = await visit(world, landing.url)
    await page.clock.install()
    await fillIn(page, "removed@example.com")
    await page.route("**/submissions", (route) => route.abort(), { times: 1 })
    await send(page)
    await page.getByRole("alert").getByText("in 5 seconds").waitFor()
    await page.evaluate(() => document.querySelector("lead-form").remove())
    await page.clock.fastForward(5_000)
    await until(async () => (await world.leadsFrom("removed@example.com")).length === 1, () => "did not arrive")
    assert.equal(page.url(), landing.url)
    await close()
  })

  for (const mode of ["", "light"]) {
    it(`keeps what is shown, typed and being sent when it is moved${mode && ", in the page itself"}`, async () => {
      const movable = world.landing.publish("/movable", `${snippet(world.service, "demo", mode)}<div id="there"></div>`)
      const { page, errors, close } = await visit(world, movable.url)
      await page.clock.install()
      const email = `moved${mode}@example.com`
      await fillIn(page, email)
      for (const way of ["append", "moveBefore", "append"]) {
        await page.evaluate((way) => {
          const there = document.getElementById("there")
          const element = document.querySelector("lead-form")
          if (way === "append") (there.contains(element) ? document.body : there).append(element)
          else document.body.moveBefore(element, null)
        }, way)
        await page.waitForTimeout(50)
        assert.equal(await page.getByLabel("Work email").inputValue(), email)
      }
      await page.route("**/submissions", (route) => route.abort(), { times: 1 })
      await send(page)
      await page.getByRole("alert").getByText("in 5 seconds").waitFor()
      await page.evaluate(() => document.body.append(document.querySelector("lead-form")))
      await page.getByRole("alert").getByText("in 5 seconds").waitFor()
      await page.clock.fastForward(5_000)
      await thanks(page)
      await page.evaluate(() => document.getElementById("there").append(document.querySelector("lead-form")))
      await page.waitForTimeout(50)
      assert.ok(await page.getByRole("heading", { name: "Thanks!" }).isVisible())
      assert.equal((await world.leadsFrom(email)).length, 1)
      assert.deepEqual(errors, [])
      await close()
    })
  }
})
