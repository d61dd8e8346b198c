// Marks a form whose element has the attribute `test`. A part of its own, `/widget/test.js`, which only such forms load.
import { element } from "./dom.js"

const NOTE = "Test: what you send is marked as a test, kept for a week and not forwarded."

// So that no visitor takes it for the real form.
export function show(form) {
  form.prepend(element("p", { class: "lf-description", lang: "en" }, NOTE))
}
