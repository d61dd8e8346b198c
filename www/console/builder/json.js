// The panel JSON.
import { div, p } from "../dom.js"

export function jsonPanel() {
  return { element: div("part", p("", "JSON")), close() {} }
}
