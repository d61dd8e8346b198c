// The tabs Inbox and Spam: leads as a list, with filters, a reading pane, and actions on one or many.
import { change, here } from "./address.js"
import { ask, read, withQuery } from "./api.js"
import { counted } from "./count.js"
import { bdi, button, confirm, dialog, div, fill, h, labelled, mark, p, saveFile, terms } from "./dom.js"
import { filterBar, isFiltered, queryOf } from "./filters.js"
import { leadContent, timeline } from "./lead.js"
import { listOf } from "./list.js"
import { noteOf } from "./note.js"
import { commitNow, offerUndo, say } from "./notice.js"
import { splitOf } from "./split.js"
import { time } from "./time.js"

// The most leads of one action, as in the API.
const MAX_IDS = 500
// What each action is called when it is done, and the status it undoes, if it can be undone by another action. The others wait
// until they can no longer be undone: what is delivered or deleted cannot be taken back.
const ACTIONS = {
  done: { text: "Done", told: "marked as done", inverse: "new" },
  new: { text: "New", told: "marked as new", inverse: "done" },
  spam: { text: "Spam", told: "put into the spam folder" },
  not_spam: { text: "Not spam", told: "taken out of the spam folder, to be delivered" },
  delete: { text: "Delete", told: "deleted" },
}

export function leadsView(folder, session) {
  const isSpam = folder === "spam"
  const selected = new Set()
  // Leads whose action waits; they are not shown.
  const waiting = new Set()
  const canEdit = session.can("editor")
  const bar = filterBar(session.forms, div("actions",
    button("Export CSV", () => exportLeads("csv")),
    button("Export JSON lines", () => exportLeads("jsonl")),
    session.can("owner") && button("Erase a person…", () => erase())))
  const all = h("input", { type: "checkbox" })
  const count = h("span", {})
  const actions = h("span", { class: "actions" })
  const bulk = h("div", { class: "bulk", hidden: true }, h("label", { class: "tick" }, all, count), actions)
  all.addEventListener("change", () => {
    selected.clear()
    if (all.checked) list.shown().slice(0, MAX_IDS).forEach(({ id }) => selected.add(id))
    list.draw()
  })

  const list = listOf({
    label: isSpam ? "Spam" : "Leads",
    unit: "lead",
    path: () => "leads",
    query: () => ({ ...queryOf(here()), folder }),
    row,
    stateOf: ({ id }) => [selected.has(id), id === split.open],
    isShown: ({ id }) => !waiting.has(id),
    whenEmpty: nothing,
    changed: drawBulk,
  })
  const split = splitOf({
    list,
    above: [bar.element, canEdit && bulk],
    title: "Lead",
    read: async (id, signal) => session.withLabels(canEdit ? read(`leads/${encodeURIComponent(id)}`, signal) : list.item(id)),
    content: (data) => canEdit ? content(data) : excerpt(data),
    filtersOf: (at) => JSON.stringify(queryOf(at)),
    whenNone: isSpam ? "Choose a lead to see why it was taken for spam." : "Choose a lead to read it.",
  })
  // The note of the open lead stays while the rest of the pane is made again: it may be in the middle of being typed.
  let note = {}

  return {
    ...split,

    show(at) {
      bar.show(at)
      split.show(at)
    },

    keys: {
      ...split.keys,
      "/": () => (bar.search(), true),
      x: () => toggle(split.open),
      e: () => canEdit && actOnCurrent((leads) => leads.every(({ status }) => status === "done") ? "new" : "done"),
      s: () => canEdit && star(list.item(split.open)),
      "!": () => canEdit && actOnCurrent(() => isSpam ? "not_spam" : "spam"),
      "#": () => canEdit && actOnCurrent(() => "delete"),
    },
  }

  function row(item) {
    const { id, form, received_at, status, starred, test, note, summary = [], score } = item
    const name = nameOf(item)
    const tick = h("input", { type: "checkbox", checked: selected.has(id), "aria-label": `Select ${name}` })
    tick.addEventListener("change", () => toggle(id))
    return split.row(
      id, name, summary.slice(1).map(([, value], index) => [index > 0 && " · ", bdi(value)]),
      [time(received_at), " · ", bdi(form),
        mark(!isSpam && status), mark(test && "test"), mark(note && "note"), mark(isSpam && score && `score ${score}`)],
      status === "new" && "fresh",
      canEdit && h("label", { class: "tick" }, tick),
      canEdit && button(starred ? "★" : "☆", () => star(item), { class: "star", "aria-pressed": String(Boolean(starred)), "aria-label": `Star ${name}` }))
  }

  function nothing() {
    if (waiting.size > 0) return "Nothing else is here."
    if (isFiltered(here())) return ["No lead matches these filters.", button("Show all", bar.clear)]
    if (isSpam) return "No spam. What is taken for spam is kept here and is never delivered by itself."
    return ["No leads yet. They appear here by themselves.", h("a", { href: "/demo", target: "_blank" }, "Send one from the demo page")]
  }

  // What a viewer sees of a lead: the values of the list.
  function excerpt(item) {
    return [
      h("h2", {}, bdi(item.id ? nameOf(item) : "Not in this list")),
      terms((item.summary ?? []).map(([name, value]) => [item.labels[name] ?? name, bdi(value)]), { class: "values" }),
      p("hint", "Editors and owners see the whole lead."),
    ]
  }

  function content(data) {
    const { id, form, status, starred, test, lead, labels } = data
    if (note.id !== id) note = { id, node: noteOf(data, list.refresh) }
    const name = nameOf(list.item(id) ?? { id, summary: Object.entries(lead?.fields ?? {}) })
    const address = [lead?.fields ?? {}].flatMap(Object.values).find((value) => /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(value))
    const act = (action) => actionButton(action, () => [id])
    return [
      h("h2", {}, bdi(name)),
      p("meta", time(lead?.received_at, true), " · ", bdi(form), lead?.form?.version && ` version ${lead.form.version}`,
        mark(status), mark(test && "test: never delivered")),
      div("actions",
        !isSpam && (status === "done" ? button("New again", () => perform("new", [id]), { "data-act": "done" }) : act("done")),
        button(starred ? "★ Starred" : "☆ Star", () => star(data), { "aria-pressed": String(Boolean(starred)), "data-act": "star" }),
        act(isSpam ? "not_spam" : "spam"),
        act("delete"),
        address && h("a", { class: "button", href: `mailto:${encodeURIComponent(address)}` }, "Write an e-mail"),
        address && session.can("owner") && button("Erase this person…", () => erase(address))),
      note.node,
      leadContent(lead, labels),
      timeline(data.timeline),
      p("hint", "Id ", h("code", {}, id)),
    ]
  }

  function drawBulk() {
    const shown = list.shown().map(({ id }) => id)
    for (const id of selected) {
      if (!shown.includes(id)) selected.delete(id)
    }
    const { size } = selected
    const hadFocus = actions.contains(document.activeElement)
    bulk.hidden = shown.length === 0
    all.checked = size > 0 && size === Math.min(shown.length, MAX_IDS)
    all.indeterminate = size > 0 && !all.checked
    count.textContent = size > 0 ? `${size} selected` : "Select all"
    if (actions.hasChildNodes() === size > 0) return
    const names = isSpam ? ["not_spam", "delete"] : ["done", "new", "spam", "delete"]
    fill(actions, size > 0 && names.map((name) => actionButton(name, () => [...selected])))
    if (hadFocus) all.focus()
  }

  function actionButton(action, ids) {
    return button(ACTIONS[action].text, () => perform(action, ids()), { "data-act": action, class: action === "delete" && "danger" })
  }

  function toggle(id) {
    if (!id || !canEdit) return false
    if (!selected.delete(id) && selected.size < MAX_IDS) selected.add(id)
    list.draw()
    return true
  }

  // Acts on the selected leads, or else on the open one.
  function actOnCurrent(choose) {
    const ids = selected.size > 0 ? [...selected] : [split.open].filter(Boolean)
    const leads = ids.map((id) => list.item(id)).filter(Boolean)
    if (leads.length > 0) perform(choose(leads), leads.map(({ id }) => id)).catch(session.failed)
    return leads.length > 0
  }

  async function perform(action, ids) {
    const { told, inverse } = ACTIONS[action]
    const text = `${counted(ids.length, "lead")} ${ids.length === 1 ? "is" : "are"} ${told}.`
    const send = (action, ids, isLast) => ask("POST", "leads/actions", { body: { action, ids }, isLast })
    const update = async () => {
      await list.refresh()
      if (split.open && ids.includes(split.open)) await split.load()
    }
    if (inverse) {
      // Only those that change can be changed back.
      const changing = ids.filter((id) => (list.item(id)?.status ?? inverse) !== action)
      await send(action, ids)
      offerUndo(text, {
        undo: async () => {
          await send(inverse, changing)
          await update()
        },
      })
      selected.clear()
      return update()
    }
    commitNow()
    const isShowing = (isWaiting) => {
      ids.forEach((id) => isWaiting ? waiting.add(id) : waiting.delete(id))
      list.draw()
    }
    leave(ids)
    selected.clear()
    isShowing(true)
    offerUndo(text, {
      undo: async () => isShowing(false),
      commit: async (isLast) => {
        try {
          await send(action, ids, isLast)
          await list.refresh()
        } finally {
          isShowing(false)
        }
      },
    })
  }

  // Opens the next lead when the open one goes away, so that the reader can go on.
  function leave(ids) {
    const shown = list.shown().map(({ id }) => id)
    const at = shown.indexOf(split.open)
    if (!ids.includes(split.open)) return
    const stays = (id) => !ids.includes(id)
    const id = shown.slice(at + 1).find(stays) ?? shown.slice(0, Math.max(at, 0)).findLast(stays) ?? ""
    split.step(id)
  }

  function star(item) {
    if (!item) return false
    const { id, starred } = item
    ask("PATCH", `leads/${id}`, { body: { starred: !starred } })
      .then(() => Promise.all([list.refresh(), id === split.open && split.load()]))
      .catch(session.failed)
    return true
  }

  // The file is made of all leads that the filters select, not only of those that are loaded.
  async function exportLeads(format) {
    if (!bar.hasForm()) return
    say("The export is being made…")
    const query = { ...queryOf(here()), form: bar.form(), folder, format }
    const { data, response } = await ask("GET", withQuery("leads/export", query), { isFile: true })
    const name = /filename="?([\w.-]+)/.exec(response.headers.get("Content-Disposition"))?.[1] ?? `leads.${format}`
    saveFile(name, data)
    say(`The export is saved as ${name}.`)
  }

  function erase(address = "") {
    const email = h("input", { name: "email", type: "email", required: true, autocomplete: "off", value: address })
    dialog("Erase a person", (close) => {
      const next = () => confirm("Erase for good?", `Every lead of ${email.value} is deleted: inbox, spam, outbox and dead letters. This cannot be undone.`, "Erase", async () => {
        const { data } = await ask("POST", "leads/erase", { body: { email: email.value.trim() } })
        close()
        say(`Erased: ${data.leads} of the inbox, ${data.outbox} of the outbox, ${data.dead_letters} dead letters.`)
        change({ id: "" })
        await list.refresh()
      })
      return [
        p("", "Deletes every lead that has this e-mail address in any field."),
        labelled("E-mail address", email),
        div("actions", button("Cancel", close), button("Erase…", () => email.reportValidity() && next(), { class: "danger" })),
      ]
    })
  }
}

// What a lead is called in the list: its first value.
function nameOf({ id, summary = [] }) {
  return String(summary.find(([, value]) => value)?.[1] ?? `Lead ${id.slice(0, 8)}`)
}

