// Lines for addresses, without the invisible characters at their edges that pasting leaves and browsers take for a part of them.
// Bundled with the texts of each language; without that part, a line keeps such characters.
import { line } from "./line.js"

const EDGES = /^[\s\p{C}]+|[\s\p{C}]+$/gu

export function email(attributes) {
  return tidied("email", attributes, ",")
}

export function tel(attributes) {
  return tidied("tel", attributes, "\n")
}

export function tidied(type, attributes, separator) {
  const { control } = line(type, attributes)
  const tidy = () => {
    const text = control.value.split(separator).map((part) => part.replace(EDGES, "")).join()
    if (text !== control.value) control.value = text
  }
  control.addEventListener("change", tidy)
  return { control, tidy }
}
