// The hosted page in a frame of a page of another origin.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { SCREENSHOTS } from "./accessible.mjs"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, visit } from "./world.mjs"

describe("a form in a frame", () => {
  let world
  let script

  before(async () => {
    world = await openWorld((landing) => [
      demoForm(),
      demoForm({ key: "next", on_success: { message: "Thanks!", redirect: `${landing.origin}/thanks` } }),
      demoForm({ key: "names", fields: ["append", "after", "querySelector"].map((name) => ({ name, type: "text" })) }),
    ])
    world.landing.publish("/thanks", "<p>Thank you page</p>")
    script = `<script async src="${world.service.origin}/widget/frame.js"></script>`
  })
  after(() => world?.close())

  const frameOf = (key = "demo", attributes = "") =>
    `<iframe src="${world.service.origin}/f/${key}?embed" title="Form" width="100%" height="300" ${attributes}></iframe>`

  async function open(path, body, options) {
    const landing = world.landing.publish(path, body)
    return visit(world, landing.url, options)
  }

  // Whether the frame is as tall as its page: nothing scrolls in it, and nothing is empty below the form.
  const fits = async (page, frame) => {
    const inner = page.frames()[1]
    const { height, shown } = await inner.evaluate(() => ({
      height: Math.ceil(document.body.getBoundingClientRect().height), shown: document.documentElement.clientHeight,
    }))
    return height === shown && await frame.evaluate((node) => node.clientHeight) === height
  }
  const until = async (check) => {
    const end = Date.now() + 10_000
    while (!await check().catch(() => false)) {
      if (Date.now() > end) assert.fail(check.toString())
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  for (const [what, attributes, order] of [
    ["with the browser's border, the script after it", "", "after"],
    ["with a border in its box, the script before it", "style=\"box-sizing: border-box; border: 9px solid\"", "before"],
    ["without a border, the script late and twice", "style=\"border: 0\"", "late"],
  ]) {
    it(`has the height of its form, its errors and its thanks: ${what}`, async () => {
      const body = { after: frameOf("demo", attributes) + script, before: script + frameOf("demo", attributes), late: frameOf("demo", attributes) }[order]
      const { page, errors, consoleErrors, close } = await open(`/frame-${order}`, `<p>Offer</p>${body}<p>After</p>`)
      const frame = page.locator("iframe")
      const inside = page.frameLocator("iframe")
      await inside.getByLabel("Name").waitFor()
      if (order === "late") {
        assert.equal(await frame.evaluate((node) => node.clientHeight), 300)
        await page.evaluate((src) => {
          for (const time of [1, 2]) document.body.append(Object.assign(document.createElement("script"), { src: `${src}?${time}` }))
        }, `${world.service.origin}/widget/frame.js`)
      }
      await page.evaluate(() => {
        window.seen = []
        document.addEventListener("lead-form:success", ({ target, detail }) => window.seen.push([target.localName, detail.form, detail.next]))
      })
      await until(() => fits(page, frame))
      const empty = await frame.evaluate((node) => node.clientHeight)
      await page.screenshot({ path: `${SCREENSHOTS}frame-${order}.png`, fullPage: true })
      await page.setViewportSize({ width: 360, height: 700 })
      await until(() => fits(page, frame))
      await inside.getByRole("button", { name: "Send request" }).scrollIntoViewIfNeeded()
      await inside.getByRole("button", { name: "Send request" }).click()
      await inside.getByRole("heading", { name: "There is a problem" }).waitFor()
      await until(() => fits(page, frame))
      assert.ok(await frame.evaluate((node) => node.clientHeight) > empty)
      await until(() => inside.locator(".summary").evaluate((node) => node === document.activeElement))
      assert.ok(await frame.evaluate((node) => node.getBoundingClientRect().top) >= -1, "the page shows the summary")
      await fillIn(inside, `frame-${order}@example.com`)
      await inside.getByRole("button", { name: "Send request" }).click()
      await inside.getByRole("heading", { name: "Thanks!" }).waitFor()
      await until(() => fits(page, frame))
      assert.ok(await frame.evaluate((node) => node.clientHeight) < empty)
      assert.ok(await inside.locator("h1").evaluate((node) => node === document.activeElement))
      await until(async () => (await page.evaluate(() => window.seen.length)) > 0)
      assert.deepEqual(await page.evaluate(() => window.seen), [["iframe", "demo", null]])
      const [{ lead }] = await world.leadsFrom(`frame-${order}@example.com`)
      assert.equal(JSON.parse(lead).provenance.claimed.page, `${world.landing.origin}/frame-${order}`)
      assert.deepEqual(errors, [])
      assert.deepEqual(consoleErrors.filter((text) => !text.includes("status of 400")), [])
      await close()
    })
  }

  it("says where the visitor came from", async () => {
    const landing = world.landing.publish("/campaign", frameOf() + script)
    const { page, close } = await visit(world, `${landing.url}?utm_source=mail&gclid=g1`)
    const inside = page.frameLocator("iframe")
    await inside.locator("[name=_last_touch][value*=utm_source]").waitFor({ state: "attached" })
    await fillIn(inside, "campaign@example.com")
    await inside.getByRole("button", { name: "Send request" }).click()
    await inside.getByRole("heading", { name: "Thanks!" }).waitFor()
    const [{ lead }] = await world.leadsFrom("campaign@example.com")
    assert.deepEqual(JSON.parse(lead).provenance.claimed.last_touch.parameters, { utm_source: "mail", gclid: "g1" })
    await close()
  })

  it("leads the page around it on, after what the page waits for, unless that says no; without the script by a link", async () => {
    for (const way of ["script", "cancelled", "link"]) {
      const body = frameOf("next", "data-layer") + (way === "link" ? "" : script)
      const { page, close } = await open(`/next-${way}`, body)
      const inside = page.frameLocator("iframe")
      await page.evaluate((way) => document.addEventListener("lead-form:success", (event) => {
        if (way === "cancelled") event.preventDefault()
        event.detail.waitUntil(new Promise((resolve) => setTimeout(resolve, 300)).then(() => sessionStorage.setItem("waited", event.detail.next)))
      }), way)
      await fillIn(inside, `next-${way}@example.com`)
      await inside.getByRole("button", { name: "Send request" }).click()
      if (way !== "script") {
        await inside.getByRole("heading", { name: "Thanks!" }).waitFor()
        if (way === "cancelled") await page.waitForFunction(() => sessionStorage.getItem("waited"))
        assert.equal(page.url(), `${world.landing.origin}/next-${way}`)
        if (way === "cancelled") assert.deepEqual(await page.evaluate(() => window.dataLayer), [{ event: "lead_form_success", form: "next" }])
        await inside.getByRole("link", { name: world.landing.origin }).click()
      }
      await page.waitForURL(`${world.landing.origin}/thanks`)
      if (way === "script") assert.equal(await page.evaluate(() => sessionStorage.getItem("waited")), `${world.landing.origin}/thanks`)
      await close()
    }
  })

  it("works without JavaScript at its own height", async () => {
    const { page, close } = await open("/plain", frameOf() + script, { javaScriptEnabled: false })
    const inside = page.frameLocator("iframe")
    await inside.getByRole("button", { name: "Send request" }).click()
    await inside.getByRole("heading", { name: "There is a problem" }).waitFor()
    await fillIn(inside, "plain-frame@example.com")
    await inside.getByRole("button", { name: "Send request" }).click()
    await inside.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await page.locator("iframe").boundingBox()).height, 304)
    assert.equal((await world.leadsFrom("plain-frame@example.com")).length, 1)
    await close()
  })

  it("believes no message of another window, another origin or another shape, and tells its page alone", async () => {
    const foreign = world.landing.publish("/forger", `<script>
      const forged = { type: "lead-form:height", height: 999 }
      parent.postMessage(forged, "*")
      parent.postMessage({ type: "lead-form:success", next: "${world.landing.origin}/thanks" }, "*")
      // Its sibling, which is the form.
      for (const type of ["hello", "page"]) parent.frames[0].postMessage({ type: "lead-form:" + type, claims: { _page: "https://forged.example/" } }, "*")
      addEventListener("message", ({ data }) => parent.postMessage({ leaked: data }, "*"))
    </script>`)
    const body = `${frameOf("names")}${script}<div id="slot"></div>`
    const { page, errors, close } = await open("/forged", body)
    await until(() => fits(page, page.locator("iframe").first()))
    const before = await page.locator("iframe").first().boundingBox()
    await page.evaluate(([src, service]) => {
      window.seen = []
      addEventListener("message", ({ data }) => data?.leaked && window.seen.push(data.leaked))
      document.addEventListener("lead-form:success", () => window.seen.push("success"))
      // Its address is a form's, but another page is shown in it.
      document.getElementById("slot").innerHTML = `<iframe id="forger" title="Other" src="${service}/f/demo?embed"></iframe>`
      const forger = document.getElementById("forger")
      forger.addEventListener("load", () => forger.contentWindow.location = src, { once: true })
      // Right window and origin in a real message event; a wrong shape.
      const own = document.querySelector("iframe")
      const tell = (data, origin) => dispatchEvent(new MessageEvent("message", { data, origin, source: own.contentWindow }))
      for (const height of [-1, 0, 20_001, 1e9, "200", "1px; display: none", null, NaN]) tell({ type: "lead-form:height", height }, service)
      for (const data of [null, "lead-form:height", { type: "lead-form:toString" }, { type: "lead-form:constructor" }, { type: 7 }]) tell(data, service)
      tell({ type: "lead-form:height", height: 444 }, "https://forged.example")
      tell({ type: "lead-form:height", height: 444 }, "null")
    }, [foreign.foreignUrl, world.service.origin])
    await page.frameLocator("#forger").getByRole("heading", { name: "Spring offer" }).waitFor()
    await page.waitForTimeout(300)
    assert.deepEqual(await page.locator("iframe").first().boundingBox(), before)
    assert.deepEqual(await page.evaluate(() => window.seen), [])
    assert.equal(page.url(), `${world.landing.origin}/forged`)
    assert.equal(await page.frames()[1].locator("[name=_page]").inputValue(), `${world.landing.origin}/forged`)
    assert.deepEqual(errors, [])
    await close()
  })
})
