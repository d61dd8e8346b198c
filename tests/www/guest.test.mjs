import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"
import { until } from "../support/until.mjs"

describe("the widget as a guest", () => {
  let world

  before(async () => {
    const names = ["append", "remove", "submit", "action", "elements", "firstChild", "querySelector", "addEventListener"]
    world = await openWorld(() => [
      demoForm(),
      demoForm({ key: "other", title: "Another form" }),
      demoForm({ key: "named", fields: names.map((name) => ({ name, type: "text" })) }),
    ])
  })
  after(() => world?.close())

  it("keeps within a policy that allows it nothing but its script and its requests", async () => {
    const { origin } = world.service
    const policy = `default-src 'none'; script-src ${origin}; connect-src ${origin}; require-trusted-types-for 'script'`
    const strict = world.landing.publish("/strict", snippet(world.service), { "Content-Security-Policy": policy })
    const { page, consoleErrors, close } = await visit(world, strict.url)
    await fillIn(page, "strict@example.com")
    const button = page.getByRole("button", { name: "Send request" })
    assert.equal(await button.evaluate((node) => getComputedStyle(node).backgroundColor), "rgb(26, 86, 176)")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.deepEqual(consoleErrors, [], "violations of a policy are console errors")
    await close()
  })

  it("shows a message and the hosted page where the policy forbids its requests", async () => {
    const policy = `default-src 'none'; script-src ${world.service.origin}; connect-src 'none'`
    const bare = `<lead-form form="demo"></lead-form><script async src="${world.service.origin}/embed.js"></script>`
    const closed = world.landing.publish("/closed", bare, { "Content-Security-Policy": policy })
    const { page, errors, close } = await visit(world, closed.url)
    await page.getByText("The form could not be loaded here.").waitFor()
    assert.equal(await page.getByRole("link").getAttribute("href"), `${world.service.origin}/f/demo`)
    assert.deepEqual(errors, [])
    await close()
  })

  it("renders two forms where the snippet is pasted twice", async () => {
    const twice = world.landing.publish("/twice", snippet(world.service) + snippet(world.service))
    const { page, errors, consoleErrors, close } = await visit(world, twice.url)
    const forms = page.locator("lead-form form")
    await forms.nth(1).waitFor()
    assert.equal(await forms.count(), 2)
    const ids = await page.evaluate(() => [...document.querySelectorAll("lead-form")].flatMap(({ shadowRoot }) => (
      [...shadowRoot.querySelectorAll("[id]")].map(({ id }) => id)
    )))
    assert.equal(new Set(ids).size, ids.length, "no id is used twice")

    await forms.nth(1).getByLabel("Name").fill("Grace")
    assert.equal(await forms.nth(0).getByLabel("Name").inputValue(), "")
    await forms.nth(0).getByRole("button").click()
    assert.equal(await page.getByRole("alert").count(), 1)
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("works again after a router took it out and put it back", async () => {
    const landing = world.landing.publish("/router", `<div id="slot">${snippet(world.service)}</div>`)
    const { page, errors, close } = await visit(world, landing.url)
    await page.locator("lead-form form").waitFor()
    const outside = await page.evaluate(() => {
      window.taken = document.querySelector("lead-form")
      window.taken.remove()
      return window.taken.innerHTML
    })
    assert.match(outside, /^<a href="[^"]+">Open the form<\/a>$/, "it leaves as it was pasted")
    await page.evaluate(() => {
      window.errors = 0
      document.addEventListener("lead-form:error", () => window.errors++)
      document.getElementById("slot").append(window.taken)
    })
    await page.getByRole("button", { name: "Send request" }).click()
    assert.equal(await page.evaluate(() => window.errors), 1, "one listener listens, not one for each time it was here")
    await fillIn(page, "back@example.com")
    let posts = 0
    page.on("request", (request) => request.method() === "POST" && posts++)
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal(posts, 1)
    assert.equal((await world.leadsFrom("back@example.com")).length, 1)

    await page.evaluate(() => {
      document.getElementById("slot").innerHTML = "<lead-form form=\"demo\"></lead-form>"
    })
    await page.locator("lead-form form").waitFor()
    assert.deepEqual(errors, [])
    await close()
  })

  it("shows another form when its attribute changes", async () => {
    const landing = world.landing.publish("/switch", snippet(world.service))
    const { page, close } = await visit(world, landing.url)
    await page.getByRole("heading", { name: "Request a demo" }).waitFor()
    await page.evaluate(() => document.querySelector("lead-form").setAttribute("form", "other"))
    await page.getByRole("heading", { name: "Another form" }).waitFor()
    assert.equal(await page.locator("lead-form form").count(), 1)
    await close()
  })

  it("bears fields named after what a form can do", async () => {
    const landing = world.landing.publish("/named", snippet(world.service, "named"))
    const { page, errors, close } = await visit(world, landing.url)
    await page.getByLabel("remove").fill("named@example.com")
    await page.route("**/submissions", (route) => route.abort(), { times: 1 })
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Your answers were not sent" }).waitFor()
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await world.leadsFrom("named@example.com")).length, 1)
    assert.deepEqual(errors, [])
    await close()
  })

  it("in a frame leads out of it, where the form has to be opened on its own page", async () => {
    const bare = `<lead-form form="demo"></lead-form><script async src="${world.service.origin}/embed.js"></script>`
    const inner = world.landing.publish("/framed", bare)
    const outer = world.landing.publish("/frame", `<iframe src="${inner.url}" width="600" height="900"></iframe>`)
    for (const isLoaded of [true, false]) {
      const { page, close } = await visit(world, "about:blank")
      await page.route(isLoaded ? "**/submissions" : "**/v1/forms/demo", (route) => route.abort())
      await page.goto(outer.url)
      const frame = page.frameLocator("iframe")
      if (isLoaded) {
        await fillIn(frame, "framed@example.com")
        await frame.getByRole("button", { name: "Send request" }).click()
      }
      await frame.getByRole("link", { name: "Open the form on its own page" }).click()
      await page.waitForURL(`${world.service.origin}/f/demo`)
      await page.getByRole("heading", { level: 1, name: "Request a demo" }).waitFor()
      await close()
    }
  })

  it("in a frame without an address names the origin to allow", async () => {
    const inner = snippet(world.service).replaceAll("\"", "&quot;")
    const framed = world.landing.publish("/srcdoc", `<iframe srcdoc="${inner}"></iframe>`)
    const { page, consoleErrors, close } = await visit(world, framed.foreignUrl)
    await page.frameLocator("iframe").getByText("This form is not set up for this site.").waitFor()
    await until(() => consoleErrors.some((text) => text.includes(`add "${world.landing.foreignOrigin}"`)), () => consoleErrors.join("\n"))
    await page.goto(framed.url)
    await fillIn(page.frameLocator("iframe"), "srcdoc@example.com")
    await page.frameLocator("iframe").getByRole("button", { name: "Send request" }).click()
    await page.frameLocator("iframe").getByRole("heading", { name: "Thanks!" }).waitFor()
    await close()
  })

  it("leaves the host's controls and globals alone", async () => {
    const host = "<form><label>Search <input name=\"q\"></label><button>Go</button></form>"
    const landing = world.landing.publish("/host", host)
    const { page, close } = await visit(world, landing.url)
    const look = () => page.evaluate(() => ["input", "button", "label"].map((name) => {
      const styles = getComputedStyle(document.querySelector(`main > form ${name}, main > form`))
      return [...styles].map((property) => `${property}: ${styles.getPropertyValue(property)}`).join("; ")
    }))
    const before = await look()
    const globals = await page.evaluate(() => Object.getOwnPropertyNames(window).length)
    await page.addScriptTag({ url: `${world.service.origin}/embed.js` })
    await page.evaluate(() => {
      const form = Object.assign(document.createElement("lead-form"), { hidden: true })
      form.setAttribute("form", "demo")
      document.body.append(form)
    })
    await page.locator("lead-form form").waitFor({ state: "attached" })
    assert.deepEqual(await look(), before)
    assert.equal(await page.evaluate(() => Object.getOwnPropertyNames(window).length), globals)
    await close()
  })

  // A page whose definition takes its time, and what of it moves: https://web.dev/articles/cls
  async function shiftOf(path, head, attributes, visits) {
    const landing = world.landing.serve(path, `<!doctype html><html lang="en"><head><title>Offer</title>${head}</head><body><p>Before</p>
      ${snippet(world.service, "demo", attributes)}<h1>After</h1>${"<p>Text</p>".repeat(30)}</body></html>`)
    const { page, close } = await visit(world, "about:blank")
    await page.route("**/v1/forms/demo", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 400))
      await route.continue()
    })
    for (let count = 0; count < visits; count++) {
      await page.goto(landing.url)
      await page.locator("lead-form form").waitFor()
    }
    const shift = await page.evaluate(() => new Promise((resolve) => {
      let sum = 0
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => sum += entry.hadRecentInput ? 0 : entry.value))
        .observe({ type: "layout-shift", buffered: true })
      // After the frame with the form is painted.
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 100)))
    }))
    await close()
    return shift
  }

  it("moves the page by at most 0.05 where its height is reserved: by a style, its attribute, or the last time", async () => {
    const early = `<script src="${world.service.origin}/embed.js"></script>`
    const shifts = {
      nothing: await shiftOf("/shift-0", early, "", 1),
      style: await shiftOf("/shift-1", "", "style=\"display: block; min-height: 790px\"", 1),
      attribute: await shiftOf("/shift-2", early, "height=\"790\"", 1),
      "last time": await shiftOf("/shift-3", early, "", 2),
    }
    console.log("cumulative layout shift:", JSON.stringify(shifts))
    assert.ok(shifts.nothing > 0.05, "what is measured")
    for (const way of ["style", "attribute", "last time"]) assert.ok(shifts[way] <= 0.05, way)
  })

  it("warns of `<lead-form/>`, which contains what follows it, and not of a fallback", async () => {
    const fallback = `<a href="${world.service.origin}/f/demo">Open</a><noscript>No script</noscript><p><a href="/f/demo">Open</a></p>`
    for (const [path, body, tags] of [
      ["/closed-1", `<lead-form form="demo"/><h2>What follows</h2><p>Text</p><script async src="${world.service.origin}/embed.js"></script>`,
        "<h2>, <p>, <script>"],
      ["/closed-2", `<lead-form form="demo">${fallback}</lead-form><p>Text</p><script async src="${world.service.origin}/embed.js"></script>`],
    ]) {
      const landing = world.landing.publish(path, body)
      const warnings = []
      const { page, close } = await visit(world, "about:blank", {}, (page) => (
        page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()))
      ))
      await page.goto(landing.url)
      await page.locator("lead-form form").waitFor()
      await page.evaluate((part) => import(part), `${world.service.origin}/widget/advice.js`)
      if (tags) await until(() => warnings.length > 0, () => `no warning about ${tags}`)
      await page.waitForTimeout(100)
      assert.equal(warnings.length, tags ? 1 : 0, warnings.join())
      if (tags) assert.ok(warnings[0].startsWith(`<lead-form form="demo"> contains ${tags}, which is hidden`), warnings[0])
      await close()
    }
  })
})
