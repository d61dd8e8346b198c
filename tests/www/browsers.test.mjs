// The rows of the checklist in Firefox and in WebKit, Safari's engine: a session of each visits all pages. ./checklist.test.mjs
// has the tests of all rows, in Chromium.
import { readFileSync, writeFileSync } from "node:fs"
import { after, before, describe, it } from "node:test"

import { openFirefox } from "../support/firefox.mjs"
import { until } from "../support/until.mjs"
import { HAS_WEBKIT, openWebkit } from "../support/webkit.mjs"
import { SCREENSHOTS } from "./accessible.mjs"
import { demoForm, everyKindForm, longForm } from "./forms.mjs"
import { ROWS as BUILDER } from "./rows-builder.mjs"
import { ROWS as CHECKERS, THEMED } from "./rows-checkers.mjs"
import { ROWS as VISITOR } from "./rows-visitor.mjs"
import { openServices } from "./world.mjs"

// Milliseconds.
const ROW_MS = 120_000

// Both want reduced motion; Chromium, in the other tests, does not.
const BROWSERS = [
  ["Firefox", () => openFirefox({ "ui.prefersReducedMotion": 1, "dom.events.testing.asyncClipboard": true })],
  ["WebKit", openWebkit, HAS_WEBKIT ? false : "there is no WebKitWebDriver"],
]

// What the expressions below find in the page.
const FINDERS = `
  const host = document.querySelector("lead-form")
  const root = host?.shadowRoot ?? host
  const all = (selector) => [...document.querySelectorAll("lead-form")].flatMap((form) => [...(form.shadowRoot ?? form).querySelectorAll(selector)])
  const find = (selector) => all(selector)[0]
  const field = (name) => find("[name=" + name + "]")
  const active = () => { let node = document.activeElement; while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement; return node }
  const shows = (text) => all(".lf, .lf-notice").some((node) => node.textContent.includes(text))
`

describe("the checklist in other browsers", () => {
  let world
  // A service with the forms of a first run.
  let seeded
  // An editor's.
  let token

  before(async () => {
    world = await openServices(({ origin }) => [
      demoForm(), everyKindForm(), longForm(), demoForm({ key: "next", on_success: { message: "Thanks!", redirect: `${origin}/next` } }), ...THEMED,
    ], { OWNERS: "ann@example.com" })
    token = await world.service.putToken("editor")
    seeded = await openServices(() => [JSON.parse(readFileSync(new URL("../../forms/demo.json", import.meta.url), "utf8"))])
  })
  after(() => Promise.all([world?.close(), seeded?.close()]))

  for (const [name, openBrowser, skip = false] of BROWSERS) describe(name, { skip }, () => {
    let browser

    before(async () => {
      browser = await openBrowser()
    })
    after(() => browser?.close())

    for (const [numbers, row, visit, timeout = ROW_MS] of [...VISITOR, ...CHECKERS, ...BUILDER]) {
      const number = [numbers].flat().join("-")
      it(`row ${[numbers].flat().join(", ")}: ${row}`, { timeout }, async (test) => {
        const email = `row${number}-${name.toLowerCase()}@example.com`
        const read = (expression) => browser.evaluate(`(() => { ${FINDERS}; return ${expression} })()`)
        const see = (expression) => until(() => read(`Boolean(${expression})`).catch(() => false), () => `never ${expression}`)
        const goto = (url) => browser.goto(url)
        const place = (expression) => read(`(() => {
          const node = ${expression}
          node.scrollIntoView({ block: "center", behavior: "instant" })
          const { left, top, width, height } = node.getBoundingClientRect()
          return [left + Math.min(width / 2, 20), top + height / 2].map(Math.round)
        })()`)
        // Clicks what no longer moves: styles may come after the fields.
        const click = async (expression, times) => {
          let [at, before] = [await place(expression)]
          await until(async () => {
            [at, before] = [await place(expression), at]
            return `${at}` === `${before}`
          }, () => `${expression} moves`)
          await browser.click(...at, times)
        }
        const fill = async () => {
          await read("field('name').focus()")
          await browser.press("Ada Lovelace")
          await read("field('email').focus()")
          await browser.press(email)
          await click("field('consent')")
          await see(`field('email').value === "${email}" && field('consent').checked`)
        }
        const send = async () => {
          await fill()
          await click("find('button')")
          await see("find('.lf-thanks')")
          const [{ lead }] = await world.leadsFrom(email)
          return JSON.parse(lead)
        }
        const open = async (body, headers, query = "") => {
          await goto(world.landing.publish("/", "").url)
          await read("sessionStorage.clear()")
          return goto(world.landing.publish(`/row-${number}`, body, headers).url + query)
        }
        // Leaves a screenshot behind, so that a person can judge what axe cannot.
        const look = async (what) => writeFileSync(`${SCREENSHOTS}${name.toLowerCase()}-${what}.png`, await browser.screenshot(), "base64")
        const later = (end) => test.after(end)
        const { press, prefer } = browser
        await visit({ name, world, seeded, token, later, email, read, see, goto, open, click, fill, send, look, press, prefer })
      })
    }
  })
})
