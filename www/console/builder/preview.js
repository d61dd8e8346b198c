// The panel Preview.
import { div, p } from "../dom.js"

export function previewPanel() {
  return { element: div("part", p("", "Preview")), close() {} }
}
