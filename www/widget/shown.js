// What follows once a form is shown, and what it works without: part of `/widget/styles.js`.
import { remember } from "./storage.js"

// `form` is shown in `node`; session storage has its height under `heightName`; `layer` is the name of the page's data layer,
// undefined for none; `emit` dispatches an event on `node`; `advise` tells the developer something (./advice.js).
export function shown(node, form, heightName, layer, emit, advise) {
  remember(heightName, form.offsetHeight)
  // What is no link and no input may be content that was not meant to be in the element.
  if (node.querySelector(":scope > :not(a, input, .lf)")) advise("warnOfContent", node)
  if (layer !== undefined) {
    node.addEventListener("lead-form:success", ({ detail }) => {
      // The form that took its place has a listener, too.
      if (!form.parentNode) return
      window[layer || "dataLayer"] ??= []
      window[layer || "dataLayer"].push({ event: "lead_form_success", form: detail.form, id: detail.id })
    })
  }
  // Once, when the visitor sees it.
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return
    observer.disconnect()
    emit("view")
  })
  observer.observe(form)
}
