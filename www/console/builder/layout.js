// The parts of the builder: three columns where there is space for them, the last of which has tabs, else one column with tabs.
import { div, h } from "../dom.js"

const WIDE = "(min-width: 62.5rem)"

// `parts` are { name, title, element, isColumn, whenShown }. `show(name)` brings a part to the front; `element` has them all.
export function layoutOf(parts) {
  const wide = matchMedia(WIDE)
  const tabs = new Map(parts.map(({ name, title }) => [name, tabOf(name, title)]))
  const list = h("div", { role: "tablist", "aria-label": "Parts of the form", class: "tabs" }, [...tabs.values()])
  const panels = new Map(parts.map(({ name, element, isColumn }) =>
    [name, h("section", { id: `panel-${name}`, class: `panel ${isColumn ? "column" : "side-panel"}` }, element)]))
  const element = div("columns", list, [...panels.values()])
  let shown

  list.addEventListener("keydown", (event) => {
    const names = reachable()
    const at = names.indexOf(shown)
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    show(names.at(next % names.length))
    tabs.get(shown).focus()
  })
  wide.addEventListener("change", arrange)
  arrange()
  return { element, show, get isWide() {
    return wide.matches
  }, close: () => wide.removeEventListener("change", arrange) }

  function tabOf(name, title) {
    const tab = h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}` }, title)
    tab.addEventListener("click", () => show(name))
    return tab
  }

  // The names of the parts that have a tab now.
  function reachable() {
    return parts.filter(({ isColumn }) => !(wide.matches && isColumn)).map(({ name }) => name)
  }

  function arrange() {
    const names = reachable()
    for (const { name, title, isColumn } of parts) {
      const panel = panels.get(name)
      const isTab = names.includes(name)
      tabs.get(name).hidden = !isTab
      panel.setAttribute("role", isTab ? "tabpanel" : "region")
      if (isTab) panel.removeAttribute("aria-label")
      else panel.setAttribute("aria-label", title)
      if (isTab) panel.setAttribute("aria-labelledby", `tab-${name}`)
      else panel.removeAttribute("aria-labelledby")
      if (isColumn && !isTab) panel.hidden = false
    }
    // The tabs are before what they show, also for the keyboard.
    element.insertBefore(list, panels.get(names[0]))
    show(names.includes(shown) ? shown : names[0])
  }

  function show(name) {
    const names = reachable()
    if (!names.includes(name)) return
    // The focus does not stay in a part that is hidden then.
    const isLost = name !== shown && panels.get(shown)?.contains(document.activeElement) && names.includes(shown)
    shown = name
    for (const each of names) {
      panels.get(each).hidden = each !== name
      tabs.get(each).setAttribute("aria-selected", String(each === name))
      tabs.get(each).tabIndex = each === name ? 0 : -1
    }
    parts.find((part) => part.name === name).whenShown?.()
    if (isLost) tabs.get(name).focus()
  }
}

// A panel that is made when it is first shown.
export function lazily(make) {
  const element = div("")
  let panel
  return {
    element,
    close: () => panel?.close(),
    whenShown() {
      if (!panel) element.append((panel = make()).element)
    },
  }
}
