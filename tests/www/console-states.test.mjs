// The console with a fake of the API: what it shows in each state, keys, undo, size.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { until } from "../support/until.mjs"
import { assertNoViolation, openConsole } from "./console.mjs"
import { fakeApi, fakeLead } from "./fake-api.mjs"
import { openWorld } from "./world.mjs"

const MAX_BYTES = 15_200
const folder = fileURLToPath(new URL("../../build/www/console/", import.meta.url))
let world
before(async () => world = await openWorld(() => []))
after(() => world?.close())

const open = (...given) => openConsole(world, ...given)
const loaded = (page) => page.locator(".list :is(.row, .line, .state:not(:text('Loading')))").first().waitFor()
const names = (page) => page.locator(".row .name").allTextContents()
const firstIs = (page, name) => until(async () => (await names(page))[0] === name, () => `${name} is not the first`)

describe("the console", () => {
  it(`has at most ${MAX_BYTES} bytes gzipped without the builder`, () => {
    const script = readFileSync(`${folder}console.js`, "utf8")
    const parts = [...script.matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, name]) => name)
    const sizes = ["console.js", ...parts, "console.css"].map((name) => gzipSync(readFileSync(folder + name), { level: 9 }).length)
    const total = sizes.reduce((sum, size) => sum + size)
    console.log(`the console: ${total} bytes gzipped, of which its style sheet ${sizes.at(-1)}`)
    assert.ok(total <= MAX_BYTES, `${total}`)
  })

  it("names the source map of each script and style sheet in a header", async () => {
    const [, modules] = /"\.\/([^"]+)"/.exec(readFileSync(`${folder}console.js`, "utf8"))
    for (const name of [modules, "preview.js", "console.css"]) {
      const { headers } = await fetch(`${world.service.origin}/console/${name}`)
      assert.equal(headers.get("sourcemap"), `/console/${name}.map`)
      assert.ok(JSON.parse(readFileSync(`${folder}${name}.map`, "utf8")).sourcesContent[0])
    }
  })

  it("has a policy that runs its script only, frames nowhere, and makes no markup", async () => {
    const { headers } = await fetch(`${world.service.origin}/console/`)
    const policy = headers.get("content-security-policy")
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) {
      assert.ok(policy.split("; ").includes(part), policy)
    }
    assert.equal(policy.split("script-src").length, 2, "one policy, not two")
    assert.doesNotMatch(policy, /unsafe/)
    const { page, close } = await open("inbox")
    await loaded(page)
    assert.equal(await page.evaluate(() => {
      try {
        document.body.insertAdjacentHTML("beforeend", "<b></b>")
        return "inserted"
      } catch (error) {
        return error.name
      }
    }), "TypeError")
    await close()
  })

  it("has no violation with a selection, a notice, a dialog or a refusal", async () => {
    const { page, close, api } = await open("inbox&id=lead-0001")
    await page.getByRole("checkbox", { name: "Select all" }).check()
    await page.locator(".bulk").getByRole("button", { name: "Done" }).click()
    await page.getByRole("button", { name: "Undo" }).waitFor()
    await assertNoViolation(page, "notice")
    await page.getByRole("button", { name: "Keys" }).click()
    await assertNoViolation(page, "help")
    await page.keyboard.press("Escape")
    await page.getByRole("button", { name: "Erase this person" }).click()
    await assertNoViolation(page, "erase")
    await page.keyboard.press("Escape")
    api.refuse.leads = [503, "LG_1901", "Service temporarily unavailable"]
    await page.getByRole("button", { name: "Star", exact: false }).first().click()
    await page.getByRole("alert").first().waitFor()
    await assertNoViolation(page, "refusal")
    await close()
  })

  const NO_OWNERS = { settings: [{ variable: "OWNERS", reason: "is not set: the API is closed" }], retry_after: 60 }
  const REFUSALS = [
    [[401, "LG_1400", "Authentication required"], "You are not signed in", "Load again"],
    [[401, "LG_1402", "Invalid or expired authentication token"], "Your sign-in has expired", "Load again"],
    [[403, "LG_1401", "Insufficient permissions"], "Your role does not allow this"],
    [[503, "LG_1901", "Service temporarily unavailable", NO_OWNERS], "The service cannot answer", "Try again"],
    [[0], "No connection to the service", "Try again"],
    [[502, "LG_1900", "Bad gateway"], "The service refused this", "Try again"],
  ]
  for (const [refusal, heading, next] of REFUSALS) {
    it(`says what to do about ${refusal[0]} ${refusal[1] ?? "(no connection)"}`, async () => {
      const api = fakeApi()
      api.state.refuse[""] = refusal
      const { page, close } = await open("inbox", api)
      const alert = page.getByRole("alert")
      await alert.getByRole("heading", { name: heading }).waitFor()
      await assertNoViolation(page, heading)
      if (refusal[3]) assert.match(await alert.textContent(), /unavailable\. OWNERS is not set: the API is closed/)
      if (next) {
        delete api.state.refuse[""]
        await alert.getByRole("button", { name: next }).click()
        await page.locator(".row").first().waitFor()
      }
      await close()
    })
  }

  it("takes a redirect to a login page for a sign-in that has expired", async () => {
    const { page, close } = await open("inbox", fakeApi(), {}, () => {})
    await page.unrouteAll()
    await page.route("**/api/**", (route) => route.fulfill({ status: 302, headers: { Location: "https://team.cloudflareaccess.com/" } }))
    await page.reload()
    await page.getByRole("heading", { name: "Your sign-in has expired" }).waitFor()
    await close()
  })

  it("says that it is loading, and that there is nothing", async () => {
    const api = fakeApi({ leads: [] })
    api.state.delay_ms = 400
    const { page, close } = await open("inbox", api)
    await page.getByText("Loading").first().waitFor()
    await page.getByText("No leads yet").waitFor()
    await page.getByRole("combobox", { name: "Form", exact: true }).selectOption("demo")
    await page.getByText("No lead matches these filters").waitFor()
    await page.getByRole("button", { name: "Show all" }).click()
    await page.getByText("No leads yet").waitFor()
    await close()
  })

  it("keeps what it shows when it can no longer be brought up to date", async () => {
    const { page, close, api } = await open("inbox", fakeApi(), {}, (page) => page.clock.install())
    await page.locator(".row").first().waitFor()
    api.refuse.leads = [0]
    await page.clock.runFor(11_000)
    await page.getByRole("alert").getByRole("heading", { name: "No connection" }).waitFor()
    assert.equal(await page.locator(".row").count(), 50)
    delete api.refuse.leads
    await page.clock.runFor(25_000)
    await page.getByRole("alert").waitFor({ state: "hidden" })
    await close()
  })

  it("shows a new lead without a reload, and leaves the focus and what is selected", async () => {
    const { page, close, api } = await open("inbox", fakeApi(), {}, (page) => page.clock.install())
    await page.locator(".row").first().waitFor()
    await page.getByLabel("Select Visitor 3", { exact: true }).check()
    api.leads.unshift(fakeLead(0, {}, { name: "Ada" }))
    await page.clock.runFor(11_000)
    await page.getByText("Ada").first().waitFor()
    assert.equal((await names(page))[0], "Ada")
    assert.equal(await page.locator("#announce").textContent(), "1 lead arrived")
    assert.ok(await page.getByLabel("Select Visitor 3", { exact: true }).isChecked())
    assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), "Select Visitor 3")
    await close()
  })

  it("loads more, and keeps it while new leads arrive and others go", async () => {
    const { page, close, api } = await open("inbox", fakeApi(), {}, (page) => page.clock.install())
    await page.getByRole("button", { name: "Show more" }).click()
    await page.getByText("Visitor 60", { exact: true }).waitFor()
    assert.equal((await names(page)).length, 60)
    api.leads = [fakeLead(0, {}, { name: "Ada" }), ...api.leads.filter(({ id }) => id !== "lead-0002")]
    await page.clock.runFor(11_000)
    await page.getByText("Ada", { exact: true }).waitFor()
    assert.deepEqual((await names(page)).slice(0, 3), ["Ada", "Visitor 1", "Visitor 3"])
    assert.equal((await names(page)).length, 60)
    await close()
  })

  it("keeps the filters in the address, in days of the reader's zone", async () => {
    const { page, close } = await open("inbox")
    await page.locator(".row").first().waitFor()
    await page.getByRole("combobox", { name: "Form", exact: true }).selectOption("demo")
    await page.getByText("Filters and export").click()
    await page.getByLabel("Status").selectOption("done")
    const asked = page.waitForRequest((request) => request.url().includes("from=") && request.url().includes("to="))
    await page.locator("[name=from]").fill("2026-11-26")
    await page.locator("[name=to]").fill("2026-11-26")
    await page.locator("[name=to]").blur()
    const query = new URL((await asked).url()).searchParams
    assert.deepEqual([query.get("from"), query.get("to")], ["2026-11-25T23:00:00.000Z", "2026-11-26T22:59:59.999Z"])
    const search = page.getByRole("searchbox")
    await search.fill("visitor30@")
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 1)
    const { searchParams } = new URL(page.url())
    assert.deepEqual(Object.fromEntries(searchParams), { tab: "inbox", form: "demo", status: "done", from: "2026-11-26", to: "2026-11-26", q: "visitor30@" })
    await page.reload()
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 1)
    assert.equal(await search.inputValue(), "visitor30@")
    await page.getByRole("link", { name: "Visitor 30" }).click()
    await page.getByRole("heading", { name: "Visitor 30" }).waitFor()
    await page.goBack()
    await page.getByText("Choose a lead").waitFor()
    await page.goto(`${world.service.origin}/console/?tab=inbox`)
    await page.getByRole("searchbox").fill("ada")
    await page.keyboard.press("Enter")
    assert.equal(await page.locator("#announce").textContent(), "Choose a form")
    await close()
  })

  it("shows times in the reader's zone, and which that is", async () => {
    const { page, close } = await open("inbox&id=lead-0001")
    await page.getByRole("heading", { name: "Visitor 1" }).waitFor()
    assert.match(await page.locator(".pane .meta time").textContent(), /08:29:00 PM|20:29:00/)
    assert.match(await page.locator(".pane .meta time").textContent(), /GMT\+1|CET/)
    assert.match(await page.locator(".foot").textContent(), /times in Europe\/Vienna \(GMT\+1\)/)
    await close()
  })

  it("tells what was observed from what is claimed, and names fields by their labels", async () => {
    const { page, close } = await open("inbox&id=lead-0002")
    const part = (name) => page.locator(".provenance section", { has: page.getByRole("heading", { name }) })
    assert.match(await part("Observed by the edge").textContent(), /AT/)
    assert.doesNotMatch(await part("Observed by the edge").textContent(), /utm/)
    assert.match(await part("Claimed by the page").textContent(), /not verified.*utm source/)
    assert.match(await page.locator(".values").textContent(), /Full name/)
    assert.match(await page.locator(".timeline").textContent(), /Accepted.*Stored in the inbox/)
    await close()
  })

  it("is operated by keys, which are off while typing and when switched off", async () => {
    const { page, close, api } = await open("inbox", fakeApi(), { isAlone: true })
    await page.locator(".row").first().waitFor()
    await page.keyboard.press("j")
    await page.getByRole("heading", { name: "Visitor 1" }).waitFor()
    await page.keyboard.press("j")
    await page.getByRole("heading", { name: "Visitor 2" }).waitFor()
    assert.match(await page.evaluate(() => document.activeElement.textContent), /Visitor 2/)
    await page.keyboard.press("k")
    await page.getByRole("heading", { name: "Visitor 1" }).waitFor()
    await page.keyboard.press("s")
    await page.getByRole("button", { name: "★ Starred" }).waitFor()
    await page.keyboard.press("e")
    await page.getByRole("button", { name: "New again" }).waitFor()
    assert.equal(api.leads[0].status, "done")
    await page.keyboard.press("z")
    await page.getByRole("button", { name: "Done", exact: true }).waitFor()
    assert.equal(api.leads[0].status, "new")
    await page.keyboard.press("x")
    assert.ok(await page.getByLabel("Select Visitor 1", { exact: true }).isChecked())
    await page.keyboard.press("x")
    await page.keyboard.press("!")
    await page.getByRole("heading", { name: "Visitor 2" }).waitFor()
    await firstIs(page, "Visitor 2")
    await page.keyboard.press("z")
    await page.getByText("Visitor 1", { exact: true }).waitFor()
    assert.equal(api.leads[0].folder, "inbox")
    await page.keyboard.press("/")
    await page.keyboard.type("jkesx!#")
    assert.equal(await page.getByRole("searchbox").inputValue(), "jkesx!#")
    assert.deepEqual(api.requests.filter((line) => line.startsWith("DELETE")), [])
    await page.getByRole("searchbox").fill("")
    await page.getByLabel("Select Visitor 1", { exact: true }).focus()
    await page.keyboard.press("?")
    await page.getByRole("checkbox", { name: "Use these keys" }).uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    assert.ok(!await page.getByLabel("Select Visitor 1", { exact: true }).isChecked())
    await close()
  })

  it("is operated by the keyboard without those keys", async () => {
    const { page, close, api } = await open("inbox")
    await page.locator(".row").first().waitFor()
    const tabTo = async (matches) => {
      for (let press = 0; press < 60; press += 1) {
        await page.keyboard.press("Tab")
        const [text, isVisible] = await page.evaluate(() => {
          const node = document.activeElement
          const style = getComputedStyle(node)
          return [node.ariaLabel ?? node.textContent ?? "", style.outlineStyle !== "none"]
        })
        assert.ok(isVisible, `the focus is visible at ${text}`)
        if (matches.test(text)) return
      }
      assert.fail(`no way to ${matches} by the keyboard`)
    }
    await tabTo(/^Visitor 1/)
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "Visitor 1" }).waitFor()
    await tabTo(/^Done$/)
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "New again" }).waitFor()
    assert.equal(api.leads[0].status, "done")
    await tabTo(/^Undo$/)
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Done", exact: true }).waitFor()
    assert.equal(api.leads[0].status, "new")
    await close()
  })

  it("can undo for ten seconds what cannot be taken back later", async () => {
    const { page, close, api } = await open("inbox", fakeApi(), {}, (page) => page.clock.install())
    await page.getByLabel("Select Visitor 1", { exact: true }).check()
    await page.getByLabel("Select Visitor 2", { exact: true }).check()
    const bulk = page.locator(".bulk")
    await bulk.getByRole("button", { name: "Delete" }).click()
    await page.getByText("2 leads are deleted").first().waitFor()
    await firstIs(page, "Visitor 3")
    await page.clock.runFor(9_000)
    assert.equal(api.leads.length, 63, "nothing is deleted yet")
    await page.getByRole("button", { name: "Undo" }).click()
    await firstIs(page, "Visitor 1")
    await page.clock.runFor(11_000)
    assert.equal(api.leads.length, 63)

    await page.getByLabel("Select Visitor 1", { exact: true }).check()
    await bulk.getByRole("button", { name: "Delete" }).click()
    await page.mouse.move(5, 700)
    await page.clock.runFor(11_000)
    await page.waitForFunction(() => document.querySelector("#notice").textContent === "")
    await until(() => api.leads.length === 62, () => `${api.leads.length} leads`)
    await close()
  })

  it("stops the ten seconds while the pointer or the focus is on them", async () => {
    const { page, close, api } = await open("inbox&id=lead-0001", fakeApi(), {}, (page) => page.clock.install())
    await page.locator(".pane").getByRole("button", { name: "Delete" }).click()
    await page.getByRole("button", { name: "Undo" }).focus()
    await page.clock.runFor(60_000)
    assert.equal(api.leads.length, 63)
    await page.getByRole("link", { name: "Inbox" }).focus()
    await page.mouse.move(5, 700)
    await page.clock.runFor(11_000)
    await page.waitForFunction(() => document.querySelector("#notice").textContent === "")
    await until(() => api.leads.length === 62, () => `${api.leads.length} leads`)
    await close()
  })

  it("does what waits when the reader leaves the page, and another action begins", async () => {
    const { page, close, api } = await open("inbox&id=lead-0001")
    await page.locator(".pane").getByRole("button", { name: "Spam" }).click()
    await page.getByRole("heading", { name: "Visitor 2" }).waitFor()
    await page.locator(".pane").getByRole("button", { name: "Spam" }).click()
    await page.getByRole("heading", { name: "Visitor 3" }).waitFor()
    assert.deepEqual(api.leads.slice(0, 2).map(({ folder }) => folder), ["spam", "inbox"])
    // As the browser reports it when the reader goes to another page, another program, or closes the tab.
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true })
      document.dispatchEvent(new Event("visibilitychange"))
    })
    await until(() => api.leads[1].folder === "spam", () => "the second lead is not spam")
    await close()
  })

  it("shows again what could not be done", async () => {
    const { page, close, api } = await open("inbox&id=lead-0001", fakeApi(), {}, (page) => page.clock.install())
    await page.locator(".pane").getByRole("button", { name: "Delete" }).click()
    api.refuse["leads/actions"] = [403, "LG_1401", "Insufficient permissions"]
    await page.mouse.move(5, 700)
    await page.clock.runFor(11_000)
    await page.getByText("Your role does not allow this").waitFor()
    await firstIs(page, "Visitor 1")
    await close()
  })

  it("saves a note, also when the reader goes on at once", async () => {
    const { page, close, api } = await open("inbox&id=lead-0001")
    await page.getByLabel("Note").fill("Call back")
    await page.locator(".pane").getByRole("button", { name: "Done" }).click()
    await page.getByRole("button", { name: "New again" }).waitFor()
    assert.equal(await page.getByLabel("Note").inputValue(), "Call back")
    await page.getByRole("link", { name: "Visitor 2 visitor2@" }).click()
    await page.getByRole("heading", { name: "Visitor 2" }).waitFor()
    assert.equal(await page.getByLabel("Note").inputValue(), "")
    assert.equal(api.leads[0].note, "Call back")
    await close()
  })

  it("keeps both texts when another person changed the note meanwhile", async () => {
    const { page, close, api } = await open("inbox&id=lead-0001")
    const note = page.getByLabel("Note")
    await note.waitFor()
    api.leads[0].note = "Ann called"
    await note.fill("Ben called")
    await note.blur()
    await page.getByText("Another person changed the note").waitFor()
    assert.equal(await note.inputValue(), "Ann called\nBen called")
    assert.equal(api.leads[0].note, "Ann called", "nothing is lost, and nothing is stored unseen")
    await note.fill("Ann called, then Ben")
    await page.getByText("Saved", { exact: true }).waitFor()
    assert.equal(api.leads[0].note, "Ann called, then Ben")
    await close()
  })

  it("goes on with a search that finds little, and says how far it looked", async () => {
    const api = fakeApi()
    api.state.searched = 7
    const { page, close } = await open("inbox&form=demo&q=visitor3@", api, {}, (page) => page.clock.install())
    await page.getByText("Visitor 3", { exact: true }).waitFor()
    await page.locator(".foot", { hasText: /^1 lead · times in/ }).waitFor()
    assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0, "all pages were read")
    await page.clock.runFor(11_000)
    assert.deepEqual(await names(page), ["Visitor 3"])
    assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0)
    api.state.searched = 1
    await page.reload()
    await page.locator(".foot", { hasText: "1 lead and more · times in Europe/Vienna (GMT+1) · searched back to" }).waitFor()
    await page.getByRole("button", { name: "Show more" }).click()
    await page.clock.runFor(11_000)
    assert.deepEqual(await names(page), ["Visitor 3"])
    await close()
  })

  it("offers a viewer nothing that would be refused", async () => {
    const { page, close } = await open("inbox", fakeApi({ me: { subject: "vi@example.com", role: "viewer", via: "jwt" } }))
    await page.getByRole("link", { name: "Visitor 1 visitor1@" }).click()
    await page.getByRole("heading", { name: "Visitor 1" }).waitFor()
    assert.match(await page.locator(".pane").textContent(), /visitor1@example.com.*Editors and owners see the whole lead/)
    assert.equal(await page.getByRole("button", { name: /Done|Spam|Delete|Star|Erase/ }).count(), 0)
    assert.equal(await page.getByRole("link", { name: "Sign out" }).count(), 0, "only Cloudflare Access has a way to sign out")
    await page.getByRole("link", { name: "Tokens" }).click()
    await page.getByRole("heading", { name: "Your role does not allow this" }).waitFor()
    await close()
  })

  it("says who the reader is and links to the way out", async () => {
    const { page, close } = await open("inbox")
    await page.getByText("ann@example.com (owner)").waitFor()
    assert.equal(await page.getByRole("link", { name: "Sign out" }).count(), 0, "there is nothing to sign out of on this machine")
    const origin = "https://forms.example.com"
    await page.route(`${origin}/console/**`, async (route) => {
      await route.fulfill({ response: await route.fetch({ url: route.request().url().replace(origin, world.service.origin) }) })
    })
    await page.goto(`${origin}/console/`)
    await page.getByText("ann@example.com (owner)").waitFor()
    assert.equal(await page.getByRole("link", { name: "Sign out" }).getAttribute("href"), "/cdn-cgi/access/logout")
    await close()
  })

  it("checks a definition while it is typed, and publishes it", async () => {
    const { page, close, api } = await open("forms&id=demo")
    await page.getByRole("tab", { name: "JSON" }).click()
    const definition = page.getByLabel("Definition")
    await definition.fill("{\n  \"key\": }")
    await page.getByText(/This is not JSON/).first().waitFor()
    await definition.fill(JSON.stringify({ key: "demo", title: "Changed", fields: [] }))
    await page.getByText("1 fault", { exact: true }).click()
    await page.getByText("a form needs at least one field").first().waitFor()
    await assertNoViolation(page, "faults")
    assert.equal(api.forms[0].version, 3)
    await definition.fill(JSON.stringify({ key: "demo", title: "Changed", fields: [{ name: "email", type: "email" }] }))
    await page.getByText("1 fault", { exact: true }).waitFor({ state: "hidden" })
    await page.getByRole("button", { name: "Publish…", exact: true }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click()
    await page.getByText(/Version 4 is published. Every visitor has it by/).first().waitFor()
    assert.equal(api.forms[0].published.title, "Changed")
    await page.getByRole("button", { name: "Unpublish" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Unpublish" }).click()
    await page.getByText("The form is unpublished").first().waitFor()
    assert.equal(api.forms[0].status, "unpublished")
    await close()
  })

  it("makes a form, a token shown once, and a line that allows a page", async () => {
    const { page, close, api } = await open("forms", fakeApi(), { permissions: ["clipboard-read", "clipboard-write"] })
    await page.getByRole("button", { name: "New form" }).click()
    await page.getByLabel(/^Key/).fill("Not a key")
    await page.getByRole("button", { name: "Create the form" }).click()
    assert.ok(await page.getByRole("dialog").isVisible())
    await page.getByLabel(/^Key/).fill("contact")
    await page.getByRole("button", { name: "Create the form" }).click()
    await page.locator(".builder").waitFor()
    assert.equal(api.forms.at(-1).key, "contact")

    await page.getByRole("link", { name: "Tokens" }).click()
    await page.getByLabel("Name of a new token").fill("CRM")
    await page.getByRole("button", { name: "Make a token" }).click()
    await page.getByText(/^fg_t1_/).waitFor()
    await assertNoViolation(page, "token")
    await page.getByRole("button", { name: "Close" }).click()
    await page.getByText(/^fg_t1_/).waitFor({ state: "detached" })
    await page.getByRole("button", { name: "Delete CRM" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click()
    await page.getByText("No tokens").waitFor()

    await page.getByRole("link", { name: "Rejects" }).click()
    await page.getByRole("button", { name: "Copy line for https://shop.example" }).click()
    const copied = () => page.evaluate(() => navigator.clipboard.readText())
    await until(async () => await copied() === "\"https://shop.example\"", () => "the line is not copied")
    await close()
  })

  it("sends dead letters again, one or all", async () => {
    const { page, close, api } = await open("dead-letters&id=lead-0101")
    await page.getByText("The core does not take it: 401 Unauthorized").waitFor()
    await page.getByRole("button", { name: "Send again", exact: true }).click()
    await page.getByText("It is being sent again").first().waitFor()
    assert.deepEqual(api.deadLetters.map(({ redrive_requested }) => redrive_requested), [true, false])
    await page.getByRole("button", { name: "Send all again" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Send all again" }).click()
    await page.getByText("2 to send").first().waitFor()
    assert.ok(api.deadLetters.every(({ redrive_requested }) => redrive_requested))
    await close()
  })

  it("exports what is filtered, says why not, and erases a person after a question", async () => {
    const { page, close, api } = await open("inbox&form=demo&status=done")
    await page.locator(".row").first().waitFor()
    await page.getByText("Filters and export").click()
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export JSON lines" }).click()])
    assert.equal(file.suggestedFilename(), "leads.jsonl")
    assert.equal(readFileSync(await file.path(), "utf8").split("\n").length, 20)
    api.refuse["leads/export"] = [400, "LG_1601", "Export limit exceeded for current tier"]
    await page.getByRole("button", { name: "Export CSV" }).click()
    await page.getByText(/Export limit exceeded.*LG_1601/).waitFor()
    await page.getByRole("button", { name: "Erase a person" }).click()
    await page.getByLabel("E-mail address").fill("visitor3@example.com")
    await page.getByRole("button", { name: "Erase…" }).click()
    await page.getByRole("dialog").last().getByRole("button", { name: "Erase", exact: true }).click()
    await page.getByText("Erased: 1 of the inbox").first().waitFor()
    assert.equal(api.leads.length, 62)
    await page.getByRole("link", { name: "Spam" }).click()
    await page.getByRole("link", { name: "Spam" }).and(page.locator("[aria-current]")).waitFor()
    assert.equal(await page.locator("#notice").textContent(), "", "what was said of another tab")
    await close()
  })

  it("works by touch at 320 pixels: the lead in place of the list, and back", async () => {
    const { page, close } = await open("inbox", fakeApi(), { viewport: { width: 320, height: 640 }, hasTouch: true })
    await page.getByRole("link", { name: "Visitor 1 visitor1@" }).tap()
    await page.getByRole("heading", { name: "Visitor 1" }).waitFor()
    assert.ok(!await page.locator(".side").isVisible())
    await page.getByRole("link", { name: "Back to the list" }).tap()
    assert.ok(await page.locator(".side").isVisible())
    assert.ok(!await page.locator(".pane").isVisible())
    const small = await page.evaluate(() => [...document.querySelectorAll("a, button, input, select, summary")]
      .filter((node) => node.checkVisibility() && Math.min(node.offsetWidth, node.offsetHeight) < 24)
      .map((node) => node.outerHTML))
    assert.deepEqual(small, [])
    await close()
  })
})
