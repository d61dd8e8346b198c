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
  return withFields(definition, (fields) => fields.toSpliced(index, 0, fresh(definition, kind)))
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
  const { family } = KINDS.get(kind)
  const former = KINDS.get(before.type)?.family
  const isWritten = family === former || family === "line" && !["box", "heading"].includes(former)
  const kept = Object.entries(before).filter(([member, value]) =>
    has(kind, member) && value !== false && (isWritten || !WRITTEN.includes(member)))
  const { label, options, text, autocomplete } = KINDS.get(kind).fresh
  const start = { type: kind, label, ...options && { options }, ...text && { text } }
  const { name, ...field } = { ...start, ...Object.fromEntries(kept) }
  // What a new field suggests to browsers belongs to its kind alone.
  if (before.autocomplete === KINDS.get(before.type)?.fresh.autocomplete) {
    delete field.autocomplete
    if (autocomplete) field.autocomplete = autocomplete
  }
  const next = { ...field, type: kind }
  if (!has(kind, "name")) return withField(definition, index, next)
  return withField(definition, index, { name: name ?? uniqueName(nameFrom(field.label), namesOf(definition, index)), ...next })
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
  return withField(definition, index, { ...next, name: uniqueName(nameFrom(label), namesOf(definition, index)) })
}

function fresh(definition, kind) {
  const { label, ...others } = KINDS.get(kind).fresh
  if (!has(kind, "name")) return { type: kind, label, ...others }
  return { name: uniqueName(nameFrom(label), namesOf(definition)), type: kind, label, ...others }
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
