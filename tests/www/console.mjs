// A reader of the console, with a fake of the API.
import { fakeApi } from "./fake-api.mjs"
import { visit } from "./world.mjs"

export { assertNoViolation } from "./accessible.mjs"

// How long to wait for what the page shows: milliseconds.
const PATIENCE_MS = 10_000

// A reader of the console at this tab.
export async function openConsole(world, tab, api = fakeApi(), options = {}, prepare = () => {}) {
  const reader = await visit(world, "about:blank", { timezoneId: "Europe/Vienna", ...options })
  reader.page.setDefaultTimeout(PATIENCE_MS)
  await prepare(reader.page)
  await api.serve(reader.page)
  await reader.page.goto(`${world.service.origin}/console/?tab=${tab}`)
  return { ...reader, api: api.state }
}
