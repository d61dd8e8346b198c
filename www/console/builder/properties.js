// The properties of the field that is selected: what visitors read, what is required, and what the edge then refuses.
import { announce, button, div, fill, h, p } from "../dom.js"
import { offerUndo } from "../notice.js"
import { duplicated, fieldsOf, MAX_FIELDS, removed, restored, withKind, withLabel } from "./actions.js"
import { focusField, moveField } from "./fields.js"
import { bound, inputOf, isNew } from "./inputs.js"
import { has, KINDS } from "./kinds.js"
import { canBeText, optionsFrom, textFrom, withoutBullets } from "./options.js"
import { testerOf } from "./tester.js"
import { titleOf } from "./words.js"

// What browsers fill in by themselves; HTML has more, for which there is the JSON.
const TOKENS = [
  ["", "Nothing in particular"], ["name", "Full name"], ["given-name", "First name"], ["family-name", "Family name"],
  ["email", "E-mail address"], ["tel", "Phone number"], ["organization", "Company"], ["organization-title", "Job title"], ["street-address", "Street address"],
  ["postal-code", "Postal code"], ["address-level2", "City"], ["country-name", "Country"], ["url", "Website"], ["bday", "Birthday"],
  ["off", "Never fill in"],
]
// Kinds whose limits are chosen in the browser's own control, and what their steps count.
const PICKED = { date: "days", time: "seconds", "datetime-local": "seconds", month: "months", week: "weeks" }
// What the value of a kind is, where it is not what the field is filled in with.
const VALUES = { checkbox: "Value that is sent", consent: "Value that is sent", hidden: "Value" }

export function propertiesPanel(builder) {
  const { model } = builder
  const none = p("state", "Choose a field, or add one.")
  const rest = div("members")
  const kind = inputOf(builder, at("type"), {
    label: "Kind", kind: "select", options: [...KINDS].map(([kind, { words }]) => [kind, words]),
    set: (kind) => model.change((definition) => withKind(definition, builder.selected, kind)),
  })
  const label = inputOf(builder, at("label"), {
    label: "Label",
    set(text) {
      const names = fieldsOf(builder.published ?? {}).map(({ name }) => name)
      const next = withLabel(model.definition, builder.selected, text, names)
      model.set(["fields", builder.selected], next.fields[builder.selected], { isTyping: true })
    },
  })
  const form = div("properties", label, kind, rest, actions())
  const element = div("", none, bound(form, draw))
  return { element }

  // The path of a member of the selected field, if there is one.
  function at(...path) {
    return () => model.get(["fields", builder.selected]) && ["fields", builder.selected, ...path]
  }

  function valueAt(member) {
    return model.get(["fields", builder.selected, member])
  }

  // Only another kind has other inputs: those of one kind show whatever field is selected.
  function draw() {
    const field = model.get(["fields", builder.selected])
    none.hidden = Boolean(field)
    form.hidden = !field
    if (field && isNew(rest, field.type)) fill(rest, membersOf(field.type))
  }

  function membersOf(kind) {
    const input = (member, label, given = {}) => has(kind, member) && inputOf(builder, at(member), { label, ...given })
    const line = (member, label, hint) => input(member, label, { kind: "textarea", attributes: { rows: 2 }, hint })
    const unit = PICKED[kind]
    const limit = { kind: unit ? kind : "number", attributes: { step: "any" } }
    return [
      input("required", kind === "consent" ? "Has to be given" : "Required", {
        kind: "checkbox", ...kind === "consent" && { read: (value) => value ?? true, write: (isTicked) => isTicked ? undefined : false },
      }),
      line("text", "Text agreed to", "Recorded with each lead. A link is written [words](https://example.com)."),
      has(kind, "options") && optionsInput(),
      input("multiple", kind === "email" ? "Several addresses, with commas" : "Several can be chosen", { kind: "checkbox" }),
      line("hint", "Help below the label"),
      input("placeholder", "Example in the empty field"),
      group("What is accepted",
        input("minlength", "Shortest: characters", { kind: "number", attributes: { min: 0 } }),
        input("maxlength", "Longest: characters", { kind: "number", attributes: { min: 0 } }),
        input("min", unit ? "Earliest" : "Smallest", limit),
        input("max", unit ? "Latest" : "Largest", limit),
        input("step", unit ? `In steps of: ${unit}` : "In steps of", {
          kind: "number", hint: "“any” takes every value", attributes: { type: "text" },
        }),
        has(kind, "pattern") && input("pattern", "Pattern", {
          hint: "A regular expression for the whole text, such as [0-9]{4}", attributes: { spellcheck: "false", autocapitalize: "off" },
        }),
        has(kind, "pattern") && testerOf(() => valueAt("pattern"))),
      group("What is filled in",
        input("value", VALUES[kind] ?? "Filled in with", {
          ...unit && { kind },
          ...has(kind, "options") && { kind: "select", options: () => choices(valueAt("options")) },
        }),
        input("autocomplete", "Browsers fill in", { kind: "select", options: TOKENS }),
        has(kind, "suggestions") && inputOf(builder, at("suggestions"), {
          label: "Suggestions, one a line", kind: "textarea", read: (list) => (list ?? []).join("\n"), write: linesOf,
        }),
        input("prefill", "From the address of the page: ?name=value", { kind: "checkbox" }),
        input("sensitive", "Not kept in the browser until it is sent", { kind: "checkbox" })),
      group("More",
        input("width", "Half as wide, beside another one", {
          kind: "checkbox", read: (width) => width === "half", write: (isHalf) => isHalf ? "half" : undefined,
        }),
        input("name", "Name in leads and addresses", {
          hint: "Made of the label until the form is published, and kept then.", attributes: { spellcheck: "false", autocapitalize: "off" },
        }),
        input("core_name", "Name in the core, if it is another one", { attributes: { spellcheck: "false", autocapitalize: "off" } })),
    ]
  }

  function optionsInput() {
    const node = inputOf(builder, at("options"), {
      label: "Options, one a line", kind: "textarea", attributes: { rows: 6 },
      hint: "Paste as many as you like. To send something else than is read: value = text. # begins a group, ! what cannot be chosen.",
      read: (options) => textFrom(options ?? []),
      write: (text) => optionsFrom(text),
    })
    const area = node.querySelector("textarea")
    area.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text/plain")
      const plain = withoutBullets(text)
      if (plain === text) return
      event.preventDefault()
      area.setRangeText(plain, area.selectionStart, area.selectionEnd, "end")
      area.dispatchEvent(new Event("input"))
    })
    const note = p("hint", "These options have values that only the JSON can change.")
    return bound(div("", node, note), () => {
      const isText = canBeText(valueAt("options") ?? [])
      note.hidden = isText
      area.readOnly = !isText
    })
  }

  function actions() {
    const place = h("input", { type: "number", min: 1, class: "place", "aria-label": "Position", inputmode: "numeric" })
    place.addEventListener("change", () => {
      const { length } = fieldsOf(model.definition)
      const to = Math.min(Math.max(Math.round(place.valueAsNumber) || 1, 1), length) - 1
      if (to !== builder.selected) moveField(builder, builder.selected, to)
      place.value = builder.selected + 1
    })
    const count = bound(h("span", {}), (node) => {
      const { length } = fieldsOf(model.definition)
      node.textContent = `of ${length}`
      place.max = length
      if (!place.matches(":focus")) place.value = builder.selected + 1
    })
    return div("actions field-actions",
      h("span", { "aria-hidden": "true" }, "Position"), place, count,
      button("Duplicate", duplicate),
      button("Delete field", () => deleteField(builder), { class: "danger" }))
  }

  function duplicate() {
    const { selected } = builder
    const { length } = fieldsOf(model.definition)
    if (length >= MAX_FIELDS) return announce(`A form has at most ${MAX_FIELDS} fields`)
    model.change((definition) => duplicated(definition, selected))
    builder.show(`fields[${selected + 1}].label`)
    announce(`${titleOf(model.get(["fields", selected + 1]))}, duplicated`)
  }
}

// Deletes the selected field, which can be undone.
function deleteField(builder) {
  const { model, selected } = builder
  const field = model.get(["fields", selected])
  const title = titleOf(field, selected)
  model.change((definition) => removed(definition, selected))
  const after = model.definition
  offerUndo(`${title} is deleted.`, {
    undo() {
      if (model.definition === after) model.undo()
      else model.change((definition) => restored(definition, Math.min(selected, fieldsOf(definition).length), field))
      builder.show(`fields[${selected}].label`)
    },
  })
  builder.show("fields")
  focusField()
}

// A part that is opened when it is needed; nothing where it would be empty.
function group(title, ...inputs) {
  const shown = inputs.filter(Boolean)
  return shown.length > 0 && h("details", { class: "group" }, h("summary", {}, title), shown)
}

function choices(options) {
  return [["", "Nothing"], ...(options ?? []).map(({ value, label }) => [value, label || value])]
}

function linesOf(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean)
  return lines.length > 0 ? lines : undefined
}
