// The panel Snippet: the code for each kind of page, to copy, and whether the form is seen on pages.
import { bdi, copyButton, div, h, p } from "../dom.js"
import { bound } from "./inputs.js"
import { installPart } from "./install.js"
import { qrImage } from "./qr-image.js"
import { snippetsOf } from "./snippets.js"

// A honeypot's name that the service has made of the form's key: src/form/trap.rs.
const MADE = /^[g-z][\da-f]{10}$/

export function snippetPanel(builder) {
  const state = p("hint")
  const list = h("div", { role: "tablist", "aria-label": "Kind of page", class: "tabs" })
  const panel = h("div", { role: "tabpanel", id: "snippet", class: "part" })
  const install = installPart(builder)
  let snippets = []
  let chosen = "html"

  list.addEventListener("keydown", (event) => {
    const at = snippets.findIndex(({ id }) => id === chosen)
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    choose(snippets.at(next % snippets.length).id)
    tabOf(chosen).focus()
  })

  const element = bound(div("snippet", state, list, panel, install.element), draw)
  install.watch(element)
  return { element, close: install.close }

  // What pages have is what is published, so that is what a plain form is made of.
  function draw() {
    const { key, published, version, model } = builder
    const isPublic = builder.status === "published"
    state.textContent = isPublic
      ? "Paste it once: pages show each new version by themselves. Only “Your own design” is pasted again when fields change."
      : "The form is not public yet. Paste the code whenever you like; it shows the form once that is published."
    const definition = isPublic && published || model.definition
    const { honeypot } = definition
    const trap = honeypot === true ? builder.public?.aux_inputs?.find((name) => MADE.test(name)) : honeypot
    const made = snippetsOf({ key, service: location.origin, definition, version: isPublic ? version : undefined, trap })
    if (JSON.stringify(made) === JSON.stringify(snippets)) return
    snippets = made
    if (!list.hasChildNodes()) list.append(...snippets.map(({ id, name }) => {
      const tab = h("button", { type: "button", role: "tab", id: `snippet-${id}`, "aria-controls": "snippet" }, name)
      tab.addEventListener("click", () => choose(id))
      return tab
    }))
    choose(chosen)
  }

  function choose(id) {
    chosen = id
    for (const { id } of snippets) {
      tabOf(id).setAttribute("aria-selected", String(id === chosen))
      tabOf(id).tabIndex = id === chosen ? 0 : -1
    }
    panel.setAttribute("aria-labelledby", `snippet-${id}`)
    const { name, steps, code, policy, qr } = snippets.find((snippet) => snippet.id === id)
    panel.replaceChildren(
      steps.length > 1 ? h("ol", { class: "steps" }, steps.map((step) => h("li", {}, step))) : p("", steps),
      ...code.map(({ label, text }) => codeOf(label, text, `${name}: ${label}`)),
      ...policy ? [h("details", {}, h("summary", {}, "If your site has a Content-Security-Policy"),
        p("hint", "Add these sources to its directives:"), codeOf("Policy", policy, `${name}: policy`))] : [],
      ...qr ? [qrImage(qr, builder.key)].filter(Boolean) : [])
  }

  function tabOf(id) {
    return list.querySelector(`#snippet-${id}`)
  }
}

function codeOf(label, text, name) {
  return h("figure", { class: "code" }, h("figcaption", {}, label, copyButton(text, name)), h("pre", {}, h("code", {}, bdi(text))))
}
