// How the script gets into a page, and how large it is.
import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { after, before, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"
import { demoForm } from "./forms.mjs"
import { fillIn, openWorld, snippet, visit } from "./world.mjs"

// Bytes, gzipped.
const MAX_BYTES = 8_000
const MAX_PART_BYTES = 5_000
// What a form in English without rare kinds loads, and everything that a form in English may load.
const SUMS = {
  "an ordinary form": [11_300, ["en"]],
  "everything but frames, popups and other languages": [16_000, ["en", "kinds", "advice", "challenge", "solver"]],
}
const folder = fileURLToPath(new URL("../../build/www/", import.meta.url))

describe("the script", () => {
  let world
  let element

  before(async () => {
    world = await openWorld(() => [demoForm()])
    element = snippet(world.service).split("\n")[0]
  })
  after(() => world?.close())

  it(`has at most ${MAX_BYTES} bytes gzipped, and its parts are small`, () => {
    const size = (name) => gzipSync(readFileSync(folder + name), { level: 9 }).length
    const parts = readdirSync(`${folder}widget`).filter((name) => name.endsWith(".js")).map((name) => `widget/${name}`)
    const sizes = ["embed.js", ...parts].map((name) => [name, size(name)])
    for (const [name, bytes] of sizes) console.log(`${name}: ${bytes} bytes gzipped`)
    assert.ok(sizes[0][1] <= MAX_BYTES, `${sizes[0][1]}`)
    for (const [name, bytes] of sizes.slice(1)) assert.ok(bytes <= MAX_PART_BYTES, name)
    for (const [what, [limit, names]] of Object.entries(SUMS)) {
      const bytes = ["embed.js", ...names.map((name) => `widget/${name}.js`)].reduce((sum, name) => sum + size(name), 0)
      console.log(`${what}: ${bytes} bytes gzipped`)
      assert.ok(bytes <= limit, `${what}: ${bytes}`)
    }
  })

  const WAYS = {
    "as a classic script": ({ origin }) => `<script async src="${origin}/embed.js"></script>`,
    "as a module": ({ origin }) => `<script type="module" src="${origin}/embed.js"></script>`,
    "by import()": ({ origin }) => `<script type="module">import("${origin}/embed.js")</script>`,
    "inlined": () => `<script>${readFileSync(`${folder}embed.js`, "utf8").replaceAll("</script", "<\\/script")}</script>`,
    "in a bundle of the page": () => "<script src=\"/bundle.js\"></script>",
    "joined with other scripts by a plugin of the page": () => "<script async src=\"/joined.js\"></script>",
  }
  for (const [way, script] of Object.entries(WAYS)) {
    for (const place of ["after the element", "before the element"]) {
      it(`works ${way}, ${place}`, async () => {
        const { outputFiles: [{ text }] } = await build({
          stdin: { contents: `import "${folder}embed.js"`, resolveDir: folder }, bundle: true, write: false, format: "iife",
          // build/package.json states that the Worker has none.
          ignoreAnnotations: true,
        })
        const type = { "Content-Type": "text/javascript" }
        world.landing.serve("/bundle.js", text, type)
        world.landing.serve("/joined.js", `window.before = 1;\n${readFileSync(`${folder}embed.js`, "utf8")}\nwindow.after = 1`, type)
        const parts = [element, script(world.service)]
        const body = place.startsWith("after") ? parts : parts.reverse()
        const landing = world.landing.publish("/way", body.join("\n"))
        const { page, errors, consoleErrors, close } = await visit(world, landing.url)
        const email = `${way}-${place}@example.com`.replaceAll(/[ ()]/g, "-")
        await fillIn(page, email)
        await page.getByRole("button", { name: "Send request" }).click()
        await page.getByRole("heading", { name: "Thanks!" }).waitFor()
        assert.equal((await world.leadsFrom(email)).length, 1)
        assert.deepEqual([errors, consoleErrors], [[], []])
        await close()
      })
    }
  }

  it("takes the service from the attribute where there is no link", async () => {
    const bare = `<lead-form form="demo" service="${world.service.origin}"></lead-form>`
    const landing = world.landing.publish("/bare", `${bare}<script type="module" src="${world.service.origin}/embed.js"></script>`)
    const { page, close } = await visit(world, landing.url)
    await page.getByLabel("Name").waitFor()
    await close()
  })

  it("requests nothing before the definition, and no part that the form does not need", async () => {
    const landing = world.landing.publish("/requests", snippet(world.service))
    const requests = []
    const { page, close } = await visit(world, "about:blank", {}, (page) => page.on("request", (request) => requests.push(request.url())))
    await page.goto(landing.url)
    await page.getByLabel("Name").waitFor()
    const paths = requests.filter((url) => url.startsWith(world.service.origin)).map((url) => new URL(url).pathname)
    assert.deepEqual(paths, ["/embed.js", "/v1/forms/demo", "/widget/en.js"])
    await close()
  })

  it("can be imported where there is no page, as a server that renders one does", async () => {
    await import(`${folder}embed.js`)
  })

  for (const [path, module] of [["/embed.js", "element.js"], ["/widget/en.js", "violations.js"], ["/widget/kinds.js", "choice.js"]]) {
    it(`has a source map with the modules of ${path}`, async () => {
      const url = new URL(path, world.service.origin)
      const response = await fetch(url)
      const map = await fetch(new URL(response.headers.get("SourceMap"), url))
      const { sources, sourcesContent } = await map.json()
      assert.ok(sources.some((path) => path.endsWith(`www/widget/${module}`)))
      assert.equal(sources.length, sourcesContent.length)
      assert.equal(response.headers.get("Cross-Origin-Resource-Policy"), "cross-origin")
      assert.equal(response.headers.get("Cache-Control"), "public, max-age=300, stale-while-revalidate=86400")
    })
  }
})
