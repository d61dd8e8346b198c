// What a draft changes of the published form, in sentences. Pure.
import { limitsIn, policiesOf } from "./limits.js"

const UNCHANGED = "The definition is written in another way; nothing changes for visitors."

// Members that have one value: path, beginning of the sentence, what it is without the member, and words for a value.
const MEMBERS = [
  ["title", "The title says", "nothing", quoted],
  ["description", "The description says", "nothing", quoted],
  ["submit_label", "The button says", "the usual", quoted],
  ["on_success.message", "The message after sending says", "the usual", quoted],
  ["on_success.redirect", "After sending, visitors go to", "no other page"],
  ["locale", "The language is", "that of the page"],
  ["theme.accent", "The colour is", "blue"],
  ["theme.accent_dark", "The colour on dark is", "made from the other"],
  ["theme.radius", "The corners have a radius of", "4 pixels", (px) => `${px} pixels`],
  ["theme.font", "The font is", "the system’s"],
  ["theme.scheme", "The form is", "light", named({ auto: "light or dark, as the visitor’s system is" })],
  ["theme.surface", "The form is", "on a card", named({ card: "on a card", bare: "on the page’s own background" })],
  ["rate_limits", "The limits are", limitsIn(policiesOf({})), limitsIn],
  ["spam.mode", "Spam is", "held back", named({ enforce: "held back", shadow: "only noted", off: "not looked for" })],
  ["spam.spam_at", "A submission is spam from a score of", "5"],
  ["spam.challenge_at", "A submission is challenged from a score of", "3"],
  ["spam.max_links", "The links that texts may have are", "2"],
  ["honeypot", "The hidden input for robots is", "absent", (name) => name === true ? "there" : name === false ? "absent" : `there, called ${name}`],
  ["min_fill_ms", "The shortest time to fill in the form is", "none", (ms) => ms === 0 ? "none" : `${ms / 1000} seconds`],
  ["ticket", "A ticket is", "optional"],
  ["enforce_origins", "Pages that are not allowed are", "refused", (isOn) => isOn ? "refused" : "only logged"],
  ["unknown_fields", "Values that the form has no field for are", "kept", named({ keep: "kept", refuse: "refused" })],
  ["visitor_address", "The visitor’s address is in a lead", "as a hash", named({ hash: "as a hash", full: "in full", none: "not at all" })],
  ["retention_days", "Leads are kept", "for ever", (days) => `for ${days} days`],
  ["keep_copy", "The inbox keeps", "no copy", (isOn) => isOn ? "a copy of each lead" : "no copy"],
  ["dialect", "Answers to programs are in the dialect", "of the service"],
  ["status", "The form is", "public", named({ published: "public", draft: "not public" })],
  ["version", "The version is", "the next number"],
  ["oldest_version", "The oldest version that is taken is", "the first"],
]

// The same of a field.
const FIELD = [
  ["label", "it is called", "nothing", quoted],
  ["type", "it is of the kind", "text"],
  ["text", "the text agreed to says", "nothing", quoted],
  ["hint", "the hint says", "nothing", quoted],
  ["placeholder", "the example in it says", "nothing", quoted],
  ["value", "it is filled in with", "nothing", quoted],
  ["min", "the least is", "open"],
  ["max", "the most is", "open"],
  ["step", "the step is", "the usual"],
  ["minlength", "the fewest characters are", "any number"],
  ["maxlength", "the most characters are", "any number"],
  ["pattern", "the pattern is", "none"],
  ["multiple", "it takes", "one value", (isOn) => isOn ? "several values" : "one value"],
  ["autocomplete", "browsers fill it in as", "they like"],
  ["prefill", "the page’s address", "does not fill it in", (isOn) => isOn ? "fills it in" : "does not fill it in"],
  ["sensitive", "what was typed is", "kept until it is sent", (isOn) => isOn ? "not kept in the browser" : "kept until it is sent"],
  ["width", "it is", "as wide as the form", named({ half: "half as wide" })],
  ["core_name", "the core’s name for it is", "its own"],
]
const OPTION = [["label", "says", "its value", quoted], ["group", "is in the group", "none", quoted], ["disabled", "can", "be chosen", (isOn) => isOn ? "not be chosen" : "be chosen"]]

// A list of sentences; empty only when the two are the same. `published` is null when the form never was public.
export function differenceOf(published, draft) {
  if (isSame(published, draft)) return []
  if (!published) return ["The form is published for the first time."]
  const sentences = [
    ...fieldsOf(published.fields ?? [], draft.fields ?? []),
    ...changes(MEMBERS, published, draft).map((words) => `${words}.`),
    ...weights(published.spam?.weights ?? {}, draft.spam?.weights ?? {}),
    ...origins(published.allowed_origins ?? [], draft.allowed_origins ?? []),
    ...others(published, draft),
  ]
  return sentences.length > 0 ? sentences : [UNCHANGED]
}

// "The button says “Send” instead of “Go”" for each member that differs.
function changes(members, before, after) {
  return members.flatMap(([path, beginning, absent, words = String]) => {
    const [was, is] = [before, after].map((whole) => {
      const value = path.split(".").reduce((part, name) => part?.[name], whole)
      return value === undefined || value === null || value === "" ? absent : words(value)
    })
    return was === is ? [] : [`${beginning} ${is} instead of ${was}`]
  })
}

function fieldsOf(before, after) {
  const [was, is] = [before, after].map((fields) => new Map(fields.map((field) => [idOf(field), field])))
  const removed = [...was].filter(([id]) => !is.has(id)).map(([, field]) => `${nameOf(field)} is removed.`)
  const added = [...is].filter(([id]) => !was.has(id)).map(([, field]) => `${nameOf(field)} is new${isRequired(field) ? ", and required" : ""}.`)
  const changed = [...is].filter(([id]) => was.has(id)).flatMap(([id, field]) => ofField(was.get(id), field))
  const common = [was, is].map((fields) => [...fields.keys()].filter((id) => was.has(id) && is.has(id)))
  return [...added, ...removed, ...changed, ...moved(...common, (id) => nameOf(is.get(id)))]
}

function ofField(before, after) {
  const name = nameOf(before)
  const [was, is] = [before, after].map(isRequired)
  return [
    ...was === is ? [] : [`${name} becomes ${is ? "required" : "optional"}.`],
    ...changes(FIELD, before, after).map((words) => `${name}: ${words}.`),
    ...ofOptions(before.options ?? [], after.options ?? []).map((words) => `${name}: ${words}.`),
    ...ofSuggestions(before.suggestions ?? [], after.suggestions ?? []).map((words) => `${name}: ${words}.`),
  ]
}

function ofOptions(before, after) {
  const [was, is] = [before, after].map((options) => new Map(options.map((option) => [option.value, option])))
  const words = (option) => `option ${quoted(option.label || option.value)}`
  const common = [was, is].map((options) => [...options.keys()].filter((value) => was.has(value) && is.has(value)))
  return [
    ...[...is.values()].filter(({ value }) => !was.has(value)).map((option) => `${words(option)} is new`),
    ...[...was.values()].filter(({ value }) => !is.has(value)).map((option) => `${words(option)} removed`),
    ...common[1].flatMap((value) => changes(OPTION, was.get(value), is.get(value)).map((change) => `${words(was.get(value))} ${change}`)),
    ...isSame(...common) ? [] : ["the options are in another order"],
  ]
}

function ofSuggestions(before, after) {
  const [added, removed] = [[after, before], [before, after]].map(([list, other]) => list.filter((value) => !other.includes(value)))
  const said = [...added.map((value) => `suggestion ${quoted(value)} is new`), ...removed.map((value) => `suggestion ${quoted(value)} removed`)]
  return said.length === 0 && !isSame(before, after) ? ["the suggestions are in another order"] : said
}

// One that moved is named, with what it now comes after; of several, the new order is.
function moved(before, after, nameAt) {
  if (isSame(before, after)) return []
  const one = after.find((id) => isSame(before.filter((other) => other !== id), after.filter((other) => other !== id)))
  if (one === undefined) return [`The fields are in another order: ${after.map(nameAt).join(", ")}.`]
  const at = after.indexOf(one)
  return [`${nameAt(one)} comes ${at === 0 ? "first" : `after ${nameAt(after[at - 1])}`}.`]
}

function weights(before, after) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((signal) =>
    changes([[signal, `The weight of the signal ${signal} is`, "the usual"]], before, after).map((words) => `${words}.`))
}

function origins(before, after) {
  const added = after.filter((origin) => !before.includes(origin))
  const removed = before.filter((origin) => !after.includes(origin))
  return [...added.map((origin) => `Pages on ${origin} may show it.`), ...removed.map((origin) => `Pages on ${origin} may no longer show it.`)]
}

// Members of the definition that this page does not know.
function others(before, after) {
  const known = new Set(["fields", "allowed_origins", "on_success", "theme", "spam", ...MEMBERS.map(([path]) => path)])
  const names = new Set([...Object.keys(before), ...Object.keys(after)].filter((name) => !known.has(name)))
  const members = [...names].map((name) => [name, `${name} is`, "absent", (value) => JSON.stringify(value)])
  return changes(members, before, after).map((words) => `${words}.`)
}

// What a field is known by in both; a heading has no name.
function idOf({ type, name, label }) {
  return JSON.stringify(type === "heading" ? [label] : name)
}

function nameOf({ type, label, name }) {
  return type === "heading" ? `The heading ${quoted(label || "")}` : label || name || "A field"
}

function isRequired({ type, required }) {
  return required ?? type === "consent"
}

function quoted(text) {
  return `“${text}”`
}

function named(words) {
  return (value) => words[value] ?? String(value)
}

function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other)
}
