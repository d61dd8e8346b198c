// The panel Settings: everything of a form but its fields, in the words of its owner; what few forms need is folded away.
import { alertBox } from "../alerts.js"
import { div, h } from "../dom.js"
import { choiceInput } from "./choice.js"
import { inputOf } from "./inputs.js"
import { limitsPart } from "./limits-part.js"
import { LANGUAGES, MEMBERS, shownOf } from "./members.js"
import { originsPart } from "./origins.js"
import { themePart } from "./theme.js"

const HINTS = {
  description: "A link is written [words](https://example.com).",
  enforce_origins: "To find out which pages are missing before a visitor is refused.",
}

export function settingsPanel(builder) {
  const inputs = (part) => MEMBERS[part].map((member) => memberInput(builder, member))
  return {
    element: div("settings",
      part("Texts", true, inputs("texts")),
      part("After sending", true, afterSending(builder, ...inputs("after"))),
      part("Look", true, themePart(builder, inputs("look"))),
      part("Pages that may show it", true, originsPart(builder), inputs("pages")),
      part("Language", false, choiceInput(builder, ["locale"], {
        label: "Language of the form", options: [["", "That of the page or the browser"], ...LANGUAGES], own: ["Another language…", "Language tag, such as sv or de-AT"],
        hint: "What the form says itself, and how screen readers speak it.",
      })),
      part("Limits", false, limitsPart(builder)),
      part("Spam", false, inputs("spam"), part("What adds to the score", false, inputs("weights"))),
      part("Notifications", false, alertBox(builder.key)),
      part("Data", false, inputs("data")),
      part("For developers", false, inputs("developers"))),
  }
}

// Settings that belong together, with their name; folded away unless they are `open`.
function part(title, open, ...content) {
  return h("details", { class: "settings-part", open }, h("summary", {}, title), content)
}

function memberInput(builder, [path, label, kind, usual]) {
  const [min, max, factor] = Array.isArray(kind) ? kind : []
  const first = Object.keys(kind.choices ?? {})[0]
  const more = kind.choices ? {
    kind: "select", options: Object.entries(kind.choices), read: (value) => value ?? first, write: (value) => value === first ? undefined : value,
  } : kind.ticked !== undefined ? {
    kind: "checkbox", write: (isTicked) => isTicked ? kind.ticked : undefined,
    // A honeypot may have a name.
    read: (value) => value === kind.ticked || typeof value === "string" && kind.ticked === true,
  } : factor ? {
    kind: "number", attributes: { min, max, step: "any" }, read: (value) => String(shownOf(kind, value) ?? ""),
    write: (text) => text === "" ? undefined : Math.round(text * factor),
  } : Array.isArray(kind) ? { kind: "number", attributes: { min, max } } : { kind: kind || "text" }
  return inputOf(builder, path.split("."), { label, hint: HINTS[path], placeholder: usual === undefined ? null : String(usual), ...more })
}

function afterSending(builder, redirect, message) {
  const options = [["", "the form shows a message"]]
  return [choiceInput(builder, ["on_success", "redirect"], { label: "Then", options, own: ["another page opens"], text: redirect }), message]
}
