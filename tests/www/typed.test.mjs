// What a visitor types is what is sent, and it stays until it is sent.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { openFirefox } from "../support/firefox.mjs"
import { until } from "../support/until.mjs"
import { readNumber } from "../../www/widget/kinds.js"
import { demoForm } from "./forms.mjs"
import { openWorld, snippet, visit } from "./world.mjs"

const EN = [",", "."]
const DE = [".", ","]
const FR = ["\u202f", ","]
const CH = ["’", "."]

// What is typed, with the marks for groups and decimals of a language, and what it can be read as.
const NUMBERS = [
  ["12", EN, ["12"]], ["12", DE, ["12"]], [" 12 ", EN, ["12"]], ["+12", EN, ["12"]], ["-12", EN, ["-12"]], ["−12", EN, ["-12"]],
  ["007", EN, ["007"]], ["1e3", EN, ["1e3"]], ["1.5e-3", EN, ["1.5e-3"]], [".5", EN, ["0.5"]], [",5", DE, ["0.5"]], ["5.", EN, ["5"]],
  ["1.5", EN, ["1.5"]], ["1,5", DE, ["1.5"]], ["1.5", DE, ["1.5"]], ["1,5", EN, ["1.5"]], ["2500,00", DE, ["2500.00"]],
  ["2500,00", EN, ["2500.00"]], ["2500.00", DE, ["2500.00"]], ["2.500,00", DE, ["2500.00"]], ["2,500.00", DE, ["2500.00"]],
  ["2,500.00", EN, ["2500.00"]], ["2.500,00", EN, ["2500.00"]], ["2 500,00", FR, ["2500.00"]], ["2\u202f500,00", FR, ["2500.00"]],
  ["2\u00a0500", FR, ["2500"]], ["2’500.50", CH, ["2500.50"]], ["2'500.50", CH, ["2500.50"]],
  ["1,500", EN, ["1500"]], ["1.500", DE, ["1500"]], ["1.500", EN, ["1.500", "1500"]], ["1,500", DE, ["1500", "1.500"]],
  ["1,500", FR, ["1500", "1.500"]], ["1.500", CH, ["1.500", "1500"]], ["12,345", DE, ["12345", "12.345"]],
  ["1,234,567", EN, ["1234567"]], ["1,234,567", DE, ["1234567"]], ["1.234.567", EN, ["1234567"]], ["12,34,567", EN, ["1234567"]],
  ["0,500", EN, ["0.500"]], ["0.500", DE, ["0.500"]], ["1234,567", EN, ["1234.567"]], ["1234.567", DE, ["1234.567"]],
  ["１２，５", DE, ["12.5"]], ["١٢٫٥", [",", "."], ["12.5"]], ["۱۲", EN, ["12"]], ["१२", EN, []],
  ["", EN, []], ["12 people", EN, []], ["about 12", EN, []], ["1-2", EN, []], ["--1", EN, []], [".", EN, []], ["1.2.3", EN, []],
  ["1,2,3", EN, []], ["1.5.000", EN, []], ["e5", EN, []], ["Infinity", EN, []], ["0x10", EN, []],
]

describe("a number", () => {
  for (const [typed, [group, decimal], expected] of NUMBERS) {
    it(`typed as ${JSON.stringify(typed)} with ${group} and ${decimal} is ${expected.join(" or ") || "none"}`, () => {
      assert.deepEqual(readNumber(typed, group, decimal), expected)
    })
  }
})

const EMAIL = { name: "email", type: "email", label: "Work email", required: true }

describe("what a visitor types", () => {
  let world

  before(async () => {
    world = await openWorld(() => [
      demoForm({ key: "numbers-de", locale: "de", fields: [
        EMAIL,
        { name: "amount", type: "number", label: "Amount", required: true, min: 0, step: 0.001, value: "0.5" },
        { name: "people", type: "number", label: "People", max: 5000 },
        { name: "budget", type: "range", label: "Budget", min: 0, max: 1000, value: "700" },
        { name: "share", type: "range", label: "Share", step: 0.5, max: 10, value: "2.5" },
      ] }),
      demoForm({ key: "addresses", fields: [EMAIL, { name: "site", type: "url", label: "Site" }, { name: "phone", type: "tel", label: "Phone" }] }),
      demoForm(),
    ])
  })
  after(() => world?.close())

  const open = (form) => visit(world, world.landing.publish(`/${form}`, snippet(world.service, form)).url, { locale: "en-US" })
  const send = (page) => page.getByRole("button", { name: "Send request" }).click()
  const fieldsOf = async (email) => JSON.parse((await world.leadsFrom(email))[0].lead).fields

  it("as a number is read in the form's language, and shown as it is read", async () => {
    const { page, errors, close } = await open("numbers-de")
    const amount = page.getByLabel("Amount")
    assert.equal(await amount.inputValue(), "0,5")
    assert.deepEqual([await amount.getAttribute("type"), await amount.getAttribute("inputmode")], ["text", "decimal"])
    await amount.fill("2.500,25")
    await page.getByLabel("People").fill("1.500")
    assert.equal(await amount.inputValue(), "2500,25")
    await page.getByLabel("Work email").fill("zahl@example.com")
    await send(page)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    const { amount: sent, people } = await fieldsOf("zahl@example.com")
    assert.deepEqual([sent, people], ["2500.25", "1500"])
    assert.deepEqual(errors, [])
    await close()
  })

  it("as a number is asked about when it can be read in two ways, and refused when it cannot be read", async () => {
    const { page, close } = await open("numbers-de")
    await page.getByLabel("Work email").fill("frage@example.com")
    // Only whole numbers: one reading keeps the rules.
    await page.getByLabel("People").fill("2,500")
    for (const [typed, message] of [
      ["1,500", /^Amount: Welche Zahl ist gemeint, 1500 oder 1,500\?/], ["viel", /^Amount: .*1,5/], ["-1", /^Amount: .*0/],
    ]) {
      await page.getByLabel("Amount").fill(typed)
      await send(page)
      const link = page.getByRole("alert").getByRole("link", { name: /^Amount/ })
      assert.match(await link.innerText(), message)
      assert.equal(await page.getByLabel("Amount").inputValue(), typed)
    }
    await page.getByLabel("Amount").fill("1500")
    await send(page)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    const { amount, people } = await fieldsOf("frage@example.com")
    assert.deepEqual([amount, people], ["1500", "2500"])
    await close()
  })

  it("on a slider is shown as a number", async () => {
    const { page, close } = await open("numbers-de")
    assert.equal(await page.locator(".lf-number").nth(1).innerText(), "2,5")
    const shown = page.locator(".lf-number").first()
    assert.equal(await shown.innerText(), "700")
    await page.getByLabel("Budget").press("ArrowRight")
    assert.equal(await shown.innerText(), "701")
    await page.evaluate(() => { document.querySelector("lead-form").values = { budget: "20" } })
    assert.equal(await shown.innerText(), "20")
    await close()
  })

  it("as an address gets a scheme, and loses invisible characters at its edges", async () => {
    const { page, close } = await open("addresses")
    for (const [typed, shown] of [
      ["example.com", "https://example.com"], ["example.com:8080/a?b", "https://example.com:8080/a?b"], ["example.com/a@b", "https://example.com/a@b"],
      ["http://example.com", "http://example.com"], ["mailto:a@example.com", "mailto:a@example.com"], ["ada@example.com", "ada@example.com"],
      ["no address", "no address"], ["localhost", "localhost"], ["\u200bexample.com\ufeff", "https://example.com"],
    ]) {
      await page.getByLabel("Site").fill(typed)
      await page.getByLabel("Phone").focus()
      assert.equal(await page.getByLabel("Site").inputValue(), shown, typed)
    }
    await page.getByLabel("Site").fill("")
    await page.getByLabel("Phone").fill("\u202a+43 1 2345\u202c")
    await page.getByLabel("Work email").fill("\u00adzwsp@example.com\u200b")
    await send(page)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    const { phone } = await fieldsOf("zwsp@example.com")
    assert.equal(phone, "+43 1 2345")
    await close()
  })

  it("stays after a reload and while the element is away, without what is sensitive, until it is sent", async () => {
    const sensitive = demoForm().fields.map((field) => field.name === "message" ? { ...field, sensitive: true } : field)
    const landing = world.landing.publish("/stays", `<div id="slot">${snippet(world.service)}</div>`)
    const { page, errors, close } = await visit(world, landing.url, {}, (page) => page.route("**/v1/forms/demo", async (route) => {
      const response = await route.fetch()
      const definition = await response.json()
      const fields = definition.fields.map((field, index) => ({ ...field, sensitive: sensitive[index].sensitive }))
      await route.fulfill({ response, json: { ...definition, fields } })
    }))
    await page.getByLabel("Name").fill("Ada Lovelace")
    await page.getByLabel("Company size").selectOption("11-50")
    await page.getByLabel("By phone").check()
    await page.getByLabel("I agree").check()
    await page.getByLabel("Message").fill("A secret")
    const state = async () => [
      await page.getByLabel("Name").inputValue(), await page.getByLabel("Company size").inputValue(),
      await page.getByLabel("By phone").isChecked(), await page.getByLabel("I agree").isChecked(), await page.getByLabel("Message").inputValue(),
    ]
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify({ ...sessionStorage })), /secret/)
    await page.reload()
    await page.getByLabel("Name").waitFor()
    assert.deepEqual(await state(), ["Ada Lovelace", "11-50", true, true, ""])
    // A router that makes the page anew.
    await page.evaluate(async () => {
      const slot = document.getElementById("slot")
      const html = slot.innerHTML
      slot.innerHTML = ""
      await new Promise((resolve) => setTimeout(resolve, 100))
      slot.innerHTML = html
    })
    await page.getByLabel("Name").waitFor()
    assert.deepEqual(await state(), ["Ada Lovelace", "11-50", true, true, ""])
    await page.getByLabel("Work email").fill("stays@example.com")
    await page.route("**/submissions", (route) => route.abort(), { times: 1 })
    await send(page)
    await page.getByRole("heading", { name: "Your answers were not sent" }).waitFor()
    await page.reload()
    await page.getByLabel("Name").waitFor()
    assert.equal(await page.getByLabel("Work email").inputValue(), "stays@example.com")
    await send(page)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify({ ...sessionStorage })), /Ada|stays@/)
    await page.reload()
    assert.equal(await page.getByLabel("Name").inputValue(), "")
    assert.deepEqual(errors, [])
    await close()
  })

  it("keeps no consent to another version, and bears anything in storage", async () => {
    const landing = world.landing.publish("/other-version", snippet(world.service))
    const { page, errors, close } = await visit(world, landing.url)
    await page.getByLabel("Name").fill("Ada")
    await page.getByLabel("I agree").check()
    for (const [change, name, isTicked] of [
      [(text) => text.replace(/^\[1,/, "[7,"), "Ada", false], [() => "{", "", false], [() => "[1,{\"name\":{\"a\":1},\"gone\":1}]", "[object Object]", false],
    ]) {
      await page.evaluate((change) => {
        const name = Object.keys(sessionStorage).find((name) => name.startsWith("lead-form draft"))
        sessionStorage.setItem(name, (0, eval)(change)(sessionStorage.getItem(name)))
      }, String(change))
      await page.reload()
      assert.equal(await page.getByLabel("Name").inputValue(), name)
      assert.equal(await page.getByLabel("I agree").isChecked(), isTicked)
    }
    assert.deepEqual(errors, [])
    await close()
  })

  it("works so in Firefox, too", async (test) => {
    const firefox = await openFirefox()
    test.after(() => firefox.close())
    await firefox.goto(world.landing.publish("/firefox", snippet(world.service, "numbers-de")).url)
    const inForm = (expression) => firefox.evaluate(`(() => {
      const root = document.querySelector("lead-form").shadowRoot
      const field = (name) => root.querySelector("[name=" + name + "]")
      return ${expression}
    })()`)
    await until(() => inForm("Boolean(field('amount'))"), () => "no form", 20_000)
    assert.deepEqual(await inForm("[field('budget').value, field('amount').value]"), ["700", "0,5"])
    const shows = (value) => {
      let found
      return until(async () => (found = await inForm("field('amount').value")) === value, () => `${found}, not ${value}`)
    }
    await inForm("(field('amount').value = '', field('amount').focus())")
    await firefox.press("2.500,25")
    await shows("2.500,25")
    // Headless Firefox has no focus to lose, which is what the event comes of.
    await inForm("field('amount').dispatchEvent(new Event('change', { bubbles: true }))")
    await shows("2500,25")
    await inForm("field('email').focus()")
    await firefox.press("fuchs@example.com\uE007")
    await until(async () => (await inForm("root.querySelector('.lf-thanks')?.textContent ?? ''")).startsWith("Thanks!"), () => "not sent", 20_000)
    assert.equal((await fieldsOf("fuchs@example.com")).amount, "2500.25")
  })
})
