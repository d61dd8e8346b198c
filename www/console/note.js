// The note of a lead: saved a moment after the last key, and when the reader leaves it.
import { ask, read } from "./api.js"
import { failed, h, labelled } from "./dom.js"

const TYPED_MS = 1_000
// As in the API: characters.
const MAX_NOTE = 2_000

export function noteOf({ id, note }, saved) {
  const path = `leads/${id}`
  const area = h("textarea", { rows: 2, maxlength: MAX_NOTE, "data-act": "note" })
  area.value = note
  const state = h("span", { class: "hint", role: "status" })
  let timer
  let stored = note
  // One note is stored after the other, each in place of the one before.
  let saving = Promise.resolve()

  const store = async (typed, isLast) => {
    if (typed === stored || typed !== area.value) return
    state.textContent = "Saving…"
    try {
      await ask("PATCH", path, { body: { note: typed, replaces: stored }, isLast })
      stored = typed
      state.textContent = area.value === typed ? "Saved" : ""
      saved()
    } catch (error) {
      state.textContent = "Not saved"
      if (error.status === 412) await merge().catch(failed)
      else failed(error)
    }
  }
  // Another person has changed the note meanwhile: both texts stay, to be edited into one.
  const merge = async () => {
    stored = (await read(path)).note
    if (!area.value.includes(stored)) area.value = `${stored}\n${area.value}`
    state.textContent = "Another person changed the note meanwhile. It is above yours: edit it, and it is saved."
  }
  const save = (isLast) => {
    clearTimeout(timer)
    const { value } = area
    saving = saving.then(() => store(value, isLast))
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
