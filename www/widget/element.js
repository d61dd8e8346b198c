// `<lead-form form="demo">` shows the form published under that key and sends what the visitor typed.
//
// The form is rendered into an open shadow root, where neither the page's styles nor its scripts that rewrite the document reach
// it; the element's own children stay as they are. With the attribute `light` it is rendered into the page instead.
import { isHttp, originOf, parseUrl } from "./address.js"
import { attribution } from "./attribution.js"
import { deliveryOf } from "./delivery.js"
import { element, genuine } from "./dom.js"
import { SCRIPT } from "./script.js"
import { ask, isTemporary, pause, within } from "./sending.js"
import { serviceOf } from "./service.js"
import { recall, remember } from "./storage.js"
import { ENGLISH, languageIn } from "./texts.js"
import { ticketOf } from "./ticket.js"
import { formView } from "./view.js"

// The waits before the definition is requested again; after them, each is MAX_LOAD_WAIT_S.
const LOAD_WAITS_S = [2, 5, 15, 30]
const MAX_LOAD_WAIT_S = 60
// How long a form is shown later because a part of the widget is loaded.
const MAX_PART_WAIT_S = 4
// How long a page may delay the redirect.
const MAX_REDIRECT_WAIT_S = 5

// Kinds of fields with code of their own: ./kinds.js.
const PART_KINDS = /^(number|range|month|week|url|checkboxes)$/

let instances = 0

export class LeadForm extends (globalThis.HTMLElement ?? Object) {
  static observedAttributes = ["form", "service"]

  // Of all forms of the page. A consent manager may set its `isOn` at any time.
  static attribution = attribution

  // The module of the language, `/widget/de.js`: the texts, and what dresses the form.
  #language = {}
  #texts = ENGLISH
  #prefix = `lead-form-${++instances}-`
  // An object for each time that the element is in use; null when it is not.
  #connection = null
  #root = null
  #service = null
  #fallback = null
  #notice = null
  #view = null
  #ticket = null
  #values = {}

  connectedCallback() {
    attribution.note()
    if (!this.#connection && !this.#view) this.#open()
    else this.#dress()
  }

  // An element that is moved is connected again at once: what is shown, typed and being sent stays.
  disconnectedCallback() {
    setTimeout(() => this.isConnected || this.#close())
  }

  // With it, `moveBefore` does not disconnect the element.
  connectedMoveCallback() {}

  attributeChangedCallback(_name, before, after) {
    if (!this.#root || before === after) return
    this.#close()
    this.#view = null
    if (this.isConnected) this.#open()
  }

  // What would be sent, by the names of the fields. Values that are set before the form is shown fill it in then.
  get values() {
    return this.#view?.values(this.#inputs()) ?? { ...this.#values }
  }

  set values(values) {
    Object.assign(this.#values, values)
    this.#view?.fill(values)
  }

  get #isLight() {
    return this.#root === this
  }

  get #key() {
    return encodeURIComponent(this.getAttribute("form") ?? "")
  }

  get #hostedPage() {
    return `${this.#service}/f/${this.#key}`
  }

  get #definition() {
    return `${this.#service}/v1/forms/${this.#key}`
  }

  // Where the height of the form is kept, which depends on the width of the window.
  get #height() {
    return `lead-form ${this.#key} ${innerWidth}`
  }

  #open() {
    this.#root = this.hasAttribute("light") ? this : this.shadowRoot ?? this.attachShadow({ mode: "open" })
    // A copy of the element, such as routers keep of a page, has a form without its script.
    if (this.#isLight) this.querySelector(":scope > .lf")?.remove()
    else {
      const place = element("div", {}, element("slot"))
      // Reserved, so that the page does not move when the form is shown.
      place.style.minHeight = `${this.getAttribute("height") ?? recall(this.#height)}px`
      this.#root.replaceChildren(place)
    }
    this.#load(this.#connection = {})
  }

  #close() {
    this.#connection = null
    this.#ticket?.end()
    this.#notice?.remove()
    // Restores the original content, so that a router can insert the element again.
    if (this.#fallback) this.replaceChildren(...this.#fallback)
    if (this.#fallback || this.#view?.isDone) this.#view = null
    this.#fallback = null
  }

  async #load(connection) {
    const isOver = () => connection !== this.#connection
    this.#service = await serviceOf(this, this.getAttribute("service"))
    if (!this.#key || !this.#service) return isOver() || this.#explain({ code: "LG_1100" })
    const ofPage = [(this.closest("[lang]") ?? genuine(document, "documentElement")).lang, ...navigator.languages]
    for (let attempt = 0; !isOver(); attempt++) {
      const asked = ask(this.#definition, ({ fields }) => fields.map)
      // Most forms are in the language of their page, whose part then arrives beside the definition.
      this.#part(languageIn(...ofPage)[1], attempt)
      const { body, problem } = await asked
      const [tag, language] = languageIn(body?.locale, ...ofPage)
      const words = this.#language = await this.#part(language, attempt)
      if (isOver()) return
      this.#texts = { ...ENGLISH, ...words.texts, locale: body?.locale ?? tag }
      if (body) {
        const parts = body.fields.some(({ type, suggestions }) => suggestions || PART_KINDS.test(type)) ? await this.#part("kinds", attempt) : {}
        return isOver() || this.#render(body, { ...words, ...parts })
      }
      this.#explain(problem)
      if (!isTemporary(problem)) return
      await pause(Math.max(LOAD_WAITS_S[attempt] ?? MAX_LOAD_WAIT_S, problem.details.retry_after ?? 0))
    }
  }

  // The form does without a part that does not arrive. Browsers remember that an address could not be imported.
  async #part(name, attempt) {
    const part = import(`${this.#service ?? originOf(SCRIPT?.src)}/widget/${name}.js${attempt ? `?${attempt}` : ""}`)
    return await within(MAX_PART_WAIT_S, part.catch(() => {})) ?? {}
  }

  #dress(...themed) {
    this.#language.dress?.(this.#isLight ? this.getRootNode() : this.#root, ...themed)
  }

  #render(definition, parts) {
    const focused = this.matches(":focus-within")
    const texts = this.#texts
    const view = this.#view = formView(definition, this.#prefix, this.#hostedPage, texts, parts, this.hasAttribute("test"))
    const emit = this.#emit.bind(this)
    const draft = `lead-form draft ${this.#hostedPage}`
    const ticket = this.#ticket = ticketOf(`${this.#definition}/ticket`, definition.ticket === "required")
    const delivery = deliveryOf(view, `${this.#definition}/submissions`, texts, {
      emit,
      report: this.#report.bind(this),
      inputs: this.#inputs.bind(this),
      link: this.#link.bind(this),
      doctor: this.#doctor.bind(this),
      // Another address each time: browsers remember that one could not be imported.
      pass: async (details) => (await this.#part("challenge", Date.now())).prove?.(details, view.element, texts),
      ticket,
      _test: this.hasAttribute("test") || undefined,
      succeed: (answer) => {
        ticket.end()
        remember(draft)
        this.#succeed(view, answer)
      },
    })
    view.fill(this.#prefilled(definition))
    view.restore(recall(draft))
    let isStarted = false
    view.element.addEventListener("input", () => {
      isStarted ||= this.#emit("start")
      remember(draft, view.draft())
      delivery.stop()
    })
    view.element.addEventListener("focusin", () => ticket.begin())
    view.element.addEventListener("submit", (event) => {
      event.preventDefault()
      // In the page, its own listeners are called after this one and may set values.
      if (this.#isLight) setTimeout(delivery.submit)
      else delivery.submit()
    })
    this.#notice?.remove()
    if (this.#isLight) this.#fallback = [...this.childNodes]
    this.#dress(view.element, definition.theme)
    this.#root.replaceChildren(view.element)
    if (focused) view.focus()
    this.#emit("ready")
    remember(this.#height, view.element.offsetHeight)
    parts.shown?.(this, view.element, this.#key, SCRIPT?.dataset.layer, emit)
  }

  // What the page fills in: by attributes such as `value-plan`, by its own address where the definition allows it, by `values`.
  #prefilled({ fields }) {
    const query = new URLSearchParams(location.search)
    const given = fields.filter(({ type }) => type !== "consent").map(({ name, prefill }) => (
      [name, this.getAttribute(`value-${name}`) ?? (prefill && query.has(name) ? query.getAll(name) : undefined)]
    ))
    return { ...Object.fromEntries(given.filter(([, value]) => value !== undefined)), ...this.#values }
  }

  // The page's own inputs inside the element: scripts that look for `[name=gclid]` in the page fill them in.
  #inputs() {
    return this.#isLight ? [] : this.querySelectorAll("input[type=hidden][name]")
  }

  #explain(problem) {
    const { code } = problem
    const texts = this.#texts
    this.#report(problem)
    this.#notice?.remove()
    this.#notice = element("p", { class: "lf-notice", role: "status" })
    this.#root.append(this.#notice)
    this.#notice.append({ LG_1103: texts.notSetUp, LG_1100: texts.notFound }[code] ?? texts.notLoaded)
    if (code === "LG_1103") this.#notice.append(" ", this.#doctor())
    if (code !== "LG_1100" && !this.querySelector("a[href]")) this.#notice.append(" ", this.#link())
  }

  async #succeed(view, { submission: { id, status }, next }) {
    const waits = []
    const isAllowed = this.#emit("success", { id, status, next, waitUntil: (promise) => waits.push(promise) }, true)
    await within(MAX_REDIRECT_WAIT_S, Promise.allSettled(waits))
    if (isAllowed && view === this.#view && this.isConnected && isHttp(parseUrl(next))) location.assign(next)
  }

  #report(problem) {
    // Tells the developer on the console.
    this.#part("advice").then(({ advise }) => advise?.(this.#key, problem, this.#service))
    this.#emit("error", { code: problem.code, reason: problem.details?.reason ?? null })
  }

  // Details never contain what the visitor typed, because analytics scripts listen to these events.
  #emit(name, detail, cancelable) {
    return this.dispatchEvent(new CustomEvent(`lead-form:${name}`, {
      bubbles: true, composed: true, cancelable, detail: { form: this.getAttribute("form"), ...detail },
    }))
  }

  #link(href = this.#hostedPage, text = this.#texts.openHostedPage) {
    return element("a", { href, target: "_top" }, text)
  }

  // The service's explanation why this page may not embed the form. Its text is not among those that are built in.
  #doctor() {
    return this.#link(`${this.#definition}/doctor?url=${encodeURIComponent(self.origin)}`, this.#texts.whatToChange)
  }
}
