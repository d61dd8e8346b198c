// A view of a list alone, or with a reading pane beside it; on a narrow screen the pane takes the place of the list.
import { addressOf, change, here } from "./address.js"
import { bdi, div, fill, h, p, setAttributes, span } from "./dom.js"
import { failure, loading } from "./states.js"

// `read(id, signal)` resolves to what `content(data)` makes nodes of, `title` names the pane for screen readers, and a new list
// is loaded when `filtersOf(at)` changes. `isSingle`: the pane takes the place of the list on a wide screen, too.
export function splitOf({ list, above, title, read, content, whenNone, filtersOf = () => "", isSingle = false }) {
  const pane = h("section", { class: "pane", "aria-label": title, tabindex: "-1" })
  const side = h("section", { class: "side" }, above, list.element)
  const element = div(isSingle ? "split single" : "split", side, pane)
  let open
  let filters
  let stopper
  // Whether the focus stays in the list, as long as that is visible.
  let isStep = false

  const view = {
    element,
    get open() {
      return open
    },

    // Shows the list of a view, and its item or none. What is shown already is not read again.
    async show(at) {
      const { id } = at
      const isFirst = filters === undefined
      if (filtersOf(at) !== filters) {
        filters = filtersOf(at)
        list.open()
      }
      if (id === open && !isFirst) return
      const former = open
      open = id
      list.draw()
      stopper?.abort()
      setAttributes(element, { "data-open": Boolean(id) })
      fill(pane, id ? [back(), loading()] : p("state", whenNone))
      // To read with the keyboard what was opened, and to go on in the list where it was left.
      if (isStep && side.checkVisibility() || !id) list.focus(id ?? former)
      else if (!isFirst) pane.focus({ preventScroll: true })
      if (id) await view.load()
    },

    async load() {
      stopper?.abort()
      stopper = new AbortController()
      const { signal } = stopper
      try {
        const data = await read(open, signal)
        if (!signal.aborted) fillPane(data)
      } catch (error) {
        if (!signal.aborted) fill(pane, back(), failure(error, view.load))
      }
    },

    // The row of an item of the list, whose link opens it.
    row: (id, name, rest, meta, kind, before, after) => h("li", { class: `row ${kind || ""} ${id === open ? "open" : ""}` },
      before,
      h("a", { href: addressOf({ ...here(), id }), "aria-current": id === open && "true" }, span("name", bdi(name)), span("rest", rest), span("meta", meta)),
      after),

    // Opens the item `step` places after the open one; whether there is one.
    move(step) {
      const keys = list.shown().map(list.keyOf)
      const at = keys.indexOf(open)
      const key = keys[at < 0 ? (step > 0 ? 0 : -1) : at + step]
      return key !== undefined && view.step(key)
    },

    // Opens an item, or none, with the focus in the list.
    step(id) {
      isStep = true
      change({ id }, { replaces: Boolean(open) })
      isStep = false
      return true
    },

    close() {
      stopper?.abort()
      list.close()
    },

    keys: {
      j: () => view.move(1),
      k: () => view.move(-1),
      u: () => open && (change({ id: "" }), true),
    },
  }
  return view

  // Fills the pane; the button that had the focus has it again.
  function fillPane(data) {
    const label = pane.contains(document.activeElement) && document.activeElement.dataset.act
    fill(pane, back(), content(data))
    if (label) pane.querySelector(`[data-act="${label}"]`)?.focus()
  }

  function back() {
    return p("back", h("a", { href: addressOf({ ...here(), id: "" }) }, "Back to the list"))
  }
}

// A list alone, with `above` above it.
export function linesOf(list, above) {
  let filters
  return {
    element: h("section", { class: "side whole" }, above, list.element),
    show(at) {
      if (at.form !== filters || !list.isOpen) list.open()
      filters = at.form
    },
    close: list.close,
    keys: {},
  }
}
