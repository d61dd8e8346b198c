// A plain `<form>` made from a definition, for pages with a design of their own: each field as HTML has it, with its label, hint and
// rules, so that it works and is accessible without a script.

// Kinds that are no `<input>` of that type.
const KINDS = { heading, hidden, textarea, select, radio: group, checkboxes: group, checkbox: tick, consent: tick }
// What an input takes over from its field.
const RULES = ["autocomplete", "minlength", "maxlength", "min", "max", "step", "pattern", "placeholder", "multiple"]
const LINK = /\[([^[\]]*)\]\(((?:https:\/\/|mailto:|http:\/\/localhost)[^\s()]*)\)/g

export function plainForm(definition, { action, version, escaped }) {
  const { title, description, locale, submit_label, fields = [] } = definition
  const tag = (name, attributes) => `<${name}${attributesOf(attributes, escaped)}>`
  // A text of the owner, with its links.
  const linked = (text) => escaped(text).replace(LINK, (_, words, href) => `<a href="${href}" target="_blank" rel="noopener">${words}</a>`)
  const context = { escaped, linked, tag }
  return [
    tag("form", { method: "post", action, lang: locale }),
    ...title ? [`  <h2>${escaped(title)}</h2>`] : [],
    ...description ? [`  <p>${linked(description)}</p>`] : [],
    ...version ? [`  ${tag("input", { type: "hidden", name: "_version", value: version })}`] : [],
    ...fields.flatMap((field) => (KINDS[field.type] ?? input)(field, context)).map((line) => `  ${line}`),
    `  <button>${escaped(submit_label || "Send")}</button>`,
    "</form>\n",
  ].join("\n")
}

function attributesOf(attributes, escaped) {
  return Object.entries(attributes).filter(([, value]) => ![undefined, null, false, ""].includes(value))
    .map(([name, value]) => value === true ? ` ${name}` : ` ${name}="${escaped(value)}"`).join("")
}

function heading({ label, hint }, { escaped, linked }) {
  return [`<h3>${escaped(label ?? "")}</h3>`, ...hint ? [`<p>${linked(hint)}</p>`] : []]
}

function hidden({ name, value }, { tag }) {
  return [tag("input", { type: "hidden", name, value })]
}

function input(field, context) {
  const { type, suggestions = [] } = field
  const list = suggestions.length > 0 && `list-${field.name}`
  return labelled(field, context, [
    context.tag("input", { type, ...common(field), ...rules(field, RULES), value: field.value, list }),
    ...list ? [`${context.tag("datalist", { id: list })}${suggestions.map((value) => context.tag("option", { value })).join("")}</datalist>`] : [],
  ])
}

function textarea(field, context) {
  const start = context.tag("textarea", { ...common(field), ...rules(field, RULES.filter((name) => name !== "pattern")), rows: 5 })
  return labelled(field, context, [`${start}\n${context.escaped(field.value ?? "")}</textarea>`])
}

function select(field, context) {
  const { escaped, tag } = context
  const { options = [], multiple } = field
  const choose = !multiple && options.every(({ value }) => value !== "") ? ["  <option value=\"\"></option>"] : []
  let open
  const lines = options.flatMap(({ value, label, group, disabled }) => {
    const turn = group === open ? [] : [...open ? ["  </optgroup>"] : [], ...group ? [`  ${tag("optgroup", { label: group })}`] : []]
    open = group
    return [...turn, `  <option value="${escaped(value)}"${attributesOf({ disabled, selected: value === field.value }, escaped)}>${escaped(label ?? value)}</option>`]
  })
  const end = open ? ["  </optgroup>"] : []
  return labelled(field, context, [
    tag("select", { ...common(field), ...rules(field, ["autocomplete", "multiple"]) }), ...choose, ...lines, ...end, "</select>",
  ])
}

// Radio buttons or checkboxes of one name. HTML has no rule that one of several checkboxes has to be ticked; the service has.
function group(field, context) {
  const { escaped, tag } = context
  const type = field.type === "radio" ? "radio" : "checkbox"
  return [
    tag("fieldset", { "aria-describedby": field.hint && `hint-${field.name}` }),
    `  <legend>${escaped(nameOf(field))}${mark(field)}</legend>`,
    ...hintOf(field, context).map((line) => `  ${line}`),
    ...(field.options ?? []).map(({ value, label, disabled }, index) => {
      const id = `field-${field.name}-${index + 1}`
      const box = tag("input", { type, id, name: field.name, required: type === "radio" && field.required, disabled, checked: value === field.value })
        .replace(/>$/, ` value="${escaped(value)}">`)
      return `  <div>${box} ${tag("label", { for: id })}${escaped(label ?? value)}</label></div>`
    }),
    "</fieldset>",
  ]
}

// One checkbox; a consent has the text agreed to.
function tick(field, context) {
  const { escaped, tag, linked } = context
  const required = field.required ?? field.type === "consent"
  const words = field.type === "consent" && field.text ? linked(field.text) : escaped(nameOf(field))
  const box = tag("input", { type: "checkbox", ...common({ ...field, required }), value: field.value })
  const label = `${tag("label", { for: `field-${field.name}` })}${words}${mark({ required })}</label>`
  return ["<div>", ...[...hintOf(field, context), box, label].map((line) => `  ${line}`), "</div>"]
}

function labelled(field, context, lines) {
  const label = `${context.tag("label", { for: `field-${field.name}` })}${context.escaped(nameOf(field))}${mark(field)}</label>`
  return ["<div>", ...[label, ...hintOf(field, context), ...lines].map((line) => `  ${line}`), "</div>"]
}

function common({ name, required, hint }) {
  return { id: `field-${name}`, name, required, "aria-describedby": hint && `hint-${name}` }
}

function rules(field, names) {
  return Object.fromEntries(names.map((name) => [name, field[name]]))
}

function hintOf({ hint, name }, { linked, tag }) {
  return hint ? [`${tag("p", { id: `hint-${name}` })}${linked(hint)}</p>`] : []
}

function nameOf({ label, name }) {
  return label || name
}

// For those who see; `required` says it to all others.
function mark({ required }) {
  return required ? " <span aria-hidden=\"true\">*</span>" : ""
}
