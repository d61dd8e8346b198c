// The console with the real service, as `make dev` starts it: a form is published; a lead is read, marked, exported and erased.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, describe, it } from "node:test"
import { DEVELOPER, writeDevConfig } from "../../tools/dev-config.mjs"
import { answers, startCore } from "../support/core.mjs"
import { startService } from "../support/service.mjs"
import { until } from "../support/until.mjs"
import { SCREENSHOTS } from "./accessible.mjs"
import { openWorld, visit } from "./world.mjs"

// How long what happens elsewhere may take to be shown: the list is read every ten seconds, and rejects are counted every ten.
const ARRIVAL_MS = 40_000
// The demo form; what a browser without a screen sends would be spam.
const FILE = new URL("../../forms/demo.json", import.meta.url)
const DEMO = { ...JSON.parse(readFileSync(FILE, "utf8")), spam: { mode: "off" } }

async function openService(settings = {}) {
  const config = writeDevConfig()
  return openWorld(() => [], { OWNERS: DEVELOPER, FORM_CACHE: "off", ...settings }, (given) => startService({ ...given, config }))
}

// A reader of the console, whom nothing may go wrong for.
async function read(world, query) {
  const reader = await visit(world, `${world.service.origin}/console/?${query}`, { permissions: ["clipboard-read", "clipboard-write"] })
  reader.page.setDefaultTimeout(ARRIVAL_MS)
  return reader
}

// Changes the demo form by the JSON of the builder.
async function write(page, definition) {
  await page.getByRole("tab", { name: "JSON" }).click()
  await page.getByLabel("Definition").fill(JSON.stringify(definition, null, 2))
}

// Publishes the demo form with changes.
async function publish(page, definition) {
  await write(page, definition)
  await page.getByRole("button", { name: "Publish…", exact: true }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click()
  await page.getByText(/Version \d+ is published. Every visitor has it by/).first().waitFor()
}

async function send(world, email) {
  const { page, close } = await visit(world, `${world.service.origin}/demo`)
  await page.getByLabel("Full name").fill("Ada Lovelace")
  await page.getByLabel("Work email").fill(email)
  await page.getByLabel(/I agree/).check()
  await page.locator("lead-form button").click()
  await page.locator("lead-form").getByRole("heading", { name: /Thank you/ }).waitFor()
  await close()
}

describe("the console of a service without a core", () => {
  let world
  let reader
  let page

  before(async () => {
    world = await openService()
    reader = await read(world, "tab=inbox")
    page = reader.page
  })
  after(() => world?.close())

  it("says who is signed in, and that nothing came in yet", async () => {
    await page.getByText(`${DEVELOPER} (owner)`).waitFor()
    await page.getByText("No leads yet").waitFor()
  })

  it("makes a form and publishes it, after it said what is wrong", async () => {
    await page.getByRole("link", { name: "Forms" }).click()
    await page.getByRole("button", { name: "New form" }).click()
    await page.getByLabel(/^Key/).fill("demo")
    await page.getByRole("button", { name: "Create the form" }).click()
    await write(page, { ...DEMO, fields: [{ name: "email", type: "mail" }] })
    await page.getByText("1 fault", { exact: true }).first().click()
    await page.locator(".findings li").getByText("email: kind is not a kind of field").waitFor()
    await publish(page, DEMO)
    await page.getByRole("link", { name: "Back to the list" }).click()
    await page.locator(".row", { hasText: "Request a demo" }).getByText("published").waitFor()
    await page.screenshot({ path: `${SCREENSHOTS}console-real-forms.png` })
  })

  it("shows a lead that was sent from the demo page, without a reload", async () => {
    await page.getByRole("link", { name: "Inbox" }).click()
    await page.getByText("No leads yet").waitFor()
    await send(world, "ada@example.com")
    await page.getByRole("link", { name: /Ada Lovelace/ }).click()
    await page.getByRole("heading", { name: "Ada Lovelace" }).waitFor()
    const pane = page.locator(".pane")
    assert.match(await pane.locator(".values").textContent(), /Full nameAda Lovelace.*Work emailada@example.com/)
    assert.match(await pane.locator(".timeline").textContent(), /Accepted.*Stored in the inbox/)
    assert.match(await pane.locator(".provenance").textContent(), /Observed by the edge.*origin.*Claimed by the page.*demo/)
    await page.screenshot({ path: `${SCREENSHOTS}console-real-inbox.png` })
  })

  it("keeps its status, its star and its note", async () => {
    await page.keyboard.press("s")
    await page.getByRole("button", { name: "★ Starred" }).waitFor()
    await page.keyboard.press("e")
    await page.getByRole("button", { name: "New again" }).waitFor()
    await page.getByLabel("Note").fill("Call on Monday")
    await page.getByText("Saved", { exact: true }).waitFor()
    await page.reload()
    await page.getByRole("button", { name: "New again" }).waitFor()
    await page.getByRole("button", { name: "★ Starred" }).waitFor()
    assert.equal(await page.getByLabel("Note").inputValue(), "Call on Monday")
  })

  it("finds it by what was typed, and by the days of the reader", async () => {
    await send(world, "ben@example.com")
    await page.getByRole("searchbox").fill("ben@")
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 1)
    await page.getByRole("link", { name: /ben@example.com/ }).waitFor()
    await page.getByRole("searchbox").fill("")
    await page.getByRole("link", { name: /ada@example.com/ }).waitFor()
    const today = await page.evaluate(() => new Date().toLocaleDateString("sv"))
    await page.goto(`${world.service.origin}/console/?tab=inbox&form=demo&from=${today}&to=${today}`)
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 2)
    await page.goto(`${world.service.origin}/console/?tab=inbox&form=demo&to=2020-01-01`)
    await page.getByText("No lead matches these filters").waitFor()
    await page.getByRole("button", { name: "Show all" }).click()
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 2)
  })

  it("exports what is filtered", async () => {
    await page.getByText("Filters and export").click()
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export JSON lines" }).click()])
    assert.match(file.suggestedFilename(), /^demo-\d{4}-\d\d-\d\d\.jsonl$/)
    const lines = readFileSync(await file.path(), "utf8").trim().split("\n").map((line) => JSON.parse(line))
    assert.equal(lines.length, 2)
    const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()])
    assert.match(readFileSync(await csv.path(), "utf8"), /ben@example.com/)
  })

  it("moves leads into the spam folder and out of it", async () => {
    await page.getByRole("checkbox", { name: "Select all" }).check()
    await page.locator(".bulk").getByRole("button", { name: "Spam" }).click()
    await page.getByRole("button", { name: "Close" }).click()
    await page.getByRole("link", { name: "Spam" }).click()
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 2)
    await page.getByRole("checkbox", { name: "Select all" }).check()
    await page.locator(".bulk").getByRole("button", { name: "Not spam" }).click()
    await page.getByRole("button", { name: "Close" }).click()
    await page.getByRole("link", { name: "Inbox" }).click()
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 2)
  })

  it("publishes a changed form, which the demo page shows, and takes it off", async () => {
    await page.getByRole("link", { name: "Forms" }).click()
    await page.getByRole("link", { name: /Request a demo/ }).click()
    await publish(page, { ...DEMO, title: "See it for yourself", allowed_origins: ["https://shop.example"] })
    const { page: visitor, close } = await visit(world, `${world.service.origin}/f/demo`)
    await visitor.getByRole("heading", { name: "See it for yourself" }).waitFor()
    await page.getByRole("button", { name: "Unpublish" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Unpublish" }).click()
    await page.getByText("The form is unpublished").first().waitFor()
    const { status } = await fetch(`${world.service.origin}/v1/forms/demo`)
    assert.equal(status, 404)
    await publish(page, { ...DEMO, title: "See it again", allowed_origins: ["https://shop.example"] })
    await close()
  })

  it("shows what was refused, with the line that allows the page", async () => {
    const { status } = await fetch(`${world.service.origin}/v1/forms/demo/submissions`, {
      method: "POST", headers: { Origin: "https://other.example", "Content-Type": "application/json" }, body: "{}",
    })
    assert.equal(status, 400)
    await page.getByRole("link", { name: "Rejects", exact: true }).click()
    await page.locator(".line", { hasText: "https://other.example" }).getByRole("button", { name: "Copy line" }).click()
    const copied = () => page.evaluate(() => navigator.clipboard.readText())
    await until(async () => await copied() === "\"https://other.example\"", () => "the line is not copied")
    await page.screenshot({ path: `${SCREENSHOTS}console-real-rejects.png` })
  })

  it("makes a token that another program calls the API with, until it is deleted", async () => {
    await page.getByRole("link", { name: "Tokens" }).click()
    await page.getByLabel("Name of a new token").fill("CRM")
    await page.getByRole("button", { name: "Make a token" }).click()
    const token = await page.getByText(/^fg_/).textContent()
    const call = async () => {
      const response = await fetch(`${world.service.origin}/api/leads`, { headers: { Authorization: `Bearer ${token}` } })
      return [response.status, (await response.json()).items?.length]
    }
    // `make dev` signs every request in, so the token shows in who it is that calls.
    assert.deepEqual(await call(), [200, 2])
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click()
    await page.getByRole("button", { name: "Delete CRM" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click()
    await page.getByText("No tokens").waitFor()
  })

  it("erases a person, and says in the audit who did what without naming them", async () => {
    await page.getByRole("link", { name: "Inbox" }).click()
    await page.getByRole("link", { name: /ben@example.com/ }).click()
    await page.getByRole("button", { name: "Erase this person" }).click()
    await page.getByRole("button", { name: "Erase…" }).click()
    await page.getByRole("dialog").last().getByRole("button", { name: "Erase", exact: true }).click()
    await page.getByText("Erased: 1 of the inbox").first().waitFor()
    assert.deepEqual((await world.service.inbox()).map(({ lead }) => lead.includes("ben@example.com")), [false])
    await page.getByRole("link", { name: "Audit" }).click()
    await page.locator(".line", { hasText: "person erased" }).getByText(DEVELOPER).waitFor()
    assert.doesNotMatch(await page.locator("main").textContent(), /ben@|ada@/i)
    await page.screenshot({ path: `${SCREENSHOTS}console-real-audit.png` })
  })

  it("reported no error of its own on the way", () => {
    assert.deepEqual([reader.errors, reader.consoleErrors.filter((text) => !/40\d/.test(text))], [[], []])
  })
})

describe("the console of a service whose core refuses its token", () => {
  let world
  let core

  before(async () => {
    core = await startCore()
    await core.answerWith(answers.json(401, { error: "unauthorized" }))
    world = await openService({ CORE_URL: core.template, RETRY_DELAYS_S: "3600" })
  })
  after(() => Promise.all([world?.close(), core?.stop()]))

  it("shows a lead that the core does not take, and sends it again", async () => {
    const { page } = await read(world, "tab=forms")
    const headers = { "Content-Type": "application/json" }
    await page.evaluate((draft) => fetch("/api/forms/demo", draft), { method: "PUT", headers, body: JSON.stringify(DEMO) })
    await page.goto(`${world.service.origin}/console/?tab=forms&id=demo`)
    await publish(page, DEMO)
    await send(world, "ada@example.com")
    await page.getByRole("link", { name: "Dead letters" }).click()
    await page.locator(".row a").click()
    await page.getByText("The core does not take it").first().waitFor()
    assert.match(await page.locator(".pane").textContent(), /401.*Ada Lovelace/)
    await page.screenshot({ path: `${SCREENSHOTS}console-real-dead-letters.png` })
    await core.answerWith(answers.accept)
    await page.getByRole("button", { name: "Send again", exact: true }).click()
    await page.getByText("No dead letters").waitFor()
    await until(async () => await core.count() === 1, () => "the core did not get it", ARRIVAL_MS)
  })
})
