// Form definitions the tests publish.

export function demoForm(changes = {}) {
  return {
    key: "demo",
    version: 1,
    status: "published",
    locale: "en",
    title: "Request a demo",
    description: "We answer within a working day.",
    submit_label: "Send request",
    allowed_origins: ["http://localhost:*"],
    rate_limits: [{ name: "form", quota: 1000, window_s: 60, partition: "form" }],
    fields: [
      { name: "name", type: "text", label: "Name", required: true, autocomplete: "name" },
      { name: "email", type: "email", label: "Work email", required: true, autocomplete: "email", hint: "Only to answer you" },
      { name: "size", type: "select", label: "Company size", options: SIZES },
      { name: "channel", type: "radio", label: "How should we answer?", options: CHANNELS },
      { name: "message", type: "textarea", label: "Message", maxlength: 20 },
      { name: "campaign", type: "hidden", value: "spring" },
      { name: "consent", type: "consent", label: "Consent", text: "I agree to be contacted" },
    ],
    honeypot: "website",
    on_success: { message: "Thanks! We will write soon.", redirect: null },
    ...changes,
  }
}

// One field of each kind, none required, so that the widget's rendering of all of them can be looked at.
export function everyKindForm() {
  const inputs = ["text", "search", "tel", "url", "email", "number", "range", "date", "month", "week", "time",
    "datetime-local", "color", "checkbox", "textarea"]
  return demoForm({
    key: "every-kind",
    title: "Every kind",
    fields: [
      ...inputs.map((type) => ({ name: type, type, label: `A ${type} field` })),
      { name: "select", type: "select", label: "A select field", options: SIZES },
      { name: "many", type: "select", label: "A multiple select field", multiple: true, options: SIZES },
      { name: "radio", type: "radio", label: "A radio field", options: CHANNELS },
      { name: "hidden", type: "hidden", value: "unseen" },
      { name: "consent", type: "consent", label: "Consent", text: "I agree to all of this" },
    ],
  })
}

// Words that are wider than a phone, wherever a form has words.
export function longForm() {
  const word = "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsselbund"
  const options = [{ value: "one", label: word }]
  return demoForm({
    key: "long",
    locale: "de",
    title: word,
    description: word,
    submit_label: word,
    fields: [
      { name: "email", type: "email", label: word, hint: word, required: true },
      { name: "select", type: "select", label: word, options },
      { name: "radio", type: "radio", label: word, required: true, options },
      { name: "consent", type: "consent", text: `${word} [${word}](https://example.com)` },
    ],
  })
}

const SIZES = [
  { value: "1-10", label: "1 to 10" },
  { value: "11-50", label: "11 to 50", group: "Larger" },
  { value: "51-", label: "51 or more", group: "Larger" },
]

const CHANNELS = [{ value: "mail", label: "By email" }, { value: "phone", label: "By phone" }]
