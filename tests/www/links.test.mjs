import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { assertNoViolation } from "./accessible.mjs"
import { demoForm } from "./forms.mjs"
import { openWorld, snippet, visit } from "./world.mjs"

const CONSENT = "I <b>agree</b> to the [\"terms\" & <i>more</i>](https://example.com/agb-für-alle?a='1'&b=2)."
const HOSTILE = "[x](javascript:alert(1)) [[y]](https://example.com/) [z](https://e.com/\" onclick=\"alert(1)) <img src=x onerror=alert(1)>"

describe("links in a form's texts", () => {
  let world
  let landing

  before(async () => {
    world = await openWorld(() => [demoForm({
      fields: [
        { name: "email", type: "email", label: "Work email", hint: "We [never](https://example.com/privacy) sell it" },
        { name: "note", type: "text", label: "Note", hint: HOSTILE },
        { name: "channel", type: "radio", label: "Channel", options: [{ value: "a" }], hint: "Or [write](mailto:us@example.com)" },
        { name: "box", type: "checkbox", label: "Call me", hint: "[When?](https://example.com/when)" },
        { name: "terms", type: "consent", label: "Terms", text: CONSENT },
      ],
    })])
    landing = world.landing.publish("/offer", snippet(world.service))
  })
  after(() => world?.close())

  for (const [where, url, options, form] of [
    ["the widget", () => landing.url, {}, "lead-form form"],
    ["the hosted page", () => `${world.service.origin}/f/demo`, {}, "form"],
    ["the hosted page without JavaScript", () => `${world.service.origin}/f/demo`, { javaScriptEnabled: false }, "form"],
  ]) {
    it(`are links in ${where}, and nothing else is markup`, async () => {
      const { page, errors, close } = await visit(world, url(), options)
      await page.locator(form).waitFor()
      const links = await page.locator(`${form} a`).evaluateAll((all) => all.map((link) => ({
        text: link.textContent, href: link.getAttribute("href"), target: link.target, rel: link.rel,
        names: link.getAttributeNames().sort().join(" "), color: getComputedStyle(link).color,
      })))
      const link = (text, href) => ({ text, href, target: "_blank", rel: "noopener", names: "href rel target", color: "rgb(26, 86, 176)" })
      assert.deepEqual(links, [
        link("never", "https://example.com/privacy"),
        link("write", "mailto:us@example.com"),
        link("When?", "https://example.com/when"),
        link("\"terms\" & <i>more</i>", "https://example.com/agb-f%C3%BCr-alle?a='1'&b=2"),
      ])
      const texts = await page.locator(form).evaluate((node) => node.textContent)
      for (const text of ["We never sell it", HOSTILE, "I <b>agree</b> to the \"terms\" & <i>more</i>."]) assert.ok(texts.includes(text), text)
      assert.equal(await page.locator(`${form} :is(b, i, img)`).count(), 0)
      assert.deepEqual(errors, [])
      await close()
    })

    it(`open beside the form in ${where}, and tick nothing`, async () => {
      const { page, close } = await visit(world, url(), options)
      await page.locator(form).waitFor()
      await page.context().route("https://example.com/**", (route) => route.fulfill({ body: "The terms", contentType: "text/plain" }))
      await page.getByLabel("Work email").fill("reader@example.com")
      const opened = page.context().waitForEvent("page")
      await page.getByRole("link", { name: "terms" }).click()
      const terms = await opened
      await terms.waitForURL("https://example.com/**")
      assert.equal(await page.getByLabel("Work email").inputValue(), "reader@example.com")
      assert.ok(!await page.getByRole("checkbox", { name: "agree" }).isChecked())
      await page.getByRole("checkbox", { name: "agree" }).check()
      await close()
    })
  }

  it("go with the lead as they are written", async () => {
    const { page, close } = await visit(world, landing.url)
    await page.getByLabel("Work email").fill("agreed@example.com")
    await page.getByRole("checkbox", { name: "agree" }).check()
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    const [{ lead }] = await world.leadsFrom("agreed@example.com")
    assert.equal(JSON.parse(lead).consents[0].text, CONSENT)
    await close()
  })

  it("leave axe nothing to find", async () => {
    for (const url of [landing.url, `${world.service.origin}/f/demo`]) {
      const { page, close } = await visit(world, url)
      await page.locator("form").waitFor()
      await assertNoViolation(page)
      await close()
    }
  })
})
