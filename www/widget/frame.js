// For pages with a form in a frame, `<iframe src="…/f/demo?embed">`: gives the frame the height of its form, dispatches
// `lead-form:success` on it, goes on to the form's next page, and tells the form where the visitor came from. A classic script,
// `/widget/frame.js`; without it the frame keeps its height. ./framed.js is the other side.
//
// A message counts only from the window of such a frame and from the origin of its address, and is sent to that origin only.
import { isHttp, parseUrl } from "./address.js"
import { attribution } from "./attribution.js"
import { SCRIPT } from "./script.js"

// Pixels. A frame that asks for more keeps the height that it has.
const MAX_HEIGHT_PX = 20_000
// How long a page may delay the redirect.
const MAX_REDIRECT_WAIT_MS = 5_000
// The script may run twice on a page, and must not leave a global name behind.
const ONCE = Symbol.for("lead-form frames")

// By frame, whether it has shown a page before.
const known = new WeakSet()

function isForm(url) {
  return isHttp(url) && url.pathname.startsWith("/f/") && url.searchParams.has("embed")
}

function frames() {
  return [...document.querySelectorAll("iframe[src]")].filter(({ src }) => isForm(parseUrl(src)))
}

const ON = {
  hello(frame, origin) {
    // Of a page after the first one, the visitor has to see the beginning.
    if (known.has(frame) && frame.getBoundingClientRect().top < 0) frame.scrollIntoView()
    known.add(frame)
    frame.contentWindow.postMessage({ type: "lead-form:page", claims: attribution.claims() }, origin)
  },

  height(frame, origin, { height }) {
    if (typeof height !== "number" || !(height > 0 && height <= MAX_HEIGHT_PX)) return
    const isWhole = getComputedStyle(frame).boxSizing === "border-box"
    frame.style.height = `${height + (isWhole ? frame.offsetHeight - frame.clientHeight : 0)}px`
  },

  async success(frame, origin, { next }) {
    const form = decodeURIComponent(parseUrl(frame.src).pathname.split("/")[2])
    const url = parseUrl(next)
    const waits = []
    const detail = { form, next: isHttp(url) ? next : null, waitUntil: (promise) => waits.push(promise) }
    const isAllowed = frame.dispatchEvent(new CustomEvent("lead-form:success", { bubbles: true, composed: true, cancelable: true, detail }))
    const layer = frame.dataset.layer ?? SCRIPT?.dataset.layer
    if (layer !== undefined) (window[layer || "dataLayer"] ??= []).push({ event: "lead_form_success", form })
    await Promise.race([Promise.allSettled(waits), new Promise((resolve) => setTimeout(resolve, MAX_REDIRECT_WAIT_MS))])
    if (isAllowed && detail.next && frame.isConnected) location.assign(next)
  },
}

function start() {
  attribution.note()
  addEventListener("message", ({ source, origin, data }) => {
    const frame = frames().find(({ contentWindow }) => contentWindow === source)
    if (!frame || origin !== parseUrl(frame.src).origin) return
    const [, name] = /^lead-form:(\w+)$/.exec(data?.type) ?? []
    if (Object.hasOwn(ON, name)) ON[name](frame, origin, data)
  })
  // A frame that was loaded before has sent its hello to a page without this script. The message has nothing in it, so that its
  // receiver does not matter: a frame that is still empty has another origin.
  for (const { contentWindow } of frames()) contentWindow.postMessage({ type: "lead-form:hello" }, "*")
}

if (!window[ONCE]) {
  Object.defineProperty(window, ONCE, { value: true })
  start()
}
