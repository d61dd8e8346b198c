// What a view shows when it has no content: loading, empty, failed.
import { explain } from "./api.js"
import { button, div, h, p } from "./dom.js"

export function loading() {
  return p("state", "Loading…")
}

// `content` is a text, or a list of texts and nodes.
export function empty(content) {
  return div("state", [content].flat().map((part) => part.nodeType ? part : p("", part)))
}

// Shows what to do; `again` tries again.
export function failure(error, again) {
  const { heading, text, isReload } = explain(error)
  return h("div", { class: "state failure", role: "alert" },
    h("h2", {}, heading),
    p("", text),
    isReload ? button("Load again", () => location.reload()) : again && button("Try again", again))
}
