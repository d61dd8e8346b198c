// Numbers and ranges: values on, beside and between bounds and steps, and every notation.

import { plus, times } from "./arithmetic.mjs"
import { fieldSet, times as repeat } from "./sets.mjs"

const NOTATIONS = [
  "", "0", "-0", "00", "007", "-007", "1.50", "1.0", "0.10", ".5", "-.5", "-0.0", "1e0", "1e3", "1E3", "1E+3", "1e-3",
  "5e-1", "-5E-1", ".5e1", "00.5e01", "1e00", "0e0", "0e999", "10e-1", "100e-2", "12e+0", "1e22", "1e23", "1e100",
  "1e308", "-1e308", "1.7976931348623157e308", "1.7976931348623159e308", "1e309", "1e400", "-1e400", "1e99999999999",
  "1e-308", "5e-324", "2e-324", "1e-400", "-1e-400", "1e-99999999999", "123456789012345678", "-123456789012345678",
  "999999999999999999", "100000000000000001", "1234567890123456789", "12345678901234567890",
  "123456789012345678901234567890", "0.123456789012345678", "0.1234567890123456789", "9007199254740991",
  "9007199254740992", "9007199254740993", "9007199254740992.5", "9007199254740993.5", "18014398509481985",
  "36028797018963969", "1000000000000.0000001", "3.40282347e38", "4e38", "5.", "-5.", "+1", "+.5", "--1", "-", "+", ".",
  "e1", "1e", "1e+", "1e-", "1e1.5", "1e 1", ".e1", "1.2.3", "1..2", "1-", "1-1", "- 1", " 1", "1 ", "\t1", "1\n",
  "\n1", "1,5", "1_000", "1 000", "0x1", "0b1", "1n", "1f", "1%", "Infinity", "-Infinity", "NaN", "nan", "inf", "١",
  "１", "½", "−1", "1e５", "abc", "1a", "a1", "null", "1/2", "1.e3", "5.e0", "-1.e-1", "0.3", "0.30000000000000004",
  "0.7", "1.1", "2.675",
]

const ATTRIBUTES = [
  {}, { required: true }, { min: "1" }, { max: "10" }, { min: "1", max: "10" }, { min: "5", max: "5" },
  { min: "-10", max: "-1" }, { min: "0", max: "0" }, { min: "-1", max: "1" }, { min: "-0", max: "0.5", step: "0.25" },
  { step: "any" }, { step: "ANY", min: "0.5", max: "1.5" }, { step: "aNy", required: true, value: "0.3" },
  { step: "any", min: "-1e3", max: "1e3" }, { step: "0.1" }, { step: "0.01" }, { step: ".5" },
  { step: "0.001", min: "0", max: "1" }, { step: "0.3" }, { step: "2.5" }, { step: "1e-7" },
  { step: "0.1", min: "0.05" }, { step: "0.01", min: "0.005", max: "99.995" }, { step: "1.1", min: "0.2" },
  { step: "0.7", max: "7" }, { step: "2" }, { step: "3", min: "1" }, { step: "7", min: "-3", max: "100" },
  { step: "10", min: "5", max: "96" }, { step: "4", min: "1", max: "10" }, { step: "100", min: "0", max: "10" },
  { step: "100", min: "5", max: "10" }, { step: "1000000" }, { step: "16777216" }, { step: "33554432" },
  { step: "16777217", min: "1" }, { step: "1e10" }, { step: "1e18" }, { step: "1e20" }, { step: "123456789" },
  { step: "1e-10" }, { step: "1E+1" }, { step: "3e2", min: "1e1" }, { min: ".5" }, { min: "0.5", max: "3.5" },
  { min: "1e1", max: "2E1" }, { min: "-1.5e0", step: "5e-1" }, { value: "0.5" }, { value: "0.5", step: "2" },
  { value: "7", step: "5" }, { value: "-3", step: "10" }, { value: "1.5", max: "9.5" },
  { value: "3", min: "1", step: "2" }, { value: "0.3", step: "0.1" }, { value: "1e2", step: "7" },
  { value: "4", min: "0", max: "8", step: "4" }, { min: "123456789012345678" }, { max: "123456789012345678" },
  { min: "9007199254740992", step: "2" }, { max: "1e308" }, { min: "-1e308", step: "1e300" },
  { min: "0", max: "1", step: "1" }, { required: true, min: "1", max: "99", step: "0.5" },
  { min: "0.1", max: "0.9", step: "0.2" }, { min: "1900", max: "2100" }, { min: "-273.15", step: "0.01" },
  { min: "0", step: "0.05", max: "1000" }, { step: "0.333333333333333333" },
  { step: "0.2", min: "-1", max: "1", value: "0.2" }, { step: "1", min: "0.000001" }, { step: "1000", value: "0.001" },
]

const STEPS = ["any", "1", "2", "0.1", "0.25", "0.3", "5", "12.5", "1e-3", "1e3", "0.125", "60"]

// Parts of a step about 2 ** -24, which Chromium lets pass.
const TOLERATED = [
  "1.000000059604644775390625", "1.00000005", "1.0000000596", "1.0000000597", "1.00000006", "0.99999994",
  "0.9999999403953552", "0.9999999404", "0.99999995", "0.999999", "1.000001", "0.0000000596", "0.0000000597",
  "-0.0000000596", "-0.00000006", "2.0000000596", "2.0000000597",
]

// Steps about 2 ** 53, beyond which Chromium looks no more.
const DISTANT = [
  "9007199254740992", "9007199254740991.5", "9007199254740992.5", "9007199254740993.5", "4503599627370496.5",
  "9007199254740000.25", "18014398509481984.5", "-9007199254740992.5", "900719925474099.25", "9007199254740991.25",
  "1000000000000.5", "99999999999999.75",
]

// Any other number of steps.
const NEAR = ["1", "-1", "0.5", "1.5", "2.5", "2", "3"]
const FARTHER = [
  "7", "10", "-2", "0.25", "0.75", "0.1", "33", "1000", "0.999", "1.001", "3.5", "-0.5", "0.49999", "0.50001",
  "0.3333333333333333",
]

// Digits beyond the 18 that Chromium reckons with.
const TINY = ["0.0000000000000000001", "-0.0000000000000000001", "0.00000000000000001", "-0.00000000000000001"]

// What the keyboard can leave in a number field, most of it no number.
const TYPED = [
  "1e", "-", "--1", "e", "e1", "1-1", "+", ".", "-.", "1e+", ".e1", "1e400", "-e5", "1", "-1.5", ".5", "1e2", "",
]

const LONGEST = 60

export function decimalCases(random) {
  const numbers = [...ATTRIBUTES, ...drawn(random, 45)]
  const sliders = [...ATTRIBUTES, ...drawn(random, 28)].filter(isSlider)
  return [
    ...numbers.map((attributes) => decimalCase("number", attributes, random, 38)),
    ...sliders.map((attributes) => decimalCase("range", attributes, random, 30)),
    { ...fieldSet("number", { step: "any" }, TYPED), typed: true },
    { ...fieldSet("number", { required: true, min: "0" }, TYPED), typed: true },
  ]
}

// A definition is refused whose slider has nowhere to be.
function isSlider({ min = "0", max = "100", value = min, required }) {
  return !required && Number(min) <= Number(value) && Number(value) <= Number(max)
}

function drawn(random, count) {
  return repeat(count, () => {
    const step = random.pick(STEPS)
    const min = `${random.below(400) - 200}${random.pick(["", "", ".5", ".05", ".125"])}`
    const max = plus(min, times(step === "any" ? "1" : step, `${random.below(60)}.${random.below(3)}`))
    const which = random.below(8)
    return {
      ...random.chance(0.8) ? { step } : {},
      ...which & 1 ? { min } : {},
      ...which & 2 ? { max } : {},
      // On the step of its own base, and inside.
      ...which & 4 ? { value: min } : {},
    }
  })
}

function decimalCase(type, attributes, random, count) {
  const usual = type === "range" ? { min: "0", max: "100" } : {}
  const { min, max, step = "1", value } = { ...usual, ...attributes }
  const unit = /^any$/i.test(step) ? "1" : step
  const base = attributes.min ?? value ?? "0"
  const steps = (counts) => counts.map((count) => plus(base, times(unit, count)))
  const bounds = [min, max].filter((bound) => bound !== undefined)
  const middle = bounds.length === 2 ? times(plus(...bounds), "0.5") : base
  const beside = ["0.000001", "-0.000001", unit, times(unit, "-1")]
  const must = [
    base, ...bounds, ...steps(NEAR), middle, plus(middle, times(unit, "0.5")),
    ...bounds.flatMap((bound) => beside.map((offset) => plus(bound, offset))),
  ]
  const may = [
    ...[FARTHER, TOLERATED, DISTANT].flatMap(steps),
    ...[base, ...bounds].flatMap((bound) => TINY.map((tiny) => plus(bound, tiny))),
  ]
  const rest = Math.max(count - must.length, 10)
  const values = [...must, ...random.some(may, Math.ceil(rest / 2)), ...random.some(NOTATIONS, Math.floor(rest / 2))]
  return fieldSet(type, attributes, values.filter((text) => text.length <= LONGEST))
}
