// The look of the form. A part of its own, `/widget/styles.js`, which is loaded beside the definition: a form without it works.
import { genuine } from "./dom.js"
import css from "./styles.css"

let sheet

// `root` is a shadow root or a document. The sheet is a constructed one, because `style-src 'self'` of a page forbids <style> and
// style attributes.
export function dress(root) {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
  }
  const sheets = genuine(root, "adoptedStyleSheets")
  if (!sheets.includes(sheet)) root.adoptedStyleSheets = [...sheets, sheet]
}
