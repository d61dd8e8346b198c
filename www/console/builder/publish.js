// Publishing a form, discarding its draft and unpublishing it.
import { ask } from "../api.js"
import { button, confirm, div } from "../dom.js"
import { say } from "../notice.js"
import { time } from "../time.js"
import { bound } from "./inputs.js"

export function publishActions(builder) {
  const path = `forms/${encodeURIComponent(builder.key)}`
  const drop = button("Discard draft…", () => confirm("Discard the draft?", "What is published stays as it is.", "Discard", async () => {
    await builder.save()
    await ask("DELETE", path, { headers: builder.etag ? { "If-Match": builder.etag } : {} })
    await builder.reload()
    say(["The draft is discarded."])
  }))
  const end = button("Unpublish…", () => confirm("Take this form off?", OFF, "Unpublish", async () => {
    const { data } = await ask("POST", `${path}/unpublish`, { body: {} })
    await builder.reload()
    say(["The form is unpublished. Every visitor has it by ", time(data.visible_to_all_by, true), "."])
  }), { class: "danger" })
  return bound(div("actions", button("Publish…", publish, { class: "main" }), drop, end), () => {
    drop.hidden = !builder.hasDraft
    end.hidden = builder.status !== "published"
  })

  async function publish() {
    if (!await builder.save()) return
    const { data } = await ask("POST", `${path}/publish`, { body: {} })
    await builder.reload()
    say(["Version ", String(data.version), " is published. Every visitor has it by ", time(data.visible_to_all_by, true), "."])
  }
}

const OFF = "It takes no submissions until it is published again. Pages that embed it say that it is not available."
