// The panel Field.
import { div, p } from "../dom.js"

export function propertiesPanel() {
  return { element: div("part", p("", "Field")), close() {} }
}
