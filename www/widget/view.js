// The form of a definition: its fields, their values and their errors.
//
// A field's name hides the form's own property of that name: with a field `remove`, `form.remove` is that field. So nothing is
// read from the form itself.
import { element } from "./dom.js"
import { fieldView } from "./field.js"
import { trap } from "./trap.js"

const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/

export class FormView {
  // Whether the visitor is thanked.
  isDone = false
  // Whether a submission is in progress.
  isBusy = false
  #fields
  #traps
  #version
  #texts
  #notices = element("div")
  #button
  #form
  // The values before the visitor began.
  #initial
  // In the page from the start, because screen readers announce changes only in regions that exist already.
  #status = element("div", { role: "status" })

  constructor(definition, prefix, hostedPage, texts, parts) {
    const { version, title, description, fields, submit_label, locale, aux_inputs, honeypot } = definition
    this.#fields = new Map(fields.map((field) => [field.name, fieldView(field, prefix, locale, texts, parts)]))
    this.#traps = aux_inputs ?? [honeypot].filter(Boolean)
    this.#version = version
    this.#texts = texts
    this.#button = element("button", { type: "submit" }, submit_label || texts.submit)
    const heading = title && element("h2", { id: `${prefix}title` }, title)
    this.#form = element("form", {
      // A copy of the form without the script's listeners must not put the values into the address of the host page.
      method: "post", action: hostedPage, novalidate: true, "aria-labelledby": heading?.id,
    },
    this.#notices,
    heading ?? "",
    description ? element("p", { class: "lf-description" }, description) : "",
    ...this.#all.map((field) => field.element),
    ...this.#traps.map(trap),
    this.#button)
    const dir = RIGHT_TO_LEFT.test(locale) ? "rtl" : "ltr"
    this.element = element("div", { class: "lf", lang: locale, dir }, this.#form, this.#status)
  }

  get #all() {
    return [...this.#fields.values()]
  }

  // The button is never `disabled`, because it would lose the focus.
  setBusy(isBusy) {
    this.isBusy = isBusy
    Element.prototype.setAttribute.call(this.#form, "aria-busy", isBusy)
    this.#button.setAttribute("aria-disabled", isBusy)
    this.#status.textContent = isBusy ? this.#texts.sending : ""
  }

  // What would be sent by name; `inputs` are the page's own, which fill in hidden fields or add values.
  values(inputs = []) {
    const typed = new FormData(this.#form)
    for (const { name, value } of inputs) {
      if (value && !this.#fields.get(name)?.isVisible) typed.set(name, value)
    }
    const names = [...new Set(typed.keys())].filter((name) => !name.startsWith("_") && !this.#traps.includes(name))
    return Object.fromEntries(names.map((name) => {
      const values = typed.getAll(name)
      return [name, this.#fields.get(name)?.value(values) ?? (values.length > 1 ? values : values[0])]
    }))
  }

  // The service validates against the version that the visitor saw, even if another is published meanwhile.
  payload(inputs) {
    const typed = new FormData(this.#form)
    const filled = this.#traps.map((name) => [name, typed.get(name)]).filter(([, value]) => value)
    return { ...this.values(inputs), _version: String(this.#version), ...Object.fromEntries(filled) }
  }

  fill(values) {
    for (const [name, value] of Object.entries(values)) this.#fields.get(name)?.fill([value].flat())
  }

  // What was typed, as far as it may be kept in the browser's storage.
  draft() {
    const values = this.values()
    const isTyped = (name) => String(values[name]) !== String(this.#initial[name])
    const kept = [...this.#fields].filter(([name, { isKept }]) => isKept && isTyped(name))
    return JSON.stringify([this.#version, Object.fromEntries(kept.map(([name]) => [name, values[name] ?? []]))])
  }

  // Anything may be in storage. A consent given to another version is not given to this one.
  restore(draft) {
    this.#initial = this.values()
    try {
      const [version, values] = JSON.parse(draft)
      for (const [name, field] of this.#fields) {
        const isKept = field.isKept && Object.hasOwn(values, name) && (version === this.#version || !field.isConsent)
        if (isKept) field.fill([values[name]].flat())
      }
    } catch {
      // There is none.
    }
  }

  clear() {
    for (const field of this.#all) field.clear()
    this.#notices.replaceChildren()
  }

  violations() {
    return this.#all.map((field) => field.violation()).filter(Boolean)
  }

  showViolations(violations, message) {
    const lines = violations.map(({ field, message }) => this.#fields.get(field)?.mark(message) ?? message)
    this.showProblem(this.#texts.problem, lines.length > 0 ? lines : [message])
  }

  // A line is a text, a node or a list of them. A quiet problem does not move the focus.
  showProblem(heading, lines, isQuiet) {
    const list = element("ul", {}, ...lines.map((line) => element("li", {}, ...[line].flat())))
    // The alert is a child, because on the focused element itself its announcement would race with that of the focus.
    const alert = element("div", { role: "alert" }, element("h2", {}, heading), list)
    const summary = element("div", { class: "lf-summary", tabindex: "-1" }, alert)
    const hadFocus = this.#notices.matches(":focus-within")
    this.#notices.replaceChildren(summary)
    if (hadFocus || !isQuiet) summary.focus()
  }

  thank(message) {
    this.isDone = true
    const heading = element("h2", { class: "lf-thanks", tabindex: "-1" }, message)
    this.#status.replaceChildren(heading)
    this.element.removeChild(this.#form)
    heading.focus()
  }

  focus() {
    this.#all.find(({ isVisible }) => isVisible)?.focus()
  }
}
