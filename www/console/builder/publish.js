// Publishing a form after a look at what changes for visitors, discarding its draft, and unpublishing it.
import { change } from "../address.js"
import { ask } from "../api.js"
import { bdi, button, confirm, dialog, div, h, p } from "../dom.js"
import { say } from "../notice.js"
import { time } from "../time.js"
import { differenceOf } from "./difference.js"
import { bound } from "./inputs.js"
import { nameOf } from "./words.js"

export function publishActions(builder) {
  const { path } = builder
  const drop = button("Discard draft…", () => confirm("Discard the draft?", builder.published ? "What is published stays as it is." : "The form was never published: it is gone then.", "Discard", async () => {
    await builder.save()
    await ask("DELETE", path, { headers: builder.etag ? { "If-Match": builder.etag } : {} })
    await builder.reload()
    if (!builder.published) change({ id: "" })
    say(["The draft is discarded."])
  }))
  const end = button("Unpublish…", () => confirm("Take this form off?", OFF, "Unpublish", async () => {
    const { data } = await ask("POST", `${path}/unpublish`, { body: {} })
    await builder.reload()
    say(["The form is unpublished. Every visitor has it by ", time(data.visible_to_all_by, true), "."])
  }), { class: "danger" })
  return bound(div("actions", button("Publish…", openDialog, { class: "main" }), drop, end), () => {
    drop.hidden = !builder.hasDraft
    end.hidden = builder.status !== "published"
  })

  // What is checked is what is stored.
  async function openDialog() {
    if (await builder.save()) show()
  }

  function show() {
    const { faults, advice, status, version } = builder
    const { version: _, ...live } = builder.published ?? {}
    const isLive = status === "published"
    const { allowed_origins: origins = [] } = builder.model.definition
    const changes = builder.published ? differenceOf(live, builder.model.definition) : []
    const leave = (close) => div("actions", button("Close", close))
    dialog(isLive ? "Publish the changes?" : "Publish the form?", (close) => {
      if (faults.length > 0) return [p("", "It cannot be published yet. Each of these leads to its place:"), placesOf(builder, faults, close), leave(close)]
      if (isLive && changes.length === 0 && !builder.hasDraft) return [p("", "Visitors have this form already: nothing has changed."), leave(close)]
      return [
        changes.length > 0 && [p("", `What changes from version ${version}:`), h("ul", {}, changes.map((words) => h("li", {}, bdi(words))))],
        p("", isLive ? LATER : FIRST),
        origins.length > 0 && !isLive && p("", "These pages may show it: ", bdi(origins.join(", ")), "."),
        advice.length > 0 && [p("", "Before you do, think of this:"), placesOf(builder, advice, close)],
        div("actions", button("Cancel", close), button("Publish", () => publish(close), { class: "main" })),
      ]
    })
  }

  async function publish(close) {
    let published
    try {
      published = (await ask("POST", `${path}/publish`, { body: {} })).data
    } finally {
      close()
    }
    await builder.reload()
    builder.show("snippet")
    say([`Version ${published.version} is published. Every visitor has it by `, time(published.visible_to_all_by, true), "."])
  }
}

// What was found in the definition: each entry leads to its place, after `close()`.
export function placesOf(builder, found, close) {
  return h("ul", {}, found.map(({ path, reason }) => h("li", {}, button([bdi(nameOf(builder, path)), " ", bdi(reason)], () => {
    close?.()
    builder.show(path)
  }, { class: "plain" }))))
}

const OFF = "It takes no submissions until it is published again. Pages that embed it say that it is not available."
const FIRST = "Visitors get it within about two minutes. The next step is the snippet for your page."
const LATER = "Visitors get it within about two minutes. Open pages keep their form until then, and what they send is checked by it."
