// What HTML_CodeSniffer and Lighthouse find.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { after, before, describe, it } from "node:test"
import lighthouse from "lighthouse"
import { launchChromium } from "../support/browsers.mjs"
import { demoForm, everyKindForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

const sniffer = readFileSync(createRequire(import.meta.url).resolve("html_codesniffer/build/HTMLCS.js"), "utf8")
// Of a hosted page: it has `noindex`, because its address is for those who were given it, and its policy lets a page request
// nothing, while Lighthouse requests `robots.txt` as the page.
const NOT_OF_A_FORM = ["is-crawlable", "robots-txt"]

describe("a checker finds nothing", () => {
  let world

  before(async () => {
    const demo = JSON.parse(readFileSync(new URL("../../forms/demo.json", import.meta.url), "utf8"))
    const dark = { scheme: "dark", surface: "card", accent: "#8ab4f8" }
    world = await openWorld(() => [demo, demoForm({ key: "contact" }), everyKindForm(), { ...everyKindForm(), key: "dark", locale: "ar", theme: dark }])
  })
  after(() => world?.close())

  // It does not look into shadow roots: the widget is rendered into the page for it.
  async function sniff(page, name) {
    await page.evaluate(sniffer)
    const errors = await page.evaluate(() => new Promise((resolve, reject) => {
      const done = () => resolve(window.HTMLCS.getMessages().filter(({ type }) => type === window.HTMLCS.ERROR)
        .map(({ code, msg, element }) => `${code}: ${msg} ${element.outerHTML?.slice(0, 200)}`))
      window.HTMLCS.process("WCAG2AA", document, done, reject)
    }))
    assert.deepEqual(errors, [], name)
  }

  it("HTML_CodeSniffer, on the hosted page, its errors and its thanks, on the start page and the page of errors", async () => {
    for (const path of ["/", "/errors", "/f/demo", "/f/every-kind", "/f/dark", "/f/contact", "/f/contact?embed"]) {
      const { page, close } = await visit(world, world.service.origin + path)
      await sniff(page, path)
      if (path.startsWith("/f/")) {
        await page.getByRole("button").click()
        await page.locator(".summary, h1:text('Thanks')").waitFor()
        await sniff(page, `${path} after Send`)
      }
      await close()
    }
  })

  it("HTML_CodeSniffer, on the widget in the page, its errors and its thanks", async () => {
    for (const key of ["contact", "every-kind", "dark"]) {
      const landing = world.landing.publish(`/${key}`, snippet(world.service, key, "light"))
      const { page, close } = await visit(world, landing.url)
      await page.locator("lead-form form").waitFor()
      await sniff(page, key)
      await page.locator("lead-form button").click()
      await page.getByRole("alert").waitFor()
      await sniff(page, `${key} with errors`)
      if (key === "contact") {
        await fillIn(page, "sniffer@example.com")
        await page.getByRole("button", { name: "Send request" }).click()
        await page.getByRole("heading", { name: "Thanks!" }).waitFor()
        await sniff(page, `${key} with thanks`)
      }
      await close()
    }
  })

  it("Lighthouse, on the hosted page and the demo: 100 in accessibility, best practices and SEO", async () => {
    const port = await freePort()
    const browser = await launchChromium({ args: [`--remote-debugging-port=${port}`] })
    try {
      for (const path of ["/f/demo", "/demo"]) {
        const options = { port, logLevel: "error", onlyCategories: ["accessibility", "best-practices", "seo"], skipAudits: path.startsWith("/f/") ? NOT_OF_A_FORM : [] }
        const { lhr } = await lighthouse(world.service.origin + path, options)
        const failed = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 1).map(({ id, title }) => `${id}: ${title}`)
        const scores = Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(score * 100)])
        console.log(`Lighthouse, ${path}: ${scores.map((pair) => pair.join(" ")).join(", ")}`)
        assert.deepEqual(scores, [["accessibility", 100], ["best-practices", 100], ["seo", 100]], failed.join("\n"))
      }
    } finally {
      await browser.close()
    }
  })
})

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
