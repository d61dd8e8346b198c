// On which pages the form is seen, from what the service counts, and what is wrong where it is refused.
import { ask } from "../api.js"
import { counted } from "../count.js"
import { announce, bdi, button, h, p } from "../dom.js"
import { REASONS } from "../reasons.js"
import { installsOf } from "./installs.js"
import { allow, isAllowed } from "./origin.js"
import { bound, isNew } from "./inputs.js"

// As often as lists of the console: milliseconds.
const REFRESH_MS = 10_000

export function installPart(builder) {
  const list = h("ul", { class: "installs" })
  const state = p("hint")
  const path = `forms/${encodeURIComponent(builder.key)}`
  let pages = []
  let isRead = false
  let stopper
  const timer = setInterval(refresh, REFRESH_MS)
  const watcher = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && refresh())
  const heading = h("h3", { id: "installs" }, "Is it there?")
  const element = bound(h("section", { class: "part", "aria-labelledby": "installs" }, heading, state, list), draw)
  return {
    element,
    // Reads as soon as the panel is shown.
    watch: (panel) => watcher.observe(panel),
    close() {
      clearInterval(timer)
      watcher.disconnect()
      stopper?.abort()
    },
  }

  async function refresh() {
    if (document.hidden || !element.checkVisibility()) return
    stopper?.abort()
    stopper = new AbortController()
    const { signal } = stopper
    try {
      const [seen, refused] = await Promise.all(["pages", "rejects"].map((name) => ask("GET", `${path}/${name}`, { signal })))
      pages = installsOf(seen.data.items, refused.data.items)
      isRead = true
      draw()
    } catch {
      if (!signal.aborted) state.textContent = "This cannot be read now; it is tried again in a few seconds."
    }
  }

  function draw() {
    if (!isRead) return
    state.textContent = pages.length > 0 ? "" : "Not seen on any page yet. Open your page with the form; it appears here within about ten seconds."
    const { definition } = builder.model
    const live = builder.published ?? {}
    const now = Date.now()
    const isIn = (whole, { add }) => Boolean(add) && isAllowed(whole, add)
    const items = pages.map((page) => (
      { ...page, ago: ago(page.at, now), isAdded: isIn(definition, page), isLive: isIn(live, page) }
    ))
    if (!isNew(list, items)) return
    const focused = list.contains(document.activeElement) && document.activeElement.dataset.line
    list.replaceChildren(...items.map(item))
    if (focused) list.querySelector(`[data-line="${CSS.escape(focused)}"]`)?.focus()
  }

  function item({ name, isRefused, ago, accepted, reason, add, isAdded, isLive }) {
    const words = isRefused ? ["Refused on ", h("b", {}, bdi(name)), ` ${ago}`] : ["Seen on ", h("b", {}, bdi(name)), ` ${ago}`]
    const sent = accepted > 0 && `${counted(accepted, "lead")} from there in the last 90 days.`
    return h("li", { class: isRefused && !isLive ? "refused" : "seen" },
      p("", words),
      !isRefused && p("hint", sent || "Nothing was sent from there yet."),
      isRefused && p("hint", `${REASONS[reason] ?? reason}.`),
      add && (isLive ? p("hint", "It is allowed now; open the page again.")
        : isAdded ? p("hint", "It is added; publish the form to let it in.")
          : p("", h("code", {}, bdi(add)), " ", button("Allow", () => allowPage(add), { "data-line": add, "aria-label": `Allow ${add}` }))))
  }

  function allowPage(line) {
    builder.model.change((definition) => allow(definition, line))
    announce(`${line} added; publish the form to let it in`)
    list.setAttribute("tabindex", "-1")
    list.focus()
  }
}

function ago(at, now) {
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" })
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000)
  if (seconds < 60) return "less than a minute ago"
  for (const [unit, length, most] of [["minute", 60, 60], ["hour", 3600, 24], ["day", 86400, Infinity]]) {
    if (seconds / length < most) return format.format(-Math.floor(seconds / length), unit)
  }
}
