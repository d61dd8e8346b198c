// The note of a lead: saved a moment after the last key, and when the reader leaves it.
import { ask } from "./api.js"
import { failed, h, labelled } from "./dom.js"

const TYPED_MS = 1_000
// As in the API: characters.
const MAX_NOTE = 2_000

export function noteOf(id, text, saved) {
  const area = h("textarea", { rows: 2, maxlength: MAX_NOTE, "data-act": "note" })
  area.value = text
  const state = h("span", { class: "hint", role: "status" })
  let timer
  let stored = text

  const save = async (isLast) => {
    clearTimeout(timer)
    const typed = area.value
    if (typed === stored) return
    const before = stored
    stored = typed
    state.textContent = "Saving…"
    try {
      await ask("PATCH", `leads/${encodeURIComponent(id)}`, { body: { note: typed }, isLast })
      state.textContent = area.value === typed ? "Saved" : ""
      saved()
    } catch (error) {
      stored = before
      state.textContent = "Not saved"
      failed(error)
    }
  }
  area.addEventListener("input", () => {
    state.textContent = ""
    clearTimeout(timer)
    timer = setTimeout(save, TYPED_MS)
  })
  area.addEventListener("change", () => save())
  // The page may be closed while the note has the focus.
  area.addEventListener("blur", () => save(document.hidden))
  return h("section", { class: "part" }, labelled("Note", area), state)
}
