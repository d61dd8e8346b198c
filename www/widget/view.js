// The form of a definition: its fields, their values and their errors.
//
// A field's name hides the form's own property of that name: with a field `remove`, `form.remove` is that field. So nothing is
// read from the form itself.
import { element, linked } from "./dom.js"
import { fieldView } from "./field.js"
import { trap } from "./trap.js"

const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/

// `isTest` says so above the form, so that no visitor takes it for the real one.
export function formView(definition, prefix, hostedPage, texts, parts, isTest) {
  const { version, title, description, submit_label, aux_inputs: traps } = definition
  const all = definition.fields.map((field) => fieldView(field, prefix, texts, parts))
  // Headings have no name.
  const fields = new Map(definition.fields.map(({ name }, index) => [name, all[index]]))
  const notices = element("div")
  const heading = title && element("h2", { id: `${prefix}title` }, title)
  const button = element("button", { type: "submit" }, submit_label || texts.submit)
  // Both are in the page from the start, because screen readers announce changes only in regions that exist already. The form,
  // which has the first one beside its button, is removed when the visitor is thanked.
  const progress = element("span", { role: "status" })
  const thanks = element("div", { role: "status" })
  // A copy of the form without the script's listeners must not put the values into the address of the host page.
  const attributes = { method: "post", action: hostedPage, novalidate: true, "aria-labelledby": heading?.id }
  const form = element("form", attributes,
    isTest && texts.testNote ? element("p", { class: "lf-description" }, texts.testNote) : "",
    notices,
    heading ?? "",
    description ? element("p", { class: "lf-description" }, ...linked(description, definition.description_parts)) : "",
    ...all.map((field) => field.element),
    ...traps.map(trap),
    element("div", { class: "lf-send" }, button, progress))
  // The values before the visitor began.
  let initial

  const view = {
    element: element("div", { class: "lf", lang: texts.locale, dir: RIGHT_TO_LEFT.test(texts.locale) ? "rtl" : "ltr" }, form, thanks),
    // Whether the visitor is thanked.
    isDone: false,
    // Whether a submission is in progress.
    isBusy: false,

    // The button is never `disabled`, because it would lose the focus.
    setBusy(isBusy) {
      view.isBusy = isBusy
      Element.prototype.setAttribute.call(form, "aria-busy", isBusy)
      button.setAttribute("aria-disabled", isBusy)
      progress.textContent = isBusy ? texts.sending : ""
    },

    // What would be sent by name; `inputs` are the page's own, which fill in hidden fields or add values.
    values(inputs = []) {
      const typed = new FormData(form)
      for (const { name, value } of inputs) {
        if (value && !fields.get(name)?.isVisible) typed.set(name, value)
      }
      const names = [...new Set(typed.keys())].filter((name) => !name.startsWith("_") && !traps.includes(name))
      return Object.fromEntries(names.map((name) => {
        const values = typed.getAll(name)
        return [name, fields.get(name)?.value(values) ?? (values.length > 1 ? values : values[0])]
      }))
    },

    // The service validates against the version that the visitor saw, even if another is published meanwhile.
    payload(inputs) {
      const typed = new FormData(form)
      const filled = traps.map((name) => [name, typed.get(name)]).filter(([, value]) => value)
      return { ...view.values(inputs), _version: String(version), ...Object.fromEntries(filled) }
    },

    fill(values) {
      for (const [name, value] of Object.entries(values)) fields.get(name)?.fill([value].flat())
    },

    // What was typed, as far as it may be kept in the browser's storage.
    draft() {
      const values = view.values()
      const isTyped = (name) => String(values[name]) !== String(initial[name])
      const kept = [...fields].filter(([name, { isKept }]) => isKept && isTyped(name))
      return JSON.stringify([version, Object.fromEntries(kept.map(([name]) => [name, values[name] ?? []]))])
    },

    // Anything may be in storage. A consent given to another version is not given to this one.
    restore(draft) {
      initial = view.values()
      try {
        const [former, values] = JSON.parse(draft)
        for (const [name, field] of fields) {
          const isKept = field.isKept && Object.hasOwn(values, name) && (former === version || !field.isConsent)
          if (isKept) field.fill([values[name]].flat())
        }
      } catch {
        // There is none.
      }
    },

    clear() {
      for (const field of all) field.clear()
      notices.replaceChildren()
    },

    violations() {
      return all.map((field) => field.violation()).filter(Boolean)
    },

    showViolations(violations, message) {
      const lines = violations.map(({ field, message }) => fields.get(field)?.mark(message) ?? message)
      view.showProblem(texts.problem, lines[0] ? lines : [message])
    },

    // A line is a text, a node or a list of them. A quiet problem does not move the focus.
    showProblem(heading, lines, isQuiet) {
      const list = element("ul", {}, ...lines.map((line) => element("li", {}, ...[line].flat())))
      // The alert is a child, because on the focused element itself its announcement would race with that of the focus.
      const alert = element("div", { role: "alert" }, element("h2", {}, heading), list)
      const summary = element("div", { class: "lf-summary", tabindex: "-1" }, alert)
      const hadFocus = notices.matches(":focus-within")
      notices.replaceChildren(summary)
      if (hadFocus || !isQuiet) summary.focus()
    },

    thank(message) {
      view.isDone = true
      const { message: own, message_parts } = definition.on_success ?? {}
      const heading = element("h2", { class: "lf-thanks", tabindex: "-1" }, ...linked(message, message === own && message_parts))
      thanks.replaceChildren(heading)
      view.element.removeChild(form)
      heading.focus()
    },

    focus() {
      all.find(({ isVisible }) => isVisible)?.focus()
    },
  }
  return view
}
