// The parts of the builder: three columns where there is space for them, the last of which has tabs, else one column with tabs.
import { div, h, setAttributes } from "../dom.js"
import { tabsOf } from "./tabs.js"

const WIDE = "(min-width: 62.5rem)"

// `parts` are { name, title, element, isColumn, whenShown }. `show(name)` brings a part to the front; `element` has them all.
export function layoutOf(parts) {
  const wide = matchMedia(WIDE)
  const tabs = tabsOf("Parts of the form", parts.map(({ name, title }) => [`tab-${name}`, title, `panel-${name}`]), (index) => show(parts[index].name))
  const panels = parts.map(({ name, element, isColumn }) =>
    h("section", { id: `panel-${name}`, class: `panel ${isColumn ? "column" : "side-panel"}` }, element))
  const element = div("columns", tabs.element, panels)
  // The index of the part in front.
  let shown = -1

  wide.addEventListener("change", arrange)
  arrange()
  return { element, show, close: () => wide.removeEventListener("change", arrange) }

  // Whether a part has a tab now.
  function isTab(index) {
    return !(wide.matches && parts[index]?.isColumn)
  }

  function arrange() {
    parts.forEach(({ name, title }, index) => {
      const panel = panels[index]
      const has = isTab(index)
      tabs.nodes[index].hidden = !has
      setAttributes(panel, { role: has ? "tabpanel" : "region", "aria-label": !has && title, "aria-labelledby": has && `tab-${name}` })
      if (!has) panel.hidden = false
    })
    const first = panels.findIndex((_, index) => isTab(index))
    // The tabs are before what they show, also for the keyboard.
    element.insertBefore(tabs.element, panels[first])
    show(parts[shown >= 0 && isTab(shown) ? shown : first].name)
  }

  function show(name) {
    const next = parts.findIndex((part) => part.name === name)
    if (!isTab(next)) return
    // The focus does not stay in a part that is hidden then.
    const isLost = next !== shown && isTab(shown) && panels[shown]?.contains(document.activeElement)
    shown = next
    panels.forEach((panel, index) => panel.hidden = isTab(index) && index !== next)
    tabs.mark(next)
    parts[next].whenShown?.()
    if (isLost) tabs.nodes[next].focus()
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
