// Lines and areas of text, and the kinds that browsers have controls of their own for, such as dates, times and colours.
import { element } from "./dom.js"

// Invisible characters that pasting leaves at the edges of addresses, which browsers take for a part of them.
const EDGES = /^[\s\p{C}]+|[\s\p{C}]+$/gu

export function line(type, attributes) {
  // `type` last: a slider clamps its value to the bounds that are set at that moment.
  const control = element("input", { ...attributes, type })
  if (!/^(email|tel|url)$/.test(type)) return { control }
  const tidy = () => {
    const parts = control.value.split(type === "email" ? "," : "\n")
    const text = parts.map((part) => part.replace(EDGES, "")).join()
    if (text !== control.value) control.value = text
  }
  control.addEventListener("change", tidy)
  return { control, tidy }
}

export function area({ value = "", ...attributes }) {
  return { control: element("textarea", { ...attributes, rows: "4" }, value) }
}
