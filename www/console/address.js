// What is shown is in the page's address: the tab, the filters and what is open, so that a view can be bookmarked and shared.

let onMove = () => {}

export function here() {
  return Object.fromEntries(new URLSearchParams(location.search))
}

// The address of the view `at`; empty values are left out.
export function addressOf(at) {
  const filled = Object.entries(at).filter(([, value]) => value)
  return `?${new URLSearchParams(filled)}`
}

// Goes to another view. `replaces` adds no entry to the history.
export function go(at, { replaces = false } = {}) {
  const address = addressOf(at)
  if (address !== location.search) history[replaces ? "replaceState" : "pushState"](null, "", address)
  onMove()
}

// Changes a part of the current view.
export function change(changes, options) {
  go({ ...here(), ...changes }, options)
}

// Calls `move` whenever another view is to be shown, by the reader or by the browser's buttons.
export function startMoving(move) {
  onMove = move
  addEventListener("popstate", move)
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a")
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!isPlain || !link || link.target || link.origin !== location.origin || link.pathname !== location.pathname) return
    event.preventDefault()
    go(Object.fromEntries(new URLSearchParams(link.search)))
  })
}
