import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { demoForm, everyKindForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"
import { until } from "../support/until.mjs"

describe("a snippet on a landing page of another origin", () => {
  let world
  let landing

  // The way of a submission is tested in the whole browser, other pages in its engine.
  before(async () => {
    world = await openWorld(({ origin }) => [
      demoForm(),
      everyKindForm(),
      demoForm({ key: "leadron", dialect: "leadron" }),
      demoForm({ key: "next", on_success: { message: "Thanks!", redirect: `${origin}/thanks` } }),
      demoForm({ key: "tight", rate_limits: [{ name: "form", quota: 1, window_s: 60, partition: "form" }] }),
    ], {}, undefined, { isWhole: true })
    landing = world.landing.publish("/offer", snippet(world.service))
  })
  after(() => world?.close())

  it("puts what the visitor typed into the inbox and thanks them", async () => {
    const { page, errors, consoleErrors, close } = await visit(world, landing.url)
    await fillIn(page, "ada@example.com")
    await page.getByLabel("Company size").selectOption("11-50")
    await page.getByLabel("By phone").check()
    await page.getByLabel("Message").fill("Two\nlines <b>&")
    await page.getByRole("button", { name: "Send request" }).click()

    const thanks = page.getByRole("heading", { name: "Thanks! We will write soon." })
    await thanks.waitFor()
    assert.ok(await thanks.evaluate((heading) => heading === heading.getRootNode().activeElement), "focus is on the thanks")
    assert.ok(await thanks.evaluate((heading) => heading.getBoundingClientRect().top >= 0), "the thanks are in view")
    assert.ok(await page.getByRole("status").filter({ hasText: "Thanks!" }).isVisible(), "the thanks are announced")
    assert.equal(await page.locator("lead-form form").count(), 0)

    const leads = await world.leadsFrom("ada@example.com")
    assert.equal(leads.length, 1)
    assert.equal(leads[0].form_key, "demo")
    const values = JSON.parse(leads[0].lead).fields
    const typed = { name: "Ada Lovelace", size: "11-50", channel: "phone", message: "Two\nlines <b>&", campaign: "spring", consent: "on" }
    for (const [name, value] of Object.entries(typed)) assert.equal(values[name], value, name)
    assert.equal(values.website, undefined, "the honeypot of a human is not sent")
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("marks a test, and says so", async () => {
    const snippetOfTest = snippet(world.service).replace("<lead-form ", "<lead-form test ")
    assert.match(snippetOfTest, /<lead-form test /)
    const { page, close } = await visit(world, world.landing.publish("/test", snippetOfTest).url)
    await page.getByText("not forwarded").waitFor()
    await fillIn(page, "test@example.com")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks! We will write soon." }).waitFor()
    const [lead] = await world.leadsFrom("test@example.com")
    assert.equal(lead.is_test, 1)
    await close()
  })

  it("sends every kind of field as the service reads it", async () => {
    const every = world.landing.publish("/every-kind", snippet(world.service, "every-kind"))
    const { page, close } = await visit(world, every.url)
    const typed = {
      text: "a", search: "b", tel: "+1 555 0100", url: "https://example.com/", email: "every@example.com", number: "42",
      date: "2026-02-03", month: "2026-02", week: "2026-W06", time: "10:30", "datetime-local": "2026-02-03T10:30",
      textarea: "c\nd",
    }
    for (const [name, value] of Object.entries(typed)) await page.getByLabel(`A ${name} field`).fill(value)
    await page.getByLabel("A checkbox field").check()
    await page.getByLabel("A select field").selectOption("51-")
    await page.getByLabel("A multiple select field").selectOption(["1-10", "51-"])
    await page.getByLabel("By email").check()
    await page.getByLabel("I agree to all of this").check()
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()

    const [{ lead }] = await world.leadsFrom("every@example.com")
    const values = JSON.parse(lead).fields
    const untouched = { range: "50", color: "#000000", hidden: "unseen" }
    const chosen = { checkbox: "on", select: "51-", many: ["1-10", "51-"], radio: "mail", consent: "on" }
    for (const [name, value] of Object.entries({ ...typed, ...untouched, ...chosen })) {
      assert.deepEqual(values[name], value, name)
    }
    await close()
  })

  it("sends the honeypot only when a program filled it in", async () => {
    const { page, close } = await visit(world, landing.url)
    await fillIn(page, "robot@example.com")
    await page.locator("[name=website]").evaluate((input) => { input.value = "https://spam.example" })
    const request = page.waitForRequest((each) => each.method() === "POST")
    await page.getByRole("button", { name: "Send request" }).click()
    assert.equal((await request).postDataJSON().website, "https://spam.example")
    await close()
  })

  it("stores one lead for two quick clicks", async () => {
    const { page, close } = await visit(world, landing.url)
    await fillIn(page, "twice@example.com")
    let posts = 0
    page.on("request", (request) => request.method() === "POST" && posts++)
    await page.getByRole("button", { name: "Send request" }).dblclick()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await world.leadsFrom("twice@example.com")).length, 1)
    assert.equal(posts, 1)
    await close()
  })

  it("stores one lead when the same answers are sent again after a reload", async () => {
    const { page, close } = await visit(world, landing.url)
    const keys = []
    page.on("request", (request) => request.method() === "POST" && keys.push(request.headers()["idempotency-key"]))
    const send = async (email) => {
      await fillIn(page, email)
      await page.getByRole("button", { name: "Send request" }).click()
      await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    }
    await send("reload@example.com")
    await page.reload()
    await send("reload@example.com")
    assert.equal((await world.leadsFrom("reload@example.com")).length, 1)
    await page.reload()
    await send("reload2@example.com")
    assert.equal((await world.leadsFrom("reload2@example.com")).length, 1)
    assert.equal(keys.length, 3)
    assert.equal(new Set(keys).size, 2)
    const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage }))
    assert.doesNotMatch(stored, /reload/, "no answer is kept")
    await close()
  })

  it("announces that it is sending, and keeps the focus", async () => {
    const { page, close } = await visit(world, landing.url)
    await fillIn(page, "slow@example.com")
    const held = await holdSubmissions(page)
    const button = page.getByRole("button", { name: "Send request" })
    await button.click()
    await page.getByRole("status").filter({ hasText: "Sending…" }).waitFor()
    assert.equal(await button.getAttribute("aria-disabled"), "true")
    assert.equal(await page.locator("lead-form form").getAttribute("aria-busy"), "true")
    assert.ok(await button.evaluate((node) => node === node.getRootNode().activeElement))
    held.release()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    await close()
  })

  it("keeps what was typed while the service is out of reach, and sends it again by itself until it is one lead", async () => {
    const { page, errors, close } = await visit(world, landing.url)
    await page.clock.install()
    await fillIn(page, "patient@example.com")
    // First the request is lost, then only the answer to it, then nothing.
    const faults = [(route) => route.abort(), async (route) => { await route.fetch(); await route.abort() }]
    await page.route("**/submissions", (route) => (faults.shift() ?? ((last) => last.continue()))(route))
    await page.getByRole("button", { name: "Send request" }).click()

    const summary = page.getByRole("alert")
    await summary.getByText("Nothing you typed was lost. It will be sent again in 5 seconds.").waitFor()
    assert.equal(await summary.getByRole("link").getAttribute("href"), `${world.service.origin}/f/demo`)
    assert.equal(await focused(page, "className"), "lf-summary")
    // The second failure does not move the focus.
    await page.getByLabel("Work email").focus()
    await page.clock.fastForward(5_000)
    await summary.getByText("It will be sent again in 15 seconds.").waitFor()
    assert.equal(await focused(page, "name"), "email")
    assert.equal(await page.getByLabel("Work email").inputValue(), "patient@example.com")
    assert.ok(await page.getByLabel("I agree to be contacted").isChecked())
    await page.clock.fastForward(15_000)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await world.leadsFrom("patient@example.com")).length, 1)
    assert.deepEqual(errors, [])
    await close()
  })

  it("leaves it to the visitor to send what was changed meanwhile, and what the service never takes", async () => {
    const { page, close } = await visit(world, landing.url)
    await page.clock.install()
    await fillIn(page, "changed-my-mind@example.com")
    let sent = 0
    await page.route("**/submissions", (route) => {
      sent += 1
      return route.abort()
    })
    const send = page.getByRole("button", { name: "Send request" })
    const summary = page.getByRole("alert")
    await send.click()
    await summary.getByText("It will be sent again in 5 seconds.").waitFor()
    await page.getByLabel("Name").pressSequentially("!")
    await summary.getByText("Try again in a moment.").waitFor()
    assert.equal(await focused(page, "name"), "name")
    await page.clock.fastForward(300_000)
    assert.equal(sent, 1)

    await send.click()
    for (const wait of ["in 5 seconds", "in 15 seconds", "in 30 seconds", "in 60 seconds", "in 2 minutes"]) {
      await summary.getByText(`It will be sent again ${wait}.`).waitFor()
      await page.clock.fastForward(120_000)
    }
    await summary.getByText("Try again in a moment.").waitFor()
    assert.equal(sent, 7)
    await close()
  })

  for (const [status, code] of [[503, "LG_1901"], [429, "LG_1902"]]) {
    it(`waits as long as the service asks with ${status}, and sends again`, async () => {
      const { page, close } = await visit(world, landing.url)
      await page.clock.install()
      const email = `asked-${status}@example.com`
      await fillIn(page, email)
      const faults = [refusal(status, code, { retry_after: 30 })]
      await page.route("**/submissions", (route) => (faults.shift() ?? ((last) => last.continue()))(route))
      await page.getByRole("button", { name: "Send request" }).click()
      await page.getByRole("alert").getByText("It will be sent again in 30 seconds.").waitFor()
      await page.clock.fastForward(29_000)
      assert.equal((await world.leadsSoFar(email)).length, 0)
      await page.clock.fastForward(1_000)
      await page.getByRole("heading", { name: "Thanks!" }).waitFor()
      assert.equal((await world.leadsFrom(email)).length, 1)
      await close()
    })

    it(`does not wait for longer than two minutes with ${status}`, async () => {
      const { page, close } = await visit(world, landing.url)
      await page.clock.install()
      await fillIn(page, `long-${status}@example.com`)
      let sent = 0
      await page.route("**/submissions", (route) => {
        sent += 1
        return refusal(status, code, { retry_after: sent === 1 ? 120 : 121 })(route)
      })
      await page.getByRole("button", { name: "Send request" }).click()
      const alert = page.getByRole("alert")
      await alert.getByText("It will be sent again in 2 minutes.").waitFor()
      await page.clock.fastForward(120_000)
      await alert.getByText(/Try again in (a moment|3 minutes)\./).waitFor()
      await page.clock.fastForward(600_000)
      assert.equal(sent, 2)
      await close()
    })
  }

  it("keeps the reasons of a refusal in view while they are acted on, after it sent again by itself, too", async () => {
    const errors = [{ field: "email", code: "type_mismatch", message: "Work email must be an email address" }]
    const refusals = [
      ["LG_1102", { errors }, "Work email must be an email address"],
      ["LG_1902", { retry_after: 600 }, "Try again in 10 minutes."],
      ["LG_1103", { reason: "origin_not_allowed" }, "This form is not set up for this site."],
      ["LG_1100", {}, "This form is not available."],
    ]
    for (const [code, details, reason] of refusals) {
      for (const isRetried of [false, true]) {
        const { page, errors, close } = await visit(world, landing.url)
        await page.clock.install()
        await fillIn(page, "reasons@example.com")
        const answers = [...isRetried ? [(route) => route.abort()] : [], refusal(400, code, details)]
        await page.route("**/submissions", (route) => answers.shift()(route))
        await page.getByRole("button", { name: "Send request" }).click()
        const alert = page.getByRole("alert")
        if (isRetried) {
          await alert.getByText("in 5 seconds").waitFor()
          await page.clock.fastForward(5_000)
        }
        await alert.getByText(reason).waitFor()
        await page.getByLabel("Work email").press("End")
        await page.keyboard.type("!")
        assert.match(await alert.innerText(), new RegExp(reason), `${code}, ${isRetried ? "sent again" : "sent once"}`)
        assert.equal(await page.locator(".lf-error").count(), code === "LG_1102" ? 1 : 0)
        assert.deepEqual(errors, [])
        await close()
      }
    }
  })

  it("gives up after forty seconds with a message", async () => {
    const { page, close } = await visit(world, landing.url)
    await page.clock.install()
    await fillIn(page, "waiting@example.com")
    const held = await holdSubmissions(page)
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("status").filter({ hasText: "Sending…" }).waitFor()
    await page.clock.fastForward(40_000)
    await page.getByRole("heading", { name: "Your answers were not sent" }).waitFor()
    held.release()
    await close()
  })

  it("shows when it will be sent again once a quota is used up", async () => {
    const tight = world.landing.publish("/tight", snippet(world.service, "tight"))
    for (const email of ["first@example.com", "second@example.com"]) {
      const { page, close } = await visit(world, tight.url)
      await fillIn(page, email)
      await page.getByRole("button", { name: "Send request" }).click()
      if (email.startsWith("first")) {
        await page.getByRole("heading", { name: "Thanks!" }).waitFor()
      } else {
        await page.getByRole("heading", { name: "Your answers were not sent" }).waitFor()
        assert.match(await page.getByRole("alert").innerText(), /It will be sent again in \d+ (seconds?|minutes?)\./)
        assert.equal(await page.getByLabel("Work email").inputValue(), email)
      }
      await close()
    }
    assert.equal((await world.leadsSoFar("second@example.com")).length, 0)
  })

  it("goes on to the form's next page, unless the landing page prevents it", async () => {
    const next = world.landing.publish("/next", snippet(world.service, "next"))
    world.landing.publish("/thanks", "<p>See you soon</p>")
    for (const stay of [false, true]) {
      const { page, close } = await visit(world, next.url)
      await page.evaluate((prevent) => {
        if (prevent) document.addEventListener("lead-form:success", (event) => event.preventDefault())
      }, stay)
      await fillIn(page, `next-${stay}@example.com`)
      await page.getByRole("button", { name: "Send request" }).click()
      await page.getByText(stay ? "Thanks!" : "See you soon").waitFor()
      assert.equal(new URL(page.url()).pathname, stay ? "/next" : "/thanks")
      await close()
    }
  })

  it("works whatever dialect the form's owner chose for other clients, and asks for it without a preflight", async () => {
    const foreign = world.landing.publish("/leadron", snippet(world.service, "leadron"))
    const routes = async () => (await world.service.logs()).slice(before).map(({ route }) => route)
    const before = (await world.service.logs()).length
    const { page, consoleErrors, close } = await visit(world, foreign.url)
    await page.getByRole("button", { name: "Send request" }).waitFor()
    await until(async () => (await routes()).includes("definition"), () => "the form was not requested")
    assert.ok(!(await routes()).includes("preflight"), "the form is shown after one request")

    await fillIn(page, "leadron@example.com")
    // A browser cannot check what is no longer marked as an address.
    await page.getByLabel("Work email").evaluate((input) => { input.type = "text"; input.value = "leadron" })
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    assert.match(await page.getByRole("alert").getByRole("link").innerText(), /^Work email must be an email address/)
    assert.equal(await page.getByLabel("Work email").getAttribute("aria-invalid"), "true")
    await until(async () => (await routes()).includes("preflight"), () => "a submission as JSON has one")

    await fillIn(page, "leadron@example.com")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await world.leadsFrom("leadron@example.com")).length, 1)
    assert.ok(!consoleErrors.some((text) => /CORS|preflight/i.test(text)), consoleErrors.join())
    await close()
  })

  it("reports to the landing page what happened, never what was typed", async () => {
    const { page, close } = await visit(world, landing.url)
    await page.evaluate(() => {
      window.seen = []
      for (const name of ["submit", "success", "error"]) {
        document.addEventListener(`lead-form:${name}`, ({ type, detail }) => window.seen.push(JSON.parse(JSON.stringify({ type, detail }))))
      }
    })
    const send = page.getByRole("button", { name: "Send request" })
    await send.click()
    await fillIn(page, "events@example.com")
    await send.click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    const seen = await page.evaluate(() => window.seen)
    assert.deepEqual(seen.slice(0, 2), [
      { type: "lead-form:error", detail: { form: "demo", code: "LG_1102", reason: "checked_by_browser" } },
      { type: "lead-form:submit", detail: { form: "demo" } },
    ])
    assert.deepEqual(Object.keys(seen[2].detail), ["form", "id", "status", "next"])
    assert.equal(seen[2].detail.status, "stored")
    assert.doesNotMatch(JSON.stringify(seen), /Ada|events@/)
    await close()
  })
})

// A property of what has the focus in the form.
function focused(page, property) {
  return page.evaluate((property) => document.querySelector("lead-form").shadowRoot.activeElement[property], property)
}

function refusal(status, code, details) {
  const headers = { "Access-Control-Allow-Origin": "*" }
  return (route) => route.fulfill({ status, headers, json: { error: { code, message: "x", details } } })
}

// Keeps submissions on the way until released.
async function holdSubmissions(page) {
  const held = {}
  const released = new Promise((resolve) => { held.release = resolve })
  await page.route("**/submissions", async (route) => {
    await released
    await route.continue().catch(() => {})
  })
  return held
}
