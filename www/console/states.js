// What stands where nothing else can: loading, empty, failed.
import { explain } from "./api.js"
import { button, h } from "./dom.js"

export function loading() {
  return h("p", { class: "state" }, "Loading…")
}

// `content` is a text, or a list of texts and nodes.
export function empty(content) {
  return h("div", { class: "state" }, [content].flat().map((part) => part.nodeType ? part : h("p", {}, part)))
}

// Says what to do; `again` tries again.
export function failure(error, again) {
  const { heading, text, isReload } = explain(error)
  return h("div", { class: "state failure", role: "alert" },
    h("h2", {}, heading),
    h("p", {}, text),
    isReload ? button("Load again", () => location.reload()) : again && button("Try again", again))
}
