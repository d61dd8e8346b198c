// Nodes of the console. Nothing is ever parsed as markup: what a visitor typed enters the page as text only.
import { setAttributes } from "../widget/dom.js"

export { setAttributes }

// An element with its children, see `fill`.
export function h(name, attributes, ...children) {
  const node = document.createElement(name)
  setAttributes(node, attributes)
  return fill(node, children)
}

// Gives a node these children in place of those it has: nodes, texts and lists of them, without those that are null, undefined,
// false or "".
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(5).filter((child) => child || child === 0))
  return node
}

// The most frequent elements, with their class or "".
export function p(kind, ...children) {
  return h("p", { class: kind || null }, children)
}

export function div(kind, ...children) {
  return h("div", { class: kind || null }, children)
}

export function span(kind, ...children) {
  return h("span", { class: kind || null }, children)
}

// A button that ignores clicks while `act` is running. `act` may reject: `failed` shows why.
export function button(text, act, attributes) {
  const node = h("button", { type: "button", ...attributes }, text)
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-disabled")) return
    setAttributes(node, { "aria-disabled": "true" })
    try {
      await act(node)
    } catch (error) {
      failed(error)
    } finally {
      setAttributes(node, { "aria-disabled": false })
    }
  })
  return node
}

// A control with its label.
export function labelled(text, control, attributes) {
  return h("label", { class: "field", ...attributes }, span("", text), control)
}

export function select(name, options, attributes) {
  return h("select", { name, ...attributes }, options.map(([value, text]) => h("option", { value }, text)))
}

// A short word about an item, if there is one.
export function mark(text) {
  return text && [" ", span("mark", text)]
}

// A value of a visitor or an owner, kept from changing the direction of the text around it.
export function bdi(text) {
  return h("bdi", {}, String(text))
}

// Terms with their descriptions; entries without a description are left out.
export function terms(entries, attributes) {
  const shown = entries.filter(([, value]) => value || value === 0)
  return shown.length > 0 && h("dl", attributes, shown.map(([name, value]) => div("", h("dt", {}, bdi(name)), h("dd", {}, value))))
}

// A dialog that is removed when it closes, and gives the focus back. `content` gets the function that closes it.
export function dialog(title, content) {
  const node = h("dialog", { "aria-labelledby": "dialog-title" })
  fill(node, h("h2", { id: "dialog-title" }, title), content(() => node.close()))
  node.addEventListener("close", () => node.remove())
  document.body.append(node)
  node.showModal()
}

// Asks before something that cannot be taken back; `act` runs after a yes.
export function confirm(title, text, yes, act) {
  dialog(title, (close) => [
    p("", text),
    h("div", { class: "actions" },
      button("Cancel", close),
      button(yes, async () => {
        await act()
        close()
      }, { class: "danger" })),
  ])
}

// A button that copies a text and announces it.
export function copyButton(text, label) {
  return button("Copy", async (node) => {
    await navigator.clipboard.writeText(text)
    node.textContent = "Copied"
    announce(`${label} copied`)
  }, { "aria-label": `Copy ${label}` })
}

// Saves a file among the reader's downloads.
export function saveFile(name, blob) {
  const href = URL.createObjectURL(blob)
  h("a", { href, download: name }).click()
  // Browsers read it after the click.
  setTimeout(() => URL.revokeObjectURL(href), 60_000)
}

// Announces a text to screen readers; the same text twice is announced twice.
export function announce(text) {
  const region = document.getElementById("announce")
  region.textContent = region.textContent === text ? `${text}\u00a0` : text
}

let onFailure = () => {}

export function setOnFailure(show) {
  onFailure = show
}

// Shows why something that the reader asked for was not done.
export function failed(error) {
  onFailure(error)
}
