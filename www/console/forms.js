// The tab Forms: each form with its state, and its definition as JSON, checked while it is typed.
import { addressOf, change, here } from "./address.js"
import { ask } from "./api.js"
import { bdi, button, confirm, dialog, div, h, labelled, mark, p, span } from "./dom.js"
import { editorOf } from "./editor.js"
import { listOf } from "./list.js"
import { say } from "./notice.js"
import { splitOf } from "./split.js"
import { time } from "./time.js"

const KEY = "[a-z0-9][a-z0-9_\\-]{0,63}"

export function formsView(session) {
  const canEdit = session.can("editor")
  const list = listOf({
    label: "Forms",
    unit: "form",
    path: () => "forms",
    keyOf: ({ key }) => key,
    row,
    stateOf: ({ key }) => key === split.open,
    whenEmpty: () => "No forms yet.",
  })
  const split = splitOf({
    list,
    above: canEdit && div("bulk", button("New form…", create)),
    title: "Form",
    read: async (key, signal) => {
      if (!canEdit) return list.item(key) ?? {}
      try {
        const { data, etag } = await ask("GET", pathOf(key), { signal })
        return { ...data, key, etag }
      } catch (error) {
        // A key that has nothing yet: the form is being made.
        if (error.status === 404) return { key, published: null, draft: null, version: null, status: "new", etag: null }
        throw error
      }
    },
    fill: content,
    whenNone: "Choose a form to see its definition.",
  })
  let editor

  return {
    ...split,
    close() {
      split.close()
      editor?.close()
    },
  }

  function row({ key, title, version, status, has_draft, leads_30d, rejects_30d }) {
    return h("li", { class: `row ${key === split.open ? "open" : ""}` }, h("a", { href: addressOf({ ...here(), id: key }), "aria-current": key === split.open && "true" },
      span("name", bdi(title || key)),
      span("rest", `${leads_30d} leads, ${rejects_30d} rejects in 30 days`),
      span("meta", h("code", {}, key), version && ` · version ${version}`, mark(status), mark(has_draft && status !== "draft" && "has a draft"))))
  }

  function content({ key, published, draft, version, status, etag }) {
    editor?.close()
    if (!canEdit) return [h("h2", {}, bdi(key ?? "")), p("", "Only editors and owners see and change definitions.")]
    const isPublished = status === "published"
    const definition = draft ?? published
    const text = JSON.stringify(definition ?? { ...TEMPLATE, key }, null, 2)
    editor = editorOf({ text, isStored: Boolean(definition), key, etag, saved: () => list.refresh() })
    return [
      h("h2", {}, bdi(definition?.title || key)),
      h("p", { class: "meta" },
        h("code", {}, key), version && ` · version ${version}`, mark(status), mark(draft && "has a draft")),
      h("p", { class: "links" },
        isPublished && [link(`/f/${key}`, "Open its page"), link(`/f/${key}?test`, "Send a test lead")],
        h("a", { href: addressOf({ tab: "inbox", form: key }) }, "Its leads"),
        h("a", { href: addressOf({ tab: "rejects", form: key }) }, "Its rejects")),
      h("div", { class: "actions" },
        button("Publish", () => publish(key), { "data-act": "publish", class: "main" }),
        button("Save draft", () => editor.save(), { "data-act": "save" }),
        draft && button("Discard draft…", () => discard(key)),
        isPublished && button("Unpublish…", () => unpublish(key), { class: "danger" })),
      editor.element,
    ]
  }

  async function publish(key) {
    if (!editor.isSaved() && !await editor.save()) return
    try {
      const { data } = await ask("POST", `${pathOf(key)}/publish`, { body: {} })
      await update()
      say(["Version ", String(data.version), " is published. ", ...visible(data)])
    } catch (error) {
      if (error.code !== "LG_1102") throw error
      if (editor.isSaved()) editor.showFaults(error.details?.errors)
    }
  }

  function unpublish(key) {
    confirm("Take this form off?", "It takes no submissions until it is published again. Pages that embed it say that it is not available.", "Unpublish", async () => {
      const { data } = await ask("POST", `${pathOf(key)}/unpublish`, { body: {} })
      await update()
      say(["The form is unpublished. ", ...visible(data)])
    })
  }

  function discard(key) {
    confirm("Discard the draft?", "What is published stays as it is.", "Discard", async () => {
      await ask("DELETE", pathOf(key), { headers: editor.condition() })
      await update()
      say(["The draft is discarded."])
    })
  }

  async function update() {
    await Promise.all([list.refresh(), split.load(), session.loadForms()])
  }

  function create() {
    const key = h("input", { name: "key", required: true, pattern: KEY, maxlength: 64, autocomplete: "off", spellcheck: "false" })
    dialog("A new form", (close) => [
      labelled("Key: small letters, digits, - and _; part of the form's address", key),
      div("actions", button("Cancel", close), button("Make it", () => {
        if (!key.reportValidity()) return
        close()
        change({ id: key.value })
      })),
    ])
  }
}

function visible({ visible_to_all_by: by }) {
  return by ? ["Every visitor has it by ", time(by, true), "."] : []
}

function link(href, text) {
  return h("a", { href, target: "_blank", rel: "noopener" }, text)
}

function pathOf(key) {
  return `forms/${encodeURIComponent(key)}`
}

// What a new form begins with.
const TEMPLATE = {
  title: "Contact us",
  allowed_origins: ["https://example.com"],
  fields: [
    { name: "email", type: "email", label: "E-mail", required: true, autocomplete: "email" },
  ],
}
