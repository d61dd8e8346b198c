// The widget: `<lead-form form="demo">` shows the form published under that key and sends what the visitor typed.
//
// Attributes: `form` is the key; `service` is the http(s) origin of the service if it is not that of this script.
// `data-attribution="off"` on the script turns attribution off: nothing about the visitor's way to the page is stored or sent.
// Events, which bubble and are composed: `lead-form:ready`, `lead-form:submit`, `lead-form:success` (detail `id`,
// `status`; cancel it to stay on the page) and `lead-form:error` (detail `code`, `reason`). Each has `detail.form`.
//
// The widget styles only its own elements and listens only to their events. The link inside the element stays until the form
// can be shown.
(() => {
  // Available only while a classic script runs for the first time.
  const SCRIPT = genuine(document, "currentScript")
  const SERVICE = originOf(SCRIPT?.src || location.href)
  const IS_ATTRIBUTED = SCRIPT?.dataset.attribution !== "off"
  const REFERRER = genuine(document, "referrer")

  class LeadForm extends HTMLElement {
    static observedAttributes = ["form", "service"]
    static #instances = 0

    #prefix = `lead-form-${++LeadForm.#instances}-`
    #connection = null
    #fallback = null
    #view = null
    #retry = null

    connectedCallback() {
      this.#connection = new AbortController()
      adoptStyles(this.getRootNode())
      attribution.note()
      this.#load(this.#connection.signal)
    }

    disconnectedCallback() {
      clearTimeout(this.#retry)
      this.#connection.abort()
      this.#connection = null
      this.#view = null
      // Restores the original content, so that a router can insert the element again.
      if (this.#fallback) this.replaceChildren(...this.#fallback)
      this.#fallback = null
    }

    attributeChangedCallback(_name, before, after) {
      if (!this.#connection || before === after) return
      this.disconnectedCallback()
      this.connectedCallback()
    }

    get #key() {
      return encodeURIComponent(this.getAttribute("form") ?? "")
    }

    get #service() {
      const service = this.getAttribute("service")
      return service ? originOf(service) : SERVICE
    }

    get #hostedPage() {
      return `${this.#service}/f/${this.#key}`
    }

    async #load(connection) {
      if (!this.#key || !this.#service) return this.#explainMissingForm({ code: "LG_1100" })
      const answer = await ask(`${this.#service}/v1/forms/${this.#key}`, {}, connection)
      if (connection.aborted) return
      if (Array.isArray(answer.body?.fields)) return this.#render(answer.body, connection)
      this.#explainMissingForm(answer.problem ?? UNREADABLE)
    }

    #render(definition, connection) {
      const focused = this.matches(":focus-within")
      this.#view = new FormView(definition, this.#prefix, this.#hostedPage)
      this.addEventListener("submit", (event) => this.#submit(event), { signal: connection })
      this.addEventListener("input", () => this.#waitForVisitor(), { signal: connection })
      // Read here, because the parser connects the element before it has parsed its content.
      this.#fallback = [...this.childNodes]
      this.replaceChildren(this.#view.form, this.#view.status)
      if (focused) this.#view.focus()
      this.#emit("ready")
    }

    #explainMissingForm(problem) {
      this.#report(problem)
      this.#fallback = [...this.childNodes]
      const text = { LG_1103: TEXTS.notSetUp, LG_1100: TEXTS.notFound }[problem.code] ?? TEXTS.notLoaded
      const notice = element("p", { class: "lf-notice", role: "status" })
      this.append(notice)
      notice.append(text)
      if (problem.code !== "LG_1100" && !this.querySelector("a[href]")) notice.append(" ", this.#hostedPageLink())
    }

    async #submit(event) {
      event.preventDefault()
      const view = this.#view
      if (view.busy) return
      this.#retry = clearTimeout(this.#retry)
      view.clear()
      const violations = view.violations()
      if (violations.length > 0) {
        return this.#refuse({ code: "LG_1102", reason: "checked_by_browser", details: { errors: violations } })
      }

      const { signal } = this.#connection
      this.#emit("submit")
      await this.#deliver(WAITS_S, view, signal)
    }

    // Sends the answers. While the service is unavailable, sends them again after each of the waits, unless the visitor changes
    // them. The idempotency key makes repeated deliveries one lead.
    async #deliver(waits, view, connection) {
      this.#retry = clearTimeout(this.#retry)
      const answers = view.payload()
      view.busy = true
      const answer = await this.#send(answers)
      if (connection.aborted) return
      view.busy = false
      if (answer.body?.submission) return this.#thank(answer.body)
      const problem = answer.problem ?? UNREADABLE
      // Repeated failures do not move the focus, so that they do not interrupt the visitor.
      const isQuiet = waits.length < WAITS_S.length
      const seconds = Math.max(waits[0], problem.details.retry_after ?? 0)
      const isSame = JSON.stringify(view.payload()) === JSON.stringify(answers)
      const isWorthIt = isSame && [null, "LG_1901", "LG_1902"].includes(problem.code) && seconds <= MAX_WAIT_S
      if (!isWorthIt) return this.#refuse(problem, isQuiet)
      this.#report(problem)
      view.showProblem(TEXTS.notSent, [`${TEXTS.sentAgain} ${inTime(seconds)}.`, this.#hostedPageLink()], isQuiet)
      if (connection.aborted) return
      this.#retry = setTimeout(() => this.#deliver(waits.slice(1), view, connection), seconds * 1000)
    }

    // Stops sending again: after a change of the answers, the visitor submits them.
    #waitForVisitor() {
      if (!this.#retry) return
      this.#retry = clearTimeout(this.#retry)
      this.#view.showProblem(TEXTS.notSent, [TEXTS.nothingLost, this.#hostedPageLink()], true)
    }

    #send(answers) {
      // Made of the answers without the attribution: the same answers with another attribution are the same lead.
      const idempotencyKey = keyOf(`${this.#service} ${this.#key}`, answers)
      const body = JSON.stringify({ ...answers, ...attribution.claims() })
      return ask(`${this.#service}/v1/forms/${this.#key}/submissions`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey },
        body,
        keepalive: bytesOf(body).length <= MAX_KEEPALIVE_BYTES,
      })
    }

    #thank({ submission, message, next }) {
      this.#view.thank(message || TEXTS.thanks)
      const stays = !this.#emit("success", { id: submission.id, status: submission.status }, { cancelable: true })
      if (!stays && /^https?:/i.test(next)) location.assign(next)
    }

    #refuse(problem, isQuiet = false) {
      const view = this.#view
      this.#report(problem)
      switch (problem.code) {
        case "LG_1102":
          return view.showViolations(problem.details.errors ?? [], problem.message)
        case "LG_1902":
          return view.showProblem(TEXTS.tooMany, [tryAgain(problem.details.retry_after)], isQuiet)
        case "LG_1103":
          return view.showProblem(TEXTS.notSent, [TEXTS.notSetUp, this.#hostedPageLink()])
        case "LG_1100":
          return view.showProblem(TEXTS.notSent, [TEXTS.notFound])
        default:
          return view.showProblem(TEXTS.notSent, [TEXTS.nothingLost, this.#hostedPageLink()], isQuiet)
      }
    }

    #report({ code, reason, details }) {
      if (code === "LG_1103") {
        const advice = reason === "origin_null"
          ? "this page has no origin of its own (a sandboxed frame, a file); put the form on a page that has one"
          : `add "${self.origin}" to the form's allowed_origins`
        console.error(`<lead-form form="${this.#key}">: ${advice} (${reason})`)
      }
      if (code === "LG_1100") {
        console.error(`<lead-form form="${this.#key}">: ${this.#service ?? "a service that is no http(s) origin"} has no form with this key`)
      }
      if (details?.hint) console.error(`<lead-form form="${this.#key}">: ${details.hint}`)
      this.#emit("error", { code, reason: reason ?? details?.reason ?? null })
    }

    // Details never contain what the visitor typed, because analytics scripts listen to these events.
    #emit(name, detail = {}, options = {}) {
      const event = new CustomEvent(`lead-form:${name}`, {
        bubbles: true, composed: true, detail: { form: this.getAttribute("form"), ...detail }, ...options,
      })
      return this.dispatchEvent(event)
    }

    #hostedPageLink() {
      return element("a", { href: this.#hostedPage, target: "_top" }, TEXTS.openHostedPage)
    }
  }

  // The form of a definition: its fields, their values and their errors.
  //
  // A field's name hides the form's own property of that name: with a field `remove`, `form.remove` is that field. So the form's
  // properties are read only through `genuine`.
  class FormView {
    #fields
    #auxInputs
    #version
    #notices = element("div")
    #button

    constructor({ version, title, description, fields, aux_inputs, submit_label, locale }, prefix, hostedPage) {
      this.#fields = new Map(fields.map((field) => [field.name, new FieldView(field, prefix)]))
      this.#auxInputs = aux_inputs ?? []
      this.#version = version
      this.#button = element("button", { type: "submit" }, submit_label || TEXTS.submit)
      const titleId = `${prefix}title`
      const attributes = {
        // A copy of the form without the script's listeners must not put the values into the address of the host page.
        method: "post", action: hostedPage,
        novalidate: true, lang: locale, "aria-labelledby": title ? titleId : undefined,
      }
      this.form = element("form", attributes,
        this.#notices,
        title ? element("h2", { id: titleId }, title) : "",
        description ? element("p", { class: "lf-description" }, description) : "",
        ...[...this.#fields.values()].map((field) => field.element),
        ...this.#auxInputs.map(auxInput),
        this.#button)
      // In the page from the start, because screen readers announce changes only in regions that exist already.
      this.status = element("div", { role: "status", lang: locale })
    }

    get busy() {
      return this.#button.getAttribute("aria-disabled") === "true"
    }

    // The button is never `disabled`, because it would lose the focus.
    set busy(busy) {
      genuine(this.form, "setAttribute").call(this.form, "aria-busy", busy)
      this.#button.setAttribute("aria-disabled", busy)
      this.status.textContent = busy ? TEXTS.sending : ""
    }

    payload() {
      const typed = new FormData(this.form)
      const sent = [...this.#fields].filter(([name]) => typed.has(name))
      const payload = sent.map(([name, field]) => [name, field.takesMany ? typed.getAll(name) : typed.get(name)])
      // The service validates against the version that the visitor saw, even if another is published meanwhile.
      payload.push(["_version", String(this.#version)])
      payload.push(...this.#auxInputs.map((name) => [name, typed.get(name)]).filter(([, value]) => value))
      return Object.fromEntries(payload)
    }

    clear() {
      for (const field of this.#fields.values()) field.clear()
      this.#notices.replaceChildren()
    }

    violations() {
      return [...this.#fields.values()].map((field) => field.violation()).filter(Boolean)
    }

    showViolations(violations, message) {
      const lines = violations.map(({ field, message }) => this.#fields.get(field)?.mark(message) ?? message)
      this.showProblem(TEXTS.problem, lines.length > 0 ? lines : [message])
    }

    showProblem(heading, lines, isQuiet = false) {
      const list = element("ul", {}, ...lines.map((line) => element("li", {}, line)))
      // The alert is a child, because on the focused element itself its announcement would race with that of the focus.
      const alert = element("div", { role: "alert" }, element("h2", {}, heading), list)
      const summary = element("div", { class: "lf-summary", tabindex: "-1" }, alert)
      const hadFocus = this.#notices.matches(":focus-within")
      this.#notices.replaceChildren(summary)
      if (hadFocus || !isQuiet) summary.focus()
    }

    thank(message) {
      const heading = element("h2", { class: "lf-thanks", tabindex: "-1" }, message)
      this.status.replaceChildren(heading)
      this.status.parentNode.removeChild(this.form)
      heading.focus()
    }

    focus() {
      const first = [...this.#fields.values()].find((field) => field.isVisible)
      first?.focus()
    }
  }

  // One field: its controls with label and hint, and the error next to them.
  class FieldView {
    #field
    #prefix
    #label
    #controls
    #described
    #error = null

    constructor(field, prefix) {
      this.#field = field
      this.#prefix = prefix
      this.#label = field.label ?? field.name
      this.element = this.#build()
    }

    get isVisible() {
      return this.#field.type !== "hidden"
    }

    get takesMany() {
      return this.#field.type === "select" && Boolean(this.#field.multiple)
    }

    violation() {
      const broken = this.#controls.find((control) => !control.validity.valid)
      return broken && { field: this.#field.name, message: `${this.#label}: ${broken.validationMessage}` }
    }

    // Shows the first error and returns a link to the field; returns undefined for a hidden field.
    mark(message) {
      if (!this.isVisible) return undefined
      if (!this.#error) this.#showError(message)
      const link = element("a", { href: `#${this.#id("field")}` }, message)
      link.addEventListener("click", (event) => {
        // The address does not change, because the host page's router may read the part after the `#`.
        event.preventDefault()
        this.focus()
      })
      return link
    }

    // Focus alone scrolls to the control and may leave its label and error outside the visible area.
    focus() {
      this.element.scrollIntoView({ block: "nearest", behavior: "instant" })
      this.#controls.find(({ disabled }) => !disabled)?.focus({ preventScroll: true })
    }

    clear() {
      this.#error?.remove()
      this.#error = null
      this.element.classList.remove("lf-invalid")
      this.#described?.removeAttribute("aria-invalid")
      this.#describe()
    }

    #showError(message) {
      const prefix = element("span", { class: "lf-visually-hidden" }, TEXTS.errorPrefix)
      this.#error = element("p", { class: "lf-error", id: this.#id("error") }, prefix, " ", message)
      const label = this.element.firstElementChild
      const hint = this.element.querySelector(":scope > .lf-hint")
      if (label.matches("label, legend")) (hint ?? label).after(this.#error)
      else this.element.prepend(this.#error)
      this.element.classList.add("lf-invalid")
      this.#described.setAttribute("aria-invalid", "true")
      this.#describe()
    }

    #build() {
      switch (this.#field.type) {
        case "hidden": return this.#hidden()
        case "radio": return this.#radios()
        case "checkbox":
        case "consent": return this.#checkbox()
        case "select": return this.#labelled(this.#select())
        case "textarea": return this.#labelled(this.#textarea())
        default: return this.#labelled(this.#input())
      }
    }

    #hidden() {
      const { name, value } = this.#field
      const input = element("input", { type: "hidden", name, value })
      this.#controls = [input]
      return input
    }

    #radios() {
      const { name, options = [], required, value } = this.#field
      const choices = options.map((option, index) => {
        const id = index === 0 ? this.#id("field") : `${this.#id("option")}-${index}`
        const input = element("input", { type: "radio", id, name, value: option.value, required, disabled: option.disabled })
        input.defaultChecked = option.value === value
        return choice(input, option.label ?? option.value)
      })
      this.#controls = choices.map((row) => row.firstElementChild)
      const legend = element("legend", {}, ...this.#caption())
      // Without a role a fieldset is a group, and a group cannot be invalid.
      this.#described = element("fieldset", { class: "lf-field", role: "radiogroup" }, legend, ...this.#hint(), ...choices)
      this.#describe()
      return this.#described
    }

    #checkbox() {
      const { name, value, required, text, text_parts } = this.#field
      const input = element("input", {
        type: "checkbox", id: this.#id("field"), name, value, required,
      })
      this.#accept(input)
      return element("div", { class: "lf-field" }, choice(input, ...this.#caption(linked(text, text_parts))), ...this.#hint())
    }

    #labelled(control) {
      this.#accept(control)
      const label = element("label", { for: control.id }, ...this.#caption())
      return element("div", { class: "lf-field" }, label, ...this.#hint(), control)
    }

    #input() {
      const { type, name, required, multiple, value } = this.#field
      const constraints = this.#constraints()
      const [example, pattern = constraints.pattern] = FORMATS[type] ?? []
      constraints.placeholder ??= example
      constraints.pattern = pattern
      // `type` last: a slider clamps its value to the bounds that are set at that moment.
      const input = element("input", { id: this.#id("field"), name, required, multiple, ...constraints, value, type })
      if (example && input.type !== type) input.title = example
      return input
    }

    #textarea() {
      const { name, required, value = "" } = this.#field
      return element("textarea", { id: this.#id("field"), name, required, rows: "4", ...this.#constraints() }, value)
    }

    #select() {
      const { name, required, multiple, autocomplete, placeholder, options = [], value: chosen } = this.#field
      const select = element("select", { id: this.#id("field"), name, required, multiple, autocomplete })
      if (!multiple && !options.some(({ value }) => value === "")) {
        select.append(element("option", { value: "" }, placeholder ?? TEXTS.choose))
      }
      const groups = new Map([[undefined, select]])
      for (const { value, label, group, disabled } of options) {
        if (!groups.has(group)) groups.set(group, select.appendChild(element("optgroup", { label: group })))
        const option = element("option", { value, disabled }, label ?? value)
        option.defaultSelected = value === chosen
        groups.get(group).append(option)
      }
      return select
    }

    #constraints() {
      return Object.fromEntries(CONSTRAINTS.map((attribute) => [attribute, this.#field[attribute]]))
    }

    #caption(text = this.#label) {
      const { type, required } = this.#field
      const optional = !required && !ALWAYS_ANSWERED.includes(type)
      return optional ? [text, " ", element("span", { class: "lf-optional" }, TEXTS.optional)] : [text]
    }

    #hint() {
      const { hint, hint_parts } = this.#field
      return hint ? [element("p", { class: "lf-hint", id: this.#id("hint") }, linked(hint, hint_parts))] : []
    }

    #accept(control) {
      this.#controls = [control]
      this.#described = control
      this.#describe()
    }

    #describe() {
      const ids = [this.#field.hint && this.#id("hint"), this.#error?.id].filter(Boolean)
      if (ids.length > 0) this.#described?.setAttribute("aria-describedby", ids.join(" "))
      else this.#described?.removeAttribute("aria-describedby")
    }

    #id(part) {
      return `${this.#prefix}${part}-${this.#field.name}`
    }
  }

  // Sends one request; returns `{ body }` for a 2xx response, else `{ problem: { code, reason, message, details } }`.
  // `connection` aborts when the element leaves the page.
  async function ask(url, options, connection) {
    const request = new AbortController()
    const abort = () => request.abort()
    const timer = setTimeout(abort, TIMEOUT_MS)
    connection?.addEventListener("abort", abort, { signal: request.signal })
    try {
      const headers = { Accept: READABLE, ...options.headers }
      const response = await fetch(url, { ...options, headers, credentials: "omit", signal: request.signal })
      const body = await response.json()
      if (response.ok) return { body }
      const { code, message, details } = body.error
      return { problem: { code, message, details: details ?? {}, reason: details?.reason } }
    } catch {
      return { problem: { code: null, reason: request.signal.aborted ? "timeout" : "unreachable", details: {} } }
    } finally {
      clearTimeout(timer)
      request.abort()
    }
  }

  // Where the visitor came from, as far as this page knows. A touch is the address of a page, its referrer and the campaign in
  // its query. The session's first touch is stored, and the last one of another site or campaign; both until the tab is closed.
  class Attribution {
    // A reload or the back button is no arrival from another site.
    #isArrival = !["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type)

    // Stores the current page as a touch. A single-page application may have changed its address since the last call.
    note() {
      if (!IS_ATTRIBUTED) return
      const isArrival = this.#isArrival
      this.#isArrival = false
      const query = new URLSearchParams(location.search)
      const here = touchOf(new Date().toISOString(), location.href, REFERRER, query)
      if (!here) return
      const [first, last] = this.#touches()
      const isNews = !last || isOtherCampaign(here, last) || (isArrival && isFromAnotherSite())
      if (!first) remember(FIRST_TOUCH, here.toString())
      if (isNews) remember(LAST_TOUCH, here.toString())
    }

    // The attribution to send with the answers; the service stores it as claimed, not as observed.
    claims() {
      if (!IS_ATTRIBUTED) return {}
      this.note()
      const [first, last] = this.#touches()
      return {
        _page: address(location.href),
        _referrer: address(REFERRER),
        _first_touch: first?.toString(),
        _last_touch: last?.toString(),
      }
    }

    #touches() {
      return [FIRST_TOUCH, LAST_TOUCH].map((name) => parseTouch(recall(name)))
    }
  }

  // A touch as it is stored and sent, without parts that are missing or too long; null when the whole is too long.
  function touchOf(at, page, referrer, query) {
    const campaign = CAMPAIGN.map((name) => [name, query.get(name)])
    const sound = campaign.filter(([, value]) => value && bytesOf(value).length <= MAX_CAMPAIGN_BYTES)
    const addresses = [["page", address(page)], ["referrer", address(referrer)]].filter(([, value]) => value)
    const touch = new URLSearchParams([["at", at], ...addresses, ...sound])
    return touch.toString().length <= MAX_TOUCH_BYTES ? touch : null
  }

  // Session storage may contain anything, because the host page can write there, too.
  function parseTouch(text) {
    if (!text || text.length > MAX_TOUCH_BYTES) return null
    const said = new URLSearchParams(text)
    const at = said.get("at")
    if (!MOMENT.test(at) || Number.isNaN(Date.parse(at))) return null
    return touchOf(at, said.get("page"), said.get("referrer"), said)
  }

  function isOtherCampaign(here, last) {
    return CAMPAIGN.some((name) => here.has(name)) && CAMPAIGN.some((name) => here.get(name) !== last.get(name))
  }

  // A site is a host and its subdomains, without `www.`: the list of public suffixes would be larger than the widget.
  function isFromAnotherSite() {
    const referrer = parseUrl(REFERRER)
    if (!referrer) return false
    const [here, there] = [location, referrer].map(({ hostname }) => `.${hostname.replace(/^www\./, "")}`)
    return !here.endsWith(there) && !there.endsWith(here)
  }

  // The address of a web page, without its fragment and without credentials; undefined for other addresses.
  function address(text) {
    const url = parseUrl(text)
    if (!url || !/^https?:$/.test(url.protocol)) return undefined
    Object.assign(url, { hash: "", username: "", password: "" })
    return url.href.length <= MAX_ADDRESS_BYTES ? url.href : undefined
  }

  function parseUrl(text) {
    try {
      return new URL(text)
    } catch {
      return null
    }
  }

  function originOf(text) {
    const url = parseUrl(text)
    return /^https?:$/.test(url?.protocol) ? url.origin : undefined
  }

  // Reads a property of a document or form that an element with that name may hide: `<img name="currentScript">`.
  function genuine(node, name) {
    return Reflect.get(Object.getPrototypeOf(node), name, node)
  }

  // The same answers have the same idempotency key until the tab is closed: another click, a reload, the back button or a retry
  // after a lost response creates no second lead. Only a hash of the answers is stored.
  function keyOf(form, answers) {
    const name = `lead-form ${form} ${fingerprint(JSON.stringify(answers))}`
    const key = recall(name) ?? randomUuid()
    remember(name, key)
    return key
  }

  const memory = new Map()

  // Stores a text until the tab is closed, or in memory until the page is closed if the page may not use session storage.
  function remember(name, text) {
    memory.set(name, text)
    try {
      sessionStorage.setItem(name, text)
    } catch {
      // `memory` has it.
    }
  }

  function recall(name) {
    try {
      return sessionStorage.getItem(name) ?? memory.get(name)
    } catch {
      return memory.get(name)
    }
  }

  // 64 bits of FNV-1a: https://datatracker.ietf.org/doc/draft-eastlake-fnv/
  function fingerprint(text) {
    let hash = 0xcbf29ce484222325n
    for (const byte of bytesOf(text)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
    }
    return hash.toString(16)
  }

  function bytesOf(text) {
    return new TextEncoder().encode(text)
  }

  // `crypto.randomUUID` exists only on https pages; `getRandomValues` also on http pages.
  function randomUuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    // Version 4 and variant 1: https://www.rfc-editor.org/rfc/rfc9562#section-5.4
    bytes[6] = (bytes[6] & 0x0f) | 0x40
    bytes[8] = (bytes[8] & 0x3f) | 0x80
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
  }

  function tryAgain(seconds) {
    return seconds > 0 ? `${TEXTS.tryAgain} ${inTime(seconds)}.` : TEXTS.tryLater
  }

  function inTime(seconds) {
    const [count, unit] = seconds > 90 ? [Math.ceil(seconds / 60), "minute"] : [Math.ceil(seconds), "second"]
    return new Intl.RelativeTimeFormat("en").format(count, unit)
  }

  function choice(input, ...caption) {
    return element("div", { class: "lf-choice" }, input, element("label", { for: input.id }, ...caption))
  }

  // An input that no visitor sees. Browsers and password managers skip it: it has no box, and these attributes.
  function auxInput(name) {
    const input = element("input", {
      type: "text", name, tabindex: "-1", autocomplete: "off",
      "data-1p-ignore": true, "data-lpignore": "true", "data-bwignore": true, "data-form-type": "other",
    })
    return element("div", { class: "lf-aux", hidden: true }, input)
  }

  // Attributes as in HTML: absent when undefined or false, empty when true. Strings among the children become text.
  function element(name, attributes = {}, ...children) {
    const node = genuine(document, "createElement").call(document, name)
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue
      node.setAttribute(attribute, value === true ? "" : value)
    }
    node.append(...children)
    return node
  }

  // A text with its links, which open in a new tab so that the typed values stay.
  function linked(text, parts) {
    if (!parts) return text
    const nodes = parts.map(({ text, href }) => href ? element("a", { href, target: "_blank", rel: "noopener" }, text) : text)
    const whole = document.createDocumentFragment()
    whole.append(...nodes)
    return whole
  }

  function adoptStyles(root) {
    const sheets = genuine(root, "adoptedStyleSheets")
    if (!sheets.includes(STYLES)) root.adoptedStyleSheets = [...sheets, STYLES]
  }

  // Longer than the service's longest response time; a test of the service compares the two.
  const TIMEOUT_MS = 40_000
  // The waits before answers are sent again while the service is unavailable. If the service requests a longer wait than the
  // longest of them, the visitor has to send them.
  const WAITS_S = [5, 15, 30, 60, 120]
  const MAX_WAIT_S = 120
  // `keepalive` requests of a page may have 64 KiB in total.
  const MAX_KEEPALIVE_BYTES = 60_000
  // Names in session storage.
  const FIRST_TOUCH = "lead-form first touch"
  const LAST_TOUCH = "lead-form last touch"
  const CAMPAIGN = [
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "gbraid", "wbraid", "dclid",
    "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id",
  ]
  const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
  // Addresses and touches are ASCII, so their length is their bytes.
  const MAX_ADDRESS_BYTES = 2_000
  const MAX_CAMPAIGN_BYTES = 500
  const MAX_TOUCH_BYTES = 4_000
  // Requests this dialect, whichever the form has for other clients. This value of `Accept` needs no preflight.
  const READABLE = "application/vnd.formgate.lead-gen+json, application/json;q=0.5"
  const UNREADABLE = { code: null, reason: "unreadable", details: {} }
  const CONSTRAINTS = ["placeholder", "autocomplete", "minlength", "maxlength", "min", "max", "step", "pattern"]
  // Firefox shows a text field for these types: its placeholder (also the title), and its pattern.
  const FORMATS = {
    month: ["2026-11", "[0-9]{4}-(0[1-9]|1[0-2])"],
    week: ["2026-W48", "[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])"],
  }
  // These types always have a value, so "(optional)" would be wrong.
  const ALWAYS_ANSWERED = ["range", "color"]

  const TEXTS = {
    submit: "Send",
    sending: "Sending…",
    thanks: "Thank you",
    optional: "(optional)",
    choose: "Choose one",
    errorPrefix: "Error:",
    problem: "There is a problem",
    notSent: "Your answers were not sent",
    nothingLost: "Nothing you typed was lost. Try again in a moment.",
    sentAgain: "Nothing you typed was lost. It will be sent again",
    notLoaded: "The form could not be loaded here.",
    notSetUp: "This form is not set up for this site.",
    notFound: "This form is not available.",
    openHostedPage: "Open the form on its own page",
    tooMany: "Too many attempts",
    tryAgain: "Nothing you typed was lost. Try again",
    tryLater: "Nothing you typed was lost. Try again later.",
  }

  // A constructed sheet, because `style-src 'self'` of a host page forbids <style> and style attributes. It reads the variables
  // that a page may set and sets none, since it applies after the page's sheets. `[form]` and `[type]` give it precedence over
  // resets.
  const STYLES = new CSSStyleSheet()
  STYLES.replaceSync(`
    lead-form {
      --_lf-text: var(--lf-text, #1c2126); --_lf-muted: var(--lf-muted, #4a5560); --_lf-line: var(--lf-line, #6b7680);
      --_lf-accent: var(--lf-accent, #1a56b0); --_lf-error: var(--lf-error, #b3261e);
      display: block; line-height: 1.5;
    }
    lead-form[form] > form, lead-form[form] .lf-thanks {
      position: relative; max-width: 40em; padding: 1.5em; border: 1px solid #c9d0d6; border-radius: .5em;
      background: #fff; color: var(--_lf-text); color-scheme: light; overflow-wrap: break-word;
    }
    lead-form[form] * { box-sizing: border-box; }
    lead-form[form] h2 { margin: 0 0 .5em; font: inherit; font-size: 1.375em; font-weight: 700; line-height: 1.25; color: inherit; }
    lead-form[form] p { margin: 0 0 .5em; font-size: 1em; color: inherit; }
    lead-form[form] .lf-description { margin-bottom: 1.25em; }
    lead-form[form] .lf-thanks { margin: 0; }

    lead-form[form] .lf-field { margin: 0 0 1.25em; padding: 0; border: 0; min-width: 0; scroll-margin-block: 5em; }
    lead-form[form] .lf-field > label, lead-form[form] legend {
      display: block; margin: 0 0 .25em; padding: 0; font: inherit; font-weight: 600; color: inherit;
    }
    lead-form[form] legend { float: left; width: 100%; }
    lead-form[form] legend + * { clear: both; }
    lead-form[form] .lf-optional { font-weight: 400; color: var(--_lf-muted); }
    lead-form[form] .lf-hint { margin: 0 0 .375em; color: var(--_lf-muted); }
    lead-form[form] .lf-error { margin: 0 0 .375em; font-weight: 600; color: var(--_lf-error); }
    lead-form[form] .lf-invalid { border-inline-start: 4px solid var(--_lf-error); padding-inline-start: .875em; }

    lead-form[form] :is(input, select, textarea) {
      margin: 0; font: inherit; font-size: max(16px, 1em); accent-color: var(--_lf-accent);
    }
    lead-form[form] .lf-field > :is(input, select, textarea) {
      display: block; width: 100%; min-height: 2.75em; padding: .5em .625em;
      color: var(--_lf-text); background: #fff; border: 1px solid var(--_lf-line); border-radius: .25em;
    }
    lead-form[form] .lf-invalid > :is(input, select, textarea) { border: 2px solid var(--_lf-error); }
    lead-form[form] .lf-field > textarea { resize: vertical; }
    lead-form[form] .lf-field > [type=color] { width: 5em; padding: .25em; }
    lead-form[form] .lf-field > [type=range] { padding: .25em; border: 0; }
    lead-form[form] .lf-choice { display: flex; align-items: flex-start; gap: .625em; padding: .25em 0; }
    lead-form[form] .lf-choice > input {
      position: static; flex: none; width: max(24px, 1.5em); height: max(24px, 1.5em); opacity: 1; pointer-events: auto;
    }
    lead-form[form] .lf-choice > label {
      display: block; flex: 1; min-width: 0; min-height: 24px; margin: 0; font: inherit; color: inherit;
    }

    lead-form[form] button[type] {
      display: inline-block; min-height: 2.75em; padding: .625em 1.5em; font: inherit; font-size: max(16px, 1em);
      font-weight: 600; color: #fff; background: var(--_lf-accent); border: 2px solid transparent; border-radius: .25em;
      cursor: pointer;
    }
    lead-form[form] button[type]:hover { background: color-mix(in srgb, var(--_lf-accent), #000 25%); }
    lead-form[form] button[type][aria-disabled=true] { background: var(--_lf-muted); cursor: progress; }
    lead-form[form] :is(input, select, textarea, button, a, [tabindex]):focus-visible, lead-form[form] .lf-summary:focus {
      outline: 3px solid var(--_lf-accent); outline-offset: 2px;
    }

    lead-form[form] .lf-summary {
      margin: 0 0 1.5em; padding: 1em; border: 3px solid var(--_lf-error); border-radius: .25em; scroll-margin-block: 5em;
    }
    lead-form[form] .lf-summary ul { margin: 0; padding: 0; list-style: none; }
    lead-form[form] .lf-summary li { margin: .25em 0 0; }
    lead-form[form] .lf-summary a {
      display: inline-block; min-height: 24px; font-weight: 600; color: var(--_lf-error); text-decoration: underline;
    }

    lead-form[form] .lf-aux { display: none !important; }

    lead-form[form] .lf-visually-hidden {
      position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
    }
  `)

  const attribution = new Attribution()

  // The script may run more than once on a page.
  if (!customElements.get("lead-form")) {
    // A page without a form counts as a touch, too.
    attribution.note()
    customElements.define("lead-form", LeadForm)
  }
})()
