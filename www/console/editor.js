// The definition of a form as JSON, with what is wrong with it beside it, as the service says it.
import { ask } from "./api.js"
import { announce, bdi, failed, h, labelled } from "./dom.js"

const TYPED_MS = 500

export function editorOf({ text, key, etag, saved }) {
  const area = h("textarea", { class: "definition", rows: 24, spellcheck: "false", autocapitalize: "off", autocomplete: "off" })
  area.value = text
  const state = h("p", { class: "hint", role: "status" })
  const findings = h("div", { class: "findings" })
  let stored = text
  let timer
  let stopper

  area.addEventListener("input", () => {
    state.textContent = "Not saved"
    clearTimeout(timer)
    timer = setTimeout(check, TYPED_MS)
  })
  check()

  const editor = {
    element: h("div", { class: "editor" }, labelled("Definition", area, { class: "field wide" }), h("div", {}, state, findings)),
    showFaults: (faults, advice) => show(faults, advice),

    // Stores the draft; resolves to whether it is stored, with or without faults.
    async save() {
      if (!parsed()) {
        area.focus()
        return false
      }
      const { value } = area
      const { data, etag: now } = await ask("PUT", `forms/${encodeURIComponent(key)}`, { body: value, headers: etag ? { "If-Match": etag } : {} })
      etag = now ?? etag
      stored = value
      state.textContent = "The draft is saved"
      show(data.faults, data.advice)
      saved()
      return true
    },

    close() {
      clearTimeout(timer)
      stopper?.abort()
      removeEventListener("beforeunload", keep)
    },
  }
  addEventListener("beforeunload", keep)
  return editor

  // The browser asks before it leaves a definition that is not saved.
  function keep(event) {
    if (area.value !== stored) event.preventDefault()
  }

  async function check() {
    if (!parsed()) return
    stopper?.abort()
    stopper = new AbortController()
    const { signal } = stopper
    try {
      const { data } = await ask("POST", "forms/check", { body: area.value, signal })
      show(data.faults, data.advice)
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
  }

  // Whether it is JSON; if not, says where it ends being so.
  function parsed() {
    try {
      JSON.parse(area.value)
      return true
    } catch (error) {
      show([{ path: "", reason: `This is not JSON: ${placed(error.message)}` }])
      return false
    }
  }

  // Browsers say the place as a line and column, or as a position in the text.
  function placed(message) {
    const at = /position (\d+)(?! \(line)/.exec(message)?.[1]
    if (at === undefined) return message
    const lines = area.value.slice(0, at).split("\n")
    return `${message} (line ${lines.length} column ${lines.at(-1).length + 1})`
  }

  function show(faults = [], advice = []) {
    area.setAttribute("aria-invalid", String(faults.length > 0))
    findings.replaceChildren(
      ...listed(faults.length === 0 ? "No faults" : `${faults.length} ${faults.length === 1 ? "fault" : "faults"}`, faults, "fault"),
      ...advice.length > 0 ? listed("Advice", advice, "") : [])
    announce(faults.length === 0 ? "No faults" : `${faults.length} ${faults.length === 1 ? "fault" : "faults"}: ${faults[0].reason ?? faults[0].message}`)
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
