// On which pages the form is seen, from what the service counts, and what is wrong where it is refused.
import { ask } from "../api.js"
import { counted } from "../count.js"
import { announce, bdi, button, fill, h, p } from "../dom.js"
import { PAGE_REASONS } from "../reasons.js"
import { installsOf } from "./installs.js"
import { allow, isAllowed } from "./origin.js"
import { bound, isNew } from "./inputs.js"

// As often as lists of the console: milliseconds.
const REFRESH_MS = 10_000

export function installPart(builder) {
  const list = h("ul", { class: "installs" })
  const state = p("hint")
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
      const [seen, refused] = await Promise.all(["pages", "rejects"].map((name) => ask("GET", `${builder.path}/${name}`, { signal })))
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
    fill(list, items.map(item))
    if (focused) list.querySelector(`[data-line="${focused}"]`)?.focus()
  }

  function item({ name, isRefused, ago, accepted, reason, add, isAdded, isLive }) {
    return h("li", { class: isRefused && !isLive ? "refused" : "seen" },
      p("", isRefused ? "Refused on " : "Seen on ", h("b", {}, bdi(name)), ` ${ago}`),
      p("hint", isRefused ? `${PAGE_REASONS[reason]}.` : `${counted(accepted, "lead")} from there in the last 90 days.`),
      add && (isLive ? p("hint", "It is allowed now; open the page again.")
        : isAdded ? p("hint", "It is added; publish the form to let it in.")
          : p("", h("code", {}, bdi(add)), " ", button("Allow", () => allowPage(add), { "data-line": add, "aria-label": `Allow ${add}` }))))
  }

  function allowPage(line) {
    builder.model.change((definition) => allow(definition, line))
    announce(`${line} is added; publish the form to let it in`)
    list.setAttribute("tabindex", "-1")
    list.focus()
  }
}

function ago(at, now) {
  const minutes = Math.max(0, Math.floor((now - Date.parse(at)) / 60_000))
  const [unit, length] = minutes < 60 ? ["minute", 1] : minutes < 1440 ? ["hour", 60] : ["day", 1440]
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.floor(minutes / length), unit)
}
