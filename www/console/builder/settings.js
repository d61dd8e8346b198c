// The panel Settings.
import { div, p } from "../dom.js"

export function settingsPanel() {
  return { element: div("part", p("", "Settings")), close() {} }
}
