// Rows of the checklist about what is measured of a page and of values, in any browser: ./browsers.test.mjs.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { gzipSync } from "node:zlib"
import axe from "axe-core"

import { compareWithEdge, measureByEdits } from "../support/agreement.mjs"
import { startEdge } from "./edge.mjs"
import { demoForm } from "./forms.mjs"
import { snippet } from "./world.mjs"

const sniffer = readFileSync(createRequire(import.meta.url).resolve("html_codesniffer/build/HTMLCS.js"), "utf8")

// The most bytes of `/embed.js`, and how many values browser and edge have to agree on at least.
const MAX_BYTES = 8_000
const LEAST = 20_000
// The first use of cargo may have to compile.
const COMPILE_MS = 600_000
// How far the page below a form may move: a share of the window's height, which no layout shift exceeds that it causes.
const MAX_SHIFT = 0.05
// How long the definition takes where a page would move: milliseconds.
const DELAY_MS = 150

const THEMES = [
  { scheme: "light", surface: "card" },
  { scheme: "light", surface: "bare", accent: "#0a6b3d", radius: 0, font: "Georgia, serif" },
  { scheme: "dark", surface: "card" },
  { scheme: "auto", surface: "card", accent: "#7a1fa2", accent_dark: "#d0a0ff", radius: 22 },
]
export const THEMED = THEMES.map((theme, index) => demoForm({ key: `theme-${index}`, theme }))

// The errors of HTML_CodeSniffer, which does not look into shadow roots.
const SNIFF = `(function () { ${sniffer} }).call(window), new Promise((resolve, reject) => {
  HTMLCS.process("WCAG2AA", document, () => resolve(HTMLCS.getMessages().filter(({ type }) => type === HTMLCS.ERROR)
    .map(({ code, msg, element }) => code + ": " + msg + " " + element.outerHTML?.slice(0, 200))), reject)
})`

// What axe finds, and how many nodes passed: the page's policy does not concern what the driver evaluates.
const axeOf = (options) => `(() => { ${axe.source} })(), window.axe.run(document, ${JSON.stringify(options)})
  .then(({ violations, passes }) => [violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join()), passes.flatMap(({ nodes }) => nodes).length])`

// What tells the contrast of a form's text, in a page with the colours of its theme.
const CONTRAST = { runOnly: ["color-contrast"] }

export const ROWS = [
  [7, "size: what is requested, and the bytes of the script", async ({ world, goto, see, read }) => {
    const { origin } = world.service
    const script = await (await fetch(`${origin}/embed.js`)).bytes()
    // Cloudflare compresses it, workerd does not.
    const headers = { "Content-Type": "text/javascript", "Content-Encoding": "gzip" }
    const own = world.landing.serve("/row-7.js", gzipSync(script, { level: 9 }), headers)
    await goto(world.landing.publish("/row-7", snippet(world.service).replace(`${origin}/embed.js`, own.url)).url)
    await see("field('name')")
    const requests = await read("performance.getEntriesByType('resource').filter(({ name }) => !name.endsWith('.ico')).map(({ name, encodedBodySize }) => [name, encodedBodySize])")
    // The last two are requested at once.
    const [first, ...others] = requests.map(([name]) => name)
    assert.deepEqual([first, ...others.sort()], [own.url, `${origin}/v1/forms/demo`, `${origin}/widget/en.js`])
    assert.ok(requests[0][1] > 0 && requests[0][1] <= MAX_BYTES, `${requests[0][1]} bytes`)
  }],

  [20, "HTML_CodeSniffer, on the hosted page and the widget in the page, with errors", async ({ world, goto, open, see, read }) => {
    const { origin } = world.service
    for (const key of ["demo", "every-kind"]) {
      await goto(`${origin}/f/${key}`)
      assert.deepEqual(await read(SNIFF), [], key)
      await read("document.querySelector('main button').click()")
      await see("document.title.startsWith('Error:') && document.readyState === 'complete'")
      assert.deepEqual(await read(SNIFF), [], `${key} with errors`)
    }
    await open(snippet(world.service, "every-kind", "light"))
    await see("field('text')")
    await read("find('button').click()")
    await see("find('.lf-summary')")
    assert.deepEqual(await read(SNIFF), [])
  }],

  [21, "what Lighthouse, which drives Chromium only, looks at: shifts, best practices, what a search engine reads", async ({ world, later, goto, see, read }) => {
    const edge = await startEdge(world.service, DELAY_MS)
    later(() => edge.stop())
    const shiftOf = async (attributes, times) => {
      const { url } = world.landing.serve("/row-21", `<!doctype html><html lang="en"><head><title>Offer</title><script src="${edge.origin}/embed.js"></script></head>
        <body><p>Before</p>${snippet(edge, "demo", attributes).replace(/<script.*/, "")}<h2>After</h2>${"<p>Text</p>".repeat(30)}
        <script>{ const tops = window.tops = []; const look = () => { tops.push(document.querySelector("h2").offsetTop); requestAnimationFrame(look) }; look() }</script></body></html>`)
      for (let count = 0; count < times; count += 1) {
        await goto(url)
        await see("find('.lf [name=consent]') && getComputedStyle(find('button')).backgroundColor === 'rgb(26, 86, 176)'")
      }
      return read("new Promise((resolve) => setTimeout(() => resolve((Math.max(...tops) - Math.min(...tops)) / innerHeight), 100))")
    }
    const shifts = { nothing: await shiftOf("", 1), attribute: await shiftOf("height=\"790\"", 1), "last time": await shiftOf("", 2) }
    assert.ok(shifts.nothing > MAX_SHIFT, "what is measured")
    for (const way of ["attribute", "last time"]) assert.ok(shifts[way] <= MAX_SHIFT, `${way}: ${shifts[way]}`)

    for (const path of ["/f/demo", "/demo"]) {
      await goto(world.service.origin + path)
      if (path === "/demo") await see("field('name')")
      const [found] = await read(axeOf({ runOnly: ["best-practice"] }))
      assert.deepEqual(found, [], path)
      const read_ = await read(`[document.compatMode, document.characterSet, document.documentElement.lang, document.title.length > 5,
        document.querySelector("meta[name=description]").content.length > 5, document.querySelector("meta[name=viewport]").content,
        [...document.links].every(({ href, textContent }) => /^https?:/.test(href) && textContent.trim().length > 3)]`)
      assert.deepEqual(read_, ["CSS1Compat", "UTF-8", "en", true, true, "width=device-width, initial-scale=1", true], path)
    }
  }],

  [24, "contrast of every theme, and forced colours", async ({ name, world, open, see, read, look, prefer }) => {
    const page = ({ key }) => `<div class="${key}" style="padding: 1rem">${snippet(world.service, key).replace(/<script.*/, "")}</div>`
    const dark = "background: #12161a; color: #fff"
    const styles = `<style>.theme-2 { ${dark} } @media (prefers-color-scheme: dark) { .theme-3 { ${dark} } }</style>`
    await open(`${styles}${THEMED.map(page).join("")}<script async src="${world.service.origin}/embed.js"></script>`)
    await see(`all(".lf button").length === ${THEMED.length}`)
    await read("all('.lf button').forEach((button) => button.click())")
    await see(`all(".lf-summary").length === ${THEMED.length}`)
    const colours = () => read("all('.lf button').map((button) => getComputedStyle(button).backgroundColor)")
    const schemes = name === "Firefox" ? ["light", "dark"] : ["light"]
    for (const scheme of schemes) {
      if (scheme === "dark") await prefer("layout.css.prefers-color-scheme.content-override", 0)
      const auto = scheme === "dark" ? "rgb(208, 160, 255)" : "rgb(122, 31, 162)"
      assert.deepEqual(await colours(), ["rgb(26, 86, 176)", "rgb(10, 107, 61)", "rgb(138, 180, 248)", auto])
      const [found, passed] = await read(axeOf(CONTRAST))
      assert.deepEqual(found, [], scheme)
      assert.ok(passed > 40, `${passed} texts passed`)
      await look(`themes-${scheme}`)
    }
    if (name !== "Firefox") return
    await prefer("layout.css.prefers-color-scheme.content-override", 2)
    await prefer("browser.display.document_color_use", 2)
    await see("matchMedia('(forced-colors: active)').matches")
    await read("field('name').focus()")
    const styled = await read(`[field("name"), field("size"), find("button")].map((node) => getComputedStyle(node))
      .map(({ borderTopStyle, borderTopWidth, borderTopColor, backgroundColor, color }) => [borderTopStyle, borderTopWidth !== "0px", borderTopColor !== backgroundColor, color !== backgroundColor])`)
    assert.deepEqual(styled, Array(3).fill(["solid", true, true, true]))
    await see("getComputedStyle(field('name')).outlineStyle === 'solid'")
    await look("forced-colours")
    await prefer("browser.display.document_color_use", 0)
  }],

  [26, "browser and edge agree on 20,000 values", async ({ name, goto, world, read }) => {
    await goto(world.landing.publish("/row-26", "").url)
    const { compared, disagreeing, code } = await compareWithEdge(name, await measureByEdits(read))
    assert.ok(compared >= LEAST, `${compared} were compared`)
    assert.deepEqual({ disagreeing, code }, { disagreeing: 0, code: 0 })
  }, COMPILE_MS],

  [39, "sharing the hosted page", async ({ world, goto, read }) => {
    await goto(`${world.service.origin}/f/demo`)
    const head = await read(`[document.title, document.documentElement.lang, document.querySelector("meta[name=viewport]").content,
      document.querySelector("meta[property='og:title']").content, document.querySelector("meta[name=robots]").content, document.querySelectorAll("h1").length]`)
    assert.deepEqual(head, ["Request a demo", "en", "width=device-width, initial-scale=1", "Request a demo", "noindex", 1])
  }],

  [40, "first run: from the start page to the demo, whose form takes a submission", async ({ seeded, email, goto, see, read, click, press }) => {
    await goto(`${seeded.service.origin}/`)
    await click("document.querySelector('main a[href=\"/demo\"]')")
    // Until its styles are there, the form still moves.
    await see("field('name') && getComputedStyle(find('button')).backgroundColor === 'rgb(26, 86, 176)'")
    for (const [field, text] of [["name", "Ada Lovelace"], ["email", email]]) {
      await read(`field("${field}").focus()`)
      await press(text)
      await see(`field("${field}").value === "${text}"`)
    }
    await click("field('terms')")
    await see("field('terms').checked")
    await click("find('button')")
    await see("find('.lf-thanks')")
    assert.equal((await seeded.leadsFrom(email)).length, 1)
  }],
]
