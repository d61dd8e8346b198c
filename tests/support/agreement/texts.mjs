// Lines and paragraphs: newlines, lengths in UTF-16 code units, and what is not looked at.

import { fieldSet, fieldSets, times, unique } from "./sets.mjs"

// Each is some length in code units, and has a place where counting goes wrong.
const PIECES = [
  "a", "b", " ", "\t", "\u{1f600}", "e\u0301", "é", "ß", "漢", "\u200d", "\u{1f468}\u200d\u{1f469}", "\u2028", "\u2029",
  "\u0085", "\u00a0", "\ufeff", "\0", "\x07", "\x0b", "\f", "\x7f", "\ufffd", "\uffff", "\u202e", "<", "&amp;", "\"",
  "'", "\\",
]
const NEWLINES = ["\n", "\r", "\r\n", "\n\r", "\r\r\n", "\r\n\r\n"]
const LENGTHS = [
  { maxlength: 0 },
  { maxlength: 1 },
  { maxlength: 4 },
  { minlength: 0 },
  { minlength: 1 },
  { minlength: 5 },
  { minlength: 20 },
  { minlength: 2, maxlength: 6 },
  { minlength: 4, maxlength: 4 },
  { minlength: 3, maxlength: 10, required: true },
  { maxlength: 24, required: true },
]
const KINDS = ["text", "search", "tel", "url", "email", "textarea"]
const BODIES = {
  url: [
    "a:", "a:b", "a:bc", "ab", "a", "a:\u{1f600}", "a:é", "http:x", "http://", "http://x", "a:b c", "a:漢字", "x:12345",
    "mailto:a@b",
  ],
  email: [
    "a@b", "a@bc", "a@b.c", "a", "ab", "a@", "@b", "aa@bb", "abc@d.ef", "a@b@c", "é@b", "a.b.c@d", "abcdefghij@k.lm",
  ],
}

// Attributes that HTML does not apply to the kind of field that has them.
const INERT = [
  ["textarea", { pattern: "[a-z]+" }, ["abc", "ABC", "1", ""]],
  ["number", { pattern: "[0-4]", minlength: 3, maxlength: 1 }, ["1", "9", "100", "", "12"]],
  ["date", { pattern: "x", maxlength: 2 }, ["2024-01-01", ""]],
  ["text", { min: "5", max: "6", step: "2", multiple: true }, ["1", "7", "5.5", ""]],
  ["email", { min: "b@c" }, ["a@b"]], ["url", { multiple: true }, ["a:b,c:d", "a:b", "b"]],
  ["range", { required: true, pattern: "7" }, ["", "5", "x"]],
  ["color", { required: true, min: "5" }, ["", "#123456", "x"]],
  ["time", { minlength: 9, pattern: "a" }, ["10:00", ""]],
]
const HIDDEN = [
  "", "campaign-7", " a ", "a\tb", "\u{1f600}", "\0", "é", "\u2028", "x".repeat(300), "a@b", "[1,2]", "0",
]

export function textCases(random) {
  return [
    ...KINDS.flatMap((type) => LENGTHS.map((lengths) => lengthCase(type, lengths, random))),
    ...KINDS.flatMap((type) => plainCases(type, random)),
    lengthCase("email", { multiple: true, minlength: 4, maxlength: 9 }, random, ["a@b,c@d", "a@b, c@d", "a@b , c@de"]),
    ...[{}, { required: true }, { value: "campaign-7" }].map((attributes) => fieldSet("hidden", attributes, HIDDEN)),
    ...INERT.map((parts) => fieldSet(...parts)),
  ]
}

function lengthCase(type, attributes, random, more = []) {
  const { minlength = 0, maxlength = minlength } = attributes
  const edges = unique([minlength, maxlength].flatMap((length) => [length - 1, length, length + 1]))
  const values = edges.filter((length) => length >= 0).flatMap((length) => [
    "a".repeat(length), "\u{1f600}".repeat(length / 2),
    ofCodeUnits(random, length),
    ofCodeUnits(random, length),
    ...(type === "textarea" ? paragraphs : lines)(length),
    ...addresses(type, length),
  ])
  return fieldSet(type, attributes, ["", " ", ...values, ...BODIES[type] ?? [], ...more])
}

function ofCodeUnits(random, length) {
  let text = ""
  while (text.length < length) {
    const piece = random.pick(PIECES)
    text += text.length + piece.length <= length ? piece : "z"
  }
  return text
}

// A newline counts once, however it is sent.
function paragraphs(length) {
  const less = Math.max(0, length - 1)
  const inner = Math.max(0, length - 2)
  return [
    "\r\n".repeat(length), "\n".repeat(length), `\r${"c".repeat(length)}`, `${"a".repeat(less)}\r\n`,
    `\r\n${"b".repeat(less)}`, `a${"\r\n".repeat(inner)}b`,
  ]
}

function lines(length) {
  const less = Math.max(0, length - 1)
  return [`\r\n${"a".repeat(length)}`, `${"b".repeat(length)}\n`, ` ${"c".repeat(length)} `, `a\r${"d".repeat(less)}`]
}

function addresses(type, length) {
  const start = { url: "a:", email: "a@" }[type]
  if (start === undefined || length <= start.length) return []
  return [start + "b".repeat(length - start.length), ` ${start}${"c".repeat(length - start.length)}`]
}

function plainCases(type, random) {
  const newline = () => random.pick(NEWLINES)
  const values = [
    ...["", ...PIECES, "some words", ...BODIES[type] ?? []].flatMap((body) => [
      body, newline() + body + newline(), `a${body}${newline()}b`, ` ${body}\t`,
    ]),
    ...NEWLINES.flatMap((newline) => [newline, `a${newline}b`, `${newline}a`]),
    "\u2028\n", "x".repeat(500),
    ...times(30, () => random.word([...PIECES, ...NEWLINES], 8)),
  ]
  return [
    ...fieldSets(type, {}, values),
    ...fieldSets(type, { required: true }, ["", ...NEWLINES, " ", ...random.some(values, 50)]),
  ]
}
