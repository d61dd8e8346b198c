// One field: its controls with label and hint, and the error next to them.
import { boxes, choice, list } from "./choice.js"
import { element, linked, setAttributes } from "./dom.js"
import { area, line } from "./line.js"

const CONSTRAINTS = ["placeholder", "autocomplete", "minlength", "maxlength", "min", "max", "step", "pattern", "required", "multiple"]
// These types always have a value, so "(optional)" would be wrong.
const ALWAYS_ANSWERED = /^(range|color)$/

// `parts` makes the controls of kinds that are loaded on demand.
export function fieldView(field, prefix, texts, parts) {
  const { type, name, label = name, required, value, text = label, text_parts, hint, hint_parts } = field
  const idOf = (part) => `${prefix}${part}-${name}`
  const id = idOf("field")
  const attributes = { id, name, ...Object.fromEntries(CONSTRAINTS.map((attribute) => [attribute, field[attribute]])), value }
  const isVisible = !/^(hidden|heading)$/.test(type)
  const isBox = /^(checkbox|consent)$/.test(type)

  const idOfOption = (index) => index === 0 ? id : idOf(`option${index}`)
  const help = hint ? [element("p", { class: "lf-hint", id: name && idOf("hint") }, ...linked(hint, hint_parts))] : []
  const kind = {
    hidden: () => line(type, { name, value }),
    heading: () => ({ box: element("div", {}, element("h3", {}, label), ...help) }),
    radio: () => boxes(type, field, idOfOption),
    checkbox: () => line("checkbox", { id, name, value, required }),
    select: () => list(attributes, field, texts),
    textarea: () => area(attributes),
  }[isBox ? "checkbox" : type]?.() ?? parts[type]?.(attributes, field, texts.locale, idOfOption) ?? line(type, attributes)
  const { control, controls = [control].filter(Boolean), rows, beside = [], isMany = type === "select" && field.multiple } = kind
  const { read, show = String, update, fault, tidy = /^(email|tel)$/.test(type) && parts.tidied?.(control) } = kind
  if (field.suggestions && parts.suggest) beside.push(parts.suggest(control, field.suggestions))

  const optional = required || ALWAYS_ANSWERED.test(type) ? [] : [" ", element("span", { class: "lf-optional" }, texts.optional)]
  const caption = [...isBox ? linked(text, text_parts) : [label], ...optional]
  const error = element("div")
  const frame = (tag, ...children) => element(tag, { class: field.width === "half" ? "lf-field lf-half" : "lf-field" }, ...children)
  let { box } = kind
  if (!isVisible) box ??= control
  else if (rows) box = frame("fieldset", element("legend", {}, ...caption), ...help, error, ...rows)
  else if (isBox) box = frame("div", error, choice(control, ...caption), ...help)
  else box = frame("div", element("label", { for: id }, ...caption), ...help, error, control, ...beside)
  // A fieldset is a group, which cannot be invalid: a group of radios can, and so can boxes.
  const described = rows ? box : control
  if (type === "radio") setAttributes(box, { role: "radiogroup" })

  const explain = (message) => {
    const line = message && element("p", { class: "lf-error", id: idOf("error") },
      element("span", { class: "lf-visually-hidden" }, texts.errorPrefix), " ", message)
    error.replaceChildren(...line ? [line] : [])
    box.classList.toggle("lf-invalid", Boolean(line))
    const ids = [hint && idOf("hint"), line && line.id].filter(Boolean).join(" ")
    setAttributes(described, { "aria-describedby": ids || null })
    for (const node of type === "checkboxes" ? controls : [described]) setAttributes(node, { "aria-invalid": line && "true" })
  }
  // Focus alone scrolls to the control and may leave its label and error outside the visible area.
  const focus = () => {
    box.scrollIntoView({ block: "nearest", behavior: "instant" })
    controls.find(({ disabled }) => !disabled)?.focus({ preventScroll: true })
  }
  if (isVisible) explain()

  return {
    element: box,
    isVisible,
    isConsent: type === "consent",
    // Whether its value may be kept in the browser's storage while the form is filled in.
    isKept: isVisible && !field.sensitive,
    focus,

    // What it sends; `typed` is what the form has under its name.
    value(typed) {
      if (isMany) return typed
      return read ? read() : typed[0]
    },

    // Sets the value: of a box, whether its own value or `true` is among them.
    fill(values) {
      for (const control of controls) {
        if (/^(checkbox|radio)$/.test(control.type)) control.checked = values.includes(true) || values.includes(control.value)
        else if (control.options) for (const option of control.options) option.selected = values.includes(option.value)
        else control.value = show(values[0] ?? "")
      }
      update?.()
    },

    clear() {
      if (isVisible) explain()
    },

    violation() {
      if (tidy) tidy()
      const wrong = fault ? fault() : controls.find(({ validity }) => !validity.valid)
      return wrong && { field: name, message: texts.violation?.(field, wrong, texts.locale) || `${label}: ${wrong.validationMessage ?? texts.problem}` }
    },

    // Shows the first error and returns a link to the field; returns undefined for a hidden field.
    mark(message) {
      if (!isVisible) return undefined
      if (!error.firstChild) explain(message)
      const link = element("a", { href: `#${id}` }, message)
      link.addEventListener("click", (event) => {
        // The address does not change, because the host page's router may read the part after the `#`.
        event.preventDefault()
        focus()
      })
      return link
    },
  }
}
