// Has the edge check the definition while it is changed.
import { ask } from "../api.js"

const TYPED_MS = 400

// `found(data)` gets the result of the edge's check of the latest text.
export function checksOf(found) {
  let timer
  let stopper
  return {
    change(text, pause = TYPED_MS) {
      clearTimeout(timer)
      stopper?.abort()
      timer = setTimeout(check, pause, text)
    },
    close() {
      clearTimeout(timer)
      stopper?.abort()
    },
  }

  async function check(text) {
    stopper = new AbortController()
    const { signal } = stopper
    try {
      const { data } = await ask("POST", "forms/check", { body: text, signal })
      if (!signal.aborted) found(data)
    } catch {
      // What was found before stays: the next change, or the next saving, is checked again.
    }
  }
}
