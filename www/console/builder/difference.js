// What a draft changes of the published form, in sentences. Pure.
import { isRequired, wordsOf } from "./kinds.js"
import { limitsIn, policiesOf } from "./limits.js"
import { MEMBERS, valueWordsOf } from "./members.js"
import { isSame } from "./model.js"
import { MEMBERS as WORDS } from "./words.js"

const KNOWN = Object.values(MEMBERS).flat()
// Members with sentences of their own.
const OWN = ["fields", "allowed_origins", "rate_limits"]

// A list of sentences; empty only when the two are the same. `published` is null when the form never was public.
export function differenceOf(published, draft) {
  if (isSame(published, draft)) return []
  if (!published) return ["The form is published for the first time."]
  const of = (name) => [published, draft].map((definition) => definition[name] ?? [])
  const limits = [published, draft].map((definition) => limitsIn(policiesOf(definition)))
  const sentences = [
    ...ofFields(...of("fields")),
    ...KNOWN.flatMap((member) => {
      const [was, is] = [published, draft].map((definition) => valueWordsOf(member, valueAt(definition, member[0])))
      return instead(member[1], was, is)
    }),
    ...instead("Limits", ...limits),
    ...ofUnknown(published, draft),
  ]
  const [before, after] = of("allowed_origins")
  sentences.push(
    ...without(after, before).map((line) => `Pages on ${line} may embed it`),
    ...without(before, after).map((line) => `Pages on ${line} may no longer embed it`))
  return sentences.length > 0 ? sentences.map((words) => `${words}.`) : ["It is written in another way; nothing changes for visitors."]
}

function ofFields(before, after) {
  const sides = [before, after].map((fields) => byId(fields, ({ type, name, label }) => type === "heading" ? `# ${label}` : name))
  const [was, is] = sides
  return [
    ...compared(sides, (field) => [nameOf(field), isRequired(field) && ", and required"]),
    ...shared(is, was).flatMap((id) => ofField(was.get(id), is.get(id))),
    ...moved(shared(was, is), shared(is, was), (id) => nameOf(is.get(id))),
  ]
}

function ofField(before, after) {
  const [was, is] = [before, after].map(isRequired)
  const [options, suggestions] = ["options", "suggestions"].map((name) => [before, after].map((field) => field[name] ?? []))
  return [
    ...was === is ? [] : [`${nameOf(before)} becomes ${is ? "required" : "optional"}`],
    ...[
      ...instead("kind", ...[before, after].map(({ type }) => wordsOf(type))),
      ...ofMembers(before, after, ["type", "required", "name", "options", "suggestions"]),
      ...ofOptions(options.map((list) => byId(list, ({ value }) => value)), "option"),
      ...ofOptions(suggestions.map((list) => byId(list.map((value) => ({ value })), ({ value }) => value)), "suggestion"),
    ].map((words) => `${nameOf(before)}: ${words}`),
  ]
}

function ofOptions(sides, kind) {
  const [was, is] = sides
  const words = ({ label, value }) => `${kind} ${quoted(label || value)}`
  return [
    ...compared(sides, (option) => [words(option)]),
    ...shared(is, was).flatMap((value) => ofMembers(was.get(value), is.get(value)).map((change) => `${words(was.get(value))}: ${change}`)),
    ...isSame(shared(was, is), shared(is, was)) ? [] : [`${kind}s in another order`],
  ]
}

// What is in one side alone.
function compared([was, is], describe) {
  const only = (one, other) => [...one].filter(([id]) => !other.has(id)).map(([, item]) => describe(item))
  return [
    ...only(is, was).map(([words, more]) => `${words} is new${more || ""}`),
    ...only(was, is).map(([words]) => `${words} removed`),
  ]
}

function ofMembers(before, after, left = []) {
  const names = without([...new Set([...Object.keys(before), ...Object.keys(after)])], left)
  return names.flatMap((name) => instead(WORDS[name] ?? name, ...[before, after].map((object) => wordsIn(object[name]))))
}

function ofUnknown(before, after) {
  const tops = [...OWN, ...KNOWN.map(([path]) => path.split(".")[0])]
  return ofMembers(before, after, tops)
}

// One that moved is named, with what it comes after; of several, the new order is.
function moved(before, after, nameAt) {
  if (isSame(before, after)) return []
  const one = after.find((id) => isSame(without(before, [id]), without(after, [id])))
  if (one === undefined) return [`The fields are in another order: ${after.map(nameAt).join(", ")}`]
  const at = after.indexOf(one)
  return [`${nameAt(one)} comes ${at === 0 ? "first" : `after ${nameAt(after[at - 1])}`}`]
}

function instead(label, was, is) {
  return was === is ? [] : [`${label}: ${is} instead of ${was}`]
}

function wordsIn(value) {
  if (typeof value === "boolean" || (value ?? "") === "") return value === true ? "yes" : "none"
  return typeof value === "object" ? JSON.stringify(value) : typeof value === "string" ? quoted(value) : String(value)
}

function valueAt(definition, path) {
  return path.split(".").reduce((value, name) => value?.[name], definition)
}

function byId(items, idOf) {
  return new Map(items.map((item) => [idOf(item), item]))
}

function shared(one, other) {
  return [...one.keys()].filter((id) => other.has(id))
}

function without(list, others) {
  return list.filter((item) => !others.includes(item))
}

function nameOf({ type, label, name }) {
  return type === "heading" ? `Heading ${quoted(label)}` : label || name
}

function quoted(text) {
  return `“${text}”`
}
