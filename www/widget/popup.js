// A form in a modal dialog. The dialog is in a shadow root, where the page's styles do not reach it; the form is slotted into it,
// so that the page's styles for `lead-form` do.
import { POPUP } from "texts:popup"
import { element, genuine } from "./dom.js"
import css from "./popup.css"
import { languageIn } from "./texts.js"

export function popupOf(form) {
  // In the language of the page, which is known before the form's.
  const [, language] = languageIn(genuine(document, "documentElement").lang, ...navigator.languages)
  const close = element("button", { type: "button", "aria-label": POPUP[language].close }, "×")
  // The dialog gets the focus: its name is announced, and on a phone the keyboard does not cover the form.
  const dialog = element("dialog", { tabindex: "-1" }, close, element("slot"))
  const host = element("div", {}, form)
  const root = host.attachShadow({ mode: "open" })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]
  root.append(dialog)
  genuine(document, "body").append(host)

  let opener
  let isDone = false
  form.addEventListener("lead-form:ready", () => {
    const view = (form.shadowRoot ?? form).querySelector(".lf")
    // Of what is bare, the page behind the dialog would show through.
    view.removeAttribute("data-surface")
    const title = view.querySelector("h2")?.textContent
    if (title) dialog.ariaLabel = title
    dialog.classList.add("ready")
  })
  form.addEventListener("lead-form:success", () => isDone = true)
  close.addEventListener("click", () => dialog.close())
  // A press on the backdrop has the dialog itself as its target; a selection that ends there began elsewhere.
  dialog.addEventListener("pointerdown", (event) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect()
    const isInside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom
    if (event.target === dialog && !isInside) dialog.close()
  })
  // Browsers return the focus only to an element that had it: in Safari, a button that is clicked does not get it.
  dialog.addEventListener("close", () => {
    opener?.focus({ preventScroll: true })
    if (isDone) host.remove()
  })

  return {
    // Not after it was sent and closed, or the page was replaced.
    isUsable: () => host.isConnected,

    open(from) {
      opener = from
      dialog.ariaLabel ??= from.textContent.trim()
      if (dialog.open) return
      dialog.showModal()
      dialog.focus()
    },
  }
}
