// Choices: boxes, radios and lists.
import { element } from "./dom.js"

// One for each option, of which one may be chosen by the type `radio`, several by `checkbox`.
export function boxes(type, { name, options = [], required, value: chosen }, idOf) {
  const rows = options.map(({ value, label = value, disabled }, index) => {
    const input = element("input", { type, id: idOf(index), name, value, required, disabled })
    input.defaultChecked = value === chosen
    return choice(input, label)
  })
  return { controls: rows.map((row) => row.firstChild), rows }
}

// A box or radio with its label.
export function choice(input, ...caption) {
  return element("div", { class: "lf-choice" }, input, element("label", { for: input.id }, ...caption))
}

export function list({ placeholder, value: chosen, ...attributes }, { multiple, options = [] }, texts) {
  const control = element("select", attributes)
  if (!multiple && !options.some(({ value }) => value === "")) control.append(element("option", { value: "" }, placeholder ?? texts.choose))
  const groups = new Map([[undefined, control]])
  for (const { value, label = value, group, disabled } of options) {
    if (!groups.has(group)) groups.set(group, control.appendChild(element("optgroup", { label: group })))
    const option = element("option", { value, disabled }, label)
    option.defaultSelected = value === chosen
    groups.get(group).append(option)
  }
  return { control }
}
