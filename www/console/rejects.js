// The tab Rejects: what a form refused, by day, page and reason, with the line that would allow the page.
import { change, here } from "./address.js"
import { bdi, copyButton, div, h, labelled, p, select } from "./dom.js"
import { listOf } from "./list.js"
import { REASONS } from "./reasons.js"
import { linesOf } from "./split.js"
import { empty } from "./states.js"
import { time } from "./time.js"

export function rejectsView(session) {
  const form = select("form", session.forms.map(({ key, title }) => [key, title || key]))
  const chosen = () => here().form || session.forms[0]?.key
  form.addEventListener("change", () => change({ form: form.value }))
  const list = listOf({
    label: "Rejects",
    unit: "line",
    path: () => `forms/${encodeURIComponent(chosen())}/rejects`,
    keyOf: ({ day, origin, outcome }) => JSON.stringify([day, origin, outcome]),
    row,
    whenEmpty: () => "Nothing was refused in the last 90 days.",
  })
  if (!chosen()) return { element: empty("No form yet."), show() {}, close: list.close, keys: {} }
  const view = linesOf(list, div("filters fields", labelled("Form", form)))
  return {
    ...view,
    show(at) {
      form.value = chosen()
      view.show(at)
    },
  }

  function row({ day, origin, outcome, count, last_at, add }) {
    return h("li", { class: "line" },
      h("div", { class: "main" },
        p("name", bdi(origin || "Without an origin")),
        p("", REASONS[outcome] ?? bdi(outcome)),
        add && p("add", "To allow it, add to ", h("code", {}, "allowed_origins"), ": ", h("code", {}, JSON.stringify(add)), " ", copyButton(JSON.stringify(add), `line for ${add}`))),
      p("meta", h("strong", {}, `${count} ×`), ` on ${day} (UTC), last `, time(last_at)))
  }
}
