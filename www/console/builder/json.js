// The definition as JSON: to read and change it, to save it as a file, and to take one from a file.
import { bdi, button, div, h, labelled, p, saveFile } from "../dom.js"
import { say } from "../notice.js"
import { exported, imported } from "./file.js"
import { bound } from "./inputs.js"
import { isSame } from "./model.js"

// How long after the last letter the text becomes the definition: milliseconds.
const TYPED_MS = 400

export function jsonPanel(builder) {
  const { model, key } = builder
  const area = h("textarea", { class: "definition", rows: 20, spellcheck: "false", autocapitalize: "off", autocomplete: "off" })
  const fault = h("p", { class: "fault", id: "json-fault", role: "status" })
  const file = h("input", { type: "file", accept: ".json,application/json" })
  let timer
  // What was typed and is no definition yet.
  let isBroken = false

  area.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(() => take(area.value), TYPED_MS)
  })
  area.addEventListener("change", () => {
    clearTimeout(timer)
    take(area.value)
  })
  file.addEventListener("change", async () => {
    const [chosen] = file.files
    if (!chosen) return
    const text = await chosen.text()
    file.value = ""
    area.value = text
    if (take(text)) say([bdi(chosen.name), " is imported. Undo takes it back."])
    area.focus()
  })
  area.setAttribute("aria-describedby", fault.id)
  if (builder.unreadable) {
    area.value = exported(builder.unreadable)
    take(area.value)
  }

  return {
    element: div("json",
      p("hint", "What the service stores. The same text is a file of forms/, for developers."),
      div("actions", labelled("Import a file", file), button("Export a file", save)),
      fault,
      bound(labelled("Definition", area, { class: "field wide" }), show)),
    close: () => clearTimeout(timer),
  }

  function show() {
    if (isBroken || area.matches(":focus")) return
    const text = exported(model.definition)
    if (area.value !== text) area.value = text
  }

  // Makes a text the definition, unless it is none. Returns whether it is.
  function take(text) {
    const { definition, fault: reason } = imported(text, key)
    isBroken = Boolean(reason)
    fault.textContent = reason ? `${reason}. Nothing is changed.` : ""
    area.setAttribute("aria-invalid", String(isBroken))
    if (definition && !isSame(definition, model.definition)) model.change(() => definition)
    return !isBroken
  }

  function save() {
    saveFile(`${key}.json`, new Blob([exported(model.definition)], { type: "application/json" }))
  }
}
