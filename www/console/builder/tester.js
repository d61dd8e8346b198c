// Tries a pattern as browsers do: it has to match the whole value.
import { div, h, labelled } from "../dom.js"
import { bound } from "./inputs.js"

export function testerOf(patternOf) {
  const sample = h("input", { type: "text", autocomplete: "off", spellcheck: "false" })
  const result = h("p", { class: "hint", role: "status" })
  sample.addEventListener("input", show)
  return bound(div("", labelled("Try a value", sample), result), show)

  function show() {
    const words = verdict(patternOf(), sample.value)
    if (result.textContent !== words) result.textContent = words
  }
}

// The result of a browser's check of a value; the edge names what it takes no pattern for.
export function verdict(pattern, value) {
  if (!pattern || !value) return ""
  try {
    return new RegExp(`^(?:${pattern})$`, "v").test(value) ? "It is accepted" : "It is refused"
  } catch (error) {
    return `This is no pattern: ${error.message}`
  }
}
