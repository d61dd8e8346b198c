// Names of fields, made of their labels: a name begins with a letter and has letters, digits and `_`.

// A name has at most 64 bytes; a number may follow what is made.
const MAX_LETTERS = 58
// What is not taken apart into a letter and its mark.
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ł: "l", ı: "i" }
// Names that mean something else in JavaScript.
const RESERVED = ["constructor", "prototype"]
// The name of a field whose label has no Latin letter.
const PLAIN = "field"

export function nameFrom(label) {
  const letters = String(label ?? "").toLowerCase().replace(/[ßæœøđłı]/g, (letter) => LETTERS[letter]).normalize("NFKD").replace(/\p{M}/gu, "")
  const name = letters.replace(/[^a-z0-9]+/g, "_").slice(0, MAX_LETTERS).replace(/^_+|_+$/g, "")
  if (!name) return PLAIN
  return /^[a-z]/.test(name) && !RESERVED.includes(name) ? name : `${PLAIN}_${name}`.slice(0, MAX_LETTERS)
}

// The name itself, or with the first number that makes it one that is not taken.
export function uniqueName(name, taken) {
  if (!taken.includes(name)) return name
  let number = 2
  while (taken.includes(`${name}_${number}`)) number += 1
  return `${name}_${number}`
}

// Whether a name is one that was made of this label.
export function isMadeFrom(label, name) {
  const base = nameFrom(label)
  return name === undefined || name.startsWith(base) && /^(_\d+)?$/.test(name.slice(base.length))
}
