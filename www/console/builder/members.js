// The settings of a form that have one value, as a table: the panel Settings makes inputs of it, and the difference of two
// definitions its sentences. Pure.

// The languages that the service speaks itself, each by its own name.
export const LANGUAGES = "en de fr es pt it nl pl ja ar".split(" ").map((code) => [code, new Intl.DisplayNames(code, { type: "language" }).of(code)])

// Signals of spam with their weights; docs/forms.md describes what shows them.
const SIGNALS = {
  honeypot: 2, ticket_missing: 2, filled_fast: 2, filled_at_once: 4, repeated: 2, links: 1, gibberish: 4, gmail_dots: 1,
  disposable: 1, no_fetch_metadata: 2, automation: 5,
}

// By part of the panel: [path, label, kind, usual]. `kind` is "" for a line of text, "textarea", "url", [min, max] for a number,
// [min, max, factor] for one that is stored as so many times what is typed, { choices } for a choice, the first of which is the
// usual one, or { ticked } for a tick that sets this value. `usual` is what applies without the member, in words.
export const MEMBERS = {
  texts: [["title", "Title", ""], ["description", "Text below the title", "textarea"], ["submit_label", "Text on the button", "", "Send"]],
  after: [["on_success.redirect", "Address of the page", "url"], ["on_success.message", "Message", "textarea", "Thank you. We have received what you sent"]],
  look: [
    ["theme.scheme", "Light or dark", { choices: { light: "Light", dark: "Dark", auto: "As the visitor's system is" } }],
    ["theme.surface", "Background", { choices: { card: "A card of its own", bare: "That of the page" } }],
    ["theme.radius", "Roundness of corners, in pixels", [0, 22], 4],
  ],
  own: [
    ["locale", "Language of the form", "", "that of the page"], ["theme.accent", "Colour of buttons and links", "", "blue"],
    ["theme.accent_dark", "Colour on dark", "", "made from the other"], ["theme.font", "Font", "", "the system's"],
  ],
  pages: [["enforce_origins", "Let every page send it, and only count those that are not allowed", { ticked: false }]],
  spam: [
    ["spam.mode", "What looks like spam", { choices: { enforce: "is held back", shadow: "is only noted in the lead", off: "is not looked for" } }],
    ["honeypot", "Have a hidden input that only robots fill in", { ticked: true }],
    ["min_fill_ms", "Shortest time that a person needs, in seconds", [0, 60, 1000], 0],
    ["ticket", "Take only what was sent from the opened form (a ticket)", { ticked: "required" }],
    ["spam.challenge_at", "A challenge from this score", [1, 100], 3], ["spam.spam_at", "Spam from this score", [1, 100], 5],
    ["spam.max_links", "Links that are no sign of spam", [0, 100], 2],
  ],
  weights: Object.entries(SIGNALS).map(([name, weight]) => [`spam.weights.${name}`, `Signal: ${name.replaceAll("_", " ")}`, [0, 100], weight]),
  data: [
    ["retention_days", "Delete leads after this many days", [1, 3650], "never"],
    ["visitor_address", "The visitor's internet address in a lead", { choices: { hash: "as a code", full: "in full", none: "not at all" } }],
    ["unknown_fields", "Refuse values that the form has no field for", { ticked: "refuse" }],
    ["keep_copy", "Keep a copy of each lead in the inbox when a lead service gets them", { ticked: true }],
  ],
  developers: [
    ["status", "Keep it from the public although it is published", { ticked: "draft" }],
    ["dialect", "Dialect of answers to programs, such as json-api", "", "that of the service"],
    ["version", "Number of this version", [1], "the next one"], ["oldest_version", "Oldest version that is still taken", [1], "the first"],
  ],
}

// A stored number in the unit of its input; any other value as it is.
export function shownOf({ 2: factor }, value) {
  return factor > 1 && typeof value === "number" ? value / factor : value
}

// A value of a member in words, as its input shows it.
export function valueWordsOf([, , kind, usual], stored) {
  const value = shownOf(kind, stored)
  if (kind.choices) return kind.choices[value ?? Object.keys(kind.choices)[0]] ?? String(value)
  if (kind.ticked === true && typeof value === "string") return `“${value}”`
  if (kind.ticked !== undefined) return value === kind.ticked ? "yes" : "no"
  return value === undefined || value === null || value === "" ? String(usual ?? "nothing") : typeof value === "string" ? `“${value}”` : String(value)
}
