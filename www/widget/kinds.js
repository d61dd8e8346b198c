// Kinds whose browser controls fall short: numbers, sliders, months, weeks, web addresses; groups of boxes; suggestions. A part
// of its own, `/widget/kinds.js`, which only forms with such fields load; without it they have the browser's controls.
//
// A function makes the controls of the kind it names. Its `fault` is what is wrong with the value, if anything: ./violations.js.
import { boxes } from "./choice.js"
import { element } from "./dom.js"
import { line } from "./line.js"
import { tidied } from "./tidy.js"

const HAS_SCHEME = /^[a-z][a-z\d+.-]*:(?!\d)/i
const IS_HOST = /^[^\s/@]+\.[^\s/@]+(\/|$)/

// A number as HTML writes it: https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#valid-floating-point-number
const CANONICAL = /^-?\d*\.?\d+(e[+-]?\d+)?$/i

// A control of `type=number` is not used: browsers send nothing for what they cannot read, or read `2500,00` as 250000.
export function number(attributes, { min, max, step, required }, locale) {
  const [group, decimal] = marksOf(locale)
  const show = (value) => CANONICAL.test(value) ? value.replace(".", decimal) : value
  // Never in the page: it applies the browser's own rules for numbers, and has its messages.
  const rules = element("input", { min, max, step, required, type: "number" })
  const control = element("input", { ...attributes, inputmode: min < 0 ? "text" : "decimal", type: "text" })
  control.defaultValue = show(attributes.value ?? "")
  const passes = (number) => {
    rules.value = number
    return rules.checkValidity()
  }
  // More than one when the visitor has to say which.
  const numbers = () => {
    const all = readNumber(control.value, group, decimal)
    const passing = all.filter(passes)
    return passing.length === 1 ? passing : all
  }
  const read = () => {
    const [number, other] = numbers()
    return other || !number ? control.value : number
  }
  control.addEventListener("change", () => control.value = show(read()))
  return {
    control,
    show,
    read,
    fault() {
      const [number = "", other] = numbers()
      if (other) return { choices: [show(number), show(other)] }
      if (!number && control.value.trim()) return { validity: { badInput: true } }
      return !passes(number) && rules
    },
  }
}

// What a language writes between groups of digits, and before decimals.
function marksOf(locale) {
  const parts = new Intl.NumberFormat(locale).formatToParts(1234567.8)
  return ["group", "decimal"].map((mark) => parts.find(({ type }) => type === mark)?.value)
}

// The numbers that a text can be read as: none, one, or two for `1,500` where the comma may be a decimal sign.
export function readNumber(typed, group, decimal) {
  const text = typed.normalize("NFKC")
    .replace(/[\s'’٬]/g, "").replace(/[−–]/, "-").replace("٫", ".")
    .replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt() & 15)
  const [, sign, digits, exponent = ""] = /^\+?(-?)([\d.,]*\d[\d.,]*)(e[+-]?\d+)?$/i.exec(text) ?? []
  if (!digits) return []
  const readings = [".", ","].map((point) => {
    const [whole, fraction = "", ...more] = digits.split(point)
    const isSound = more.length === 0 && /^(\d*|[1-9]\d{0,2}([.,]\d{2,3})*[.,]\d{3})$/.test(whole) && /^\d*$/.test(fraction)
    return isSound ? sign + (whole.replace(/\D/g, "") || "0") + (fraction && `.${fraction}`) + exponent : ""
  })
  // The language's own mark for groups leaves no doubt.
  if (readings[0] && readings[1] && digits.includes(group)) return [readings[decimal === "." ? 0 : 1]]
  return [...new Set(readings)].filter(Boolean)
}

// A web address without a scheme gets one when the visitor leaves it, who then sees it before it is sent.
export function url(attributes) {
  const { control } = line("url", attributes)
  const tidy = tidied(control)
  control.addEventListener("change", () => {
    if (!HAS_SCHEME.test(control.value) && IS_HOST.test(control.value)) control.value = `https://${control.value}`
  })
  return { control, tidy }
}

// Several of a list.
export function checkboxes(_attributes, field, _locale, idOf) {
  const group = boxes("checkbox", { ...field, required: false }, idOf)
  const isEmpty = () => field.required && !group.controls.some(({ checked }) => checked)
  return { ...group, isMany: true, fault: () => isEmpty() && { validity: { valueMissing: true } } }
}

// Values to choose from while typing another one.
export function suggest(control, suggestions) {
  const list = element("datalist", { id: `${control.id}-list` }, ...suggestions.map((value) => element("option", { value })))
  control.setAttribute("list", list.id)
  return list
}

// A slider shows its number, as a number field does. Screen readers say it already.
export function range(attributes, _field, locale) {
  const { control } = line("range", attributes)
  const number = element("span", { class: "lf-number", "aria-hidden": "true" })
  const [, decimal] = marksOf(locale)
  const update = () => number.textContent = control.value.replace(".", decimal)
  control.addEventListener("input", update)
  update()
  return { control, beside: [number], update }
}

export function month(attributes) {
  return withFormat("month", "2026-11", "[0-9]{4}-(0[1-9]|1[0-2])", attributes)
}

export function week(attributes) {
  return withFormat("week", "2026-W48", "[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])", attributes)
}

// Firefox has a line of text for these: with an example as placeholder and title, and a pattern.
function withFormat(type, example, pattern, { placeholder = example, ...attributes }) {
  const { control } = line(type, { ...attributes, placeholder, pattern })
  if (control.type !== type) control.title = example
  return { control }
}
