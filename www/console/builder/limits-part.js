// The part Limits of the settings: how many submissions are taken, in words and to change.
import { announce, button, div, fill, h, p } from "../dom.js"
import { bound, inputOf, isNew } from "./inputs.js"
import { PARTITIONS, WINDOWS, limitIn, policiesOf } from "./limits.js"
import { uniqueName } from "./names.js"

// The most policies of one form.
const MAX_POLICIES = 8

export function limitsPart(builder) {
  const { model } = builder
  const rows = div("limits")
  const actions = div("actions")
  return [
    p("hint", "Submissions beyond a limit are refused, and the visitor is told when to try again."),
    bound(rows, () => {
      const policies = model.definition.rate_limits
      if (!isNew(rows, policies?.length)) return
      fill(rows, policies ? policies.map((_, index) => row(index)) : policiesOf({}).map((policy) => p("", limitIn(policy))))
      fill(actions,
        (policies ?? []).length < MAX_POLICIES && button(policies ? "Add a limit" : "Change the limits", policies ? add : change),
        policies && button("Use the usual limits", usual))
    }),
    actions,
  ]

  function row(index) {
    const path = (name) => ["rate_limits", index, name]
    return h("fieldset", {},
      h("legend", {}, `Limit ${index + 1}`),
      inputOf(builder, path("quota"), { label: "Submissions", kind: "number", attributes: { min: 1, inputmode: "numeric" } }),
      inputOf(builder, path("window_s"), { label: "In", kind: "select", options: Object.entries(WINDOWS), write: Number, read: String }),
      inputOf(builder, path("partition"), { label: "Of", kind: "select", options: Object.entries(PARTITIONS) }),
      inputOf(builder, path("name"), { label: "Name, for programs" }),
      inputOf(builder, path("on_fault"), {
        label: "Take nothing while submissions cannot be counted", kind: "checkbox",
        read: (value) => value === "closed", write: (isTicked) => isTicked ? "closed" : undefined,
      }),
      button("Remove", () => remove(index), { "aria-label": `Remove limit ${index + 1}` }))
  }

  function change() {
    model.set(["rate_limits"], policiesOf({}))
    rows.querySelector("input").focus()
  }

  function add() {
    const { rate_limits } = model.definition
    const names = rate_limits.map(({ name }) => name)
    model.set(["rate_limits"], [...rate_limits, { name: uniqueName("visitor", names, "-"), quota: 100, window_s: 86400, partition: "visitor" }])
    rows.querySelector("fieldset:last-child input").focus()
  }

  function usual() {
    model.set(["rate_limits"], undefined)
    announce("The usual limits apply")
    actions.querySelector("button").focus()
  }

  function remove(index) {
    model.set(["rate_limits"], model.definition.rate_limits.toSpliced(index, 1))
    announce(`Limit ${index + 1} removed`)
    actions.querySelector("button").focus()
  }
}
