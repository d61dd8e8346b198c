// The kinds of field: the words for each, what a new one begins with, and the members that each has in the sense of HTML.

const LINE = "required width prefill sensitive value placeholder autocomplete minlength maxlength"
const ONE_LINE = `${LINE} pattern suggestions`
const SCALE = "required width prefill sensitive value autocomplete suggestions min max step"
const CHOICE = "required width prefill sensitive value autocomplete options"
const TWO = [{ value: "Option 1" }, { value: "Option 2" }]
const AGREED = "I agree to be contacted about my request."

// [kind, words, family, members besides those of every kind, a new one]. Kinds of one family write their values in the same way.
const TABLE = [
  ["text", "Text, one line", "line", ONE_LINE, { label: "Text" }],
  ["textarea", "Text, several lines", "line", LINE, { label: "Message" }],
  ["email", "E-mail address", "email", `${ONE_LINE} multiple`, { label: "E-mail", autocomplete: "email" }],
  ["tel", "Phone number", "line", ONE_LINE, { label: "Phone", autocomplete: "tel" }],
  ["url", "Web address", "url", ONE_LINE, { label: "Website", autocomplete: "url" }],
  ["search", "Search text", "line", ONE_LINE, { label: "Search" }],
  ["select", "List to choose from", "choice", `${CHOICE} multiple`, { label: "Choice", options: TWO }],
  ["radio", "One of several", "choice", CHOICE, { label: "One of these", options: TWO }],
  ["checkboxes", "Any of several", "choice", CHOICE, { label: "Any of these", options: TWO }],
  ["checkbox", "Yes or no", "box", "required width prefill sensitive value", { label: "Yes" }],
  ["consent", "Consent", "box", "required width value text", { label: "Consent", text: AGREED }],
  ["number", "Number", "number", `${SCALE} placeholder`, { label: "Number" }],
  ["range", "Slider", "number", SCALE, { label: "How much", min: 0, max: 10 }],
  ["date", "Date", "date", SCALE, { label: "Date" }],
  ["time", "Time", "time", SCALE, { label: "Time" }],
  ["datetime-local", "Date and time", "datetime-local", SCALE, { label: "Date and time" }],
  ["month", "Month", "month", SCALE, { label: "Month" }],
  ["week", "Week", "week", SCALE, { label: "Week" }],
  ["color", "Colour", "color", "required width prefill sensitive value autocomplete suggestions", { label: "Colour" }],
  ["hidden", "Hidden value", "line", "value prefill sensitive", { label: "Hidden" }],
  ["heading", "Heading", "heading", "", { label: "Section" }],
]
// Members of every kind, and of every kind with a value.
const EVERY = ["type", "label", "hint"]
const NAMED = ["name", "core_name"]

export const KINDS = new Map(TABLE.map(([kind, words, family, members, fresh]) =>
  [kind, { words, family, members: members.split(" "), fresh }]))

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
