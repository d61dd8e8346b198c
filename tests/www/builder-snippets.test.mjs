// The code of each tab of the builder's snippet panel, in a real page of another origin: the form is shown, sent and arrives.
import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { after, before, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { compileScript, parse } from "vue/compiler-sfc"
import { snippetsOf } from "../../www/console/builder/snippets.js"
import { bundled, reactApplication } from "./applications.mjs"
import { assertNoViolation } from "./console.mjs"
import { demoForm, everyKindForm } from "./forms.mjs"
import { fillIn, openWorld, visit, WITHOUT_SCRIPT } from "./world.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const VISITOR = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
const SCRIPT = { "Content-Type": "text/javascript" }

// Short names of the kinds of page.
const idOf = (name) => ({ "Webflow, Framer, Wix": "builders", "Your own design": "plain" })[name] ?? name.toLowerCase().replace(" ", "-")

describe("the code of the tab", () => {
  let world
  let tabs
  const tested = new Set()

  before(async () => {
    world = await openWorld(() => [demoForm(), everyKindForm(), demoForm({ key: "trapped", honeypot: true, spam: { spam_at: 3 } })])
    const found = snippetsOf({ key: "demo", service: world.service.origin, definition: demoForm(), version: 1 })
    tabs = Object.fromEntries(found.map((snippet) => [idOf(snippet.name), snippet]))
  })
  after(() => world?.close())

  const codeOf = (id, index = 0) => {
    tested.add(id)
    return tabs[id].code[index].text
  }
  const open = async (id, body, options, headers) => {
    const { url } = world.landing.publish(`/${id}`, body, headers)
    return visit(world, url, options)
  }
  const sends = async (page, email, place = page) => {
    await fillIn(place, email)
    await place.getByRole("button", { name: "Send request" }).click()
    await place.getByText("Thanks! We will write soon.").first().waitFor()
    assert.equal((await world.leadsFrom(email)).length, 1)
  }

  // Each with a policy of its page that has only what the panel names.
  for (const id of ["html", "wordpress", "builders"]) {
    it(`${id}: shows the form, under the policy that it names`, async () => {
      const policy = { "Content-Security-Policy": `default-src 'none'; ${tabs[id].policy}` }
      const { page, errors, consoleErrors, close } = await open(id, codeOf(id), {}, policy)
      await sends(page, `${id}@example.com`)
      assert.deepEqual([errors, consoleErrors], [[], []])
      await close()
    })
  }

  it("builders: the address for Wix is a form in a frame", async () => {
    const { page, close } = await open("wix", `<iframe src="${codeOf("builders", 1)}" title="Form" width="600" height="900"></iframe>`)
    await sends(page, "wix@example.com", page.frameLocator("iframe"))
    await close()
  })

  it("react: in an application of React 19, shown, left and shown again", async () => {
    world.landing.serve("/react-app.js", await reactApplication(codeOf("react")), SCRIPT)
    const { page, errors, consoleErrors, close } = await open("react", "<div id=\"app\"></div><script src=\"/react-app.js\"></script>")
    await turned(page)
    await sends(page, "react@example.com")
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("vue: in an application of Vue 3, shown, left and shown again", async () => {
    const { descriptor } = parse(codeOf("vue"))
    const { content } = compileScript(descriptor, { id: "lead-form", inlineTemplate: true })
    world.landing.serve("/vue-app.js", await bundled({ "./LeadForm.vue": content }, `
      import { createApp, h, ref } from "vue"
      import LeadForm from "./LeadForm.vue"
      const isShown = ref(true)
      createApp({
        render: () => h("div", [h("button", { onClick: () => isShown.value = !isShown.value }, "Turn"), isShown.value && h(LeadForm)]),
      }).mount("#app")`), SCRIPT)
    const { page, errors, consoleErrors, close } = await open("vue", "<div id=\"app\"></div><script>window.warned = []; console.warn = (...words) => warned.push(String(words))</script><script src=\"/vue-app.js\"></script>")
    await turned(page)
    await sends(page, "vue@example.com")
    assert.deepEqual(await page.evaluate(() => window.warned), [], "Vue looks for no component")
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  // Google's tag manager inserts the markup of a tag at the end of the page and makes its scripts anew; a trigger may fire twice.
  it("tag-manager: the tag puts the form into its place, once, and tells the data layer", async () => {
    const { page, errors, close } = await open("tag-manager", "<div id=\"form\"></div><p>After it</p>")
    for (let times = 0; times < 2; times += 1) {
      await page.evaluate((markup) => {
        const holder = document.body.appendChild(document.createElement("div"))
        holder.innerHTML = markup
        for (const script of holder.querySelectorAll("script")) {
          const anew = document.createElement("script")
          for (const { name, value } of script.attributes) anew.setAttribute(name, value)
          anew.text = script.text
          script.replaceWith(anew)
        }
      }, codeOf("tag-manager"))
    }
    await sends(page, "tags@example.com", page.locator("#form"))
    assert.equal(await page.locator("lead-form").count(), 1)
    assert.deepEqual(await page.evaluate(() => window.dataLayer.map(({ event }) => event)), ["lead_form_success"])
    assert.deepEqual(errors, [])
    await close()
  })

  it("frame: shows the form in a frame of its height, under the policy that it names", async () => {
    const policy = { "Content-Security-Policy": `default-src 'none'; style-src 'unsafe-inline'; ${tabs.frame.policy}` }
    const { page, consoleErrors, close } = await open("frame", codeOf("frame"), {}, policy)
    const form = page.frameLocator("iframe[title='Request a demo']")
    await form.getByLabel("Name").waitFor()
    await page.waitForFunction(() => document.querySelector("iframe").getBoundingClientRect().height !== 720)
    await sends(page, "frame@example.com", form)
    assert.deepEqual(consoleErrors, [])
    await close()
  })

  it("popup: opens the form over the page", async () => {
    const { page, consoleErrors, close } = await open("popup", codeOf("popup"))
    // Until the part for popups is loaded, the link leads to the hosted page.
    await page.evaluate((part) => import(part), `${world.service.origin}/widget/places.js`)
    await page.getByRole("link", { name: "Request a demo" }).click()
    await page.getByRole("dialog", { name: "Request a demo" }).waitFor()
    await sends(page, "popup@example.com")
    assert.deepEqual(consoleErrors, [])
    await close()
  })

  it("plain: is a form without JavaScript, under the policy that it names, by keyboard", async () => {
    const policy = { "Content-Security-Policy": `default-src 'none'; ${tabs.plain.policy}` }
    const { page, close } = await open("plain", codeOf("plain"), WITHOUT_SCRIPT, policy)
    await page.getByLabel("Name").focus()
    await page.keyboard.type("Ada Lovelace")
    await page.keyboard.press("Tab")
    await page.keyboard.type("plain@example.com")
    await page.keyboard.press("Tab")
    await page.getByLabel("Company size").selectOption("51-")
    await page.getByLabel("By phone").check()
    await page.getByLabel("I agree to be contacted").check()
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { level: 1, name: "Thanks! We will write soon." }).waitFor()
    const [{ lead }] = await world.leadsFrom("plain@example.com")
    const { fields, form, consents, warnings } = JSON.parse(lead)
    assert.deepEqual([fields.size, fields.channel, fields.campaign], ["51-", "phone", "spring"])
    assert.deepEqual([form.version, consents.length, warnings], [1, 1, []])
    await close()
  })

  it("plain: has the honeypot, which visitors do not see whatever the page's styles are, and what has a value in it is spam", async () => {
    const { origin } = world.service
    const { aux_inputs: [trap] } = await (await fetch(`${origin}/v1/forms/trapped`)).json()
    const found = snippetsOf({ key: "trapped", service: origin, definition: demoForm({ key: "trapped" }), version: 1, trap })
    const code = found.find(({ name }) => name === "Your own design").code[0].text
    const policy = { "Content-Security-Policy": `default-src 'none'; style-src 'unsafe-inline'; ${tabs.plain.policy}` }
    for (const [email, styles, value, outcome] of [
      ["empty@mailinator.com", "form div, input { display: block }", "", ["inbox", ["disposable"]]],
      ["filled@mailinator.com", "form > * { display: block }", "https://spam.example", ["spam", ["honeypot", "disposable"]]],
    ]) {
      const { page, close } = await open("trapped", `<style>${styles}</style>${code}`, { ...WITHOUT_SCRIPT, userAgent: VISITOR }, policy)
      const input = page.locator(`[name=${trap}]`)
      assert.equal(await input.isVisible(), false, styles)
      await fillIn(page, email)
      await input.evaluate((node, value) => node.value = value, value)
      await page.getByRole("button", { name: "Send request" }).click()
      await page.getByRole("heading", { level: 1, name: "Thanks! We will write soon." }).waitFor()
      const [{ folder, lead }] = await world.leadsFrom(email)
      assert.deepEqual([folder, JSON.parse(lead).spam], outcome)
      await close()
    }
  })

  it("plain: has every kind of field, accessible as it is", async () => {
    const definition = everyKindForm()
    definition.fields.push(
      { name: "any", type: "checkboxes", label: "Any", required: true, hint: "See [them](https://example.com/a)", options: [{ value: "a" }, { value: "b", label: "Bee" }] },
      { type: "heading", label: "The end", hint: "Nearly done" })
    const found = snippetsOf({ key: definition.key, service: world.service.origin, definition, trap: "website" }).find(({ name }) => name === "Your own design")
    const { page, close } = await open("every-kind", found.code[0].text)
    await assertNoViolation(page, "plain form")
    const controls = await page.locator("form :is(input:not([type=hidden], [aria-hidden]), select, textarea)").evaluateAll((all) => all.map(({ labels }) => labels.length))
    assert.ok(controls.length > 20 && controls.every((count) => count === 1), `${controls}`)
    assert.equal(await page.getByRole("group", { name: "Any" }).getByRole("checkbox").count(), 2)
    await page.getByLabel("A email field").fill("kinds@example.com")
    await page.getByLabel("I agree to all of this").check()
    await page.getByLabel("Bee").check()
    await page.getByRole("button").click()
    await page.getByRole("heading", { level: 1, name: "Thanks! We will write soon." }).waitFor()
    assert.equal((await world.leadsFrom("kinds@example.com")).length, 1)
    await close()
  })

  it("link: is the form on its own page", async () => {
    const { page, close } = await visit(world, codeOf("link"))
    await sends(page, "link@example.com")
    await close()
  })

  it("is tried for every tab, and the policies are those that the doctor names", async () => {
    assert.deepEqual([...tested].sort(), Object.keys(tabs).sort())
    const response = await fetch(`${world.service.origin}/v1/forms/demo/doctor?url=https://example.com`, { headers: { Accept: "application/json" } })
    const { widget, frame, plain_form } = (await response.json()).content_security_policy
    for (const id of ["html", "react", "vue", "wordpress", "builders", "tag-manager", "popup"]) assert.equal(tabs[id].policy, widget, id)
    assert.ok(tabs.frame.policy.startsWith(frame))
    assert.equal(tabs.plain.policy, plain_form)
    const docs = await readFile(`${root}docs/widget.md`, "utf8")
    const at = (text) => text.replaceAll(world.service.origin, "https://forms.example.com")
    for (const [id, lines] of [["html", 1], ["popup", 0], ["frame", 1]]) {
      const [first, ...rest] = at(codeOf(id)).split("\n")
      assert.ok(docs.includes(lines === 0 ? "data-lead-form-open=\"demo\">" : [first, ...rest].join("\n")), id)
    }
  })

  // Leaves the view with the form and comes back.
  async function turned(page) {
    await page.getByLabel("Name").fill("Ada")
    const turn = page.getByRole("button", { name: "Turn" })
    await turn.click()
    await page.getByLabel("Name").waitFor({ state: "detached" })
    await turn.click()
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
    assert.equal(await page.locator("script[src$='/embed.js']").count(), 1)
  }
})
