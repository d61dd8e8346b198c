// The head of the builder: what the form is, whether its draft is stored, undo, publishing, and what the edge objects to.
import { addressOf } from "../address.js"
import { explain } from "../api.js"
import { bdi, button, confirm, div, h, mark, p } from "../dom.js"
import { say } from "../notice.js"
import { time } from "../time.js"
import { bound } from "./inputs.js"
import { publishDialog } from "./publish.js"
import { nameOf } from "./words.js"

export function barOf(builder) {
  const { key, model } = builder
  const state = bound(h("p", { class: "hint saved" }), (node) => node.replaceChildren(...saved(builder.draft.state)))
  const undo = bound(button("Undo", builder.undo, { "aria-keyshortcuts": "Control+Z" }), (node) => dim(node, !model.canUndo()))
  const redo = bound(button("Redo", builder.redo, { "aria-keyshortcuts": "Control+Y" }), (node) => dim(node, !model.canRedo()))
  return div("bar",
    bound(h("h2", {}), (node) => node.replaceChildren(bdi(model.definition.title || key))),
    bound(h("p", { class: "meta" }), (node) => {
      const { version, status } = builder
      node.replaceChildren(...[
        h("code", {}, key), version && ` · version ${version}`, mark(status), mark(status !== "draft" && builder.etag && "has a draft"),
      ].flat().filter(Boolean))
    }),
    div("actions",
      undo, redo,
      button("Publish…", () => publishDialog(builder), { class: "main" }),
      state),
    bound(div("conflict"), conflict),
    bound(h("details", { class: "findings" }), findings),
    h("details", { class: "more-actions" },
      h("summary", {}, "More"),
      div("actions",
        bound(div("actions"), (node) => {
          const isPublished = builder.status === "published"
          const mark = JSON.stringify([isPublished, Boolean(builder.etag)])
          if (node.dataset.mark === mark) return
          node.dataset.mark = mark
          node.replaceChildren(...[
            isPublished && link(`/f/${key}`, "Open its page"),
            isPublished && link(`/f/${key}?test`, "Send a test lead"),
            builder.etag && button("Discard draft…", discard),
            isPublished && button("Unpublish…", unpublish, { class: "danger" }),
          ].filter(Boolean))
        }),
        h("a", { href: addressOf({ tab: "inbox", form: key }) }, "Its leads"),
        h("a", { href: addressOf({ tab: "rejects", form: key }) }, "Its rejects"))))

  function saved({ kind, at, error }) {
    switch (kind) {
      case "waiting":
      case "saving": return ["Saving…"]
      case "saved": return ["Draft saved ", at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })]
      case "kept": return [`Not saved: ${error.status === 0 ? "no connection" : explain(error).heading}, kept in this browser`]
      case "conflict": return ["Not saved: another person changed the draft"]
      default: return [builder.etag ? "Draft saved" : "No changes"]
    }
  }

  // Another person stored a draft meanwhile: one of the two stays.
  function conflict(node) {
    const isDue = builder.draft.state.kind === "conflict"
    if (isDue === node.childElementCount > 0) return
    node.replaceChildren(...isDue
      ? [
        p("", "Another person changed this draft while you did. Yours is kept in this browser."),
        div("actions", button("Load theirs", builder.loadTheirs), button("Keep mine", () => builder.draft.overwrite())),
      ]
      : [])
    if (isDue) node.setAttribute("role", "alert")
  }

  function findings(node) {
    const { faults } = builder
    const words = JSON.stringify(faults)
    if (node.dataset.words === words) return
    const isOpen = node.open
    node.dataset.words = words
    node.hidden = faults.length === 0
    node.replaceChildren(
      h("summary", { class: "fault" }, faults.length === 1 ? "1 fault" : `${faults.length} faults`),
      h("ul", {}, faults.map(({ path, reason }) => {
        const fault = h("button", { type: "button", class: "plain" }, bdi(nameOf(builder, path)), " ", bdi(reason))
        fault.addEventListener("click", () => builder.show(path))
        return h("li", {}, fault)
      })))
    node.open = isOpen
  }

  function discard() {
    confirm("Discard the draft?", "What is published stays as it is.", "Discard", async () => {
      await builder.discard()
      say(["The draft is discarded."])
    })
  }

  function unpublish() {
    confirm("Take this form off?", "It takes no submissions until it is published again. Pages that embed it say that it is not available.", "Unpublish", async () => {
      const { visible_to_all_by: by } = await builder.unpublish()
      say(["The form is unpublished. Every visitor has it by ", time(by, true), "."])
    })
  }
}

function dim(node, isIdle) {
  node.classList.toggle("idle", isIdle)
}

function link(href, text) {
  return h("a", { href, target: "_blank", rel: "noopener" }, text)
}
