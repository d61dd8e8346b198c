import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { after, before, describe, it } from "node:test"
import { launchChromium } from "../support/browsers.mjs"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit, WITHOUT_SCRIPT } from "./world.mjs"

describe("a browser without JavaScript", () => {
  let world
  let landing

  before(async () => {
    world = await openWorld(() => [demoForm()])
    landing = world.landing.publish("/offer", snippet(world.service))
  })
  after(() => world?.close())

  it("follows the snippet's link to the hosted page, which takes the submission", async () => {
    const { page, close } = await visit(world, landing.url, WITHOUT_SCRIPT)
    await page.getByRole("link", { name: "Open the form" }).click()
    await page.getByRole("heading", { level: 1, name: "Request a demo" }).waitFor()
    await fillIn(page, "plain@example.com")
    const answer = page.waitForResponse((response) => response.request().method() === "POST")
    await page.getByRole("button", { name: "Send request" }).click()
    assert.equal((await answer).status(), 303)
    await page.getByRole("heading", { level: 1, name: "Thanks! We will write soon." }).waitFor()
    assert.equal((await world.leadsFrom("plain@example.com")).length, 1)
    await close()
  })

  it("gets the hosted page again with the errors and the typed values", async () => {
    const { page, close } = await visit(world, `${world.service.origin}/f/demo`, WITHOUT_SCRIPT)
    await page.getByLabel("Name").fill("Ada \"<Lovelace>\" & co")
    await page.getByLabel("Work email").fill("no-address")
    await page.getByLabel("Company size").selectOption("51-")
    await page.getByLabel("By phone").check()
    await page.getByLabel("Message").fill("kept")
    const answer = page.waitForResponse((response) => response.request().method() === "POST")
    await page.getByRole("button", { name: "Send request" }).click()
    assert.equal((await answer).status(), 400)

    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    assert.match(await page.title(), /^Error: /)
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada \"<Lovelace>\" & co")
    assert.equal(await page.getByLabel("Work email").inputValue(), "no-address")
    assert.equal(await page.getByLabel("Company size").inputValue(), "51-")
    assert.ok(await page.getByLabel("By phone").isChecked())
    assert.equal(await page.getByLabel("Message").inputValue(), "kept")

    const links = page.locator(".summary").getByRole("link")
    assert.deepEqual(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href"))), ["#field-email", "#field-consent"])
    for (const name of ["email", "consent"]) {
      const control = page.locator(`#field-${name}`)
      assert.equal(await control.getAttribute("aria-invalid"), "true", name)
      assert.match(await control.getAttribute("aria-describedby"), new RegExp(`\\berror-${name}\\b`))
    }
    await close()
  })

  // Browsers keep whole pages for a while. When one is given up, or was never kept, the page comes from the cache.
  for (const [where, ignoreDefaultArgs] of [["memory", ["--disable-back-forward-cache"]], ["cache", []]]) {
    it(`goes back to the hosted page as it was, from the ${where}: the same answers are one lead, others another`, async (test) => {
      const browser = await launchChromium({ ignoreDefaultArgs, isWhole: true })
      test.after(() => browser.close())
      const { page } = await visit({ browser }, `${world.service.origin}/f/demo`, WITHOUT_SCRIPT)
      let loads = 0
      page.on("request", (request) => request.method() === "GET" && request.url().endsWith("/f/demo") && loads++)
      const email = `${where}@example.com`
      const send = page.getByRole("button", { name: "Send request" })
      const thanks = page.getByRole("heading", { level: 1, name: "Thanks! We will write soon." })
      const key = () => page.locator("[name=_key]").inputValue()
      const back = async () => {
        // A page from the memory is not loaded.
        await page.goBack({ waitUntil: "commit" })
        assert.equal(await page.getByLabel("Work email").inputValue(), email)
        assert.ok(await page.getByLabel("I agree to be contacted").isChecked())
        assert.equal(await key(), first)
      }
      const first = await key()
      await fillIn(page, email)
      await send.click()
      await thanks.waitFor()

      await back()
      await send.click()
      await thanks.waitFor()
      assert.equal((await world.leadsFrom(email)).length, 1)

      await back()
      await page.getByLabel("Name").fill("Grace Hopper")
      const answer = page.waitForResponse((response) => response.request().method() === "POST")
      await send.click()
      assert.equal((await answer).status(), 422)
      await page.getByText("Your earlier answers were received.").waitFor()
      assert.equal(await page.getByLabel("Name").inputValue(), "Grace Hopper")
      assert.notEqual(await key(), first)
      await send.click()
      await thanks.waitFor()
      const names = (await world.leadsFrom(email)).map(({ lead }) => JSON.parse(lead).fields.name)
      assert.deepEqual(names.sort(), ["Ada Lovelace", "Grace Hopper"])

      assert.equal(loads, where === "memory" ? 0 : 2)
      await page.goto(`${world.service.origin}/f/demo`)
      assert.notEqual(await key(), first, "opened anew, it is another page")
    })
  }

  it("can post a form of the landing page's own", async () => {
    const form = plainForm(world.service, "native@example.com")
    const native = world.landing.publish("/native", form)
    const { page, close } = await visit(world, native.url, WITHOUT_SCRIPT)
    await page.getByRole("button", { name: "Send" }).click()
    await page.getByRole("heading", { name: "Thanks! We will write soon." }).waitFor()
    assert.equal(new URL(page.url()).origin, world.service.origin)
    assert.equal((await world.leadsFrom("native@example.com")).length, 1)
    await close()
  })

  // What Helmet and Django send, and what some pages ask for: a form of theirs has `Origin: null`.
  for (const policy of ["no-referrer", "same-origin"]) {
    it(`is led from a page with the policy ${policy} to the hosted page, with what was typed`, async () => {
      const email = `${policy}@example.com`
      const native = world.landing.publish(`/${policy}`, plainForm(world.service, email), { "Referrer-Policy": policy })
      const { page, close } = await visit(world, native.url, WITHOUT_SCRIPT)
      await page.getByRole("button", { name: "Send" }).click()
      await page.getByText("does not say which website it is on").waitFor()
      assert.equal(await page.getByLabel("Work email").inputValue(), email)
      assert.equal((await world.leadsSoFar(email)).length, 0)
      await page.getByRole("button", { name: "Send request" }).click()
      await page.getByRole("heading", { name: "Thanks! We will write soon." }).waitFor()
      assert.equal((await world.leadsFrom(email)).length, 1)
      await close()
    })

    it(`can post from a page with the policy ${policy} and the tag in the README`, async () => {
      const email = `cured-${policy}@example.com`
      const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8")
      const [tag] = readme.match(/<meta name="referrer"[^>]*>/)
      const native = world.landing.publish(`/cured-${policy}`, tag + plainForm(world.service, email), { "Referrer-Policy": policy })
      const { page, close } = await visit(world, native.url, WITHOUT_SCRIPT)
      await page.getByRole("button", { name: "Send" }).click()
      await page.getByRole("heading", { name: "Thanks! We will write soon." }).waitFor()
      await close()
    })
  }

  it("sees why, with what was typed, in a frame on an allowed page that is refused", async () => {
    for (const sandbox of ["", ' sandbox="allow-forms"']) {
      const frame = `<iframe title="Form"${sandbox} width="600" height="900" src="${world.service.origin}/f/demo"></iframe>`
      const { page, close } = await visit(world, world.landing.publish("/framed", frame).url)
      const form = page.frameLocator("iframe")
      await form.getByLabel("Name").fill("Ada")
      await form.getByLabel("Work email").fill("no-address")
      await form.getByRole("button", { name: "Send request" }).click()
      await form.getByRole("heading", { name: "There is a problem" }).waitFor()
      assert.equal(await form.getByLabel("Name").inputValue(), "Ada")
      await close()
    }
  })

  it("sees why in a frame on an allowed page even where there is no form to give back", async () => {
    const frame = `<iframe title="Form" name="form" width="600" height="900"></iframe>
<form action="${world.service.origin}/f/demo" method="post" enctype="text/plain" target="form"><button>Send</button></form>`
    const { page, close } = await visit(world, world.landing.publish("/framed-plain", frame).url)
    await page.getByRole("button", { name: "Send" }).click()
    await page.frameLocator("iframe").getByRole("heading", { name: "The form could not be sent" }).waitFor()
    await close()
  })

  it("cannot post from a page that is not allowed", async () => {
    const native = world.landing.publish("/native-foreign", plainForm(world.service, "thief@example.com"))
    const { page, close } = await visit(world, native.foreignUrl, WITHOUT_SCRIPT)
    const answer = page.waitForResponse((response) => response.request().method() === "POST")
    await page.getByRole("button", { name: "Send" }).click()
    assert.equal((await answer).status(), 400)
    assert.equal((await world.leadsSoFar("thief@example.com")).length, 0)
    await close()
  })
})

function plainForm(service, email) {
  return `<form action="${service.origin}/f/demo" method="post">
<input name="name" value="Ada"><input name="email" value="${email}"><input type="checkbox" name="consent" checked>
<button>Send</button>
</form>`
}
