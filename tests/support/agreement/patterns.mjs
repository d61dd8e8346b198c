// Patterns, in every kind that has them.

import { PATTERNS } from "./patterns-list.mjs"
import { fieldSet, times } from "./sets.mjs"

const KINDS = ["text", "text", "search", "tel"]

// For the patterns no value is written down for: what they are made of, and what they might mean.
const PROBES = [
  "a", "b", "ab", "A", "1", "-", "a-b", "_", "@", "(", "[", "]", "{", "}", "&", "\\", "/", "aa", "aaa", "x", "3", " ",
  "é", ".", "a.b", "|", "z",
]

// Random patterns are of small pieces, whatever comes out.
const ATOMS = [
  "a", "b", "1", ".", "\\d", "\\w", "\\s", "[ab]", "[^a]", "[[a-c]--b]", "[\\w&&[^b]]", "(a|b)", "(?:ab)", "(?:a|)",
  "\u{1f600}", "\\.", "-", "\\b", "(?=a)", "(?!b)", "(?<=a)", "[\\-1]", "\\u{61}", "\\p{L}", "^", "$", "|", "(?i:B)",
  "[\\q{ab|1}]", "()", "[]",
]
const QUANTIFIERS = ["", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,3}?", "+?", "*?", "??", "{2,}"]
const RARE = ["\\-", "[a-]", "(", ")", "{", "\\1", "]", "**", "[b-a]", "\\e"]
const LETTERS = ["a", "b", "1", "a", "b", "-", ".", " ", "\u{1f600}", "B", "c", "ab", "é"]

// One thing changed in a value.
const CHANGES = [
  (text) => `${text}x`,
  (text) => `-${text}`,
  (text) => ` ${text}`,
  (text) => `${text} `,
  (text) => text.toUpperCase(),
  (text) => text + text,
  (text) => [...text].slice(1).join(""),
  (text) => [...text].slice(0, -1).join(""),
  (text) => [...text].join("\r\n"),
  (text) => `${text}\n`,
  (text) => `${text}\u2028`,
  (text) => `${text}\u{1f600}`,
]

const WEB_PATTERNS = [
  "https://.*", "https?://.+", ".*", "https://[\\w.\\-]+/?.*", "(?!.*example).*", "x", "[a-z:-]+", ".{5,}",
]
const WEB = [
  "", "http://example.com", "https://example.com/x", "HTTPS://EXAMPLE.COM", " https://example.com ",
  "ftp://example.com", "https://", "x", "https:a", "http://a b", "https://ü.de",
]
const MAIL_PATTERNS = [".+@example\\.com", "[^@]+@.*", "(?!.*@b$).*", "x", "[a-z@.-]+", ".{0,5}", "[a-z]@.*|b@b"]
const MAIL = [
  "", "a@example.com", "A@EXAMPLE.COM", " a@example.com\t", "a@b", "x", "a@example.com.", "a@sub.example.com",
  "@example.com", "a b@example.com",
]
const MAILS_PATTERNS = [".+@example\\.com", "[^,]+", ".*,.*", "(?!.*@b$).*", "[a-z@.-]+", "a@.*", ".{0,5}"]
const MAILS = [
  "", "a@example.com", "a@example.com,b@example.com", " a@example.com , b@example.com ", "a@example.com,b@b",
  "b@b,a@example.com", "a@example.com,", ",", "x,a@example.com", "a@b", "a@b,c@d",
]

export function patternCases(random) {
  return [
    ...PATTERNS.map((entry) => listed(entry, random)),
    ...times(90, () => fieldSet("text", { pattern: drawn(random) }, times(8, () => random.word(LETTERS, 5)))),
    ...[{}, { required: true }].flatMap(addressCases),
  ]
}

function listed(entry, random) {
  const [pattern, ...values] = typeof entry === "string" ? [entry, ...random.some(PROBES, 4)] : entry
  const changed = times(Math.max(7 - values.length, 1), () => random.pick(CHANGES)(random.pick(values)))
  return fieldSet(random.pick(KINDS), { pattern }, [...values, ...changed])
}

function drawn(random) {
  const pieces = times(1 + random.below(4), () => random.pick(ATOMS) + random.pick(QUANTIFIERS))
  if (random.chance(0.08)) pieces.push(random.pick(RARE))
  return pieces.join("")
}

function addressCases(attributes) {
  const lengths = { pattern: "[a-z]{3,5}", minlength: 4, maxlength: 5 }
  return [
    ...WEB_PATTERNS.map((pattern) => fieldSet("url", { ...attributes, pattern }, WEB)),
    ...MAIL_PATTERNS.map((pattern) => fieldSet("email", { ...attributes, pattern }, MAIL)),
    ...MAILS_PATTERNS.map((pattern) => fieldSet("email", { ...attributes, pattern, multiple: true }, MAILS)),
    fieldSet("text", { ...attributes, ...lengths }, ["", "abc", "ab", "ABCDE", "abcdef", "abcd", "1"]),
  ]
}
