// A change to a form's file shows in the page without a command: in workerd, as under `make dev`.

import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"

import { send } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { until } from "../support/until.mjs"

describe("a folder of forms", () => {
  let service
  let parent
  let folder

  before(async () => {
    parent = mkdtempSync(join(tmpdir(), "formgate-forms-"))
    folder = join(parent, "forms")
    mkdirSync(folder)
    write("always.json", { key: "always" })
    service = await startWorkerd({ settings: { FORM_CACHE: "off" } })
    await service.watchForms(folder)
  })
  after(async () => {
    await service?.stop()
    rmSync(parent, { recursive: true })
  })

  it("shows what is new, changed, renamed and deleted, and what is broken as it was", async () => {
    await shows("always", 200)
    await shows("late", 404)
    write("late.json", { key: "late", title: "First" })
    await shows("late", 200, "First")
    write("late.json", { key: "late", title: "Second" })
    await shows("late", 200, "Second")
    writeFileSync(join(folder, "late.json"), '{ "key":')
    write("other.json", { key: "other" })
    await shows("late", 200, "Second")
    // As editors save.
    write("../saved.json", { key: "late", title: "Third" })
    renameSync(join(parent, "saved.json"), join(folder, "late.json"))
    await shows("late", 200, "Third")
    await shows("other", 200)
    renameSync(join(folder, "late.json"), join(folder, "later.json"))
    write("other.json", { key: "another" })
    await shows("another", 200)
    await shows("other", 404)
    await shows("late", 200, "Third")
    rmSync(join(folder, "later.json"))
    await shows("late", 404)
    await shows("always", 200)
  })

  function write(name, changes) {
    const definition = { allowed_origins: ["https://example.com"], fields: [{ name: "n", type: "text" }], ...changes }
    writeFileSync(join(folder, name), JSON.stringify(definition))
  }

  async function shows(key, status, title) {
    let found
    await until(async () => {
      found = await send(service, `/v1/forms/${key}`)
      return found.status === status && (title === undefined || found.json.title === title)
    }, () => `${key}: ${found.status} ${found.text}`)
    if (status === 200) assert.equal(found.headers.get("cache-control"), "max-age=0")
  }
})
