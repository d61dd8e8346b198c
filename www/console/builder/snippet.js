// The panel Snippet.
import { div, p } from "../dom.js"

export function snippetPanel() {
  return { element: div("part", p("", "Snippet")), close() {} }
}
