// The tab Forms: each form with its state; an editor opens one in the builder, which is loaded then.
import { ask } from "./api.js"
import { counted } from "./count.js"
import { bdi, button, div, h, mark, p } from "./dom.js"
import { listOf } from "./list.js"
import { splitOf } from "./split.js"

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
    isSingle: canEdit,
    read: async (key, signal) => {
      if (!canEdit) return list.item(key) ?? {}
      const builder = await import("./builder/builder.js")
      await Promise.all([builder.styled, builder.settled(key)])
      const { data, etag } = await ask("GET", pathOf(key), { signal })
      return { ...builder, key, loaded: { ...data, etag } }
    },
    content,
    whenNone: "Choose a form.",
  })
  let builder

  return {
    ...split,
    show(at) {
      if (at.id !== split.open) leave()
      return split.show(at)
    },
    close() {
      split.close()
      leave()
    },
  }

  function leave() {
    builder?.close()
    builder = undefined
  }

  function row({ key, title, version, status, has_draft, leads_30d, rejects_30d }) {
    return split.row(
      key, title || key, `${counted(leads_30d, "lead")}, ${counted(rejects_30d, "reject")} in 30 days`,
      [h("code", {}, key), version && ` · version ${version}`, mark(status), mark(has_draft && status !== "draft" && "has a draft")])
  }

  function content({ key, loaded, builderOf }) {
    if (!canEdit) return [h("h2", {}, bdi(key ?? "")), p("", "Only editors and owners see and change definitions.")]
    leave()
    const changed = () => Promise.all([list.refresh(), session.loadForms()])
    builder = builderOf({ key, path: pathOf(key), session, loaded, changed })
    return [builder.element]
  }

  async function create() {
    const { newForm } = await import("./builder/builder.js")
    await newForm(session, list.refresh)
  }
}

function pathOf(key) {
  return `forms/${encodeURIComponent(key)}`
}
