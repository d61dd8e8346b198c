// The builder of one form: its state, which all panels share, and what can be done with the form.
import { ask } from "../api.js"
// Nothing of it is used: with it, all that the console's modules are in is one file, which compresses better than several.
import "../console.js"
import { announce, div, h } from "../dom.js"
import { barOf } from "./bar.js"
import { checksOf } from "./checks.js"
import { fieldsPanel } from "./fields.js"
import { imported, misshapen } from "./file.js"
import { hasOwnUndo, refreshAll } from "./inputs.js"
import { jsonPanel } from "./json.js"
import { layoutOf, lazily } from "./layout.js"
import { modelOf } from "./model.js"
import { isWithin, pathOf } from "./paths.js"
import { propertiesPanel } from "./properties.js"
import { settingsPanel } from "./settings.js"
import { snippetPanel } from "./snippet.js"
// Last, because what resembles them is near to them then: it takes 70 bytes off the builder, gzipped.
import { draftOf, missing, settled } from "./draft.js"
import { previewPanel } from "./preview.js"

export { newForm } from "./new-form.js"
export { settled }

const TITLES = [
  ["fields", "Fields"], ["preview", "Preview"], ["field", "Properties"], ["settings", "Settings"], ["snippet", "Snippet"], ["json", "JSON"],
]
const COLUMNS = ["fields", "preview"]

// Resolves when the builder's style sheet is there, or cannot be had.
export const styled = new Promise((resolve) => {
  const sheet = h("link", { rel: "stylesheet", href: "/console/builder.css" })
  sheet.onload = sheet.onerror = resolve
  document.head.append(sheet)
})

// `path` is the form's in the API, `loaded` what `GET` gives there, with its `etag`; `changed()` is called when the list of forms
// has changed.
export function builderOf({ key, path, session, loaded, changed }) {
  const { published, draft, version, status, etag } = loaded
  const stored = unnumbered(draft ?? published, version)
  const fault = misshapen(stored)
  const first = fault ? { key, allowed_origins: [], fields: [] } : stored
  const model = modelOf(first)
  const listeners = new Set()
  let selected = 0
  const builder = {
    key, path, session, model, published, version, status,
    faults: [],
    advice: [],
    // A stored definition that only the JSON can show.
    unreadable: fault && stored,

    // The definition as visitors get it, by the last check without faults.
    public: undefined,

    get etag() {
      return builder.draft.etag
    },

    get hasDraft() {
      return Boolean(builder.draft.etag)
    },

    // The index of the field whose properties are shown.
    get selected() {
      return Math.min(selected, Math.max(0, (model.definition.fields ?? []).length - 1))
    },

    select(index) {
      selected = index
      tell()
    },

    onState(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    save: () => builder.draft.save(),
    undo: () => step("Nothing to undo", "Undone", model.canUndo, model.undo),
    redo: () => step("Nothing to redo", "Done again", model.canRedo, model.redo),

    // Shows a part of the builder: fields, preview, field, settings, snippet or json; or the input for a place in the definition,
    // by the text of its path, and focuses it.
    show(path) {
      if (path in panels) layout.show(path)
      if (path === "fields") return element.querySelector(".add > summary").focus()
      if (path in panels) return
      const [first, index] = pathOf(path)
      const isField = first === "fields" && index !== undefined
      if (isField) builder.select(index)
      refreshAll(element)
      const inputs = [...element.querySelectorAll("[data-path]")].filter(({ dataset }) => isWithin(path, dataset.path))
      const input = inputs.sort((one, other) => other.dataset.path.length - one.dataset.path.length)[0]
      const panel = input?.closest(".panel")
      layout.show(panel ? panel.id.replace("panel-", "") : isField ? "field" : "settings")
      for (let node = input; node; node = node.parentElement) if (node.matches("details")) node.open = true
      const target = input ?? element.querySelector(isField ? "#tab-field" : "#tab-settings")
      target.focus()
      target.scrollIntoView({ block: "nearest" })
    },

    // Reads what the service has now, in place of what is here, which undo brings back.
    reload: load,
  }
  const element = div("builder")
  builder.draft = draftOf({ key, path, stored: JSON.stringify(first), etag, tell, answered })
  const checks = checksOf(found)
  const panels = {
    fields: fieldsPanel(builder), preview: previewPanel(builder), field: propertiesPanel(builder),
    settings: settingsPanel(builder), snippet: lazily(() => snippetPanel(builder)), json: jsonPanel(builder),
  }
  const layout = layoutOf(TITLES.map(([name, title]) => ({ name, title, ...panels[name], isColumn: COLUMNS.includes(name) })))
  element.append(barOf(builder), layout.element)
  element.addEventListener("keydown", undoByKey)
  model.onChange((definition) => {
    const text = JSON.stringify(definition)
    if (text !== builder.draft.text) builder.draft.change(text)
    checks.change(text)
    refreshAll(element)
  })
  resume()
  if (fault && stored) layout.show("json")
  checks.change(JSON.stringify(model.definition), 0)

  return {
    element,
    close() {
      for (const panel of Object.values(panels)) panel.close?.()
      checks.close()
      layout.close()
      builder.draft.close()
    },
  }

  // Takes up what this browser kept because the service could not take it.
  function resume() {
    const kept = builder.draft.kept()
    if (!kept) return
    if (kept.text === builder.draft.text) return builder.draft.forget()
    const { definition } = imported(kept.text, key)
    if (!definition) return
    model.change(() => definition)
    if (kept.etag !== (etag ?? null)) builder.draft.refuse()
  }

  function answered(text, data) {
    if (text === JSON.stringify(model.definition)) found(data)
    changed()
  }

  function found(data) {
    const before = builder.faults.length
    const { faults = [], advice = [] } = data
    Object.assign(builder, { faults, advice, public: data.public ?? builder.public })
    if (faults.length !== before) announce(`Faults: ${faults.length}`)
    tell()
  }

  function tell() {
    for (const listener of listeners) listener()
    refreshAll(element)
  }

  async function load() {
    const { data, etag } = await ask("GET", path).catch(missing)
    Object.assign(builder, { published: data.published, version: data.version, status: data.status })
    const theirs = unnumbered(data.draft ?? data.published, data.version)
    const definition = misshapen(theirs) ? model.definition : theirs
    const text = JSON.stringify(definition)
    const current = JSON.stringify(model.definition)
    // What was typed meanwhile stays.
    const isTyped = builder.draft.state.kind === "waiting"
    builder.draft.reset(text, etag)
    if (isTyped) builder.draft.change(current)
    else if (text !== current) model.change(() => definition)
    tell()
    changed()
  }

  function step(nothing, done, can, move) {
    const before = JSON.stringify(model.definition)
    if (!can()) return announce(nothing)
    // What the browser's own undo has taken back already is no step.
    do move()
    while (can() && JSON.stringify(model.definition) === before)
    announce(done)
  }

  function undoByKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const letter = event.key.toLowerCase()
    const isRedo = letter === "y" || letter === "z" && event.shiftKey
    if (letter !== "z" && !isRedo || hasOwnUndo(event.target) || isRedo && !model.canRedo()) return
    event.preventDefault()
    event.stopPropagation()
    if (isRedo) builder.redo()
    else builder.undo()
  }
}

// A definition without the number that it was published under: the number of a version is never given to other content.
function unnumbered(definition, version) {
  if (!definition || definition.version !== version) return definition
  const { version: _, ...rest } = definition
  return rest
}
