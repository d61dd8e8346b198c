// Lines and areas of text, and the kinds that browsers have controls of their own for, such as dates, times and colours.
import { element } from "./dom.js"

export function line(type, attributes) {
  // `type` last: a slider clamps its value to the bounds that are set at that moment.
  return { control: element("input", { ...attributes, type }) }
}

export function area({ value = "", ...attributes }) {
  return { control: element("textarea", { ...attributes, rows: "4" }, value) }
}
