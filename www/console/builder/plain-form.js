// A plain `<form>` made from a definition, for pages with a design of their own: each field as HTML has it, with its label, hint
// and rules, so that it works and is accessible without a script; and the honeypot, `trap` by its name.

import { isRequired } from "./kinds.js"

// What a control takes over from its field.
const RULES = "autocomplete minlength maxlength min max step pattern placeholder multiple".split(" ")
const LINK = /\[([^[\]]*)\]\(((?:https:\/\/|mailto:|http:\/\/localhost)[^\s()]*)\)/g

export function plainForm({ title, description, locale, submit_label, fields = [] }, { action, version, trap, escaped }) {
  return [
    tag("form", { method: "post", action, lang: locale }),
    ...[
      title && `<h2>${escaped(title)}</h2>`,
      description && `<p>${linked(description)}</p>`,
      version && tag("input", { type: "hidden", name: "_version", value: version }),
      ...fields.flatMap(lines),
      // As on the hosted page. A policy for styles leaves the attribute `hidden` alone; a page's own styles for `input` or for
      // the children of a form undo one of the two.
      trap && `<span hidden>${tag("input", {
        name: trap, tabindex: "-1", autocomplete: "off", "aria-hidden": "true", hidden: true,
        "data-1p-ignore": true, "data-lpignore": "true", "data-bwignore": true, "data-form-type": "other",
      })}</span>`,
      `<button>${escaped(submit_label || "Send")}</button>`,
    ].filter(Boolean).map((line) => `  ${line}`),
    "</form>\n",
  ].join("\n")

  function tag(name, attributes) {
    const given = Object.entries(attributes).filter(([, value]) => (value ?? false) !== false)
    return `<${name}${given.map(([name, value]) => value === true ? ` ${name}` : ` ${name}="${escaped(value)}"`).join("")}>`
  }

  // A text of the owner, with its links.
  function linked(text) {
    return escaped(text).replace(LINK, (_, words, href) => `<a href="${href}" target="_blank" rel="noopener">${words}</a>`)
  }

  function lines(field) {
    const { type = "text", name, label, hint, value, text, options = [], suggestions = [], multiple } = field
    const required = isRequired(field)
    const [id, note] = [`field-${name}`, `hint-${name}`]
    const common = { id, name, required, "aria-describedby": hint && note }
    const rules = Object.fromEntries(RULES.map((rule) => [rule, field[rule]]))
    const hints = hint ? [`${tag("p", { id: note })}${linked(hint)}</p>`] : []
    const title = type === "consent" && text ? linked(text) : escaped(label || name)
    // For those who see; `required` states it for all others.
    const marked = title + (required ? " <span aria-hidden=\"true\">*</span>" : "")
    const labelOf = (id, words) => `${tag("label", { for: id })}${words}</label>`
    const around = (element, ...inner) => [`<${element}>`, ...inner.map((line) => `  ${line}`), `</${element.split(" ")[0]}>`]

    if (type === "heading") return [`<h3>${escaped(label)}</h3>`, hint && `<p>${linked(hint)}</p>`]
    if (type === "hidden") return [tag("input", { type, name, value })]
    if (type === "radio" || type === "checkboxes") {
      const type = field.type === "radio" ? "radio" : "checkbox"
      // HTML has no rule that one of several checkboxes has to be ticked; the service has.
      const choices = options.map(({ value: own, label = own, disabled }, index) => around("div",
        tag("input", { type, id: `${id}-${index + 1}`, name, value: own, checked: own === value, disabled, required: type === "radio" && required }),
        labelOf(`${id}-${index + 1}`, escaped(label))))
      return around(tag("fieldset", { "aria-describedby": hint && note }).slice(1, -1), `<legend>${marked}</legend>`, ...hints, ...choices.flat())
    }
    if (type === "checkbox" || type === "consent") {
      return around("div", ...hints, tag("input", { type: "checkbox", ...common, value }), labelOf(id, marked))
    }
    if (type === "textarea") {
      return around("div", labelOf(id, marked), ...hints, `${tag("textarea", { ...common, ...rules, pattern: null, rows: 5 })}\n${escaped(value ?? "")}</textarea>`)
    }
    if (type === "select") {
      const choose = multiple || options.some(({ value }) => value === "") ? [] : [{ value: "", label: "" }]
      // In quotes: the builder's own members of this name are shortened.
      const items = [...choose, ...options].flatMap(({ value: own, label = own, group, disabled }, index, all) => [
        group && group !== all[index - 1]?.group && tag("optgroup", { label: group }),
        `  ${tag("option", { value: own, "selected": own !== "" && own === value, disabled })}${escaped(label)}</option>`,
        group && group !== all[index + 1]?.group && "</optgroup>",
      ]).filter(Boolean)
      return around("div", labelOf(id, marked), ...hints, tag("select", { ...common, multiple, autocomplete: field.autocomplete }), ...items, "</select>")
    }
    const list = suggestions.length > 0 && `list-${name}`
    return around("div", labelOf(id, marked), ...hints, tag("input", { type, ...common, ...rules, value, list }),
      ...list ? [`${tag("datalist", { id: list })}${suggestions.map((value) => tag("option", { value })).join("")}</datalist>`] : [])
  }
}
