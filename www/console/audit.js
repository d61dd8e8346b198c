// The tab Audit: who did what.
import { bdi, h, p } from "./dom.js"
import { listOf } from "./list.js"
import { linesOf } from "./split.js"
import { time } from "./time.js"

export function auditView() {
  return linesOf(listOf({
    label: "Audit",
    unit: "event",
    path: () => "audit",
    keyOf: (entry) => JSON.stringify(entry),
    row: ({ at, subject, action, object, count }) => h("li", { class: "line" },
      p("main", h("strong", {}, bdi(action.replaceAll("_", " "))), " ", bdi(object ?? ""), count > 1 && ` (${count})`),
      p("meta", bdi(subject), " · ", time(at, true))),
    whenEmpty: () => "Nothing was changed yet.",
  }))
}
