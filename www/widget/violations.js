// Words what is wrong with a value, as the service does (`src/submission/message.rs`). Bundled with the texts of each language.

// Makes the function of the texts that does so, from the `words` of a language. `wrong` is a control, or has its `validity`, or
// the `choices` of what can be read in two ways.
export function violationIn(words) {
  return (field, wrong, locale) => {
    const { choices, validity } = wrong
    if (choices) return wordsFor(words, locale, field, "choices", choices)
    let flag
    for (const name in validity) if (validity[name]) flag ??= name
    // The page's own message.
    if (flag === "customError") return ""
    return wordsFor(words, locale, field, flag, flag === "stepMismatch" ? nearest(wrong) : [])
  }
}

// `flag` is one of ValidityState, or `choices`. `near` has the valid values next to the one that is not on a step, or the
// choices.
export function wordsFor(words, locale, field, flag, near = []) {
  const { name, label = name, type, multiple, hint, minlength, maxlength, min, max, step = "1", value } = field
  const isNumber = /^(number|range)$/.test(type)
  const isWhole = isNumber && Number(step) === 1 && Number.isInteger(Number(min ?? (value || 0)))
  const inDigits = (number) => (
    new Intl.NumberFormat(locale, { maximumFractionDigits: 20, numberingSystem: "latn" }).format(number)
  )
  const write = (value) => isNumber ? inDigits(value) : value
  // Undefined without a count: Polish has no form for that.
  const characters = (count) => words.characters[new Intl.PluralRules(words.language).select(count)]?.replace("{count}", inDigits(count))
  const unreadable = {
    date: [words.notDate, "2026-11-21"],
    month: [words.notMonth, "2026-11"],
    week: [words.notWeek, "2026-W47"],
    time: [words.notTime, "20:30"],
    "datetime-local": [words.notDateTime, "2026-11-21T20:30"],
    color: [words.notColor, "#1d4ed8"],
  }[type]
  const chooseSome = [words.chooseSome]
  const chooseOption = [words.chooseOption]
  const isReversed = type === "time" && min > max
  const between = [words.between, min, max]
  const nearestWords = [words.wrongForm, words.nearestOne, words.nearestTwo]
  const [text, ...values] = {
    choices: [words.whichNumber, ...near],
    valueMissing: {
      consent: [words.tickToAgree],
      checkbox: [words.tickBox],
      checkboxes: chooseSome,
      radio: chooseOption,
      select: multiple ? chooseSome : chooseOption,
    }[type] ?? [words.missing],
    typeMismatch: [type !== "email" ? words.notUrl : multiple ? words.notEmails : words.notEmail],
    // A line of text stands in for these kinds where the browser has no control for them.
    patternMismatch: unreadable ?? (hint && [words.wrongFormHint, hint]),
    tooLong: [words.atMostCharacters, characters(maxlength)],
    tooShort: [words.atLeastCharacters, characters(minlength)],
    rangeUnderflow: isReversed ? between : [isNumber ? words.atLeast : words.notBefore, write(min)],
    rangeOverflow: isReversed ? between : [isNumber ? words.atMost : words.notAfter, write(max)],
    stepMismatch: isWhole ? [words.wholeNumber] : [nearestWords[near.length], ...near.map(write)],
    badInput: unreadable ?? [words.notNumber, inDigits(12), inDigits(1.5)],
  }[flag] || [words.wrongForm]
  return text.replace(/\{(\w+)\}/g, (_all, name) => ({ label, value: values[0], other: values[1] })[name])
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
