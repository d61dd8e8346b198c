// What the page's own scripts can do with a form.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

describe("scripts of the page", () => {
  let world

  before(async () => {
    const fields = [...demoForm().fields, { name: "gclid", type: "hidden" }, { name: "plan", type: "text", label: "Plan" }]
    world = await openWorld(({ origin }) => [
      demoForm({ fields }),
      demoForm({ key: "next", fields, on_success: { message: "Thanks!", redirect: `${origin}/thanks` } }),
    ])
    world.landing.publish("/thanks", "<p>See you soon</p>")
  })
  after(() => world?.close())

  const send = (page) => page.getByRole("button", { name: "Send request" }).click()
  const thanks = (page) => page.getByRole("heading", { name: "Thanks!" }).waitFor()
  const leadOf = async (email) => JSON.parse((await world.leadsFrom(email))[0].lead)
  const open = (body, path = "/page") => visit(world, world.landing.publish(path, body).url)

  it("read and set the values", async () => {
    const { page, close } = await open(snippet(world.service, "demo", "value-plan=\"pro\""))
    await page.evaluate(() => { document.querySelector("lead-form").values = { name: "Early", nothing: "x" } })
    await page.getByLabel("Name").waitFor()
    assert.deepEqual([await page.getByLabel("Name").inputValue(), await page.getByLabel("Plan").inputValue()], ["Early", "pro"])
    await page.evaluate(() => {
      document.querySelector("lead-form").values = { size: "11-50", channel: "phone", consent: true, message: "Hello" }
      document.addEventListener("lead-form:submit", ({ target }) => { target.values = { gclid: "Cj0", plan: "late" } })
    })
    await page.getByLabel("Work email").fill("values@example.com")
    const values = await page.evaluate(() => document.querySelector("lead-form").values)
    assert.deepEqual(values, {
      name: "Early", email: "values@example.com", size: "11-50", channel: "phone", message: "Hello", campaign: "spring", consent: "on",
      gclid: "", plan: "pro",
    })
    await send(page)
    await thanks(page)
    const { fields } = await leadOf("values@example.com")
    assert.deepEqual([fields.gclid, fields.plan, fields.channel], ["Cj0", "late", "phone"])
    await close()
  })

  it("fill in inputs inside the element, which set hidden fields or are extras", async () => {
    const inputs = "<input type=\"hidden\" name=\"gclid\"><input type=\"hidden\" name=\"ab_test\"><input type=\"hidden\" name=\"name\" value=\"Eve\">"
    const { page, close } = await open(snippet(world.service).replace("<a ", `${inputs}<a `))
    await fillIn(page, "inside@example.com")
    await page.evaluate(() => {
      document.querySelector("[name=gclid]").value = "Cj1"
      document.querySelector("[name=ab_test]").value = "b"
    })
    await send(page)
    await thanks(page)
    const { fields, extras } = await leadOf("inside@example.com")
    assert.deepEqual([fields.gclid, fields.name, extras], ["Cj1", "Ada Lovelace", { ab_test: "b" }])
    await close()
  })

  it("in the page itself set values when the form is submitted, and add inputs to it", async () => {
    const { page, close } = await open(snippet(world.service, "demo", "light"))
    await fillIn(page, "submit@example.com")
    await page.evaluate(() => {
      document.addEventListener("submit", ({ target }) => {
        target.querySelector("[name=gclid]").value = "Cj2"
        target.append(Object.assign(document.createElement("input"), { type: "hidden", name: "page_type", value: "offer" }))
      })
    })
    await send(page)
    await thanks(page)
    const { fields, extras } = await leadOf("submit@example.com")
    assert.deepEqual([fields.gclid, extras], ["Cj2", { page_type: "offer" }])
    await close()
  })

  it("stop a submission", async () => {
    const { page, close } = await open(snippet(world.service))
    let posts = 0
    page.on("request", (request) => request.method() === "POST" && posts++)
    await page.evaluate(() => document.addEventListener("lead-form:submit", (event) => event.preventDefault(), { once: true }))
    await fillIn(page, "stopped@example.com")
    await send(page)
    await page.waitForTimeout(300)
    assert.equal(posts, 0)
    await send(page)
    await thanks(page)
    await close()
  })

  it("delay the redirect, and know where it leads", async () => {
    const { page, close } = await open(snippet(world.service, "next"))
    await page.evaluate(() => document.addEventListener("lead-form:success", ({ detail }) => {
      sessionStorage.setItem("next", detail.next)
      detail.waitUntil(new Promise((resolve) => setTimeout(resolve, 500)).then(() => sessionStorage.setItem("waited", "yes")))
      detail.waitUntil(Promise.reject(new Error("of the page")))
    }))
    await fillIn(page, "delayed@example.com")
    await send(page)
    await page.getByText("See you soon").waitFor()
    const stored = await page.evaluate(() => [sessionStorage.getItem("next"), sessionStorage.getItem("waited")])
    assert.deepEqual(stored, [`${world.landing.origin}/thanks`, "yes"])
    await close()
  })

  it("get one event of each kind, and one in the data layer for each lead", async () => {
    for (const [attribute, name] of [["data-layer", "dataLayer"], ["data-layer=\"ownLayer\"", "ownLayer"], ["", "dataLayer"]]) {
      const email = `layer-${attribute.length}@example.com`
      const { page, close } = await open(`<div style="height: 3000px"></div>${snippet(world.service, "demo", attribute)}`)
      await page.evaluate(() => {
        window.seen = []
        for (const name of ["view", "start"]) document.addEventListener(`lead-form:${name}`, ({ type, detail }) => window.seen.push([type, detail.form]))
      })
      await page.locator("lead-form form").waitFor({ state: "attached" })
      await page.waitForTimeout(200)
      assert.deepEqual(await page.evaluate(() => window.seen), [])
      await send(page)
      await fillIn(page, email)
      await send(page)
      await thanks(page)
      assert.deepEqual(await page.evaluate(() => window.seen), [["lead-form:view", "demo"], ["lead-form:start", "demo"]])
      const layer = await page.evaluate((name) => window[name], name)
      const { id } = (await world.leadsFrom(email))[0]
      assert.deepEqual(layer, attribute ? [{ event: "lead_form_success", form: "demo", id }] : undefined)
      await close()
    }
  })

  it("fill in from the page's address only what the definition allows", async () => {
    const landing = world.landing.publish("/query", snippet(world.service))
    const { page, close } = await visit(world, "about:blank", {}, (page) => page.route("**/v1/forms/demo", async (route) => {
      const response = await route.fetch()
      const definition = await response.json()
      const allowed = ["plan", "size", "consent"]
      await route.fulfill({ response, json: { ...definition, fields: definition.fields.map((field) => (
        { ...field, prefill: allowed.includes(field.name) || undefined }
      )) } })
    }))
    await page.goto(`${landing.url}?plan=pro+%3Cb%3E&size=11-50&name=Eve&consent=on`)
    await page.getByLabel("Name").waitFor()
    assert.deepEqual(await page.evaluate(() => document.querySelector("lead-form").values), {
      name: "", email: "", size: "11-50", message: "", campaign: "spring", gclid: "", plan: "pro <b>",
    })
    await close()
  })

  it("turn attribution on and off at any time", async () => {
    const off = snippet(world.service).replace("<script ", "<script data-attribution=\"off\" ")
    const { page, close } = await visit(world, `${world.landing.publish("/consent", off).url}?utm_source=news`)
    await page.getByLabel("Name").waitFor()
    const kept = () => page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.includes("touch")).length)
    assert.equal(await kept(), 0)
    const turn = (isOn) => page.evaluate(async (isOn) => {
      const LeadForm = await customElements.whenDefined("lead-form")
      LeadForm.attribution.isOn = isOn
    }, isOn)
    await turn(true)
    assert.equal(await kept(), 2)
    await turn(false)
    assert.equal(await kept(), 0)
    await turn(true)
    await fillIn(page, "consented@example.com")
    await send(page)
    await thanks(page)
    const { provenance } = await leadOf("consented@example.com")
    assert.equal(provenance.claimed.first_touch.parameters.utm_source, "news")
    await close()
  })
})
