// The tab Tokens: API tokens of other programs.
import { ask } from "./api.js"
import { bdi, button, confirm, copyButton, dialog, div, h, labelled, mark, p, select } from "./dom.js"
import { listOf } from "./list.js"
import { say } from "./notice.js"
import { linesOf } from "./split.js"
import { time } from "./time.js"

export function tokensView(session) {
  const name = h("input", { name: "name", required: true, maxlength: 100, autocomplete: "off" })
  const role = select("role", [["viewer", "viewer: reads"], ["editor", "editor: changes"], ["owner", "owner: everything"]])
  const form = h("form", { class: "filters fields" }, labelled("Name of a new token", name, { class: "field wide" }), labelled("Role", role), h("button", {}, "Make a token"))
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    make().catch(session.failed)
  })
  const list = listOf({
    label: "Tokens",
    unit: "token",
    path: () => "tokens",
    row,
    whenEmpty: () => "No tokens. Another program that calls the API needs one.",
  })
  return linesOf(list, session.can("owner") && form)

  function row(token) {
    const { id, created_at, created_by, last_used_day } = token
    return h("li", { class: "line" },
      h("div", { class: "main" },
        p("name", bdi(token.name), mark(token.role)),
        p("meta", "Made ", time(created_at), " by ", bdi(created_by), " · ", last_used_day ? `last used on ${last_used_day} (UTC)` : "never used")),
      button("Delete…", () => remove(id, token.name), { class: "danger", "aria-label": `Delete ${token.name}…` }))
  }

  async function make() {
    const { data } = await ask("POST", "tokens", { body: { name: name.value.trim(), role: role.value } })
    form.reset()
    dialog("The new token", (close) => [
      p("", "It is shown this once. Send it as ", h("code", {}, "Authorization: Bearer"), "."),
      p("", h("code", {}, data.token)),
      div("actions", copyButton(data.token, "token"), button("Close", close)),
    ])
    await list.refresh()
  }

  function remove(id, name) {
    confirm("Delete this token?", `Programs that use “${name}” are refused from now on.`, "Delete", async () => {
      await ask("DELETE", `tokens/${id}`)
      say("The token is deleted.")
      await list.refresh()
    })
  }
}
