// What is typed into the hosted page is sent or reported, never lost, without JavaScript: a control that cannot read what
// it holds sends an empty value.

import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { openFirefox } from "../support/firefox.mjs"
import { until } from "../support/until.mjs"
import { demoForm } from "./forms.mjs"
import { openWorld, visit } from "./world.mjs"

const ENGLISH_WITHOUT_SCRIPT = { javaScriptEnabled: false, locale: "en-US" }
const ENTER = "\uE007"
const EMAIL = { name: "email", type: "email", label: "Work email", required: true, autocomplete: "email" }
const FORMS = [
  demoForm({ key: "numbers", fields: [EMAIL, { name: "people", type: "number", label: "How many people" }] }),
  demoForm({
    key: "zahlen", locale: "de",
    fields: [EMAIL, { name: "people", type: "number", label: "How many people", value: "1000.5", step: "any" }],
  }),
  demoForm({ key: "dates", fields: [EMAIL, { name: "day", type: "date", label: "When" }, { name: "month", type: "month", label: "Since" }] }),
]

describe("the hosted page without JavaScript", () => {
  let world

  before(async () => {
    world = await openWorld(() => FORMS)
  })
  after(() => world?.close())

  const open = (form) => visit(world, `${world.service.origin}/f/${form}`, ENGLISH_WITHOUT_SCRIPT)
  const fieldsOf = async (email) => (await world.leadsFrom(email)).map(({ lead }) => JSON.parse(lead).fields)
  const send = (page) => page.getByRole("button", { name: "Send request" }).click()

  for (const typed of ["1,50", "12 people", "about 12"]) {
    it(`reports what is wrong with ${typed} in an optional number, and shows it`, async () => {
      const { page, close } = await open("numbers")
      await page.getByLabel("Work email").fill("number@example.com")
      await page.getByLabel("How many people").focus()
      await page.keyboard.type(typed)
      const answer = page.waitForResponse((response) => response.request().method() === "POST")
      await send(page)
      assert.equal((await answer).status(), 400)
      await page.getByRole("link", { name: "How many people must be a number, like 12 or 1.5" }).waitFor()
      assert.equal(await page.getByLabel("How many people").inputValue(), typed)
      assert.deepEqual(await world.leadsSoFar("number@example.com"), [])
      await close()
    })
  }

  it("takes a number", async () => {
    const { page, close } = await open("numbers")
    await page.getByLabel("Work email").fill("twelve@example.com")
    await page.getByLabel("How many people").fill(" 12")
    await send(page)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.deepEqual(await fieldsOf("twelve@example.com"), [{ email: "twelve@example.com", people: "12" }])
    await close()
  })

  it("reads and shows a number as the form's language writes it", async () => {
    const { page, close } = await open("zahlen")
    const people = page.getByLabel("How many people")
    assert.equal(await people.inputValue(), "1000,5")
    await page.getByLabel("Work email").fill("zahlen")
    await people.fill("2.500,50")
    await send(page)
    await page.getByRole("link", { name: "Work email: Bitte geben Sie" }).waitFor()
    assert.equal(await people.inputValue(), "2500,50")
    await page.getByLabel("Work email").fill("zahlen@example.com")
    await people.fill("2.500")
    await send(page)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.deepEqual(await fieldsOf("zahlen@example.com"), [{ email: "zahlen@example.com", people: "2500" }])
    await close()
  })

  it("does not send a date without its year", async () => {
    const { page, close } = await open("dates")
    const posts = []
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()))
    await page.getByLabel("Work email").fill("date@example.com")
    await page.getByLabel("When").focus()
    await page.keyboard.type("1121")
    await send(page)
    await sleep(1000)
    assert.deepEqual(posts, [])
    await page.getByLabel("When").focus()
    await page.keyboard.type("11212026")
    await send(page)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.deepEqual(await fieldsOf("date@example.com"), [{ email: "date@example.com", day: "2026-11-21" }])
    await close()
  })

  it("lists all that is wrong on a form with dates, too", async () => {
    const { page, close } = await open("dates")
    await page.getByLabel("Since").focus()
    await send(page)
    await page.getByRole("link", { name: "Work email is missing" }).waitFor()
    await page.getByLabel("Work email").fill("no-address")
    await send(page)
    await page.getByRole("link", { name: "Work email must be an email address, like name@example.com" }).waitFor()
    assert.equal(await page.getByLabel("Work email").inputValue(), "no-address")
    await close()
  })

  it("works so in Firefox, too", async (test) => {
    const firefox = await openFirefox()
    test.after(() => firefox.close())
    const goto = (form) => firefox.goto(`${world.service.origin}/f/${form}`)
    const value = (name) => firefox.evaluate(`document.getElementById("field-${name}").value`)
    const type = async (name, text, after = "") => {
      await firefox.evaluate(`document.getElementById("field-${name}").focus()`)
      await firefox.press(text)
      await until(async () => await value(name) === text, () => `${name} is not ${text}`)
      await firefox.press(after)
    }
    const titled = (start) => until(async () => (await firefox.evaluate("document.title")).startsWith(start), () => `not ${start}`, 20_000)

    await goto("numbers")
    await type("people", "1,50")
    await type("email", "fox@example.com", ENTER)
    await titled("Error:")
    assert.deepEqual(await Promise.all(["people", "email"].map(value)), ["1,50", "fox@example.com"])

    // There is no control for a month: a line of text, which shows how one is written.
    await goto("dates")
    const month = await firefox.evaluate("(({ type, placeholder, pattern }) => [type, placeholder, pattern])(document.getElementById(\"field-month\"))")
    assert.deepEqual(month, ["text", "2026-11", "[0-9]{4,}-(0[1-9]|1[0-2])"])
    await type("email", "fox@example.com")
    await type("month", "11/2026", ENTER)
    await sleep(1000)
    assert.equal(await value("month"), "11/2026", "it was not sent")
    await firefox.evaluate("document.getElementById(\"field-month\").select()")
    await firefox.press(`2026-11${ENTER}`)
    await titled("Thanks!")
    const stored = await until(async () => (await fieldsOf("fox@example.com")).at(0), () => "not in the inbox")
    assert.deepEqual(stored, { email: "fox@example.com", month: "2026-11" })
  })
})
