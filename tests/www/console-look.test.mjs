// The look of the console, with a fake of the API: axe on every tab, in both schemes and three widths; hostile values.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { SCREENSHOTS } from "./accessible.mjs"
import { assertNoViolation, openConsole } from "./console.mjs"
import { fakeApi, fakeLead } from "./fake-api.mjs"
import { openWorld } from "./world.mjs"

const TABS = [
  "inbox", "inbox&id=lead-0002", "spam&id=lead-0061", "dead-letters&id=lead-0101", "rejects", "forms&id=demo", "tokens", "audit",
]
const HOSTILE = [
  "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>",
  "\"><svg onload=document.title='run'>", "javascript:document.title='run'", "{{constructor.constructor('document.title=1')()}}",
  "\u202egnol eb ot tnaem\u202c", `Z${"\u0335\u0321\u0322".repeat(200)}`, "x".repeat(20_000), "\u0000\u0007\u001b[31m", "a\n".repeat(500),
  "\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67\u200d\ud83d\udc66".repeat(300), "\ud800",
]


let world
before(async () => world = await openWorld(() => []))
after(() => world?.close())

const open = (...given) => openConsole(world, ...given)
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
const isShown = (page, tab) => page.locator(tab.includes("&id") ? ".pane h2" : ".list :is(.row, .line)").first().waitFor()

describe("the look of the console", () => {
  describe("in every scheme and width", () => {
    let tabs

    // The console's script reads neither scheme nor width, so that the same page serves for all of them. Colours, which take axe
    // three quarters of its time, depend on the scheme only: it compares them at the narrowest and at the widest.
    before(async () => {
      const api = fakeApi()
      api.answer("POST", "tokens", null, { name: "CRM", role: "viewer" })
      tabs = await Promise.all(TABS.map(async (tab) => ({ tab, ...await open(tab, api) })))
    })
    after(() => Promise.all(tabs?.map(({ close }) => close()) ?? []))

    for (const colorScheme of ["light", "dark"]) {
      for (const width of [320, 768, 1280]) {
        it(`has no violation of axe on any tab, ${colorScheme}, at ${width} pixels`, async () => {
          for (const { tab, page, errors, consoleErrors } of tabs) {
            await page.emulateMedia({ colorScheme })
            await page.setViewportSize({ width, height: 800 })
            await isShown(page, tab)
            await assertNoViolation(page, tab, { hasColours: width !== 768 })
            assert.equal(await overflow(page), 0, tab)
            await page.screenshot({ path: `${SCREENSHOTS}console-${tab.split("&")[0]}-${colorScheme}-${width}.png` })
            assert.deepEqual([errors, consoleErrors], [[], []], tab)
          }
        })
      }
    }
  })

  for (const width of [320, 1280]) {
    it(`runs nothing of what a visitor typed, and keeps its layout, at ${width} pixels`, async () => {
      const api = fakeApi({ hostile: HOSTILE.join(" ") })
      api.state.leads = HOSTILE.map(hostileLead)
      api.state.leads.push({ ...hostileLead(HOSTILE.join(" "), 60), folder: "spam" })
      api.state.deadLetters = [{ ...api.state.deadLetters[0], form: HOSTILE[0], reason: HOSTILE.join(" "), lead: api.state.leads[0].lead }]
      const [name, ...texts] = HOSTILE
      api.state.tokens = [{ id: "t1", name, role: "viewer", created_at: texts[0], created_by: texts.join(" "), last_used_day: name }]
      const { page, errors, consoleErrors, close } = await open("inbox", api, { viewport: { width, height: 800 } })
      const assertHolds = async (what) => {
        assert.equal(await overflow(page), 0, what)
        const nodes = page.locator(":is(main, header) :is(img, svg, script, iframe:not([src='/console/preview']), b)")
        assert.equal(await nodes.count(), 0, what)
        assert.match(await page.title(), /formgate console$/)
        const heights = await page.locator(".row").evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height))
        assert.ok(heights.every((height) => height < 120), `${what}: rows of ${heights} pixels`)
      }
      await isShown(page, "inbox")
      assert.equal(await page.locator(".row").count(), HOSTILE.length)
      for (const [index, text] of HOSTILE.entries()) {
        await page.keyboard.press("j")
        const id = `lead-${String(index + 1).padStart(4, "0")}`
        await page.waitForFunction((id) => document.querySelector(".pane > .hint:last-child code")?.textContent === id, id)
        await assertHolds(text.slice(0, 40))
      }
      for (const tab of TABS.slice(2)) {
        await page.goto(`${world.service.origin}/console/?tab=${tab}`)
        await isShown(page, tab)
        await assertHolds(tab)
      }
      assert.deepEqual([errors, consoleErrors], [[], []])
      await close()
    })
  }
})

// A lead with this text in every place that a visitor or a page fills.
function hostileLead(text, index) {
  const values = { [text.slice(0, 60)]: text, also: [text, text] }
  const lead = fakeLead(index + 1, { note: text, form: text }, { name: text, ...values })
  Object.assign(lead.lead, {
    extras: values, spam: [text],
    warnings: [{ field: text, code: text, message: text }],
    consents: [{ field: text, text, sha256: text }],
  })
  Object.assign(lead.lead.provenance.observed, { user_agent: text, referer: text })
  Object.assign(lead.lead.provenance.claimed, { page: text, [text]: { [text]: text } })
  return lead
}
