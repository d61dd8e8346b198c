// Inputs that are bound to a path of the definition: each shows the value there, writes what is typed, and shows the faults that
// the edge found there.
import { bdi, div, fill, h, p, setAttributes } from "../dom.js"
import { isSame } from "./model.js"
import { isWithin, textOf } from "./paths.js"

// How nodes of the builder are brought up to date. Nodes that left the page are forgotten with their entry.
const refreshes = new WeakMap()
// The text of a control when its own undo of the browser begins: when it got the focus, or was filled by the builder.
const baselines = new WeakMap()
// What nodes were filled with, as JSON.
const fillings = new WeakMap()
let count = 0

// Calls `refresh(node)` now, and after each change of the definition or of the builder's state while the node is in the page.
export function bound(node, refresh) {
  refreshes.set(node, refresh)
  node.setAttribute("data-bound", "")
  refresh(node)
  return node
}

// Whether a node is to be filled with something else than before.
export function isNew(node, filling) {
  const text = JSON.stringify([filling])
  const isOther = fillings.get(node) !== text
  fillings.set(node, text)
  return isOther
}

// Brings all that is bound up to date, in the builder's element and, when that is in the page, in dialogs, too.
export function refreshAll(element) {
  const root = element.isConnected ? document : element
  for (const node of root.querySelectorAll("[data-bound]")) refreshes.get(node)?.(node)
}

// A control with its label, hint and faults. `path` is a list, or a function that returns one. `kind` is text, number, checkbox,
// select (with `options`, a list of [value, words] or a function), textarea, color, or another `type` of an input. An empty text
// takes the member away. `read(value)` is the text that the control shows for a value, `write(text)` the value for a text; of a
// checkbox, both are booleans. `set(value)` puts the value into the definition in another way.
export function inputOf(builder, path, given) {
  const { label, kind = "text", options, hint, placeholder, attributes, read, write, set } = { ...KINDS[given.kind] ?? KINDS.text, ...given }
  const id = `input-${count += 1}`
  const at = typeof path === "function" ? path : () => path
  const tag = ["select", "textarea"].includes(kind) ? kind : "input"
  const control = h(tag, {
    type: tag === "input" && kind, rows: kind === "textarea" && 3, id, placeholder, autocomplete: "off",
    "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-faults`, ...attributes,
  })
  const faults = h("div", { class: "faults", id: `${id}-faults` })
  const help = hint && h("p", { class: "hint", id: `${id}-hint` }, hint)
  const name = h("label", { for: id }, label)
  const isBox = kind === "checkbox"
  const property = isBox ? "checked" : "value"

  control.addEventListener("input", () => {
    const next = write(control[property])
    if (set) set(next)
    else builder.model.set(at(), next, { isTyping: !isBox && kind !== "select" })
  })
  const node = div(`input ${isBox ? "box" : ""}`, isBox ? [control, name] : [name], help, !isBox && control, faults)
  return bound(node, () => {
    const path = at()
    if (!path) return
    const text = textOf(path)
    const current = builder.model.get(path)
    // What is typed stays as it is, as long as it means the same: "1." is the number 1.
    const next = read(current)
    if (kind === "select") offer(control, options, next)
    if (!isSame(write(control[property]), current) || !control.matches(":focus")) {
      if (control[property] !== next) {
        control[property] = next
        baselines.set(control, next)
      }
    }
    const found = builder.faults.filter(({ path }) => isWithin(path, text))
    if (isNew(faults, found)) fill(faults, found.map(({ reason }) => p("fault", bdi(reason))))
    setAttributes(control, { "data-path": text, "aria-invalid": found.length > 0 && "true" })
  })
}

const read = (value) => String(value ?? "")
// How a kind of control shows a value, and the value of what it has.
const KINDS = {
  text: { read, write: (text) => text || undefined },
  // What is no number stays a text, for the edge to name.
  number: { read, write: (text) => text === "" ? undefined : Number.isFinite(Number(text)) ? Number(text) : text },
  checkbox: { read: (value) => value === true, write: (isTicked) => isTicked || undefined },
}

// Fills a list. A value that is none of the choices becomes one, so that it is shown and kept.
function offer(control, options, value) {
  const choices = typeof options === "function" ? options() : options
  const all = choices.some(([each]) => each === value) ? choices : [...choices, [value, value]]
  if (isNew(control, all)) fill(control, all.map(([value, words]) => h("option", { value }, words)))
}

// Whether the browser's own undo has something of this control to take back, which then goes before the builder's.
export function hasOwnUndo(control) {
  if (!control.matches("input:not([type=checkbox], [type=color], [type=range], [type=file]), textarea")) return false
  return !baselines.has(control) || baselines.get(control) !== control.value
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-path]")) baselines.set(target, target.value)
})
