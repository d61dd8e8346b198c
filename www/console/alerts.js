// Notifications of new leads on this device, for the forms that they are switched on for in this browser.
import { read } from "./api.js"
import { h, p } from "./dom.js"

// As often as lists of the console: milliseconds. A browser looks less often in a tab that is in the background.
const POLL_MS = 10_000
const PREFIX = "formgate-alerts-"

// Looks for new leads of the inbox while the console is open and a form has it switched on.
export function startAlerts(session) {
  const titleOf = (form) => session.forms.find(({ key }) => key === form)?.title || form
  let since = new Date().toISOString()
  setInterval(async () => {
    try {
      if (!Object.keys(localStorage).some((name) => name.startsWith(PREFIX))) return since = new Date().toISOString()
      const { items } = await read("leads?limit=20")
      for (const { id, form, received_at } of items) {
        if (received_at > since && localStorage[PREFIX + form]) tell(titleOf(form), "A lead has arrived", id)
      }
      since = items[0]?.received_at ?? since
    } catch {
      // What arrived meanwhile is found the next time.
    }
  }, POLL_MS)
}

// A tick that switches it on for a form; the browser asks for its permission then.
export function alertBox(key) {
  const name = PREFIX + key
  const box = h("input", { type: "checkbox" })
  const said = h("p", { class: "hint", role: "status" })
  try {
    box.checked = Boolean(localStorage[name])
  } catch {
    // A browser that keeps nothing says so when it is ticked.
  }
  box.addEventListener("change", async () => {
    said.textContent = ""
    try {
      delete localStorage[name]
      if (!box.checked) return
      if (await Notification.requestPermission() !== "granted") throw new Error()
      tell("Notifications are on", "", name)
      localStorage[name] = "on"
    } catch {
      box.checked = false
      said.textContent = "Allow notifications for this site in the browser's settings, then tick this again."
    }
  })
  return [
    h("label", { class: "tick" }, box, "Show a notification on this device when a lead arrives"), said,
    p("hint", "For leads of the inbox, while the console is open in this browser. E-mail is sent by your lead service, or by a program that reads /api."),
  ]
}

// The title is the form's, so that nothing of a visitor is shown. Several tabs with the same tag show one.
function tell(title, body, tag) {
  return new Notification(title, { body, tag })
}
