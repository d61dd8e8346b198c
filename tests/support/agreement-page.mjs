// What runs inside the page: real controls, and what Chromium reports about them. Each function goes there as its own text;
// what they have in common `prepare` puts into the window.

/* global document, window */

export function prepare() {
  const FLAGS = {
    valueMissing: "value_missing",
    typeMismatch: "type_mismatch",
    patternMismatch: "pattern_mismatch",
    tooLong: "too_long",
    tooShort: "too_short",
    rangeUnderflow: "range_underflow",
    rangeOverflow: "range_overflow",
    stepMismatch: "step_mismatch",
    badInput: "bad_input",
  }
  const form = document.createElement("form")
  document.body.replaceChildren(form)

  function element(name, attributes, parent, ...children) {
    const made = document.createElement(name)
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) made.setAttribute(attribute, value === true ? "" : value)
    }
    made.append(...children)
    parent.append(made)
    return made
  }

  // The controls of a field, the only ones in the form.
  function build({ type, options, value, text, ...attributes }) {
    form.replaceChildren()
    switch (type) {
      case "radio":
        return options.map(({ value: own, disabled }) => (
          element("input", { ...attributes, type, disabled, value: own, checked: own === value }, form)
        ))
      case "select":
        return [list(attributes, options, value)]
      case "textarea":
        return [element("textarea", attributes, form, value ?? "")]
      case "consent":
        return [element("input", { required: true, ...attributes, type: "checkbox", value, title: text }, form)]
      default:
        return [element("input", { ...attributes, type, value }, form)]
    }
  }

  function list(attributes, options, chosen) {
    const select = element("select", attributes, form)
    if (!attributes.multiple && options[0].value !== "") element("option", { value: "" }, select, "Choose one")
    let parent = select
    let open
    for (const { value, label = value, group, disabled } of options) {
      if (group !== open) parent = group === undefined ? select : element("optgroup", { label: group }, select)
      open = group
      element("option", { value, disabled, selected: value === chosen }, parent, label)
    }
    return select
  }

  // Sets a control to what a client sent; returns what the browser would send.
  function enter({ type, multiple }, controls, value) {
    const [control] = controls
    const wanted = value === null ? [] : [value].flat()
    switch (type) {
      case "checkbox":
      case "consent":
        control.checked = value !== null
        break
      case "radio":
        for (const radio of controls) radio.checked = !radio.disabled && radio.value === value
        break
      case "select":
        control.selectedIndex = -1
        for (const value of wanted) {
          [...control.options].find((option) => option.value === value && !option.disabled).selected = true
        }
        break
      default:
        control.value = value
        return control.value
    }
    const sent = new FormData(form).getAll(control.name)
    if (sent.length === 0) return null
    return multiple ? sent : sent[0]
  }

  const flags = (controls) => Object.entries(FLAGS)
    .filter(([flag]) => controls.some((control) => control.willValidate && control.validity[flag]))
    .map(([, name]) => name)

  window.agreement = { build, enter, flags }
}

// The cases [sent, sanitised, flags] of each set that a script may fill in.
export function measureScripted(sets) {
  const { build, enter, flags } = window.agreement
  return sets.map(({ field, values }) => {
    const controls = build(field)
    return values.map((value) => [value, enter(field, controls, value), flags(controls)])
  })
}

// The same for what Chromium converts as it is typed.
export function measureTyped(sets) {
  const { build, flags } = window.agreement
  return sets.map(({ field, values }) => values.map((value) => {
    const [control] = build(field)
    control.focus()
    document.execCommand("insertText", false, value)
    return [value, control.value, flags([control])]
  }))
}

// Lengths are looked at after an edit by the visitor alone, and `execCommand` is none. So each value is put in with a
// letter too many, and after a press of the backspace key its case is in `window.measured`. Tells how many presses.
export function awaitKeys(sets) {
  const { build, enter, flags } = window.agreement
  const queue = sets.flatMap(({ field, values }, set) => values.map((value) => ({ field, value, set })))
  const count = queue.length
  const cases = sets.map(() => [])
  let control
  let scripted

  function next() {
    if (queue.length === 0) return
    const { field, value } = queue[0];
    [control] = build(field)
    scripted = [value, enter(field, [control], value), flags([control])]
    control.value = `${value}x`
    control.focus()
    // An e-mail field does not report where its caret is.
    control.select()
    document.getSelection().collapseToEnd()
  }

  document.onkeyup = () => {
    const { field: { minlength = 0, maxlength = Infinity }, value, set } = queue.shift()
    const [, sanitised] = scripted
    const isInside = sanitised === "" || (sanitised.length >= minlength && sanitised.length <= maxlength)
    if (control.value === sanitised) cases[set].push([value, sanitised, flags([control])])
    // Typed white space around a URL stays, which no script can imitate; where no length is at stake it need not.
    else if (isInside) cases[set].push(scripted)
    next()
  }
  window.measured = cases
  next()
  return count
}

// The same in Firefox and WebKit, where `execCommand` is an edit by the visitor. A caret is behind a value that a script has set.
export function measureEdited(sets) {
  const { build, enter, flags } = window.agreement
  return sets.map(({ field, values }) => values.flatMap((value) => {
    const { minlength = 0, maxlength = Infinity } = field
    const [control] = build(field)
    const scripted = [value, enter(field, [control], value), flags([control])]
    const [, sanitised] = scripted
    control.value = `${value}x`
    control.focus()
    document.execCommand("delete")
    if (control.value === sanitised) return [[value, sanitised, flags([control])]]
    const isInside = sanitised === "" || (sanitised.length >= minlength && sanitised.length <= maxlength)
    return isInside ? [scripted] : []
  }))
}

// Which sets have a pattern that the browser ignores, silently, because it cannot be compiled.
export function ignoredPatterns(sets) {
  const KINDS = ["text", "search", "tel", "url", "email"]
  return sets.map(({ field: { type, pattern } }) => {
    if (pattern === undefined || !KINDS.includes(type)) return false
    try {
      return !new RegExp(pattern, "v")
    } catch {
      return true
    }
  })
}
