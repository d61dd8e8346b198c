// The page in the frame of the builder's preview: the widget as on any page, whose requests the builder answers. It connects to
// nothing: a form that was never published has no address yet.

// The definition as visitors get it, and what the builder does: `send(body, headers)` resolves to the response to a submission,
// `sent(detail)` is told of a lead, `resized(height)` of the page's height in pixels.
let definition
let host
// The element that is shown, and its definition.
let current
let former

window.fetch = async (address, { body, headers } = {}) => {
  const [part] = new URL(address).pathname.split("/").slice(4)
  if (part === "submissions") return host.send(body, headers)
  return Response.json(part === "ticket" ? { ticket: null } : definition)
}

// Called by the builder, as `frame.contentWindow.preview`.
window.preview = {
  start(given) {
    host = given
    new ResizeObserver(() => host.resized(document.body.offsetHeight)).observe(document.body)
  },

  // Shows a form in place of the one before, once the widget has made it: the page does not jump meanwhile. What was typed is
  // in the widget's own store, by the names of the fields and without what is sensitive.
  show(given, { language, isDark }) {
    definition = given
    Object.assign(document.documentElement, { lang: language, dir: /^ar/.test(language) ? "rtl" : "ltr" })
    document.documentElement.dataset.scheme = isDark ? "dark" : "light"
    document.querySelector(".next")?.remove()
    const next = document.createElement("lead-form")
    next.setAttribute("form", definition.key)
    next.className = "next"
    next.addEventListener("lead-form:ready", () => take(next), { once: true })
    document.body.append(next)
  },
}

// The builder tells where the form leads on to.
document.addEventListener("lead-form:success", (event) => {
  event.preventDefault()
  host.sent(event.detail)
})

// A link to the hosted page does not lead the console away.
document.addEventListener("click", (event) => {
  const link = event.composedPath().find(({ localName }) => localName === "a")
  if (link?.target === "_top") link.target = "_blank"
})

function take(next) {
  const focused = current?.shadowRoot.activeElement?.name
  next.values = Object.fromEntries(carried(current?.values ?? {}))
  current?.remove()
  current = next
  former = definition
  next.className = ""
  if (focused) next.shadowRoot.querySelector(`[name="${CSS.escape(focused)}"]`)?.focus()
}

// What the widget does not keep: what is sensitive, and what was typed into a field that has another name now.
function carried(values) {
  return definition.fields.flatMap(({ name, type, sensitive }, index) => {
    const before = former?.fields[index]
    const isRenamed = before?.type === type && before.name !== name && !former.fields.some((field) => field.name === name)
    const value = values[isRenamed ? before.name : name]
    return (isRenamed || sensitive) && value ? [[name, value]] : []
  })
}
