// The builder with a fake of the API: fields are added, changed and moved by keyboard, mouse and touch; drafts are kept.
import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { after, before, describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { SCREENSHOTS } from "./accessible.mjs"
import { assertNoViolation, openConsole } from "./console.mjs"
import { fakeApi } from "./fake-api.mjs"
import { openWorld } from "./world.mjs"
import { CONSOLE_INTERNAL } from "../../tools/www.mjs"

// The most bytes, gzipped, of all scripts that opening a form loads beyond the console, and of these with the console.
const MAX_BUILDER_BYTES = 30_000
const MAX_BYTES = 40_000
const folder = fileURLToPath(new URL("../../build/www/console/", import.meta.url))
const text = (name) => readFileSync(folder + name, "utf8")
const FIELDS = [
  { name: "name", type: "text", label: "Name" }, { name: "email", type: "email", label: "E-mail", required: true, autocomplete: "email" },
  { name: "phone", type: "tel", label: "Phone" }, { name: "size", type: "select", label: "Size", options: [{ value: "S" }, { value: "L", label: "Large" }] },
]

let world
before(async () => world = await openWorld(() => []))
after(() => world?.close())

// An editor who builds a form of which there is a draft. Each has a key of its own, since tests share the browser's storage.
let count = 0
async function build(options, change = (form) => form) {
  const api = fakeApi()
  const [demo, form] = api.state.forms
  const key = `quote-${count += 1}`
  form.key = key
  form.draft = change({ key, title: "Get a quote", allowed_origins: ["https://example.com"], fields: FIELDS })
  demo.published = { ...form.draft, key: "demo", title: "Request a demo" }
  const reader = await openConsole(world, `forms&id=${key}`, api, options)
  await reader.page.locator(".builder").waitFor()
  const { page } = reader
  return {
    ...reader,
    key,
    form,
    names: () => page.locator(".field-name .name").allTextContents(),
    row: (name) => page.locator(".field-row", { has: page.getByText(name, { exact: true }) }),
    label: page.getByLabel("Label", { exact: true }),
    isSaved: () => page.getByText(/^Draft saved \d/).waitFor(),
    said: (text) => page.locator("#announce", { hasText: text }).waitFor({ state: "attached" }),
  }
}

const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent)

describe("the builder", () => {
  it(`has scripts of at most ${MAX_BUILDER_BYTES} bytes gzipped, and of ${MAX_BYTES} with the console`, () => {
    const size = (names) => [...names].reduce((sum, name) => sum + gzipSync(text(name), { level: 9 }).length, 0)
    // A script with what it imports at once, and with all that it imports later, too.
    const found = (name, pattern) => [...text(name).matchAll(pattern)].map(([, part]) => part)
    const reach = (names, pattern, known = new Set()) => {
      for (const name of names.filter((name) => !known.has(name))) reach(found(name, pattern), pattern, known.add(name))
      return known
    }
    const atOnce = reach(["console.js"], /(?:from|import)"\.\/([^"]+)"/g)
    const all = reach(["console.js"], /(?:from|import\(|import)"\.\/([^"]+)"/g).add("preview.js")
    const builder = [...all].filter((name) => !atOnce.has(name))
    const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"))
    assert.deepEqual([...all].sort(), scripts.sort(), "no script is left out")
    console.log(`scripts, gzipped: console ${size(atOnce)} bytes, builder ${size(builder)}, all ${size(all)}`)
    assert.ok(size(builder) <= MAX_BUILDER_BYTES && size(all) <= MAX_BYTES)
  })

  it("has short names for no member that the API, a definition or the preview has", () => {
    const root = new URL("../../", import.meta.url)
    const filesIn = (folder) => readdirSync(new URL(folder, root)).map((name) => folder + name).filter((name) => name.endsWith(".json"))
    const json = ["build/www/api/openapi.json", ...filesIn("forms/"), ...filesIn("www/console/templates/")].map((name) => readFileSync(new URL(name, root), "utf8"))
    const members = new Set(json.flatMap((text) => [...text.matchAll(/"(\w+)":/g)].map(([, name]) => name)))
    const preview = text("preview.js")
    assert.ok(members.has("allowed_origins") && members.has("received_at") && /\.start\b|start\(/.test(preview))
    const shared = CONSOLE_INTERNAL.filter((name) => members.has(name) || new RegExp(`[.{,]${name}[(:]`).test(preview))
    assert.deepEqual(shared, [])
  })

  it("moves a field by buttons, Alt with arrows, a number and the mouse; says where it is, and keeps the focus", async () => {
    const { page, names, row, said, form, isSaved, close } = await build()
    await row("Phone").getByRole("button", { name: "Move Phone up" }).click()
    await said("Phone, now 2 of 4")
    assert.deepEqual(await names(), ["Name", "Phone", "E-mail", "Size"])
    assert.equal(await focused(page), "Move Phone up")
    await page.keyboard.press("Alt+ArrowUp")
    await said("Phone, now 1 of 4")
    assert.equal(await focused(page), "Move Phone up")
    await page.keyboard.press("Alt+ArrowUp")
    await said("Phone is the first already")
    await page.getByLabel("Position").fill("3")
    await page.keyboard.press("Tab")
    await said("Phone, now 3 of 4")
    await page.getByLabel("Position").fill("99")
    await page.keyboard.press("Tab")
    await said("Phone, now 4 of 4")
    assert.equal(await page.getByLabel("Position").inputValue(), "4")
    const from = await row("Phone").locator(".handle").boundingBox()
    const to = await row("Name").boundingBox()
    await page.mouse.move(from.x + 8, from.y + 8)
    await page.mouse.down()
    await page.mouse.move(to.x + 8, to.y + 30)
    assert.equal(await page.locator(".field-row.before").count(), 1)
    await page.mouse.move(to.x + 8, to.y + 4)
    await page.mouse.up()
    await said("Phone, now 1 of 4")
    await page.mouse.move(to.x + 8, to.y + 8)
    await page.mouse.down()
    await page.mouse.move(from.x + 8, from.y + 8)
    await page.keyboard.press("Escape")
    await page.mouse.up()
    assert.deepEqual(await names(), ["Phone", "Name", "E-mail", "Size"])
    await isSaved()
    assert.deepEqual(form.draft.fields.map(({ name }) => name), ["phone", "name", "email", "size"])
    await close()
  })

  it("works by touch at 320 pixels: a field is dragged, chosen and changed", async () => {
    const { page, names, row, label, said, close } = await build({ viewport: { width: 320, height: 640 }, hasTouch: true })
    await page.getByRole("tab", { name: "Fields" }).tap()
    await row("Size").scrollIntoViewIfNeeded()
    const from = await row("Size").locator(".handle").boundingBox()
    const to = await row("E-mail").locator(".handle").boundingBox()
    const touch = await page.context().newCDPSession(page)
    const at = (type, ...points) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x, y })) })
    await at("touchStart", [from.x + 10, from.y + 10])
    for (const part of [0.3, 0.6, 1, 1, 1]) {
      await at("touchMove", [from.x + 10, from.y + 10 + (to.y - from.y) * part])
      // The finger rests before it is lifted: after a fling, a browser would take a tap for the end of that.
      if (part === 1) await page.waitForTimeout(100)
    }
    await at("touchEnd")
    await said("Size, now 2 of 4")
    assert.deepEqual(await names(), ["Name", "Size", "E-mail", "Phone"])
    await row("Phone").locator(".field-name").tap()
    await page.getByRole("tabpanel", { name: "Properties" }).waitFor()
    assert.equal(await label.inputValue(), "Phone")
    assert.equal(await page.getByRole("tab", { name: "Properties" }).getAttribute("aria-selected"), "true")
    await page.getByLabel("Required").tap()
    await page.getByRole("tab", { name: "Fields" }).tap()
    await row("Phone").getByText("required").waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320)
    await close()
  })

  it("is used by keyboard alone: a field is added, named, moved, deleted and brought back", async () => {
    const { page, names, said, form, isSaved, close } = await build()
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const reach = async (name, key = "Tab") => {
      for (let step = 0; step < 60 && (await focused(page)).trim() !== name; step += 1) await press(key)
      assert.equal((await focused(page)).trim(), name)
    }
    await page.locator(".pane").focus()
    await reach("Add a field")
    await press("Enter")
    await reach("Number")
    await press("Enter")
    await page.keyboard.type("Budget 2026")
    assert.deepEqual((await names()).at(-1), "Budget 2026")
    await reach("Add a field", "Shift+Tab")
    await press("Shift+Tab", "Shift+Tab")
    assert.equal(await focused(page), "Move Budget 2026 up")
    await press("Enter", "Alt+ArrowUp")
    await said("Budget 2026, now 3 of 5")
    await reach("Delete field")
    await press("Enter")
    assert.equal((await names()).length, 4)
    await press("z")
    await said("Undone")
    assert.deepEqual(await names(), ["Name", "E-mail", "Budget 2026", "Phone", "Size"])
    await isSaved()
    assert.deepEqual(form.draft.fields[2], { name: "budget_2026", type: "number", label: "Budget 2026" })
    await close()
  })

  it("undoes and does again what was done, and leaves a text its own undo while it is typed", async () => {
    const { page, names, row, label, close } = await build()
    await row("Phone").locator(".field-name").click()
    await label.fill("Telephone")
    await label.press("End")
    await page.keyboard.type("!")
    await page.keyboard.press("Control+z")
    assert.equal(await label.inputValue(), "Telephone", "the browser's own undo")
    await page.getByRole("button", { name: "Duplicate" }).click()
    assert.deepEqual(await names(), ["Name", "E-mail", "Telephone", "Telephone", "Size"])
    await page.keyboard.press("Control+z")
    assert.deepEqual(await names(), ["Name", "E-mail", "Telephone", "Size"])
    await page.locator(".field-name").first().focus()
    await page.keyboard.press("Control+z")
    assert.deepEqual(await names(), ["Name", "E-mail", "Phone", "Size"])
    await page.keyboard.press("Control+Shift+z")
    await page.keyboard.press("Control+y")
    assert.deepEqual(await names(), ["Name", "E-mail", "Telephone", "Telephone", "Size"])
    await page.getByRole("button", { name: "Undo", exact: true }).click()
    assert.deepEqual(await names(), ["Name", "E-mail", "Telephone", "Size"])
    await close()
  })

  it("keeps a draft in the browser while there is no connection, and stores it later, also after a reload", async () => {
    const { page, key, label, form, api, isSaved, close } = await build()
    const address = page.url()
    api.refuse[`forms/${key}`] = [0]
    await label.fill("Full name")
    await page.getByText("Not saved: no connection, kept in this browser").waitFor()
    await page.goto("about:blank")
    assert.equal(form.draft.fields[0].label, "Name")
    delete api.refuse[`forms/${key}`]
    await page.goto(address)
    await page.locator(".builder").waitFor()
    assert.equal(await label.inputValue(), "Full name")
    await isSaved()
    assert.equal(form.draft.fields[0].label, "Full name")
    assert.equal(await page.evaluate((key) => localStorage.getItem(`formgate:draft:${key}`), key), null)
    // What waits is stored when the form is left.
    await label.fill("Your name")
    await page.getByRole("link", { name: "Back to the list" }).click()
    await page.locator(".row", { hasText: "Get a quote" }).waitFor()
    await page.waitForFunction(() => document.querySelector(".builder") === null)
    await page.getByRole("link", { name: "Get a quote" }).click()
    await page.locator(".builder").waitFor()
    assert.equal(form.draft.fields[0].label, "Your name")
    await close()
  })

  it("leaves the choice when another person was faster", async () => {
    const { page, key, label, form, api, isSaved, close } = await build()
    const another = (name) => {
      const draft = { ...form.draft, fields: [{ ...FIELDS[0], label: name }] }
      Object.assign(form, { draft, tag: (form.tag ?? 0) + 1 })
    }
    another("Theirs")
    await label.fill("Mine")
    await page.getByText("Another person changed this draft while you did").waitFor()
    await label.fill("Mine, too")
    await page.getByRole("button", { name: "Keep mine" }).click()
    await isSaved()
    assert.deepEqual([form.draft.fields.length, form.draft.fields[0].label], [4, "Mine, too"])
    another("Theirs")
    await label.fill("Mine again")
    await page.getByRole("button", { name: "Load theirs" }).click()
    await page.getByText("Another person changed this draft").waitFor({ state: "detached" })
    assert.equal(await label.inputValue(), "Theirs")
    assert.equal(form.draft.fields[0].label, "Theirs")
    await page.getByRole("button", { name: "Undo", exact: true }).click()
    await isSaved()
    assert.equal(form.draft.fields[0].label, "Mine again")
    assert.ok(api.requests.filter((request) => request === `PUT forms/${key}`).length < 10, "one draft is stored a second")
    await close()
  })

  it("takes pasted options, with their values, groups and without the marks of a list", async () => {
    const { page, row, form, isSaved, close } = await build({ permissions: ["clipboard-read", "clipboard-write"] })
    await row("Size").locator(".field-name").click()
    const options = page.getByLabel("Options, one a line")
    assert.equal(await options.inputValue(), "S\nL = Large")
    await options.focus()
    await page.keyboard.press("Control+a")
    await page.evaluate(() => navigator.clipboard.writeText("- at = Austria\n- de\tGermany\n- Elsewhere"))
    await page.keyboard.press("Control+v")
    await isSaved()
    assert.deepEqual(form.draft.fields[3].options, [
      { value: "at", label: "Austria" }, { value: "de", label: "Germany" }, { value: "Elsewhere" },
    ])
    await page.getByText("What is filled in").click()
    await page.getByLabel("Filled in with").selectOption("Germany")
    await page.getByLabel("Kind").selectOption("One of several")
    await page.getByText(/^Saving/).waitFor()
    await isSaved()
    const { type, value, options: { length } } = form.draft.fields[3]
    assert.deepEqual([type, value, length], ["radio", "de", 3])
    await close()
  })

  it("shows faults beside the input they are about, lists them, and leads to each", async () => {
    const { page, row, label, api, close } = await build()
    api.faultsOf = ({ title, fields }) => [
      ...title ? [] : [{ path: "title", reason: "is missing" }],
      ...fields.flatMap(({ pattern, label }, index) => [
        ...pattern === "[" ? [{ path: `fields[${index}].pattern`, reason: "browsers would ignore it" }] : [],
        ...label ? [] : [{ path: `fields[${index}].label`, reason: "is missing" }],
      ]),
    ]
    await row("Phone").locator(".field-name").click()
    await page.getByText("What is accepted").click()
    const pattern = page.getByLabel("Pattern")
    await pattern.fill("[0-9]{3}")
    await page.getByLabel("Try a value").fill("12")
    await page.getByText("It is refused").waitFor()
    await page.getByLabel("Try a value").fill("123")
    await page.getByText("It is accepted").waitFor()
    await pattern.fill("[")
    await page.getByText("This is no pattern").waitFor()
    await page.locator(".input", { has: pattern }).getByText("browsers would ignore it").waitFor()
    assert.equal(await pattern.getAttribute("aria-invalid"), "true")
    const described = await pattern.evaluate((node) => node.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent))
    assert.deepEqual(described.at(-1), "browsers would ignore it")
    await row("Name").locator(".field-name").click()
    await label.fill("")
    await page.getByText("2 faults", { exact: true }).click()
    await page.getByRole("button", { name: "Phone: pattern browsers would ignore it" }).click()
    assert.equal(await pattern.evaluate((node) => node === document.activeElement), true)
    await page.getByRole("button", { name: "field: label is missing" }).click()
    assert.equal(await label.evaluate((node) => node === document.activeElement && node.value === ""), true)
    await row("field").getByText("1 fault").waitFor()
    await page.keyboard.type("Name")
    await page.getByText("1 fault", { exact: true }).first().waitFor()
    await close()
  })

  it("imports a file, refuses a broken one, and exports the bytes that it imported", async () => {
    const { page, key, names, form, isSaved, close } = await build()
    await page.getByRole("tab", { name: "JSON" }).click()
    const definition = page.getByLabel("Definition")
    const file = (text) => ({ name: "form.json", mimeType: "application/json", buffer: Buffer.from(text) })
    const broken = { "{ \"fields\": ": /not JSON.*Nothing is changed/, "[]": /must be an object/, "{\"fields\":[3]}": /fields\[0\] must be an object/ }
    for (const [text, reason] of Object.entries(broken)) {
      await page.getByLabel("Import a file").setInputFiles(file(text))
      await page.locator(".json > .fault", { hasText: reason }).waitFor()
      assert.deepEqual(await names(), ["Name", "E-mail", "Phone", "Size"])
    }
    const text = `${JSON.stringify({ key, allowed_origins: [], fields: [{ name: "a", type: "text", label: "Ä" }] }, null, 2)}\n`
    await page.getByLabel("Import a file").setInputFiles(file(text))
    await page.getByText("form.json is imported").first().waitFor()
    assert.deepEqual(await names(), ["Ä"])
    const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export a file" }).click()])
    assert.equal(saved.suggestedFilename(), `${key}.json`)
    assert.equal(readFileSync(await saved.path(), "utf8"), text)
    await definition.fill(text.replace("Ä", "Title"))
    await page.locator(".field-name", { hasText: "Title" }).waitFor()
    await isSaved()
    assert.deepEqual(form.draft, JSON.parse(text.replace("Ä", "Title")))
    await page.getByRole("button", { name: "Undo", exact: true }).click()
    assert.equal(await definition.inputValue(), text)
    await close()
  })

  it("shows a draft that only a program could store as JSON, which can be corrected", async () => {
    const { page, names, form, isSaved, close } = await build({}, (form) => ({ ...form, fields: { email: "email" } }))
    const definition = page.getByLabel("Definition")
    await page.getByText("fields must be a list").waitFor()
    assert.deepEqual(JSON.parse(await definition.inputValue()).fields, { email: "email" })
    await definition.fill(JSON.stringify({ key: "other", fields: FIELDS }))
    await isSaved()
    assert.equal((await names()).length, 4)
    assert.equal(form.draft.fields.length, 4)
    await close()
  })

  it("has no violation of axe in fields, properties and JSON, light and dark, at 320, 768 and 1280 pixels", async () => {
    const { page, api, row, errors, consoleErrors, close } = await build()
    api.faultsOf = () => [{ path: "fields[3].options[0].value", reason: "is given twice" }]
    await row("Size").locator(".field-name").click()
    await page.getByLabel("Hint", { exact: true }).or(page.getByLabel("Help below the label")).fill("Help")
    await page.locator(".findings summary").click()
    for (const summary of await page.locator(".members summary").all()) await summary.click()
    for (const width of [1280, 768, 320]) {
      // From 1,000 pixels the fields have a column of their own.
      const tabs = [...width < 1000 ? ["Fields"] : [], "Properties", "JSON"]
      await page.setViewportSize({ width, height: 800 })
      for (const tab of tabs) {
        await page.getByRole("tab", { name: tab }).click()
        if (tab === "Fields") await page.locator(".add").evaluate((node) => node.open = true)
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme })
          await assertNoViolation(page, `${tab}, ${width}, ${colorScheme}`)
          await page.screenshot({ path: `${SCREENSHOTS}builder-${tab.toLowerCase()}-${colorScheme}-${width}.png` })
        }
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0)
        const small = await page.evaluate(() => [...document.querySelectorAll(".builder :is(a, button, input, select, summary)")]
          .filter((node) => node.checkVisibility() && Math.min(node.offsetWidth, node.offsetHeight) < 24)
          .map((node) => node.outerHTML))
        assert.deepEqual(small, [], `${tab}, ${width}`)
      }
    }
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })

  it("is not for viewers, who see which forms there are", async () => {
    const api = fakeApi({ me: { subject: "vic@example.com", role: "viewer", via: "access" } })
    const { page, close } = await openConsole(world, "forms&id=demo", api)
    await page.getByText("Only editors and owners see and change definitions.").waitFor()
    assert.equal(await page.locator(".builder").count(), 0)
    assert.ok(!api.state.requests.includes("GET forms/demo"))
    await close()
  })
})
