// A reader of the console, with a fake of the API.
import { fakeApi } from "./fake-api.mjs"
import { visit } from "./world.mjs"

export { assertNoViolation } from "./accessible.mjs"

// A reader of the console at this tab.
export async function openConsole(world, tab, api = fakeApi(), options = {}, prepare = () => {}) {
  const reader = await visit(world, "about:blank", { timezoneId: "Europe/Vienna", ...options })
  await prepare(reader.page)
  await api.serve(reader.page)
  await reader.page.goto(`${world.service.origin}/console/?tab=${tab}`)
  return { ...reader, api: api.state }
}
