// Keys of one letter. They are off while the reader types, with a modifier, in a dialog, and when switched off in the help.
import { button, dialog, div, h } from "./dom.js"

const SETTING = "formgate.keys"
const KEYS = [
  ["j", "next"], ["k", "previous"], ["x", "select"], ["e", "done, or new again"], ["s", "star"], ["!", "spam, or not spam"],
  ["#", "delete"], ["z", "undo"], ["/", "search"], ["u", "back to the list"], ["?", "this help"],
]
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]"

// `act` gets a key and returns whether it did something.
export function startKeys(act) {
  addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey, isComposing } = event
    if (ctrlKey || metaKey || altKey || isComposing || target.matches?.(TYPING) || document.querySelector("dialog[open]")) return
    if (!isOn()) return
    if (key === "?") showHelp()
    else if (!act(key)) return
    event.preventDefault()
  })
}

export function showHelp() {
  dialog("Keys", (close) => {
    const isUsed = h("input", { type: "checkbox", checked: isOn() })
    isUsed.addEventListener("change", () => keep(isUsed.checked ? "on" : "off"))
    return [
      h("dl", { class: "keys" }, KEYS.map(([key, text]) => div("", h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)))),
      h("label", { class: "tick" }, isUsed, "Use these keys"),
      div("actions", button("Close", close)),
    ]
  })
}

// Storage may be closed to this page; then the keys are on.
function isOn() {
  try {
    return localStorage.getItem(SETTING) !== "off"
  } catch {
    return true
  }
}

function keep(value) {
  try {
    localStorage.setItem(SETTING, value)
  } catch {
    // They are on again when the page is loaded again.
  }
}
