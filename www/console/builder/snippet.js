// The panel Snippet: the code for each kind of page, to copy, and whether the form is seen on pages.
import { bdi, copyButton, div, fill, h, p } from "../dom.js"
import { bound, isNew } from "./inputs.js"
import { installPart } from "./install.js"
import { qrImage } from "./qr-image.js"
import { snippetsOf } from "./snippets.js"
import { tabsOf } from "./tabs.js"

// A honeypot's name that the service has made of the form's key: src/form/trap.rs.
const MADE = /^[g-z][\da-f]{10}$/

export function snippetPanel(builder) {
  const state = p("hint")
  const panel = h("div", { role: "tabpanel", id: "snippet", class: "part" })
  const install = installPart(builder)
  let snippets = made()
  let chosen = 0
  const tabs = tabsOf("Kind of page", snippets.map(({ name }, index) => [`snippet-${index}`, name, "snippet"]), choose, true)
  const element = bound(div("snippet", state, tabs.element, panel, install.element), draw)
  install.watch(element)
  return { element, close: install.close }

  function isPublic() {
    return builder.status === "published"
  }

  // What pages have is what is published, so that is what a plain form is made of.
  function made() {
    const { key, published, version, model } = builder
    const definition = isPublic() && published || model.definition
    const { honeypot } = definition
    const trap = honeypot === true ? builder.public?.aux_inputs?.find((name) => MADE.test(name)) : honeypot
    return snippetsOf({ key, service: location.origin, definition, version: isPublic() ? version : undefined, trap })
  }

  function draw() {
    state.textContent = isPublic()
      ? "Paste it once: pages show each new version by themselves, but for “Your own design”."
      : "The form is not public yet. The code shows it once it is published."
    snippets = made()
    if (isNew(panel, snippets)) choose(chosen)
  }

  function choose(index) {
    chosen = index
    tabs.mark(index)
    const { name, steps, code, policy, qr } = snippets[index]
    panel.setAttribute("aria-labelledby", `snippet-${index}`)
    fill(panel,
      steps.length > 1 ? h("ol", { class: "steps" }, steps.map((step) => h("li", {}, step))) : p("", steps),
      code.map(({ label, text }) => codeOf(label, text, `${name}: ${label}`)),
      policy && h("details", {}, h("summary", {}, "If your site has a Content-Security-Policy"),
        p("hint", "Add these sources to its directives:"), codeOf("Policy", policy, `${name}: policy`)),
      qr && qrImage(qr, builder.key))
  }
}

function codeOf(label, text, name) {
  return h("figure", { class: "code" }, h("figcaption", {}, label, copyButton(text, name)), h("pre", {}, h("code", {}, bdi(text))))
}
