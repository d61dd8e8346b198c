// Which pages may send a form, in a browser: the table of docs/security.md, cell by cell.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, describe, it } from "node:test"

import { demoForm } from "./forms.mjs"
import { startLanding } from "./landing.mjs"
import { launchChromium } from "../support/browsers.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { snippet, visit } from "./world.mjs"

const SIGNING_KEY = "a-key-of-tests-which-is-no-secret"
const FORMS = { optional: "demo", required: "strict" }
// `allow-same-origin` is missing, so that the page has no origin.
const SANDBOXED = "sandbox=\"allow-forms allow-scripts\""
const THANKS = "Thanks! We will write soon."
const ANSWER_MS = 30_000
// So many pages at a time: a page mostly waits.
const concurrency = 3

// How each page of the table is made, around what sends the form: { body, isForeign, headers }.
const PAGES = {
  "allowed": (body) => ({ body }),
  "allowed, in a frame on a foreign page": (body, framed) => ({ body: framed(body), isForeign: true }),
  "allowed, `no-referrer`": (body) => ({ body, headers: { "Referrer-Policy": "no-referrer" } }),
  "allowed, in a sandboxed frame": (body, framed) => ({ body: framed(body, { attributes: SANDBOXED }) }),
  "foreign": (body) => ({ body, isForeign: true }),
  "foreign, in a frame on an allowed page": (body, framed) => ({ body: framed(body, { isForeign: true }) }),
}

// What of a page sends the form. The widget's page shows what its events report.
const SENDERS = {
  "widget": (service, key) => `<p id="verdict"></p><script>
  const show = (text) => document.querySelector("#verdict").textContent = text
  addEventListener("lead-form:success", () => show("accepted"))
  addEventListener("lead-form:error", ({ detail }) => show("refused: " + detail.reason))
</script>${snippet(service, key)}`,
  "plain form": (service, key, email) => `<form action="${service.origin}/f/${key}" method="post">
<input name="name" value="Ada"><input name="email" value="${email}"><input type="checkbox" name="consent" checked>
<button>Send</button></form>`,
  "hosted page in a frame": (service, key) => `<iframe title="Form" width="600" height="900" src="${service.origin}/f/${key}"></iframe>`,
  "hosted page in a sandboxed frame": (service, key) =>
    `<iframe title="Form" ${SANDBOXED} width="600" height="900" src="${service.origin}/f/${key}"></iframe>`,
}

const rows = readTable()

describe("the table of verdicts in docs/security.md", { concurrency }, () => {
  let service
  let landing
  let browser

  before(async () => {
    const forms = { demo: demoForm(), strict: demoForm({ key: "strict", ticket: "required" }) }
    const started = [startWorkerd({ settings: { SIGNING_KEY }, forms, hasFiles: true }), startLanding(), launchChromium()];
    [service, landing, browser] = await Promise.all(started)
  })
  after(() => Promise.all([browser?.close(), landing?.stop(), service?.stop()]))

  it("has every page and every way to send", () => {
    const named = (column) => [...new Set(rows.map((row) => row[column]))].sort()
    assert.deepEqual(named("page"), Object.keys(PAGES).sort())
    assert.deepEqual(named("sends by"), Object.keys(SENDERS).sort())
    assert.deepEqual(named("JavaScript"), ["off", "on", "on, off"])
  })

  for (const [index, row] of rows.entries()) {
    for (const javaScript of row.JavaScript.split(", ")) {
      for (const ticket of Object.keys(FORMS)) {
        it(`${row.page}; JavaScript ${javaScript}; ${row["sends by"]}; ticket ${ticket}: ${row[`ticket ${ticket}`]}`, async () => {
          const name = `${index}-${javaScript}-${ticket}`
          const email = `${name}@example.com`
          const url = publish(row, `/${name}`, FORMS[ticket], email)
          const { page, close } = await visit({ browser }, url, { javaScriptEnabled: javaScript === "on" })
          const verdict = await verdictOf(page, row["sends by"], javaScript, email)
          const isAccepted = (await service.inbox()).some(({ lead }) => lead.includes(`"${email}"`))
          assert.equal(verdict === "not shown" && isAccepted ? "accepted, not shown" : verdict, row[`ticket ${ticket}`])
          assert.equal(isAccepted, verdict.endsWith("accepted") || row[`ticket ${ticket}`] === "accepted, not shown")
          await close()
        })
      }
    }
  }

  // Publishes the page of a row and gives its address.
  function publish(row, path, key, email) {
    const framed = (body, { isForeign, attributes = "" } = {}) => {
      const inner = landing.publish(`${path}-inner`, body)
      return `<iframe title="Page" ${attributes} width="700" height="1000" src="${isForeign ? inner.foreignUrl : inner.url}"></iframe>`
    }
    const { body, isForeign, headers } = PAGES[row.page](SENDERS[row["sends by"]](service, key, email), framed)
    const { url, foreignUrl } = landing.publish(path, body, headers)
    return isForeign ? foreignUrl : url
  }
})

async function verdictOf(page, sender, javaScript, email) {
  if (sender === "widget" && javaScript === "on") {
    const first = await find(page, "#verdict:not(:empty), [name=name]")
    if (await first.evaluate(({ id }) => id === "verdict")) return first.textContent()
    await fillIn(page, email)
    return (await find(page, "#verdict:not(:empty)")).textContent()
  }
  // Where there is no script, the widget's element has a link.
  if (sender === "widget") await (await find(page, "a")).click()
  if (sender !== "plain form" && await find(page, "[name=name]", ANSWER_MS).catch(() => undefined) === undefined) return "not shown"
  if (sender === "plain form") await (await find(page, "button")).click()
  else await fillIn(page, email)
  const first = await outcome(page)
  if (first !== "shown again") return first
  await (await find(page, "button")).click()
  return `shown again, then ${await outcome(page)}`
}

async function fillIn(page, email) {
  await (await find(page, "[name=name]")).fill("Ada")
  await (await find(page, "[name=email]")).fill(email)
  await (await find(page, "[name=consent]")).check()
  await (await find(page, "button[type=submit]")).click()
}

// What became of a form that was sent: the page that thanks, the form with what was typed, a page without a form, or a frame that
// the browser leaves empty.
async function outcome(page) {
  const answers = `h1:text-is("${THANKS}"), .summary, h1:text-is("This form cannot be sent from that page")`
  const answer = await find(page, answers, ANSWER_MS).catch(() => undefined)
  if (answer === undefined) return "not shown"
  const text = await answer.textContent()
  if (text === THANKS) return "accepted"
  if (text === "This form cannot be sent from that page") return "refused: origin_not_allowed"
  assert.equal(await (await find(page, "[name=name]")).inputValue(), "Ada", "nothing is lost")
  // Only the next answer counts.
  const [frame] = page.frames().slice(-1)
  await frame.locator(".summary").first().evaluate((summary) => summary.className = "read")
  return "shown again"
}

// The first element that matches in any frame of the page.
async function find(page, selector, wait_ms = 60_000) {
  const end = Date.now() + wait_ms
  for (;;) {
    for (const frame of page.frames()) {
      const found = frame.locator(selector)
      if (await found.count().catch(() => 0) > 0) return found.first()
    }
    // What Chromium shows in a frame for a page that may not be framed.
    const isLeftEmpty = page.frames().some((frame) => frame.url().startsWith("chrome-error:"))
    if (isLeftEmpty || Date.now() > end) throw new Error(`no ${selector} in ${page.frames().map((frame) => frame.url()).join()}`)
    await page.waitForTimeout(50)
  }
}

function readTable() {
  const text = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8")
  const lines = text.slice(text.indexOf("| page | JavaScript |")).split("\n\n")[0].trim().split("\n")
  const [head, , ...body] = lines.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
  return body.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index]])))
}
