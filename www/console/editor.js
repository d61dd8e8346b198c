// The definition of a form as JSON, with its faults beside it, as the service names them.
import { ask } from "./api.js"
import { announce, bdi, div, failed, h, labelled } from "./dom.js"

const TYPED_MS = 500
// Definitions that were typed and not saved, by form, while the reader looks at something else.
const unsaved = new Map()

// `text` is the stored definition if it `isStored`, else what a new one begins with.
export function editorOf({ text, isStored, key, etag, saved }) {
  const area = h("textarea", { class: "definition", rows: 24, spellcheck: "false", autocapitalize: "off", autocomplete: "off" })
  area.value = unsaved.get(key) ?? text
  const state = h("p", { class: "hint", role: "status" }, area.value === text ? "" : "Not saved")
  const findings = h("div", { class: "findings" })
  let stored = isStored ? text : ""
  let timer
  let stopper

  area.addEventListener("input", () => {
    state.textContent = "Not saved"
    clearTimeout(timer)
    timer = setTimeout(check, TYPED_MS)
  })
  check()
  // One draft is stored after the other, each in place of the one before.
  let saving = Promise.resolve()

  const editor = {
    element: div("editor", labelled("Definition", area, { class: "field wide" }), div("", state, findings)),
    showFaults: (faults, advice) => show(faults, advice),

    // Stores the draft; resolves to whether it is stored, with or without faults.
    save() {
      const own = saving.then(store)
      saving = own.catch(() => {})
      return own
    },

    isSaved: () => area.value === stored,
    // That the draft is still the one that is shown.
    condition,

    close() {
      if (isTyped()) unsaved.set(key, area.value)
      else unsaved.delete(key)
      clearTimeout(timer)
      stopper?.abort()
      removeEventListener("beforeunload", keep)
    },
  }
  addEventListener("beforeunload", keep)
  return editor

  async function store() {
    const { value } = area
    const response = await checked("PUT", `forms/${encodeURIComponent(key)}`, { body: value, headers: condition() })
    if (!response) return false
    etag = response.etag ?? etag
    stored = value
    state.textContent = area.value === value ? "The draft is saved" : "Not saved"
    saved()
    return true
  }

  function condition() {
    return etag ? { "If-Match": etag } : {}
  }

  // The browser asks before it leaves a definition that is not saved.
  function keep(event) {
    if (isTyped()) event.preventDefault()
  }

  function isTyped() {
    return ![stored, text].includes(area.value)
  }

  async function check() {
    stopper?.abort()
    stopper = new AbortController()
    const { signal } = stopper
    try {
      await checked("POST", "forms/check", { body: area.value, signal })
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
  }

  // Sends the definition and shows its faults, unless it was changed meanwhile. Resolves to nothing when it is refused: it is not
  // JSON.
  async function checked(method, path, options) {
    const isCurrent = () => area.value === options.body
    try {
      const response = await ask(method, path, options)
      if (isCurrent()) show(response.data.faults, response.data.advice)
      return response
    } catch (error) {
      if (!error.details?.errors) throw error
      if (isCurrent()) show(error.details.errors)
    }
  }

  function show(faults = [], advice = []) {
    area.setAttribute("aria-invalid", String(faults.length > 0))
    const count = faults.length === 0 ? "No faults" : `Faults: ${faults.length}`
    findings.replaceChildren(...listed(count, faults, "fault"), ...advice.length > 0 ? listed("Advice", advice, "") : [])
    announce(count)
  }
}

function listed(title, entries, kind) {
  return [
    h("h3", { class: kind }, title),
    entries.length > 0 && h("ul", {}, entries.map(({ path, field, reason, message }) => {
      const where = path || field
      return h("li", {}, where && [h("code", {}, bdi(where)), ": "], bdi(reason ?? message))
    })),
  ].filter(Boolean)
}
