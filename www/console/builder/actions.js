// What can be done with the fields of a definition. Each function returns the definition that follows and changes none.
import { has, KINDS } from "./kinds.js"
import { isMadeFrom, nameFrom, uniqueName } from "./names.js"

// As the edge has it.
export const MAX_FIELDS = 100
// Members whose values are written as the kind requires.
const WRITTEN = ["value", "suggestions", "min", "max", "step"]

export function fieldsOf(definition) {
  return definition.fields ?? []
}

// With a new field of a kind at an index.
export function added(definition, kind, index = fieldsOf(definition).length) {
  return restored(definition, index, freshOf(definition, kind))
}

export function removed(definition, index) {
  return withFields(definition, (fields) => fields.toSpliced(index, 1))
}

export function restored(definition, index, field) {
  return withFields(definition, (fields) => fields.toSpliced(index, 0, field))
}

// With a copy of a field after it, under a name of its own.
export function duplicated(definition, index) {
  const field = fieldsOf(definition)[index]
  const copy = field.name === undefined ? field : { ...field, name: uniqueName(field.name.replace(/_\d+$/, ""), namesOf(definition)) }
  return restored(definition, index + 1, copy)
}

export function moved(definition, from, to) {
  return withFields(definition, (fields) => fields.toSpliced(from, 1).toSpliced(to, 0, fields[from]))
}

// With another kind of a field, which keeps what fields of that kind have.
export function withKind(definition, index, kind) {
  const before = fieldsOf(definition)[index]
  const former = KINDS.get(before.type)
  const { family, fresh: { autocomplete, ...start } } = KINDS.get(kind)
  const isWritten = family === former?.family || family === "line" && !["box", "heading"].includes(former?.family)
  // What a new field suggests to browsers belongs to its kind alone.
  const isUsual = before.autocomplete === former?.fresh.autocomplete
  const kept = Object.entries(before).filter(([member, value]) =>
    has(kind, member) && value !== false && (isWritten || !WRITTEN.includes(member)) && !["type", isUsual && "autocomplete"].includes(member))
  const { name, ...next } = { type: kind, ...start, ...isUsual && autocomplete && { autocomplete }, ...Object.fromEntries(kept) }
  return withField(definition, index, has(kind, "name") ? { name: name ?? nameOf(definition, next.label, index), ...next } : next)
}

// With a member of a field, or without it where the value is undefined.
export function withMember(definition, index, member, value) {
  const { [member]: _, ...others } = fieldsOf(definition)[index]
  return withField(definition, index, value === undefined ? others : { ...fieldsOf(definition)[index], [member]: value })
}

// With another label of a field. Its name follows if it was made of the former label, unless it is in `published`, the names that
// leads may have.
export function withLabel(definition, index, label, published = []) {
  const next = fieldsOf(withMember(definition, index, "label", label))[index]
  const { name, type, label: former } = fieldsOf(definition)[index]
  if (!has(type, "name") || published.includes(name) || !isMadeFrom(former, name)) return withField(definition, index, next)
  return withField(definition, index, { ...next, name: nameOf(definition, label, index) })
}

function freshOf(definition, kind) {
  const { fresh } = KINDS.get(kind)
  return { ...has(kind, "name") && { name: nameOf(definition, fresh.label) }, type: kind, ...fresh }
}

// The name for a label, that no field but the one at an index has.
function nameOf(definition, label, index) {
  return uniqueName(nameFrom(label), namesOf(definition, index))
}

// The names that are taken, without that of the field at an index.
export function namesOf(definition, index) {
  return [...fieldsOf(definition).filter((_, each) => each !== index).map(({ name }) => name), definition.honeypot]
}

function withField(definition, index, field) {
  return withFields(definition, (fields) => fields.with(index, field))
}

function withFields(definition, make) {
  return { ...definition, fields: make(fieldsOf(definition)) }
}
