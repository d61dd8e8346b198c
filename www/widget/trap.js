// Inputs that only programs fill in: invisible to people, and marked so that browsers and password managers leave them alone.
import { element } from "./dom.js"

export function trap(name) {
  const input = element("input", {
    type: "text", name, autocomplete: "off", "aria-hidden": "true",
    "data-1p-ignore": true, "data-lpignore": "true", "data-bwignore": true, "data-form-type": "other",
  })
  // Browsers do not fill in what is not displayed. Set here, because a page may drop our style sheet.
  input.style.display = "none"
  return input
}
