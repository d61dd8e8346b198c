// Boxes, radios, lists and colours.

import { fieldSet, fieldSets, times } from "./sets.mjs"

// [value, label, group, disabled]
const OPTIONS = [
  [["a"], ["b"]], [["s", "Small"], ["m", "Medium"], ["l", "Large"]], [["", "None"], ["a", "A"]], [["x"]],
  [["0"], ["1"], ["-1"]], [["a", "A", "First"], ["b", "B", "First"], ["c", "C", "Second"]],
  [["a", "A"], ["b", "B", "Group"], ["c", "C"]], [["é", "É"], ["\u{1f600}"], ["漢字", "Kanji"]],
  [[" a "], ["a  b"], ["a\tb"]], [["<b>"], ["a&b"], ["\"q\""], ["'s'"]], [["a", "A", undefined, true], ["b", "B"]],
  [["a"], ["b", "B", undefined, true], ["c"]], [["", "Pick", undefined, true], ["a"]],
  [["yes"], ["no"], ["maybe", "Perhaps", "Unsure", true], ["later", "Later", "Unsure"]], [["a,b"], ["c;d"], ["e|f"]],
  [["on"], ["off"]], [["true"], ["false"]], [["x".repeat(100)]], [["null"], ["undefined"]],
  [["a", "A", "G", true], ["b", "B", "G"], ["c", "C", "H"]],
]
const BOXES = [undefined, "yes", "", "on", "1", "é \u{1f600}", " a ", "<&>"]

// Without the colours of the system, which differ.
const COLOURS = [
  "", "#000000", "#ffffff", "#FFFFFF", "#AbCdEf", "#123456", "#fff", "#FFF", "#aBc", "#0f08", "#FFF0", "#11223344",
  "#AABBCCDD", "#ffffff00", "#12345", "#1234567", "#123456789", "#", "#g00000", "#00000g", "123456", "fff", "0x123456",
  " #123456", "#123456 ", " #123456 ", "#123 456", "#12345\n6", "\n#123456", "#１２３４５６", "red", "RED", "Red", " red ",
  "rebeccapurple", "transparent", "currentcolor", "inherit", "initial", "none", "auto", "blue;", "navy", "aliceblue",
  "yellowgreen", "grey", "gray", "lightgoldenrodyellow", "notacolour", "rgb(1,2,3)", "rgb(1 2 3)", "rgb(255, 0, 0)",
  "rgb(100%, 0%, 50%)", "rgb(300,-5,0)", "rgba(1,2,3,.5)", "rgb(1 2 3 / 50%)", "rgb(1.5 2.4 3.6)", "rgb(1,2)",
  "rgb(1 2 3", "RGB(1,2,3)", "rgb (1,2,3)", "hsl(120,100%,50%)", "hsl(120deg 100% 50%)", "hsl(0.5turn 50% 50%)",
  "hsla(240,100%,50%,0.3)", "hwb(120 10% 20%)",
  "var(--x)", "url(x)", "calc(1)", "device-cmyk(0 0 0 0)", "#ff0000ff", "-#123456", "#-12345", "#000", "#0000",
  "#00000", "/**/red", "red/**/", "r\\65 d", "red green",
]

export function choiceCases(random) {
  const lists = OPTIONS.map((options) => options.map(option))
  const flat = lists.filter((options) => options.every(({ group }) => group === undefined))
  // A definition is refused where an empty value is on offer but as a list's first.
  const hasValues = (options) => options.every(({ value }) => value !== "")
  return [
    ...["checkbox", "consent"].flatMap(boxCases),
    ...flat.filter(hasValues).flatMap((options) => oneOf("radio", options)),
    ...lists.flatMap((options) => oneOf("select", options)),
    ...lists.filter(hasValues).flatMap((options) => manyOf(options, random)),
    ...longLists(random),
    ...colourCases(random),
  ]
}

function option([value, label, group, disabled]) {
  const given = Object.entries({ value, label, group, disabled }).filter(([, given]) => given !== undefined)
  return Object.fromEntries(given)
}

function boxCases(type) {
  const [text, other] = type === "consent" ? [{ text: "I agree" }, { required: false }] : [{}, { required: true }]
  return BOXES.flatMap((value) => [{}, other].map((required) => (
    fieldSet(type, { ...text, ...required, ...value === undefined ? {} : { value } }, [value ?? "on", null])
  )))
}

function oneOf(type, options) {
  const offered = values(options)
  // Where no option is empty, a first one to choose nothing with is put in.
  const nothing = type === "select" && options[0].value !== "" ? [""] : []
  const defaults = [{}, ...offered[0] ? [{ value: offered.at(-1) }] : []]
  return [{}, { required: true }].flatMap((required) => defaults.map((value) => (
    fieldSet(type, { ...required, ...value, options }, [...offered, ...nothing, null])
  )))
}

function manyOf(options, random) {
  const offered = values(options)
  const several = offered.length > 2 ? [random.some(offered, 2), offered.slice(1)] : []
  const sent = [null, ...offered.map((value) => [value]), ...offered.length > 1 ? [offered] : [], ...several]
  return [{}, { required: true }].map((required) => fieldSet("select", { multiple: true, ...required, options }, sent))
}

function longLists(random) {
  const isDisabled = (index) => (index % 7 === 3 ? true : undefined)
  const options = times(60, (index) => option([`v${index}`, `Option ${index}`, undefined, isDisabled(index)]))
  const short = options.slice(0, 20)
  const offered = values(options)
  const several = [1, 2, 5, 20].map((count) => random.some(offered, count))
  return [
    fieldSet("select", { required: true, options }, ["", ...offered]),
    fieldSet("select", { multiple: true, options }, [null, offered, ...several]),
    fieldSet("radio", { options: short }, [null, ...values(short)]),
  ]
}

function values(options) {
  return options.filter(({ disabled }) => !disabled).map(({ value }) => value)
}

function colourCases(random) {
  const digits = [..."0123456789abcdefABCDEF"]
  const nearly = times(120, () => random.pick(["#", "#", "#", "", "##"]) + random.word([...digits, "g", " "], 9))
  const exact = times(60, () => `#${times(6, () => random.pick(digits)).join("")}`)
  return [
    ...fieldSets("color", {}, [...COLOURS, ...nearly, ...exact], 70),
    ...fieldSets("color", { value: "#1d4ed8" }, [...COLOURS.slice(0, 40), ...exact.slice(0, 10)]),
  ]
}
