// The head of the builder: what the form is, whether its draft is stored, undo, publishing, and what the edge objects to.
import { addressOf } from "../address.js"
import { explain } from "../api.js"
import { counted } from "../count.js"
import { bdi, button, div, fill, h, mark, p } from "../dom.js"
import { bound, isNew } from "./inputs.js"
import { placesOf, publishActions } from "./publish.js"

export function barOf(builder) {
  const { key, model } = builder
  const state = bound(p("hint"), (node) => fill(node, saved(builder.draft.state)))
  const undo = bound(button("Undo", builder.undo, { "aria-keyshortcuts": "Control+Z" }), (node) => dim(node, !model.canUndo()))
  const redo = bound(button("Redo", builder.redo, { "aria-keyshortcuts": "Control+Y" }), (node) => dim(node, !model.canRedo()))
  return div("bar",
    bound(h("h2", {}), (node) => fill(node, bdi(model.definition.title || key))),
    bound(h("p", { class: "meta" }), (node) => {
      const { version, status } = builder
      fill(node,
        h("code", {}, key), version && ` · version ${version}`, mark(status), mark(status !== "draft" && builder.hasDraft && "has a draft"))
    }),
    div("actions",
      undo, redo,
      publishActions(builder),
      state),
    bound(div("conflict"), conflict),
    bound(h("details", { class: "findings" }), findings),
    bound(h("p", { class: "links" }), (node) => {
      const isPublished = builder.status === "published"
      if (!isNew(node, isPublished)) return
      fill(node, isPublished && [link(`/f/${key}`, "Its page"), link(`/f/${key}?test`, "Test lead")],
        h("a", { href: addressOf({ tab: "inbox", form: key }) }, "Its leads"),
        h("a", { href: addressOf({ tab: "rejects", form: key }) }, "Its rejects"))
    }))

  function saved({ kind, at, error }) {
    switch (kind) {
      case "waiting":
      case "saving": return "Saving…"
      case "saved": return ["Draft saved ", at.toLocaleTimeString([], { timeStyle: "short" })]
      case "kept": return `Not saved: ${error.status === 0 ? "no connection" : explain(error).heading}, kept in this browser`
      case "conflict": return "Not saved: another person changed the draft"
      default: return builder.hasDraft ? "Draft saved" : "No changes"
    }
  }

  // Another person stored a draft meanwhile: one of the two stays.
  function conflict(node) {
    const isDue = builder.draft.state.kind === "conflict"
    if (!isNew(node, isDue)) return
    fill(node, isDue && [
      p("", "Another person changed this draft while you did. Yours is kept in this browser."),
      div("actions", button("Load theirs", builder.reload), button("Keep mine", () => builder.draft.overwrite())),
    ])
    if (isDue) node.setAttribute("role", "alert")
  }

  function findings(node) {
    const { faults } = builder
    if (!isNew(node, faults)) return
    const isOpen = node.open
    node.hidden = faults.length === 0
    fill(node,
      h("summary", { class: "fault" }, counted(faults.length, "fault")),
      placesOf(builder, faults))
    node.open = isOpen
  }
}

function dim(node, isIdle) {
  node.classList.toggle("idle", isIdle)
}

function link(href, text) {
  return h("a", { href, target: "_blank", rel: "noopener" }, text)
}
