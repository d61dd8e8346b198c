// What follows once a form is shown, and what it works without: part of `/widget/de.js`, ….

// `form`, the one of this `key`, is shown in `node`. `common` is the name of the data layer that all forms of the page have,
// undefined for none; `emit` dispatches an event on `node`.
export function shown(node, form, key, common, emit) {
  const layer = node.dataset.layer ?? common
  // What is no link and no input may be content that was not meant to be in the element.
  if (node.querySelector(":scope > :not(a, input, .lf)")) {
    import(new URL("advice.js", import.meta.url)).then(({ advise }) => advise(key, node), () => {})
  }
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
