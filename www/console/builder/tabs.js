// A list of tabs, of which one is chosen: the arrow keys, Home and End go from one to another.
import { div, h, setAttributes } from "../dom.js"

// `tabs` are [id, words, the id of the tab's panel]; `choose(index)` is called for the tab that is to be chosen. `isWrapped`: in
// several rows, where ↑ and ↓ count, too.
export function tabsOf(label, tabs, choose, isWrapped) {
  const nodes = tabs.map(([id, words, panel], index) => {
    const node = h("button", { type: "button", role: "tab", id, "aria-controls": panel }, words)
    node.addEventListener("click", () => choose(index))
    return node
  })
  const element = div("tabs", nodes)
  setAttributes(element, { role: "tablist", "aria-label": label })
  element.addEventListener("keydown", (event) => {
    const shown = nodes.filter(({ hidden }) => !hidden)
    const at = shown.indexOf(event.target)
    const [back, on] = isWrapped ? ["ArrowUp", "ArrowDown"] : []
    const next = { ArrowRight: at + 1, [on]: at + 1, ArrowLeft: at - 1, [back]: at - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    const node = shown.at(next % shown.length)
    node.click()
    node.focus()
  })
  return {
    element,
    nodes,

    // Marks a tab as chosen.
    mark(chosen) {
      nodes.forEach((node, index) => setAttributes(node, { "aria-selected": String(index === chosen), tabindex: index === chosen ? 0 : -1 }))
    },
  }
}
