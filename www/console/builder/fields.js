// The list of fields: choose one, move it, add one. A field is moved by its buttons, by Alt with an arrow, or by dragging its
// handle; where it is then is announced, and the focus stays on it.
import { counted } from "../count.js"
import { announce, button, div, fill, h, mark, p, setAttributes, span } from "../dom.js"
import { added, fieldsOf, MAX_FIELDS, moved } from "./actions.js"
import { draggable } from "./drag.js"
import { bound, isNew } from "./inputs.js"
import { KINDS, isRequired, wordsOf } from "./kinds.js"
import { isWithin } from "./paths.js"
import { titleOf } from "./words.js"

export function fieldsPanel(builder) {
  const { model } = builder
  const list = h("ol", { class: "field-list", "aria-label": "Fields" })
  // Row after row, whatever field it shows: a field that is moved takes no node with it, and the focus goes to its new row.
  const rows = []
  const none = p("state", "No fields yet. A form needs at least one, such as an e-mail address.")
  draggable(list, (from, to) => move(from, to, "handle"))
  const element = div("fields-panel", h("h3", {}, "Fields"), none, bound(list, draw),
    p("hint", "Alt with ↑ or ↓ moves a field, or drag it by ⠿."), adder())
  list.addEventListener("keydown", (event) => {
    const index = rows.findIndex(({ node }) => node.contains(event.target))
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (!step || index < 0) return
    event.preventDefault()
    if (event.altKey) move(index, index + step, event.target.dataset.act)
    else rows[index + step]?.focus(event.target.dataset.act)
  })
  return { element }

  function draw() {
    const fields = fieldsOf(model.definition)
    while (rows.length > fields.length) rows.pop().node.remove()
    while (rows.length < fields.length) {
      rows.push(rowOf(rows.length))
      list.append(rows.at(-1).node)
    }
    rows.forEach((row, index) => row.show(fields[index]))
    none.hidden = fields.length > 0
  }

  function rowOf(index) {
    const choose = button("", () => {
      builder.select(index)
      builder.show("field")
    }, { class: "field-name", "data-act": "choose" })
    const up = button("↑", () => move(index, index - 1, "up"), { "data-act": "up" })
    const down = button("↓", () => move(index, index + 1, "down"), { "data-act": "down" })
    const handle = h("span", { class: "handle", "aria-hidden": "true", title: "Drag to move" }, "⠿")
    const node = h("li", { class: "field-row" }, handle, choose, up, down)
    return {
      node,
      focus: (act) => (node.querySelector(`[data-act="${act}"]`) ?? choose).focus(),
      show(field) {
        const faults = builder.faults.filter(({ path }) => isWithin(path, `fields[${index}]`)).length
        const isSelected = index === builder.selected
        const count = rows.length
        if (!isNew(node, [field, faults, isSelected, count])) return
        const title = titleOf(field, index)
        node.classList.toggle("open", isSelected)
        fill(choose,
          span("name", title),
          span("meta", wordsOf(field.type), mark(isRequired(field) && "required"), mark(faults > 0 && counted(faults, "fault"))))
        setAttributes(choose, { "aria-current": isSelected && "true" })
        setAttributes(up, { "aria-label": `Move ${title} up` })
        setAttributes(down, { "aria-label": `Move ${title} down` })
        up.classList.toggle("idle", index === 0)
        down.classList.toggle("idle", index === count - 1)
      },
    }
  }

  function move(from, to, act) {
    moveField(builder, from, to)
    const index = builder.selected
    rows[index]?.focus(act)
  }

  function adder() {
    const kinds = [...KINDS.keys()].map((kind) => button(wordsOf(kind), () => {
      node.open = false
      const { length } = fieldsOf(model.definition)
      if (length >= MAX_FIELDS) return announce(`A form has at most ${MAX_FIELDS} fields`)
      model.change((definition) => added(definition, kind))
      builder.show(`fields[${length}].label`)
      document.activeElement.select?.()
    }, { class: "plain" }))
    const node = h("details", { class: "add" }, h("summary", { class: "button" }, "Add a field"), div("kinds", kinds))
    return node
  }
}

// Moves a field and selects it. An index that is none is announced.
export function moveField(builder, from, to) {
  const { model } = builder
  const fields = fieldsOf(model.definition)
  const title = titleOf(fields[from], from)
  if (to < 0 || to >= fields.length) {
    builder.select(from)
    return announce(`${title} is ${to < 0 ? "the first" : "the last"} already`)
  }
  // Selected first, so that each part shows the field in its new place at once.
  builder.select(to)
  model.change((definition) => moved(definition, from, to))
  announce(`${title}, now ${to + 1} of ${fields.length}`)
}

// The row of the selected field gets the focus, or else the button that adds one.
export function focusField() {
  document.querySelector(".field-name[aria-current], .add summary").focus()
}
