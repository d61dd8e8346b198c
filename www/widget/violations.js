// Words what is wrong with a value, as the service does (`src/submission/message.rs`). Bundled with the texts of each language.

const EXAMPLES = { date: "2026-11-21", month: "2026-11", week: "2026-W47", time: "20:30", "datetime-local": "2026-11-21T20:30", color: "#1d4ed8" }
const UNREADABLE = { date: "notDate", month: "notMonth", week: "notWeek", time: "notTime", "datetime-local": "notDateTime", color: "notColor" }

// A method of the texts. `wrong` is a control, or has its `validity`, or the `choices` of what can be read in two ways.
export function violation(field, wrong) {
  const { choices, validity } = wrong
  if (choices) return fill(this.whichNumber, labelOf(field), ...choices)
  let flag
  for (const name in validity) if (validity[name]) flag ??= name
  // A line of text stands in for these where the browser has no control of the kind.
  if (flag === "patternMismatch" && EXAMPLES[field.type]) flag = "badInput"
  // The page's own message.
  if (flag === "customError") return ""
  return wordsFor(this, field, flag, flag === "stepMismatch" ? nearest(wrong) : [])
}

// `flag` is one of ValidityState, `near` has the valid values next to the one that is not on a step.
export function wordsFor(texts, field, flag, near = []) {
  const { type, multiple, hint, minlength, maxlength, min, max, step = "1", value } = field
  const { locale } = texts
  const isNumber = ["number", "range"].includes(type)
  const write = (value) => {
    if (!isNumber) return value
    return new Intl.NumberFormat(locale, { maximumFractionDigits: 20, numberingSystem: "latn" }).format(value)
  }
  const characters = (count) => {
    const form = new Intl.PluralRules(texts.language).select(count)
    return texts.characters[form].replace("{count}", new Intl.NumberFormat(locale, { numberingSystem: "latn" }).format(count))
  }
  const isReversed = type === "time" && min > max
  const isWhole = isNumber && Number(step) === 1 && Number.isInteger(Number(min ?? (value || 0)))
  const [text, ...values] = {
    valueMissing: () => [{
      consent: "tickToAgree", checkbox: "tickBox", checkboxes: "chooseSome", radio: "chooseOption",
      select: multiple ? "chooseSome" : "chooseOption",
    }[type] ?? "missing"],
    typeMismatch: () => [type !== "email" ? "notUrl" : multiple ? "notEmails" : "notEmail"],
    patternMismatch: () => hint ? ["wrongFormHint", hint] : ["wrongForm"],
    tooLong: () => ["atMostCharacters", characters(maxlength)],
    tooShort: () => ["atLeastCharacters", characters(minlength)],
    rangeUnderflow: () => isReversed ? ["between", min, max] : [isNumber ? "atLeast" : "notBefore", write(min)],
    rangeOverflow: () => isReversed ? ["between", min, max] : [isNumber ? "atMost" : "notAfter", write(max)],
    stepMismatch: () => isWhole ? ["wholeNumber"] : [["wrongForm", "nearestOne", "nearestTwo"][near.length], ...near.map(write)],
    badInput: () => UNREADABLE[type] ? [UNREADABLE[type], EXAMPLES[type]] : ["notNumber", write(12), write(1.5)],
  }[flag]?.() ?? ["wrongForm"]
  return fill(texts[text], labelOf(field), ...values)
}

function labelOf({ name, label = name }) {
  return label
}

function fill(text, label, value, other) {
  const values = { label, value, other }
  return text.replace(/\{(\w+)\}/g, (_all, name) => values[name])
}

// The valid values below and above the one of a control.
function nearest(control) {
  const copies = ["stepDown", "stepUp"].map((move) => {
    const copy = control.cloneNode()
    copy[move]()
    return copy
  })
  return copies.filter(({ validity }) => validity.valid).map(({ value }) => value)
}
