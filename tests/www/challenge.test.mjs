// The widget and a challenge: a proof of work in a worker or on the page, Turnstile, and what visitors see of it.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { until } from "../support/until.mjs"
import { SITE_KEY, startTurnstile } from "../support/turnstile.mjs"
import { assertAccessible } from "./accessible.mjs"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit, WITHOUT_SCRIPT } from "./world.mjs"

const SIGNING_KEY = "a-key-of-tests-which-is-no-secret"
// Every submission is challenged: the name of the browser is that of a program. Each visitor has an address of its own, since the
// work doubles with each challenge of a visitor.
let visitors = 0
const address = () => ({ "cf-connecting-ip": `192.0.2.${++visitors}` })
const ROBOT = { userAgent: "python-requests/2.32" }
const NO_WORKERS = { "Content-Security-Policy": "worker-src 'none'" }
const forms = () => [demoForm({ spam: { spam_at: 90 } })]

const send = (page) => page.getByRole("button", { name: "Send request" }).click()
const thanks = (page) => page.getByRole("heading", { name: "Thanks!" }).waitFor({ timeout: 60_000 })

async function open(world, { headers, mode, prepare = () => {} } = {}) {
  const landing = world.landing.publish("/landing", snippet(world.service, "demo", mode), headers)
  const sent = []
  const parts = []
  const visitor = await visit(world, "about:blank", ROBOT, async (page) => {
    const own = address()
    await page.route("**/submissions", (route) => route.continue({ headers: { ...route.request().headers(), ...own } }))
    page.on("request", (request) => {
      const { pathname } = new URL(request.url())
      if (request.method() === "POST") sent.push(request.postDataJSON())
      if (/challenge|solver/.test(pathname)) parts.push(pathname)
    })
    await prepare(page)
  })
  await visitor.page.goto(landing.url)
  await visitor.page.getByLabel("Name").waitFor()
  return { ...visitor, sent, parts }
}

describe("a proof of work", () => {
  let world

  before(async () => {
    world = await openWorld(forms, { SIGNING_KEY })
  })
  after(() => world?.close())

  for (const [what, options] of [
    ["in a worker", {}],
    ["rendered into the page", { mode: "light" }],
    ["on a page that forbids workers", { headers: NO_WORKERS }],
    ["without the browser's cryptography", {
      headers: NO_WORKERS,
      prepare: (page) => page.addInitScript(() => Object.defineProperty(crypto, "subtle", { value: undefined })),
    }],
  ]) {
    it(`is solved ${what}, and the answers are sent again with it`, async () => {
      const email = `solved-${what.length}@example.com`
      const { page, sent, parts, errors, close } = await open(world, options)
      await fillIn(page, email)
      assert.deepEqual(parts, [])
      await send(page)
      await thanks(page)
      assert.deepEqual([sent.length, sent[0]._proof], [2, undefined])
      assert.match(sent[1]._proof, /^[\w+/=]{500,1500}$/)
      const [{ lead }] = await world.leadsFrom(email)
      const { spam, spam_verdict, extras } = JSON.parse(lead)
      assert.deepEqual([spam.at(-1), spam_verdict, extras], ["challenged", "inbox", {}])
      assert.deepEqual([...new Set(parts)].sort(), ["/widget/challenge.js", "/widget/solver.js"])
      assert.deepEqual(errors, [])
      assert.equal(await page.locator(".lf-challenge").count(), 0)
      await close()
    })
  }

  it("shows its progress, which screen readers announce", async () => {
    const { page, close } = await open(world, { prepare: slowSolver })
    await fillIn(page, "progress@example.com")
    await send(page)
    const bar = page.getByRole("progressbar", { name: "One moment: your browser shows that you are not a program." })
    await bar.waitFor()
    assert.equal(await page.getByRole("status").filter({ hasText: "One moment" }).count(), 1)
    await assertAccessible(page, "challenge")
    const before = await bar.evaluate(({ value }) => value)
    await until(async () => await bar.evaluate(({ value }) => value) > before, () => "no progress")
    await close()
  })

  it("ends when the form is removed, and is begun anew when the visitor sends again", async () => {
    const { page, sent, close } = await open(world, { prepare: slowSolver })
    await fillIn(page, "removed@example.com")
    await send(page)
    await page.getByRole("progressbar").waitFor()
    await until(() => page.workers().length === 1, () => "no worker")
    await page.evaluate(() => {
      window.form = document.querySelector("lead-form")
      window.form.remove()
    })
    await until(() => page.workers().length === 0, () => "the worker goes on")
    await page.unroute("**/widget/solver.js")
    await page.evaluate(() => document.body.append(window.form))
    await page.getByLabel("Name").waitFor()
    await page.getByRole("button", { name: "Send request" }).click()
    await thanks(page)
    assert.equal((await world.leadsFrom("removed@example.com")).length, 1)
    assert.ok(sent.length >= 2)
    await close()
  })

  it("that cannot be loaded loses nothing: the visitor is told, and can send again", async () => {
    const { page, close } = await open(world, { prepare: (page) => page.route("**/widget/challenge.js*", (route) => route.abort()) })
    await fillIn(page, "unloaded@example.com")
    await send(page)
    await page.getByRole("alert").getByText("Nothing you typed was lost.").waitFor()
    await page.unroute("**/widget/challenge.js*")
    await send(page)
    await thanks(page)
    assert.equal((await world.leadsFrom("unloaded@example.com")).length, 1)
    await close()
  })

  it("is replaced by a wait where there is no script", async () => {
    const { page, close } = await visit(world, `${world.service.origin}/f/demo`, { ...ROBOT, ...WITHOUT_SCRIPT, extraHTTPHeaders: address() })
    await fillIn(page, "waits@example.com")
    await send(page)
    const [, seconds] = (await page.getByText(/Wait \d+ seconds and send it again/).textContent()).match(/Wait (\d+) seconds/)
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada Lovelace")
    assert.deepEqual(await world.leadsSoFar("waits@example.com"), [])
    await page.waitForTimeout(Number(seconds) * 1000)
    await send(page)
    await thanks(page)
    const [{ lead }] = await world.leadsFrom("waits@example.com")
    assert.equal(JSON.parse(lead).spam_verdict, "inbox")
    await close()
  })
})

describe("Turnstile", () => {
  let world
  let turnstile

  before(async () => {
    turnstile = await startTurnstile()
    world = await openWorld(forms, { SIGNING_KEY, ...turnstile.settings() })
  })
  after(() => Promise.all([world?.close(), turnstile?.stop()]))

  // In place of Cloudflare's script, which a test cannot reach: a button that gives a token. It finds its place by the
  // document, as that one does.
  const fakeScript = (page) => page.route("https://challenges.cloudflare.com/**", (route) => route.fulfill({
    contentType: "text/javascript",
    body: `window.turnstile = {
      render(place, { sitekey, callback }) {
        if (!document.contains(place) || place.getRootNode() !== document) throw new Error("not in the document")
        const button = document.createElement("button")
        button.textContent = "I am a person " + sitekey
        button.onclick = () => callback("XXXX.DUMMY.TOKEN." + Math.random())
        place.append(button)
        return "id"
      },
      remove() {},
    }`,
  }))

  for (const mode of ["", "light"]) {
    it(`is shown in the form and its token is sent${mode && ", in the page"}`, async () => {
      const email = `turnstile-${mode}@example.com`
      const { page, sent, errors, close } = await open(world, { mode, prepare: fakeScript })
      await fillIn(page, email)
      await send(page)
      await page.getByRole("button", { name: `I am a person ${SITE_KEY}` }).click()
      await thanks(page)
      assert.match(sent[1]._proof, /^XXXX\.DUMMY\.TOKEN\./)
      const [{ lead }] = await world.leadsFrom(email)
      assert.equal(JSON.parse(lead).spam_verdict, "inbox")
      assert.equal(await page.getByRole("button", { name: "I am a person" }).count(), 0)
      assert.deepEqual(errors, [])
      await close()
    })
  }

  it("whose script is blocked loses nothing", async () => {
    const { page, close } = await open(world, { prepare: (page) => page.route("https://challenges.cloudflare.com/**", (route) => route.abort()) })
    await fillIn(page, "blocked@example.com")
    await send(page)
    await page.getByRole("alert").getByText("Nothing you typed was lost.").waitFor()
    await close()
  })

  it("is on the hosted page, whose policy allows it", async () => {
    const { page, consoleErrors, close } = await visit(world, `${world.service.origin}/f/demo`, { ...ROBOT, extraHTTPHeaders: address() }, (page) => page.route("https://challenges.cloudflare.com/**", (route) => route.fulfill({
      contentType: "text/javascript",
      // What Cloudflare's script does without explicit rendering.
      body: `for (const place of document.querySelectorAll(".cf-turnstile")) {
        const input = document.createElement("input")
        Object.assign(input, { type: "hidden", name: place.dataset.responseFieldName, value: "XXXX.DUMMY.TOKEN.hosted" })
        place.append(input)
      }`,
    })))
    await fillIn(page, "hosted@example.com")
    await send(page)
    await page.getByText("Confirm above the button that you are a person").waitFor()
    await page.locator(".cf-turnstile input").waitFor({ state: "attached" })
    await send(page)
    await thanks(page)
    const [{ lead }] = await world.leadsFrom("hosted@example.com")
    assert.equal(JSON.parse(lead).spam_verdict, "inbox")
    assert.deepEqual(consoleErrors.filter((text) => /Content Security/.test(text)), [])
    await close()
  })
})

// The solver with ten milliseconds before each counter.
function slowSolver(page) {
  return page.route("**/widget/solver.js", async (route) => {
    const response = await route.fetch()
    const slow = `for (const name of ["importKey"]) {
      const { subtle } = crypto
      const own = subtle[name].bind(subtle)
      subtle[name] = async (...given) => { await new Promise((resolve) => setTimeout(resolve, 10)); return own(...given) }
    }\n`
    await route.fulfill({ response, body: slow + await response.text() })
  })
}
