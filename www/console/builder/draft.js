// The draft of a form on the service: stored a second after the last change, and kept in this browser while it cannot be.
import { ask } from "../api.js"

// How long after a change the draft is stored, and after a failure again: milliseconds.
const PAUSE_MS = 1_000
const RETRY_MS = 15_000

// `stored` is the text of the draft that the service has, or of what is published, and `etag` that of the draft. `tell()` is
// called when `state` changes, `answered(text, data)` when the service has stored a text.
export function draftOf({ key, stored, etag, tell, answered }) {
  const path = `forms/${encodeURIComponent(key)}`
  const place = `formgate:draft:${key}`
  let wanted = stored
  let timer
  let queue = Promise.resolve()
  const draft = {
    // same, waiting, saving, saved, kept or conflict; `at` is when it was saved, and `error` why it was not.
    state: { kind: "same" },

    get etag() {
      return etag
    },

    get text() {
      return wanted
    },

    // Stores a text after a pause.
    change(text) {
      wanted = text
      if (draft.state.kind === "conflict") return keep()
      if (draft.state.kind === "kept") keep()
      else set({ kind: "waiting" })
      later(PAUSE_MS)
    },

    // Stores what is wanted now; resolves to whether the service has it.
    save() {
      clearTimeout(timer)
      queue = queue.then(store)
      return queue
    },

    // The draft that this browser kept: { text, etag }.
    kept() {
      try {
        return JSON.parse(localStorage.getItem(place))
      } catch {
        return null
      }
    },

    // What the service has now, for example after a publication.
    reset(text, tag) {
      clearTimeout(timer)
      stored = wanted = text
      etag = tag
      forget()
      set({ kind: "same" })
    },

    // Another person changed the draft that this one began with.
    refuse() {
      clearTimeout(timer)
      keep()
      set({ kind: "conflict" })
    },

    // Puts what is wanted in place of what another person stored.
    async overwrite() {
      const response = await ask("GET", path).catch(missing)
      etag = response.etag
      set({ kind: "waiting" })
      return draft.save()
    },

    // Stores what is waiting, without a pause.
    close() {
      clearTimeout(timer)
      removeEventListener("online", draft.save)
      removeEventListener("pagehide", leave)
      if (["waiting", "kept"].includes(draft.state.kind)) draft.save()
    },
  }
  addEventListener("online", draft.save)
  addEventListener("pagehide", leave)
  return draft

  function later(pause) {
    clearTimeout(timer)
    timer = setTimeout(draft.save, pause)
  }

  async function store() {
    const text = wanted
    if (draft.state.kind === "conflict") return false
    if (text === stored && draft.state.kind !== "kept") {
      if (draft.state.kind === "waiting") set({ kind: "saved", at: new Date() })
      return true
    }
    if (draft.state.kind === "waiting") set({ kind: "saving" })
    try {
      const { data, etag: next } = await ask("PUT", path, put(text))
      etag = next ?? etag
      stored = text
      forget()
      set(wanted === text ? { kind: "saved", at: new Date() } : { kind: "waiting" })
      answered(text, data)
      return true
    } catch (error) {
      keep()
      if (error.status === 412) set({ kind: "conflict" })
      else {
        set({ kind: "kept", error })
        later(RETRY_MS)
      }
      return false
    }
  }

  function put(text) {
    return { body: text, headers: etag ? { "If-Match": etag } : {} }
  }

  // The page goes away, perhaps before a request is answered.
  function leave() {
    if (wanted === stored || draft.state.kind === "conflict") return
    keep()
    ask("PUT", path, { ...put(wanted), isLast: true }).catch(() => {})
  }

  function keep() {
    try {
      localStorage.setItem(place, JSON.stringify({ text: wanted, etag: etag ?? null }))
    } catch {
      // Without storage, the page is the only place.
    }
  }

  function forget() {
    try {
      localStorage.removeItem(place)
    } catch {
      // As above.
    }
  }

  function set(state) {
    draft.state = state
    tell()
  }
}

// A form that has nothing yet.
export function missing(error) {
  if (error.status !== 404) throw error
  return { data: { published: null, draft: null, version: null, status: "new" }, etag: null }
}
