// The tab Dead letters: acknowledged leads that could not be delivered, or that the core does not take, and why.
import { ask, read } from "./api.js"
import { counted } from "./count.js"
import { bdi, button, confirm, div, h, mark, p } from "./dom.js"
import { leadContent, timeline } from "./lead.js"
import { listOf } from "./list.js"
import { say } from "./notice.js"
import { splitOf } from "./split.js"
import { time } from "./time.js"

const SOON = "It is being sent again, at the latest within five minutes."

export function deadLettersView(session) {
  const canEdit = session.can("editor")
  const list = listOf({
    label: "Dead letters",
    unit: "dead letter",
    path: () => "dead-letters",
    row,
    stateOf: ({ id }) => id === split.open,
    whenEmpty: () => "No dead letters: every lead was delivered, is stored, or is still being tried.",
    changed: () => all.hidden = list.shown().length === 0,
  })
  const all = h("div", { class: "bulk", hidden: true }, button("Send all again", redriveAll))
  const split = splitOf({
    list,
    above: canEdit && all,
    title: "Dead letter",
    read: (id, signal) => session.withLabels(read(`dead-letters/${encodeURIComponent(id)}`, signal)),
    content,
    whenNone: "Choose a dead letter to see its lead and why it was not delivered.",
  })
  return split

  function row({ id, form, reason, attempts, died_at, redrive_requested, kind }) {
    return split.row(
      id, form ?? "Unreadable message", bdi(reason),
      [time(died_at), ` · ${counted(attempts, "attempt")}`,
        mark(kind === "blocked" && "blocked by the core"), mark(redrive_requested && "being sent again")])
  }

  function content({ id, form, reason, attempts, died_at, redrive_requested, kind, lead, labels, ...data }) {
    return [
      h("h2", {}, bdi(form ?? "Unreadable message")),
      p("meta", time(died_at, true), ` · ${counted(attempts, "attempt")}`),
      p("", h("strong", {}, kind === "blocked" ? "The core does not take it: " : "Not delivered: "), bdi(reason)),
      redrive_requested && p("", SOON),
      canEdit && !redrive_requested && div("actions", button("Send again", () => redrive(id), { "data-act": "redrive" })),
      leadContent(lead, labels),
      timeline(data.timeline),
      p("hint", "Id ", h("code", {}, id)),
    ]
  }

  async function redrive(id) {
    await ask("POST", `dead-letters/${id}/redrive`, { body: {} })
    say(SOON)
    await Promise.all([list.refresh(), split.open === id && split.load()])
  }

  function redriveAll() {
    confirm("Send all again?", "Each is sent to the core once more, with its idempotency key.", "Send all again", async () => {
      const { data } = await ask("POST", "dead-letters/redrive", { body: {} })
      say(`${data.requested} to send. ${SOON}`)
      await list.refresh()
    })
  }
}
