// The part of the settings that lists which pages may show the form: the line for a page is made from its address.
import { read, withQuery } from "../api.js"
import { announce, bdi, button, div, fill, h, labelled, p } from "../dom.js"
import { LOCAL, NO_ADDRESS, originIn, allow, counterpartOf, isAllowed } from "./origin.js"
import { bound, isNew } from "./inputs.js"

const PREVIEWS = "Netlify and Vercel give each preview another address: give previews a domain of yours, and allow "
  + "https://*.preview.example.com."
// Where previews of website builders are, with ~ for the name of the site there. A wildcard for a whole host would allow the
// pages of all its customers, which the edge refuses.
const HOSTS = ["~.webflow.io", "~.framer.app", "~.framer.website", "~.wixsite.com", "~.netlify.app", "~.vercel.app", "~.pages.dev", "*.~.pages.dev"]
// The most lines that are offered.
const MAX_OFFERS = 6
const WILDCARDS = "https://*.example.com is for every subdomain of example.com, but not for example.com itself; :* is for every port."

export function originsPart(builder) {
  const { model } = builder
  const list = h("ul", { class: "origins" })
  const address = h("input", {
    type: "text", inputmode: "url", autocapitalize: "off", autocomplete: "off", spellcheck: "false",
    placeholder: "https://www.example.com/contact", "data-path": "allowed_origins",
  })
  const said = h("div", { class: "said", role: "status" })
  const offers = div("actions")
  // Lines for the pages that were refused, the latest first.
  let refused = []
  const site = h("input", { autocapitalize: "off", autocomplete: "off", spellcheck: "false", value: builder.key })
  const hosts = div("actions", HOSTS.map((host) => {
    const line = () => `https://${host.replace("~", site.value.trim())}`
    const node = button("", () => take(line()))
    const name = () => node.textContent = `Allow ${line()}`
    site.addEventListener("input", name)
    name()
    return node
  }))
  read(`${builder.path}/rejects`).then(({ items }) => {
    refused = items.map(({ add }) => add).filter(Boolean)
    offer()
  }, () => {})

  const form = h("form", { class: "fields" },
    labelled("Address of a page with the form", address, { class: "field wide" }), h("button", {}, "Allow it"))
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    take(address.value.trim())
  })
  return [
    p("hint", "Only these pages may show and send the form. Paste the address of a page; the line for its site is made from it."),
    form, said,
    bound(offers, offer),
    bound(list, draw),
    h("details", { class: "settings-part" }, h("summary", {}, "Previews of website builders"),
      labelled("Name of the site there", site), hosts, p("hint", PREVIEWS)),
    p("hint", WILDCARDS),
  ]

  async function take(text) {
    const origin = originIn(text)
    // The doctor's result is about what is published; the draft decides whether there is a line to add.
    const found = builder.status === "published" && !text.includes("*") ? await diagnosis(text) : undefined
    const line = found?.add ?? found?.origin ?? origin
    if (!line) return say(found?.notes ?? [NO_ADDRESS])
    if (isAllowed(model.definition, line)) say([`${line} is allowed already.`, ...found?.allowed ? found.notes : []])
    else add(line, found?.notes ?? [])
  }

  // The doctor's result; nothing when it cannot be asked.
  function diagnosis(url) {
    return read(withQuery(`../v1/${builder.path}/doctor`, { url })).catch(() => undefined)
  }

  function add(line, notes) {
    model.change((definition) => allow(definition, line))
    address.value = ""
    say([`${line} is added; publish the form to let it in.`, ...notes])
  }

  function say(sentences) {
    fill(said, sentences.map((sentence) => p("", bdi(sentence))))
  }

  // The other spelling of a site that is listed, pages that were refused, and this machine.
  function offer() {
    const { definition } = model
    const listed = definition.allowed_origins ?? []
    const others = listed.map(counterpartOf).filter(Boolean)
    const lines = [...new Set([LOCAL, ...others, ...refused])]
    const offered = lines.filter((line) => !isAllowed(definition, line)).slice(0, MAX_OFFERS)
    if (!isNew(offers, offered)) return
    const hadFocus = offers.contains(document.activeElement)
    fill(offers, offered.map((line) => button(`Also allow ${line === LOCAL ? "this machine (localhost)" : line}${refused.includes(line) ? ", which was refused" : ""}`, () => add(line, []))))
    if (hadFocus) address.focus()
  }

  function draw() {
    const listed = model.definition.allowed_origins ?? []
    const faults = builder.faults.filter(({ path }) => path.startsWith("allowed_origins"))
    if (!isNew(list, [listed, faults])) return
    const at = [...list.querySelectorAll("button")].indexOf(document.activeElement)
    fill(list, listed.map((line, index) => h("li", {},
      h("code", {}, bdi(line)),
      button("Remove", () => remove(index, line), { "aria-label": `Remove ${line}`, "data-path": `allowed_origins[${index}]` }),
      faultsOf(faults, `allowed_origins[${index}]`))),
    listed.length === 0 && h("li", { class: "hint" }, "No page as yet: the form can only be used on its own page."),
    faultsOf(faults, "allowed_origins").map((fault) => h("li", {}, fault)))
    if (at >= 0) [...list.querySelectorAll("button")].at(Math.min(at, listed.length - 1))?.focus()
  }

  function remove(index, line) {
    model.change((definition) => ({ ...definition, allowed_origins: definition.allowed_origins.toSpliced(index, 1) }))
    announce(`${line} removed`)
    if (!list.contains(document.activeElement)) address.focus()
  }
}

function faultsOf(faults, path) {
  return faults.filter((fault) => fault.path === path).map(({ reason }) => p("fault", bdi(reason)))
}
