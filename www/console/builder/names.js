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
  const name = latin(label, "_", MAX_LETTERS)
  if (!name) return PLAIN
  return /^[a-z]/.test(name) && !RESERVED.includes(name) ? name : `${PLAIN}_${name}`.slice(0, MAX_LETTERS)
}

// The Latin letters and the digits of a text, at most so many, with a separator for all else between them.
export function latin(text, separator, most) {
  const letters = String(text ?? "").toLowerCase().replace(/./g, (letter) => LETTERS[letter] ?? letter).normalize("NFKD").replace(/\p{M}/gu, "")
  return letters.match(/[a-z0-9]+/g)?.join(separator).slice(0, most).replace(/[^a-z0-9]$/, "") ?? ""
}

// The name itself, or with the first number that makes it one that is not taken.
export function uniqueName(name, taken, separator = "_") {
  let unique = name
  for (let number = 2; taken.includes(unique); number += 1) unique = `${name}${separator}${number}`
  return unique
}

// Whether a name is one that was made of this label.
export function isMadeFrom(label, name) {
  const base = nameFrom(label)
  return name === undefined || name.startsWith(base) && /^(_\d+)?$/.test(name.slice(base.length))
}
