// The panel Fields.
import { div, p } from "../dom.js"

export function fieldsPanel() {
  return { element: div("part", p("", "Fields")), close() {} }
}
