// The look of the form. A part of its own, `/widget/styles.js`, which is loaded beside the definition: a form without it works.
import { genuine } from "./dom.js"
import css from "./styles.css"

export { shown } from "./shown.js"

let sheet

// `root` is a shadow root or a document, `form` the element that gets the definition's theme. The sheet is a constructed one,
// because `style-src 'self'` of a page forbids <style> and style attributes.
export function dress(root, form, theme) {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
  }
  const sheets = genuine(root, "adoptedStyleSheets")
  if (!sheets.includes(sheet)) root.adoptedStyleSheets = [...sheets, sheet]
  if (!form || !theme) return
  const { accent, accent_dark, radius, font, scheme, surface } = theme
  Object.assign(form.dataset, { scheme, surface })
  const variables = { "--_theme": accent, "--_theme-dark": accent_dark, "--_corner": typeof radius === "number" && `${radius}px`, "--_font": font }
  for (const [name, value] of Object.entries(variables)) if (value) form.style.setProperty(name, value)
}
