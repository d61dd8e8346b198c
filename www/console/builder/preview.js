// The panel Preview: the form as on a page, at the width of a phone or a desktop, in each language and scheme. What is sent there
// is a test.
import { addressOf } from "../address.js"
import { button, div, fill, h, labelled, p, select } from "../dom.js"
import { LANGUAGES } from "./members.js"

// The widths of the page in the preview, in CSS pixels: a phone's, and one with space for a form at its full width.
const WIDTHS = { phone: ["Phone", 390], desktop: ["Desktop", 720] }
const names = new Intl.DisplayNames("en", { type: "language" })

export function previewPanel(builder) {
  const frame = h("iframe", { title: "Preview of the form", src: "/console/preview" })
  const stage = div("stage", frame)
  const widths = Object.entries(WIDTHS).map(([name, [words]]) => button(words, () => {
    width = name
    fit()
  }, { "data-width": name }))
  const language = select("language", LANGUAGES.map(([tag]) => [tag, names.of(tag)]).sort(([, one], [, other]) => one.localeCompare(other)))
  const scheme = select("scheme", [["light", "Light"], ["dark", "Dark"]])
  const [languageField, schemeField] = [labelled("Visitor's language", language), labelled("Visitor's system", scheme)]
  const fixed = p("hint")
  const note = p("hint note")
  const result = h("p", { role: "status" })
  language.value = "en"
  // A phone's screen shows a phone.
  let width = innerWidth < 800 ? "phone" : "desktop"
  let height = 0
  // The page in the frame, once it is loaded, and what is shown there, as JSON.
  let preview
  let shown

  for (const control of [language, scheme]) control.addEventListener("change", update)
  frame.addEventListener("load", () => {
    preview = frame.contentWindow.preview
    preview.start({ send, sent, resized })
    shown = undefined
    update()
  })
  const observer = new ResizeObserver(fit)
  observer.observe(stage)
  const endState = builder.onState(update)
  fit()

  return {
    element: div("preview-panel",
      div("fields", h("div", { class: "actions", role: "group", "aria-label": "Width" }, widths), languageField, schemeField),
      note, stage, result,
      p("hint", "What you send here is a test: it is marked, kept for a week and not forwarded."), fixed),
    close() {
      endState()
      observer.disconnect()
    },
  }

  // Shows the draft as visitors would get it; while it has faults, what was shown before them.
  function update() {
    const { public: form, faults } = builder
    note.textContent = form ? "The preview shows the form before what is wrong now." : "The form appears here when nothing is wrong with it."
    note.hidden = faults.length === 0
    stage.hidden = !form
    if (!form) return
    const isAuto = form.theme?.scheme === "auto"
    schemeField.hidden = !isAuto
    languageField.hidden = Boolean(form.locale)
    // Without the region: the edge takes regions that browsers do not know.
    const code = form.locale?.slice(0, 2)
    fixed.textContent = code ? `The form is in ${names.of(code)}, whatever the visitor's language is: see Settings.` : ""
    const isDark = isAuto ? scheme.value === "dark" : form.theme?.scheme === "dark"
    const themed = isAuto ? { ...form, theme: themeOf(form.theme, isDark) } : form
    const next = [themed, { language: form.locale ?? language.value, isDark }]
    const words = JSON.stringify(next)
    if (!preview || words === shown) return
    shown = words
    preview.show(...next)
  }

  // The page is as wide as it is set to be, and made smaller where there is less space.
  function fit() {
    for (const node of widths) node.setAttribute("aria-pressed", String(node.dataset.width === width))
    const [, pixels] = WIDTHS[width]
    const scale = Math.min(1, (stage.clientWidth || pixels) / pixels)
    Object.assign(frame.style, { width: `${pixels}px`, height: `${height}px`, transform: `scale(${scale})` })
    stage.style.height = `${Math.ceil(height * scale)}px`
  }

  function resized(pixels) {
    height = pixels
    fit()
  }

  // Sends a test of the stored draft. What is shown with faults is not what is stored.
  async function send(body, headers) {
    fill(result)
    if (!await builder.save() || builder.faults.length > 0) {
      const isStored = builder.faults.length > 0
      const message = isStored ? "First correct what is wrong with the form" : "The draft is not stored, so it cannot be tried out"
      return Response.json({ error: { code: "LG_1102", message, details: { errors: [] } } }, { status: 400 })
    }
    // The same answers to another draft are another test.
    const key = `${headers["Idempotency-Key"]}-${builder.etag?.slice(1, -1)}`
    return fetch(`/api/${builder.path}/test`, {
      method: "POST", body, headers: { ...headers, "Idempotency-Key": key }, redirect: "manual",
    })
  }

  function sent({ id, next }) {
    fill(result,
      "The test arrived. ",
      h("a", { href: addressOf({ tab: "inbox", form: builder.key, test: "1", id }) }, "See it in the inbox"),
      next && ` Visitors are then sent on to ${next}.`, " ",
      button("Show the form again", () => {
        fill(result)
        shown = undefined
        update()
      }))
  }
}

// What a form that follows the visitor's system looks like in one of the two.
function themeOf({ accent, accent_dark, ...theme }, isDark) {
  return { ...theme, accent: isDark ? accent_dark : accent, scheme: isDark ? "dark" : "light" }
}
