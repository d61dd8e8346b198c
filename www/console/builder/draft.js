// The draft of a form on the service: stored a second after the last change, and kept in this browser while it cannot be.
import { ask } from "../api.js"

// How long after a change the draft is stored, and after a failure again: milliseconds.
const PAUSE_MS = 1_000
const RETRY_MS = 15_000
// What is being stored, by form, so that no draft is read before it is.
const storing = new Map()

// `stored` is the text of the draft that the service has, or of what is published, and `etag` that of the draft. `tell()` is
// called when `state` changes, `answered(text, data)` when the service has stored a text.
export function draftOf({ key, path, stored, etag, tell, answered }) {
  const place = `formgate:draft:${key}`
  let wanted = stored
  let timer
  let isClosed = false
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

    // Stores what is wanted now; resolves to whether the service has it. `isLast`: the page is going away.
    save(isLast = false) {
      clearTimeout(timer)
      queue = queue.then(() => store(isLast))
      storing.set(key, queue)
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

    forget() {
      try {
        localStorage.removeItem(place)
      } catch {
        // Without storage, nothing was kept.
      }
    },

    // What the service has now, for example after a publication.
    reset(text, tag) {
      clearTimeout(timer)
      stored = wanted = text
      etag = tag
      draft.forget()
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

    // Stores what is waiting, without a pause. What cannot be stored then is tried again when the form is opened.
    close() {
      isClosed = true
      clearTimeout(timer)
      removeEventListener("online", retry)
      document.removeEventListener("visibilitychange", leave)
      if (["waiting", "kept"].includes(draft.state.kind)) draft.save()
    },
  }
  addEventListener("online", retry)
  document.addEventListener("visibilitychange", leave)
  return draft

  function later(pause) {
    clearTimeout(timer)
    timer = setTimeout(retry, pause)
  }

  function retry() {
    if (["waiting", "kept"].includes(draft.state.kind)) draft.save()
  }

  async function store(isLast) {
    const text = wanted
    const { kind } = draft.state
    if (kind === "conflict") return false
    if (text === stored) {
      draft.forget()
      if (kind !== "same") set({ kind: "saved", at: new Date() })
      return true
    }
    if (kind === "waiting") set({ kind: "saving" })
    try {
      const { data, etag: next } = await ask("PUT", path, { body: text, headers: etag ? { "If-Match": etag } : {}, isLast })
      etag = next ?? etag
      stored = text
      draft.forget()
      set(wanted === text ? { kind: "saved", at: new Date() } : { kind: "waiting" })
      answered(text, data)
      return true
    } catch (error) {
      keep()
      if (error.status === 412) set({ kind: "conflict" })
      else {
        set({ kind: "kept", error })
        if (!isClosed) later(RETRY_MS)
      }
      return false
    }
  }

  // A page that is put away may never run again.
  function leave() {
    if (!document.hidden || wanted === stored) return
    keep()
    draft.save(true)
  }

  function keep() {
    try {
      localStorage.setItem(place, JSON.stringify({ text: wanted, etag: etag ?? null }))
    } catch {
      // Without storage, the page is the only place.
    }
  }

  function set(state) {
    draft.state = state
    tell()
  }
}

// Resolves when the draft of a form that is being stored is, or cannot be.
export function settled(key) {
  return storing.get(key)
}

// A form that has nothing yet.
export function missing(error) {
  if (error.status !== 404) throw error
  return { data: {} }
}
