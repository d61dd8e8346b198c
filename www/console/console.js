// The owner's console: shows who signed in and the tab that the address names, and passes keys on to it. All it shows and does
// goes through /api. `tools/www.mjs` bundles it.
import { addressOf, here, startMoving } from "./address.js"
import { read, withQuery } from "./api.js"
import { startAlerts } from "./alerts.js"
import { auditView } from "./audit.js"
import { deadLettersView } from "./dead-letters.js"
import { bdi, button, failed, fill, h, span } from "./dom.js"
import { formsView } from "./forms.js"
import { showHelp, startKeys } from "./keys.js"
import { leadsView } from "./leads.js"
import { dismiss, startNotices, undoLast } from "./notice.js"
import { rejectsView } from "./rejects.js"
import { failure, loading } from "./states.js"
import { tokensView } from "./tokens.js"

const TABS = {
  inbox: ["Inbox", (session) => leadsView("inbox", session)],
  spam: ["Spam", (session) => leadsView("spam", session)],
  "dead-letters": ["Dead letters", deadLettersView],
  rejects: ["Rejects", rejectsView],
  forms: ["Forms", formsView],
  tokens: ["Tokens", tokensView],
  audit: ["Audit", auditView],
}
const ROLES = ["viewer", "editor", "owner"]
// Pages of forms that are read for the choices of filters.
const MAX_PAGES = 10

const main = document.getElementById("main")
const labels = new Map()
const session = {
  me: undefined,
  forms: [],
  failed,

  // Whether the reader's role is this one or a higher one. The service decides; the page only leaves out what would be refused.
  can: (role) => ROLES.indexOf(session.me?.role) >= ROLES.indexOf(role),

  async loadForms() {
    const forms = []
    let cursor = null
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { items, next } = await read(withQuery("forms", { cursor }))
      forms.push(...items)
      cursor = next
      if (!next) break
    }
    session.forms = forms
    labels.clear()
  },

  // Adds the labels of its form's fields by name to a lead. Without them the names are shown.
  async withLabels(reading) {
    const { form, ...lead } = await reading ?? {}
    return { ...lead, form, labels: await session.labels(form) }
  },

  labels(form) {
    if (!session.forms.some(({ key }) => key === form)) return {}
    if (!labels.has(form)) {
      // A viewer may read what visitors get.
      const reading = session.can("editor") ? read(`forms/${form}`) : read(`../v1/forms/${form}`).then((published) => ({ published }))
      const labelled = reading.then(({ published, draft }) => {
        const fields = (published ?? draft)?.fields ?? []
        return Object.fromEntries(fields.filter(({ name, label }) => name && label).map(({ name, label }) => [name, label]))
      })
      labels.set(form, labelled.catch(() => ({})))
    }
    return labels.get(form)
  },
}
let name
let view

startNotices()
startAlerts(session)
startMoving(show)
startKeys((key) => key === "z" ? (undoLast().catch(failed), true) : view?.keys[key]?.())
start()

async function start() {
  fill(main, loading())
  try {
    session.me = await read("me")
    showWho(session.me)
    await session.loadForms()
  } catch (error) {
    return fill(main, failure(error, start))
  }
  show()
}

function show() {
  if (!session.me) return
  const at = here()
  const wanted = Object.hasOwn(TABS, at.tab) ? at.tab : "inbox"
  const [title, open] = TABS[wanted]
  if (wanted !== name) {
    view?.close()
    dismiss()
    name = wanted
    view = open(session)
    fill(main, h("h2", { class: "unseen", id: "view", tabindex: "-1" }, title), view.element)
    document.title = `${title} · formgate console`
    showTabs()
  }
  view.show(at)
}

function showTabs() {
  const tabs = document.getElementById("tabs")
  const hadFocus = tabs.contains(document.activeElement)
  fill(tabs, Object.entries(TABS).map(([key, [title]]) =>
    h("a", { href: addressOf({ tab: key }), "aria-current": key === name && "page" }, title)))
  if (hadFocus) tabs.querySelector("[aria-current]").focus()
}

function showWho({ subject, role, via }) {
  const help = button("Keys", showHelp, { "aria-keyshortcuts": "?" })
  // Cloudflare's own page. `make dev` signs in by itself, without TLS.
  const canLeave = via === "access" && location.protocol === "https:"
  const out = h("a", { href: "/cdn-cgi/access/logout" }, "Sign out")
  fill(document.getElementById("who"), span("", bdi(subject), ` (${role})`), help, canLeave && out)
}
