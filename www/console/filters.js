// The filters of a list of leads, kept in the page's address.
import { change } from "./address.js"
import { announce, div, h, labelled, select } from "./dom.js"
import { edgeOf } from "./time.js"

// How long after the last key a search begins: milliseconds.
const TYPED_MS = 400
const NAMES = ["form", "q", "status", "from", "to", "starred", "test"]

// The query of the API for a view. A day of the address is a day of the reader's zone.
export function queryOf({ form, q, status, from, to, starred, test }) {
  return { form, q, status, from: from && edgeOf(from, false), to: to && edgeOf(to, true), starred, test }
}

// Whether the view shows only some of the leads.
export function isFiltered(at) {
  return NAMES.some((name) => at[name])
}

// `forms` are the choices of the first filter; `more` is shown below the filters.
export function filterBar(forms, more) {
  const form = select("form", [["", "All forms"], ...forms.map(({ key, title }) => [key, title || key])])
  const q = h("input", { name: "q", type: "search", maxlength: 200, autocomplete: "off", spellcheck: "false", "aria-keyshortcuts": "/" })
  const status = select("status", [["", "All"], ["new", "New"], ["done", "Done"]])
  const days = ["from", "to"].map((name) => h("input", { name, type: "date" }))
  const ticks = ["starred", "test"].map((name) => h("input", { name, type: "checkbox", value: "1" }))
  const count = h("span", {})
  const folded = h("details", {},
    h("summary", {}, "Filters and export", count),
    h("div", { class: "fields" },
      labelled("Status", status), labelled("From", days[0]), labelled("To", days[1]),
      h("label", { class: "tick" }, ticks[0], "Starred"), h("label", { class: "tick" }, ticks[1], "Test leads")),
    more)
  const element = h("form", { class: "filters", role: "search", "aria-label": "Leads" },
    div("fields", labelled("Form", form), labelled("Search in this form", q, { class: "field wide" })), folded)
  let timer

  // A search and an export are of one form: whether there is one, after asking for it.
  const hasForm = () => {
    if (forms.length === 1) form.value ||= forms[0].key
    form.setCustomValidity(form.value ? "" : "Choose a form")
    if (!form.value) announce("Choose a form")
    return form.reportValidity()
  }
  const apply = () => {
    clearTimeout(timer)
    form.setCustomValidity("")
    if (q.value.trim() && !hasForm()) return
    const values = new FormData(element)
    change(Object.fromEntries(NAMES.map((name) => [name, String(values.get(name) ?? "").trim()])), { replaces: true })
  }
  element.addEventListener("submit", (event) => {
    event.preventDefault()
    apply()
  })
  element.addEventListener("change", apply)
  q.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(() => (form.value || forms.length === 1) && apply(), TYPED_MS)
  })

  return {
    element,

    // Shows the filters of a view, except in the control that is being typed in.
    show(at) {
      for (const control of element.elements) {
        if (!control.name || control === document.activeElement && control === q) continue
        if (control.type === "checkbox") control.checked = Boolean(at[control.name])
        else control.value = at[control.name] ?? ""
      }
      // A form without a published definition has leads, too.
      if (at.form && form.value !== at.form) {
        form.append(h("option", { value: at.form }, at.form))
        form.value = at.form
      }
      const used = ["status", "from", "to", "starred", "test"].filter((name) => at[name]).length
      count.textContent = used > 0 ? ` (${used} used)` : ""
    },

    hasForm,
    form: () => form.value,
    search: () => q.focus(),

    clear: () => change(Object.fromEntries(NAMES.map((name) => [name, ""]))),
  }
}
