// The panels Settings and Snippet of the builder, by keyboard, with a fake of the API.
import assert from "node:assert/strict"
import { after, before, describe, it } from "node:test"
import { SCREENSHOTS } from "./accessible.mjs"
import { assertNoViolation, openConsole } from "./console.mjs"
import { fakeApi } from "./fake-api.mjs"
import { openWorld } from "./world.mjs"

describe("the builder's settings and snippet", () => {
  let world
  before(async () => world = await openWorld(() => []))
  after(() => world?.close())

  async function open(part, api = fakeApi(), options = {}) {
    const reader = await openConsole(world, "forms&id=demo", api, { viewport: { width: 1280, height: 900 }, ...options })
    await reader.page.getByRole("tab", { name: part, exact: true }).click()
    return reader
  }
  // The draft as it is stored last.
  const stored = async (api, is) => {
    for (let tries = 0; tries < 50; tries += 1) {
      const { draft } = api.forms.find(({ key }) => key === "demo")
      if (draft && is(draft)) return draft
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.fail(JSON.stringify(api.forms[0].draft))
  }
  const unfold = (page, name) => page.locator("summary", { hasText: name }).first().click()

  it("are accessible, light and dark, at 320 and 1280 pixels", async () => {
    const api = fakeApi()
    const at = new Date().toISOString()
    api.state.pages = [{ origin: "https://example.com", last_at: at, accepted: 3, accepted_at: at }]
    Object.assign(api.state.forms[0].published, {
      theme: { accent: "#ffd500", scheme: "auto" }, on_success: { redirect: "https://example.com/thanks" },
      rate_limits: [{ name: "visitor", quota: 5, window_s: 7200, partition: "visitor" }],
    })
    const { page, errors, consoleErrors, close } = await open("Settings", api)
    await page.evaluate(() => document.querySelectorAll(".settings details").forEach((node) => node.open = true))
    for (const part of ["Settings", "Snippet"]) {
      await page.getByRole("tab", { name: part, exact: true }).click()
      if (part === "Snippet") await page.getByText("Seen on example.com").waitFor()
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme })
        for (const width of [1280, 320]) {
          await page.setViewportSize({ width, height: 900 })
          for (const tab of part === "Snippet" ? ["HTML", "Link"] : [undefined]) {
            if (tab) await page.getByRole("tab", { name: tab, exact: true }).click()
            await assertNoViolation(page, `${part} ${tab ?? ""} ${colorScheme} ${width}`)
            await page.screenshot({ path: `${SCREENSHOTS}builder-${part.toLowerCase()}-${tab ?? ""}-${colorScheme}-${width}.png`, fullPage: true })
          }
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
          assert.equal(overflow, 0, `${part} at ${width}`)
        }
      }
    }
    assert.deepEqual([errors, consoleErrors], [[], []])
    await close()
  })
})
