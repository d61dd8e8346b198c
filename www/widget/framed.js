// In the hosted page in a frame, `/f/{key}?embed`: tells the page around it how tall it is and that a lead was taken, and adds
// what that page sends about the visitor's way to the form. ./frame.js is the other side.
//
// Browsers show the page only to pages that may embed the form (`frame-ancestors`). A message counts only from the window around,
// and is sent only to the origin that it came from; the first one, which has nothing in it, to any.
const CLAIMS = ["_page", "_referrer", "_first_touch", "_last_touch"]
// The visitor reads what changed: the error summary, or the thanks.
const changed = document.querySelector(".summary")
const thanks = document.querySelector("form") ? null : document.querySelector("h1")

let origin

function tell(type, more) {
  parent.postMessage({ type: `lead-form:${type}`, ...more }, origin ?? "*")
}

// Fields of the form may be called as its members are: nothing is read from the form itself.
function claim(name, value) {
  const version = document.querySelector("input[name=_version]")
  if (!version || typeof value !== "string") return
  const known = document.querySelector(`input[type=hidden][name=${name}]`)
  const input = known ?? document.createElement("input")
  input.type = "hidden"
  input.name = name
  input.value = value
  if (!known) version.after(input)
}

addEventListener("message", ({ source, origin: from, data }) => {
  if (source !== parent || from === "null") return
  if (data?.type === "lead-form:hello" && !origin) tell("hello")
  if (data?.type !== "lead-form:page" || origin) return
  origin = from
  for (const name of CLAIMS) claim(name, data.claims?.[name])
  new ResizeObserver(() => tell("height", { height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body)
  if (thanks) tell("success", { next: document.querySelector("a[rel=next]")?.href })
})

// Browsers ignore `autofocus` in a frame of another origin.
if (thanks) thanks.tabIndex = -1
const told = changed ?? thanks
told?.focus({ preventScroll: true })
if (parent !== self) tell("hello")
