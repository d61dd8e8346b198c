// The line above a view: what was done and can be undone for ten seconds, or what failed.
import { explain } from "./api.js"
import { announce, button, failed, fill, h, p, setOnFailure } from "./dom.js"

// How long an action can be undone: milliseconds. The time stops while the line has the focus or the pointer.
const UNDO_MS = 10_000

let current

// Shows what failed until the next line.
export function startNotices() {
  setOnFailure((error) => {
    const { heading, text } = explain(error)
    show([h("strong", {}, heading), " ", text], "failure", "alert")
  })
  // A page that is put away may never run again.
  document.addEventListener("visibilitychange", () => document.hidden && commitNow(true))
  addEventListener("pagehide", () => commitNow(true))
}

// `content` is a text, or a list of texts and nodes.
export function say(content) {
  announce(show(content, "", null).querySelector("p").textContent)
}

// Offers to undo what `text` names. `commit`, if any, does it when the time is over; `undo` takes back what was done already, or
// what the page shows.
export function offerUndo(text, { commit, undo }) {
  commitNow()
  const offer = { commit, undo, left: UNDO_MS }
  const line = show(text, "", null, button("Undo", undoLast, { "aria-keyshortcuts": "z" }))
  const stop = () => {
    if (offer.since === Infinity) return
    clearTimeout(offer.timer)
    offer.left -= Date.now() - offer.since
    offer.since = Infinity
  }
  const start = () => {
    if (line.matches(":hover, :focus-within")) return
    offer.since = Date.now()
    offer.timer = setTimeout(() => current === offer && commitNow(), Math.max(offer.left, 0))
  }
  for (const name of ["focusin", "pointerenter"]) line.addEventListener(name, stop)
  for (const name of ["focusout", "pointerleave"]) line.addEventListener(name, start)
  start()
  current = offer
  announce(`${text} Press z to undo.`)
}

export async function undoLast() {
  const offer = current
  if (!offer) return
  end(offer)
  await offer.undo()
  announce("Undone")
}

// Does what is waiting. `isLast`: the page is going away.
export function commitNow(isLast = false) {
  const offer = current
  if (!offer) return
  end(offer)
  offer.commit?.(isLast).catch(failed)
}

// The notice of one tab is not shown on the next, unless it can be undone.
export function dismiss() {
  if (!current) show()
}

function end(offer) {
  clearTimeout(offer.timer)
  current = undefined
  show()
}

function show(content, kind, role, ...more) {
  const line = content && h("div", { class: `notice ${kind}`, role }, p("", content), more, button("Close", () => current ? commitNow() : show()))
  fill(document.getElementById("notice"), line)
  return line
}
