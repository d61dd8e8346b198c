// The snippet beside the libraries that pages are made with: the libraries themselves, as published on npm.
import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { after, before, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { createElement as h } from "react"
import { renderToString } from "react-dom/server"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))
const SCRIPT = { "Content-Type": "text/javascript" }

describe("the snippet beside", () => {
  let world
  let element

  before(async () => {
    world = await openWorld(() => [demoForm()])
    element = snippet(world.service).split("\n")[0]
    const { landing } = world
    for (const [path, file] of [
      ["/turbo.js", "@hotwired/turbo/dist/turbo.es2017-umd.js"], ["/htmx.js", "htmx.org/dist/htmx.js"],
      ["/idiomorph.js", "idiomorph/dist/idiomorph-ext.js"], ["/jquery.js", "jquery/dist/jquery.js"],
      ["/vue.js", "vue/dist/vue.global.js"],
    ]) landing.serve(path, await readFile(`${root}node_modules/${file}`, "utf8"), SCRIPT)
    landing.serve("/react.js", await bundled(REACT), SCRIPT)
  })
  after(() => world?.close())

  // The element of a React application, in its server's markup and in its client.
  const app = () => h("main", { id: "app-main" }, h("h1", null, "Spring offer"),
    h("lead-form", { form: "demo" }, h("a", { href: `${world.service.origin}/f/demo` }, "Open the form")))

  it("React 19: server markup that is hydrated after the visitor began to type", async () => {
    const landing = world.landing.publish("/react", `<div id="app">${renderToString(app())}</div>
      <script async src="${world.service.origin}/embed.js"></script><script src="/react.js"></script>`)
    const { page, errors, consoleErrors, close } = await visit(world, landing.url)
    await page.getByLabel("Name").fill("Ada")
    await page.evaluate((origin) => window.hydrate(document.getElementById("app"), origin), world.service.origin)
    assert.deepEqual(await page.evaluate(() => window.recovered), [], "React found what its server wrote")
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
    await page.evaluate(() => window.rerender())
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
    await sends(page, "react@example.com")
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("Next: a document that is hydrated whole, with the script among its resources", async () => {
    const whole = h("html", { lang: "en" }, h("head", null, h("title", null, "Spring offer")), h("body", null, app(),
      h("script", { async: true, src: `${world.service.origin}/embed.js` })))
    const html = renderToString(whole).replace("</body>", "<script src=\"/react.js\"></script></body>")
    const landing = world.landing.serve("/next", `<!doctype html>${html}`)
    const { page, errors, close } = await visit(world, landing.url)
    await page.getByLabel("Name").fill("Ada")
    await page.evaluate((origin) => {
      // The test's own script, which the application does not know.
      document.querySelector("script[src='/react.js']").remove()
      return window.hydrate(document, origin)
    }, world.service.origin)
    assert.deepEqual(await page.evaluate(() => window.recovered), [])
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
    await sends(page, "next@example.com")
    assert.deepEqual(errors, [])
    await close()
  })

  it("Vue 3: shown, hidden and kept alive", async () => {
    const landing = world.landing.publish("/vue", `<div id="app"></div>
      <script async src="${world.service.origin}/embed.js"></script><script src="/vue.js"></script>`)
    const { page, errors, close } = await visit(world, landing.url)
    await page.evaluate((template) => {
      const { createApp, reactive } = window.Vue
      window.state = reactive({ view: "ask", title: "One" })
      const ask = { template: `<div>${template}</div>` }
      const other = { template: "<p>Something else</p>" }
      const app = createApp({
        components: { ask, other }, setup: () => ({ state: window.state }),
        template: "<h2>{{ state.title }}</h2><keep-alive><component :is=\"state.view\"/></keep-alive>",
      })
      app.config.compilerOptions.isCustomElement = (name) => name === "lead-form"
      app.mount("#app")
    }, element)
    await page.getByLabel("Name").fill("Ada")
    await page.evaluate(() => window.state.title = "Two")
    for (const view of ["other", "ask"]) {
      await page.evaluate((view) => window.state.view = view, view)
      await page.waitForTimeout(100)
    }
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
    await sends(page, "vue@example.com")
    assert.deepEqual(errors, [])
    await close()
  })

  it("Turbo 8: a page refresh by morphing", async () => {
    const landing = world.landing.serve("/turbo", `<!doctype html><html lang="en"><head><title>Offer</title>
      <meta name="turbo-refresh-method" content="morph"><script src="/turbo.js"></script>
      <script async src="${world.service.origin}/embed.js"></script></head><body><p>Old</p>${element}</body></html>`)
    const { page, errors, close } = await visit(world, landing.url)
    await page.getByLabel("Name").fill("Ada")
    world.landing.serve("/turbo", `<!doctype html><html lang="en"><head><title>Offer</title>
      <meta name="turbo-refresh-method" content="morph"><script src="/turbo.js"></script>
      <script async src="${world.service.origin}/embed.js"></script></head><body><p>New</p>${element}<p>More</p></body></html>`)
    await page.evaluate(() => window.Turbo.visit(location.href, { action: "replace" }))
    await page.getByText("New").waitFor()
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
    await sends(page, "turbo@example.com")
    assert.deepEqual(errors, [])
    await close()
  })

  it("htmx: swapped in, and morphed by idiomorph", async () => {
    const landing = world.landing.publish("/htmx", `<div id="slot" hx-ext="morph"></div>
      <script async src="${world.service.origin}/embed.js"></script><script src="/htmx.js"></script><script src="/idiomorph.js"></script>`)
    world.landing.serve("/fragment", `<p>One</p>${snippet(world.service)}`)
    const { page, errors, close } = await visit(world, landing.url)
    const get = (swap) => page.evaluate((swap) => window.htmx.ajax("GET", "/fragment", { target: "#slot", swap }), swap)
    await get("innerHTML")
    await page.getByLabel("Name").fill("Ada")
    world.landing.serve("/fragment", `<p>Two</p>${snippet(world.service)}<p>Three</p>`)
    await get("morph:innerHTML")
    await page.getByText("Two").waitFor()
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada")
    await sends(page, "htmx@example.com")
    assert.deepEqual(errors, [])
    await close()
  })

  // Google's tag manager inserts the markup of a tag, then makes its scripts anew at the end of the page.
  it("a tag manager: markup inserted late, its script made anew", async () => {
    const landing = world.landing.publish("/tags", "<div id=\"slot\"></div>")
    const { page, errors, close } = await visit(world, landing.url)
    await page.evaluate(async ([markup, src]) => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      document.getElementById("slot").innerHTML = markup
      const holder = document.body.appendChild(document.createElement("div"))
      holder.append(Object.assign(document.createElement("script"), { src }))
      holder.append(Object.assign(document.createElement("script"), { src }))
    }, [element, `${world.service.origin}/embed.js`])
    assert.ok(await page.locator("#slot lead-form form").count() <= 1)
    await sends(page, "tags@example.com")
    assert.deepEqual(errors, [])
    await close()
  })

  it("jQuery: appended to a popup while it waits to be sent again", async () => {
    const landing = world.landing.publish("/jquery", `${snippet(world.service)}<dialog id="popup"></dialog><script src="/jquery.js"></script>`)
    const { page, errors, close } = await visit(world, landing.url)
    await page.clock.install()
    await fillIn(page, "jquery@example.com")
    await page.evaluate(() => {
      window.$("#popup").append(window.$("lead-form"))
      document.getElementById("popup").showModal()
    })
    assert.equal(await page.getByLabel("Name").inputValue(), "Ada Lovelace")
    await page.route("**/submissions", (route) => route.abort(), { times: 1 })
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("alert").getByText("in 5 seconds").waitFor()
    await page.evaluate(() => window.$("main").append(window.$("lead-form")))
    await page.clock.fastForward(5_000)
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await world.leadsFrom("jquery@example.com")).length, 1)
    assert.deepEqual(errors, [])
    await close()
  })

  async function sends(page, email) {
    await fillIn(page, email)
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks!" }).waitFor()
    assert.equal((await world.leadsFrom(email)).length, 1)
  }
})

// A client of the application above, in strict mode.
const REACT = `
  import { StrictMode, createElement as h } from "react"
  import { hydrateRoot } from "react-dom/client"

  window.recovered = []
  window.hydrate = async (container, origin) => {
    const main = (title) => h("main", { id: "app-main" }, h("h1", null, title),
      h("lead-form", { form: "demo" }, h("a", { href: origin + "/f/demo" }, "Open the form")))
    const whole = (title) => container !== document ? main(title) : h("html", { lang: "en" },
      h("head", null, h("title", null, "Spring offer")),
      h("body", null, main(title), h("script", { async: true, src: origin + "/embed.js" })))
    const onRecoverableError = (error) => window.recovered.push(String(error))
    const root = hydrateRoot(container, h(StrictMode, null, whole("Spring offer")), { onRecoverableError })
    window.rerender = async () => {
      root.render(h(StrictMode, null, whole("Summer offer")))
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }`

async function bundled(contents) {
  const { outputFiles: [{ text }] } = await build({
    stdin: { contents, resolveDir: root }, bundle: true, write: false, format: "iife",
    define: { "process.env.NODE_ENV": "\"development\"" },
  })
  return text
}
