// The kinds of field: the words for each, what a new one begins with, and the members that each has in the sense of HTML.

const BOX = "required width prefill sensitive value"
const LINE = `${BOX} placeholder autocomplete minlength maxlength`
const ONE_LINE = `${LINE} pattern suggestions`
const SCALE = `${BOX} autocomplete suggestions min max step`
const CHOICE = `${BOX} autocomplete options`
const TWO = [{ value: "Option 1" }, { value: "Option 2" }]
const AGREED = "I agree to be contacted about my request."

// [kind, words, members besides those of every kind, a new one, family]. A new one has the words as its label, unless it has its
// own. Kinds of one family write their values in the same way; a kind without one is its own.
const TABLE = [
  ["text", "Text, one line", ONE_LINE, { label: "Text" }, "line"],
  ["textarea", "Text, several lines", LINE, { label: "Message" }, "line"],
  ["email", "E-mail address", `${ONE_LINE} multiple`, { label: "E-mail", autocomplete: "email" }],
  ["tel", "Phone number", ONE_LINE, { label: "Phone", autocomplete: "tel" }, "line"],
  ["url", "Web address", ONE_LINE, { label: "Website", autocomplete: "url" }],
  ["search", "Search text", ONE_LINE, { label: "Search" }, "line"],
  ["select", "List to choose from", `${CHOICE} multiple`, { label: "Choice", options: TWO }, "choice"],
  ["radio", "One of several", CHOICE, { label: "One of these", options: TWO }, "choice"],
  ["checkboxes", "Any of several", CHOICE, { label: "Any of these", options: TWO }, "choice"],
  ["checkbox", "Yes or no", BOX, { label: "Yes" }, "box"],
  ["consent", "Consent", "required width value text", { text: AGREED }, "box"],
  ["number", "Number", `${SCALE} placeholder`],
  ["range", "Slider", SCALE, { label: "How much", min: 0, max: 10 }, "number"],
  ["date", "Date", SCALE],
  ["time", "Time", SCALE],
  ["datetime-local", "Date and time", SCALE],
  ["month", "Month", SCALE],
  ["week", "Week", SCALE],
  ["color", "Colour", `${BOX} autocomplete suggestions`],
  ["hidden", "Hidden value", "value prefill sensitive", { label: "Hidden" }, "line"],
  ["heading", "Heading", "", { label: "Section" }],
]
// Members of every kind, and of every kind with a value.
const EVERY = ["type", "label", "hint"]
const NAMED = ["name", "core_name"]

export const KINDS = new Map(TABLE.map(([kind, words, members, fresh, family = kind]) =>
  [kind, { words, family, members: members.split(" "), fresh: { label: words, ...fresh } }]))

// Whether fields of a kind have a member.
export function has(kind, member) {
  if (EVERY.includes(member)) return true
  if (NAMED.includes(member)) return kind !== "heading"
  return KINDS.get(kind)?.members.includes(member) ?? true
}

export function isRequired({ type, required }) {
  return required ?? type === "consent"
}

// The words for a kind, or what it is called in the definition where that is no kind.
export function wordsOf(kind) {
  return KINDS.get(kind)?.words ?? String(kind ?? "No kind")
}
