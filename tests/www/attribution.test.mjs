import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

const NAMES = ["_page", "_referrer", "_first_touch", "_last_touch"]

describe("where a lead came from, as the widget reports it", () => {
  let world
  let site
  let script
  let visitors = 0

  before(async () => {
    world = await openWorld(() => [demoForm()])
    site = world.landing.origin
    script = `<script async src="${world.service.origin}/embed.js"></script>`
    world.landing.publish("/landing", `${script}<a href="/form">To the form</a>`)
    world.landing.publish("/form", `${snippet(world.service)}<a href="/form">This page again</a>`)
  })
  after(() => world?.close())

  // Follows a link to `url` on a page of its own at `from`.
  async function follow(page, from, url) {
    const { pathname } = new URL(from)
    world.landing.publish(pathname, `<a href="${url}">Read more</a>`)
    await page.goto(from)
    await page.getByRole("link", { name: "Read more" }).click()
    await page.waitForURL(url)
  }

  // Sends the form and waits until the visitor is thanked: what was sent along with the answers, and the idempotency key.
  async function submit(page, email = `claims-${++visitors}@example.com`, frame = page) {
    await fillIn(frame, email)
    const sending = page.waitForRequest((each) => each.method() === "POST")
    await frame.getByRole("button", { name: "Send request" }).click()
    await frame.getByRole("heading", { name: "Thanks!" }).waitFor()
    const request = await sending
    const body = request.postDataJSON()
    assert.equal(body.email, email)
    const claims = Object.fromEntries(NAMES.filter((name) => name in body).map((name) => [name, body[name]]))
    return { claims, first: touch(body._first_touch), last: touch(body._last_touch), key: request.headers()["idempotency-key"] }
  }

  it("is the landing page's campaign, however the visitor then gets to the form", async () => {
    const { page, errors, consoleErrors, close } = await visit(world, "about:blank")
    const landing = `${site}/landing?utm_source=news&utm_medium=%C3%BC+%26&utm_campaign=&gclid=Cj0&id=7`
    const began = Date.now()
    await follow(page, `${world.landing.foreignOrigin}/ad`, `${landing}#offer`)
    await page.getByRole("link", { name: "To the form" }).click()
    await page.waitForURL(`${site}/form`)
    await page.evaluate(() => { location.hash = "ask" })
    const { claims, first, last } = await submit(page, "campaign@example.com")

    assert.deepEqual([claims._page, claims._referrer], [`${site}/form`, landing])
    const { at, ...touched } = first
    const referrer = `${world.landing.foreignOrigin}/`
    assert.deepEqual(touched, { page: landing, referrer, utm_source: "news", utm_medium: "ü &", gclid: "Cj0" })
    assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.ok(Date.parse(at) >= began && Date.parse(at) <= Date.now(), at)
    const [{ lead }] = await world.leadsFrom("campaign@example.com")
    const { extras, warnings, provenance } = JSON.parse(lead)
    assert.deepEqual([extras, warnings], [{}, []])
    assert.deepEqual(provenance.claimed.first_touch, {
      at, page: landing, referrer, parameters: { utm_source: "news", utm_medium: "ü &", gclid: "Cj0" },
    })
    assert.deepEqual([provenance.claimed.page, provenance.observed.origin], [`${site}/form`, site])
    assert.deepEqual(last, first)

    assert.deepEqual(await page.context().cookies(), [])
    assert.equal(await page.evaluate(() => localStorage.length), 0)
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("has a last touch besides the first, which only news replaces", async () => {
    const { page, close } = await visit(world, `${site}/landing?utm_source=one`)
    const lastTouch = async () => {
      if (new URL(page.url()).pathname !== "/form") await page.goto(`${site}/form`)
      const { first, last } = await submit(page)
      assert.deepEqual([first.utm_source, first.page], ["one", `${site}/landing?utm_source=one`])
      return last
    }
    const one = await lastTouch()
    assert.equal(one.utm_source, "one")
    await page.goto(`${site}/form?utm_source=one&other=1`)
    assert.deepEqual(await lastTouch(), one, "the same campaign is no news")

    await page.goto(`${site}/landing?utm_source=two`)
    const two = await lastTouch()
    assert.deepEqual([two.utm_source, two.page], ["two", `${site}/landing?utm_source=two`])
    assert.ok(two.at > one.at)

    await follow(page, `${site}/inside`, `${site}/form`)
    assert.deepEqual(await lastTouch(), two, "another page of the site is no news")
    const { port } = new URL(site)
    await follow(page, `http://www.localhost:${port}/neighbour`, `${site}/form`)
    assert.deepEqual(await lastTouch(), two, "nor is the site under another of its names")

    await follow(page, `${world.landing.foreignOrigin}/blog`, `${site}/form`)
    const three = await lastTouch()
    assert.deepEqual(
      [three.utm_source, three.page, three.referrer],
      [undefined, `${site}/form`, `${world.landing.foreignOrigin}/`],
    )
    await page.reload()
    assert.deepEqual(await lastTouch(), three, "a reload is no new touch")
    await page.goto(`${site}/landing?utm_source=four`)
    await page.goBack()
    assert.equal(await page.evaluate(() => document.referrer), three.referrer)
    assert.equal((await lastTouch()).utm_source, "four", "nor does the back button")

    const www = `http://www.localhost:${port}/landing`
    await page.goto(`${www}?utm_source=five`)
    await follow(page, `http://shop.localhost:${port}/shelf`, www)
    const kept = await page.evaluate(() => sessionStorage.getItem("lead-form last touch"))
    assert.equal(touch(kept).utm_source, "five", "`www.` is the site itself")
    await close()
  })

  it("is noticed in a page that routes without loading", async () => {
    const { page, errors, close } = await visit(world, "about:blank")
    await follow(page, `${world.landing.foreignOrigin}/ad`, `${site}/landing`)
    const go = (url) => page.evaluate((url) => history.pushState({}, "", url), url)
    await go("/offer?utm_campaign=shown")
    await page.evaluate(() => document.body.append(Object.assign(document.createElement("lead-form"), { id: "late" })))
    await page.locator("#late").evaluate((form) => form.setAttribute("form", "demo"))
    await page.getByLabel("Name").waitFor()
    await go("/offer/form")
    const shown = await submit(page)
    assert.deepEqual([shown.first.page, shown.first.utm_campaign], [`${site}/landing`, undefined])
    assert.deepEqual([shown.last.page, shown.last.utm_campaign], [`${site}/offer?utm_campaign=shown`, "shown"])
    assert.equal(shown.claims._page, `${site}/offer/form`)

    await page.evaluate(async () => {
      const form = document.querySelector("lead-form")
      form.remove()
      // Moved at once, it would still thank the visitor.
      await new Promise((resolve) => setTimeout(resolve, 50))
      document.body.append(form)
    })
    await page.getByLabel("Name").waitFor()
    await go("/offer/form?utm_campaign=sent")
    const sent = await submit(page)
    assert.deepEqual(sent.first, shown.first)
    assert.deepEqual([sent.last.page, sent.last.utm_campaign], [`${site}/offer/form?utm_campaign=sent`, "sent"])
    assert.deepEqual(errors, [])
    await close()
  })

  it("is neither kept nor sent where the page's owner switched it off", async () => {
    const off = snippet(world.service).replace("<script ", "<script data-attribution=\"off\" ")
    world.landing.publish("/off", `${off}${off}`)
    const { page, close } = await visit(world, "about:blank")
    await follow(page, `${world.landing.foreignOrigin}/ad`, `${site}/off?utm_source=news&gclid=Cj0`)
    const form = page.locator("lead-form").first()
    await form.getByLabel("Name").waitFor()
    assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage).filter((name) => /touch/.test(name))), [])
    const { claims } = await submit(page, "off@example.com", form)
    assert.deepEqual(claims, {})
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }))
    assert.doesNotMatch(kept, /touch|news|Cj0/)
    await close()
  })

  it("is begun anew where the session's store holds something else", async () => {
    const at = "2026-11-24T20:00:00.000Z"
    const garbage = [
      "", "{\"at\":1}", "%E0%A4%A\u0000\ud800", "at=yesterday", "at=2026-99-99T99:99:99.999Z", "page=https://a.example",
      `at=${at}&utm_source=${"x".repeat(4_000)}`, "x".repeat(1_000_000),
    ]
    for (const text of garbage) {
      const { first, last } = await withStored(text)
      for (const touch of [first, last]) assert.deepEqual([touch.page, touch.utm_source], [`${site}/form?utm_source=new`, "new"], text)
    }
    const evil = "page=javascript:alert(1)&referrer=https://u:p@a.example/%23f&evil=1&utm_term=&at=2&utm_id="
    const { first, last } = await withStored(`at=${at}&${evil}${"x".repeat(501)}`)
    assert.deepEqual(first, { at, referrer: "https://a.example/" })
    assert.equal(last.utm_source, "new")
  })

  async function withStored(text) {
    const { page, errors, close } = await visit(world, `${site}/form?utm_source=new`, {}, (page) => page.addInitScript((text) => {
      for (const name of ["lead-form first touch", "lead-form last touch"]) sessionStorage.setItem(name, text)
    }, text))
    const sent = await submit(page)
    assert.deepEqual(errors, [], text)
    await close()
    return sent
  }

  it("does without a store in a sandboxed frame", async () => {
    const framed = `${site}/form?utm_source=framed`
    const outer = world.landing.publish("/outer", `<iframe sandbox="allow-scripts allow-forms" src="${framed}"></iframe>`)
    const { page, errors, close } = await visit(world, outer.url, {}, (page) => page.route("**/v1/forms/**", async (route) => {
      // Such a frame has no origin, and no form allows that; what the frame may store is the question here.
      const answer = await route.fetch({ headers: { ...route.request().headers(), origin: site } })
      await route.fulfill({ response: answer, headers: { ...answer.headers(), "access-control-allow-origin": "*" } })
    }))
    const frame = page.frames()[1]
    await assert.rejects(frame.evaluate(() => sessionStorage.length), /SecurityError|sandboxed/)
    const { claims, first, last } = await submit(page, "sandboxed@example.com", frame)
    assert.deepEqual([claims._page, first.page, first.utm_source], [framed, framed, "framed"])
    assert.deepEqual(last, first)
    assert.deepEqual(errors, [])
    await close()
  })

  it("leaves out what is too long", async () => {
    const query = `utm_source=${"ü".repeat(251)}&utm_medium=${"ü".repeat(250)}`
    const values = await at(`${site}/form?${query}`)
    assert.deepEqual([values.first.utm_source, values.first.utm_medium], [undefined, "ü".repeat(250)])

    const longest = `${site}/form?utm_source=news&`.padEnd(2_000, "x")
    assert.equal((await at(longest)).claims._page, longest)
    const address = await at(`${longest}x`)
    assert.ok(!("_page" in address.claims))
    assert.deepEqual([address.first.page, address.first.utm_source], [undefined, "news"])

    const names = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "fbclid"]
    const whole = `${site}/form?${names.map((name) => `${name}=${"x".repeat(500)}`).join("&")}`
    assert.deepEqual((await at(whole)).claims, {})
    assert.equal((await at(`${site}/form?utm_source=kept`, whole)).last.utm_source, "kept")
  })

  // What is sent by a visitor who comes to all of these pages.
  async function at(...urls) {
    const { page, errors, close } = await visit(world, "about:blank")
    for (const url of urls) await page.goto(url)
    const sent = await submit(page)
    assert.deepEqual(errors, [])
    await close()
    return sent
  }

  it("is no part of what makes answers the same", async () => {
    const { page, close } = await visit(world, `${site}/form?utm_source=one`)
    const one = await submit(page, "same@example.com")
    await page.goto(`${site}/form?utm_source=two`)
    const two = await submit(page, "same@example.com")
    assert.notDeepEqual(two.claims, one.claims)
    assert.equal(two.key, one.key)
    assert.equal((await world.leadsFrom("same@example.com")).length, 1)
    const other = await page.goto(`${site}/form?utm_source=two`).then(() => submit(page, "other@example.com"))
    assert.notEqual(other.key, one.key)
    await close()
  })
})

// A touch as names and values; each name occurs once.
function touch(text) {
  if (text === undefined) return undefined
  const entries = [...new URLSearchParams(text)]
  const touch = Object.fromEntries(entries)
  assert.equal(Object.keys(touch).length, entries.length, text)
  return touch
}
