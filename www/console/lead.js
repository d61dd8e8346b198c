// What a lead contains: values, consents, spam, where it came from, what happened to it.
import { bdi, h, p, span, terms } from "./dom.js"
import { time } from "./time.js"

const EVENTS = {
  accepted: "Accepted", attempt: "Attempt to deliver", queued: "Waits in the outbox", delivered: "Delivered to the core",
  stored: "Stored in the inbox", spam: "Put into the spam folder", not_spam: "Taken out of the spam folder",
  dead: "Given up: dead letter", blocked: "The core does not take it", redriven: "Sent again",
}

export function timeline(events = []) {
  return events.length > 0 && part("Timeline", h("ol", { class: "timeline" }, events.map(({ at, event, detail }) => h("li", {},
    time(at, true), " ", h("strong", {}, EVENTS[event] ?? event), detail && [": ", bdi(detail)]))))
}

// `labels` has the labels of the form's fields by name, as far as they are known. What is no lead is shown as it is stored.
export function leadContent(lead, labels = {}) {
  if (!lead || typeof lead !== "object") return part("Not readable as a lead", h("pre", {}, String(lead ?? "")))
  const { fields = {}, extras = {}, consents = [], warnings = [], spam = [], provenance = {}, spam_score: score } = lead
  return [
    part("Values", terms(entries(fields, labels), { class: "values" }) || p("", "No field has a value.")),
    consents.length > 0 && part("Consents", terms(consents.map(({ field, text }) => [
      labels[field] ?? field, text ? bdi(text) : "Given; which text the visitor saw is not known",
    ]))),
    part("Values the form has no field for", terms(entries(extras))),
    warnings.length > 0 && part("Warnings", h("ul", {}, warnings.map(({ field, message, code }) => h("li", {}, bdi(field ?? ""), ": ", message ?? code)))),
    spam.length > 0 && part("Signals of spam", p("", `${spam.join(", ")}${score === undefined ? "" : ` (score ${score})`}`)),
    h("div", { class: "provenance" },
      part("Observed by the edge", [p("hint", "What the service itself saw."), tree(provenance.observed)]),
      part("Claimed by the page", [p("hint", "Sent by the page or the browser, and not verified."), tree(provenance.claimed)])),
    h("details", {}, h("summary", {}, "As JSON"), h("pre", {}, JSON.stringify(lead, null, 2))),
  ]
}

function part(title, content) {
  return content && h("section", { class: "part" }, h("h3", {}, title), content)
}

function entries(values, labels = {}) {
  return Object.entries(values ?? {}).map(([name, value]) => [labels[name] ?? name, shown(value)])
}

function shown(value) {
  const texts = [value].flat().map((text) => typeof text === "object" && text ? JSON.stringify(text) : String(text ?? ""))
  return texts.some(Boolean) ? texts.map((text) => span("value", bdi(text))) : span("hint", "empty")
}

// Members with their values; what was not sent is left out.
function tree(members) {
  const found = Object.entries(members ?? {}).filter(([, value]) => value !== null && value !== "" && !isEmpty(value))
  return terms(found.map(([name, value]) => [name.replaceAll("_", " "), typeof value === "object" ? tree(value) : bdi(value)]))
    || p("hint", "Nothing.")
}

function isEmpty(value) {
  return typeof value === "object" && Object.keys(value).length === 0
}
