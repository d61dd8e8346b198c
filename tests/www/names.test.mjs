// Names a page or a form's owner gives to elements hide properties of `document` and of the form.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { demoForm } from "./forms.mjs"
import { openWorld, snippet, visit } from "./world.mjs"
import { until } from "../support/until.mjs"

const MAX_FIELDS = 100
// One element of a name is found as itself, several as a collection, and a frame as its window.
const HIDING = {
  image: (name, address) => `<img name="${name}" src="${address}">`,
  images: (name, address) => `<img name="${name}" src="${address}"><img name="${name}" src="${address}">`,
  form: (name, address) => `<form name="${name}"><input name="src" value="${address}"></form>`,
  frame: (name) => `<iframe name="${name}"></iframe>`,
  object: (name) => `<object name="${name}"></object>`,
}
// What the widget might ask of the document; a window of its own for each of all its names is too much for a browser.
const FRAMES = ["activeElement", "adoptedStyleSheets", "body", "createElement", "currentScript", "forms", "head", "referrer"]

describe("names that hide properties", () => {
  let world
  let members

  before(async () => {
    world = await openWorld(() => [demoForm()])
    const { page, close } = await visit(world, world.landing.publish("/members", "").url)
    members = await page.evaluate(() => {
      const namesOf = (node) => {
        const names = []
        for (let owner = node; owner; owner = Object.getPrototypeOf(owner)) names.push(...Object.getOwnPropertyNames(owner))
        return [...new Set(names)]
      }
      return { document: namesOf(document), form: namesOf(document.createElement("form")) }
    })
    await close()
  })
  after(() => world?.close())

  for (const [kind, hide] of Object.entries(HIDING)) {
    it(`of the document by ${kind} keep no form from being shown and sent, to the script's own service`, async () => {
      const names = kind === "frame" ? FRAMES : members.document
      assert.ok(names.includes("currentScript") && names.includes("createElement"))
      const evil = world.landing.foreignOrigin
      const hiding = names.map((name) => hide(name, `${evil}/x.png`)).join("")
      const email = `${kind}@example.com`
      const landing = world.landing.publish(`/hidden-by-${kind}`, hiding + snippet(world.service))
      const requests = []
      const { page, errors, close } = await visit(world, "about:blank", {}, async (page) => {
        page.on("request", (request) => requests.push(request.url()))
        await page.addInitScript(() => {
          window.seen = []
          const note = ({ type }) => window.seen.push(type)
          for (const name of ["ready", "error", "success"]) window.addEventListener(`lead-form:${name}`, note)
        })
      })
      await page.goto(landing.url)
      const seen = () => page.evaluate(() => window.seen)
      await until(async () => (await seen()).length > 0, () => `nothing happened\n${errors.join("\n")}`)
      assert.deepEqual(await seen(), ["lead-form:ready"])
      const background = await page.evaluate((email) => {
        const query = (selector) => Document.prototype.querySelector.call(document, "lead-form").shadowRoot.querySelector(selector)
        query("[name=name]").value = "Ada"
        query("[name=email]").value = email
        query("[name=consent]").checked = true
        query("button").click()
        return getComputedStyle(query("button")).backgroundColor
      }, email)
      assert.notEqual(background, "rgba(0, 0, 0, 0)", "its styles apply")
      await until(async () => (await seen()).length > 1, () => `nothing was answered\n${errors.join("\n")}`)
      assert.deepEqual(await seen(), ["lead-form:ready", "lead-form:success"])
      assert.equal((await world.leadsFrom(email)).length, 1)
      const strayed = requests.filter((url) => url.startsWith(evil) && !url.endsWith("/x.png"))
      assert.deepEqual([strayed, errors], [[], []])
      await close()
    })
  }

  it("of the form and of every object are names of fields like others", async () => {
    const names = members.form.filter((name) => /^[a-z][\w.:[\]-]{0,63}$/i.test(name) && name !== "constructor")
    for (const name of ["setAttribute", "submit", "elements", "action", "id", "nodeName", "toString", "hasOwnProperty"]) {
      assert.ok(names.includes(name), name)
    }
    for (let at = 0; at < names.length; at += MAX_FIELDS) {
      const fields = names.slice(at, at + MAX_FIELDS).map((name) => ({ name, type: "text", value: `a ${name}` }))
      await world.service.putForm(`members-${at}`, demoForm({ key: `members-${at}`, fields }))
      const landing = world.landing.publish(`/members-${at}`, snippet(world.service, `members-${at}`))
      const { page, errors, close } = await visit(world, landing.url)
      await page.route("**/submissions", (route) => route.abort(), { times: 1 })
      const click = () => page.evaluate(() => document.querySelector("lead-form").shadowRoot.querySelector("button").click())
      const shown = (selector) => until(
        () => page.evaluate((selector) => document.querySelector("lead-form").shadowRoot?.querySelector(selector)?.textContent, selector),
        () => `no ${selector}\n${errors.join("\n")}`,
      )
      await shown("button")
      await click()
      assert.match(await shown("[role=alert]"), /Your answers were not sent/)
      await click()
      assert.match(await shown(".lf-thanks"), /Thanks!/)
      const sent = Object.fromEntries(fields.map(({ name, value }) => [name, value]))
      const [{ lead }] = (await world.service.inbox()).filter(({ form_key }) => form_key === `members-${at}`)
      assert.deepEqual(JSON.parse(lead).fields, sent)
      assert.deepEqual(errors, [])
      await close()
    }
  })
})

describe("the service's address", () => {
  let world

  before(async () => {
    world = await openWorld(({ origin }) => [demoForm({ on_success: { message: "Thanks!", redirect: `${origin}/next` } })])
  })
  after(() => world?.close())

  it("is an http(s) origin or nothing is asked and nothing is a link", async () => {
    const addresses = [
      "javascript:alert(1)//", " JavaScript:alert(1)//", "java\nscript:alert(1)//", "data:text/html,x", "blob:http://localhost/x",
      "file:///etc", "ftp://localhost", "localhost:8787", "forms.example.com", "//localhost", "/", "null", "http://", "about:blank",
    ]
    for (const address of addresses) {
      const landing = world.landing.publish("/service", "")
      const requests = []
      const { page, errors, consoleErrors, close } = await visit(world, landing.url)
      await page.addScriptTag({ url: `${world.service.origin}/embed.js` })
      page.on("request", (request) => requests.push(request.url()))
      await page.evaluate((address) => {
        const form = document.createElement("lead-form")
        form.setAttribute("form", "demo")
        form.setAttribute("service", address)
        document.body.append(form)
      }, address)
      await page.getByText("The form could not be loaded here.").waitFor()
      assert.equal(await page.locator("lead-form :is(a, form)").count(), 0, address)
      await until(
        () => consoleErrors.some((text) => text.includes("no http(s) origin")), () => `${address}: the marketer does not learn why`,
      )
      // Of the script's own service.
      assert.deepEqual([requests, errors], [[`${world.service.origin}/widget/advice.js`], []], address)
      await close()
    }
  })

  it("may end in a slash, and its path is no part of it", async () => {
    for (const rest of ["", "/", "//", "/f/demo?x#y"]) {
      const landing = world.landing.publish("/service", `<lead-form form="demo" service="${world.service.origin}${rest}"></lead-form>`)
      const { page, close } = await visit(world, landing.url)
      await page.addScriptTag({ url: `${world.service.origin}/embed.js` })
      await page.locator("lead-form form").waitFor()
      assert.equal(await page.locator("lead-form form").getAttribute("action"), `${world.service.origin}/f/demo`)
      await close()
    }
  })

  it("that an answer leads on to is an http(s) one, else the thanks stay", async () => {
    const landing = world.landing.publish("/next-page", snippet(world.service))
    for (const next of ["javascript:window.ran=1", " javascript:window.ran=1", "data:text/html,x", "//evil.example", "/x", "", 7, null]) {
      const { page, errors, close } = await visit(world, landing.url)
      await page.route("**/submissions", (route) => route.fulfill({
        headers: { "Access-Control-Allow-Origin": "*" },
        json: { submission: { id: "1", status: "stored" }, message: "Thanks!", next },
      }))
      await page.locator("lead-form form").waitFor()
      await page.evaluate(() => {
        document.querySelector("lead-form").shadowRoot.querySelector("[name=name]").value = "Ada"
        document.querySelector("lead-form").shadowRoot.querySelector("[name=email]").value = "next@example.com"
        document.querySelector("lead-form").shadowRoot.querySelector("[name=consent]").checked = true
        document.querySelector("lead-form").shadowRoot.querySelector("button").click()
      })
      await page.getByRole("heading", { name: "Thanks!" }).waitFor()
      await page.waitForTimeout(100)
      assert.equal(page.url(), landing.url, String(next))
      assert.equal(await page.evaluate(() => window.ran), undefined)
      assert.deepEqual(errors, [])
      await close()
    }
  })
})
