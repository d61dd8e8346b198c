// Options as text, one a line, as they are pasted: what visitors read, or `value = what visitors read`, or both with a tab
// between them, as from a spreadsheet. `# Group` begins a group, `#` ends it, and `!` begins an option that cannot be chosen.
import { isSame } from "./model.js"

// Marks that lists begin their lines with.
const BULLET = /^(?:[-*•–]|\d{1,3}[.)])\s+/

export function optionsFrom(text) {
  const options = []
  let group
  for (const line of text.split(/\r?\n/).map((line) => line.replace(/^ +| +$/g, ""))) {
    if (line.trim() === "") continue
    if (line.startsWith("#")) {
      group = line.slice(1).trim() || undefined
      continue
    }
    const isDisabled = line.startsWith("!")
    const [value, label] = parted(isDisabled ? line.slice(1).trimStart() : line)
    options.push(optionOf(value, label, group, isDisabled))
  }
  return options
}

// Without members that are empty, and without a label that repeats the value.
function optionOf(value, label, group, disabled) {
  return { value, ...label && label !== value && { label }, ...group && { group }, ...disabled && { disabled } }
}

function parted(line) {
  const tab = line.indexOf("\t")
  if (tab >= 0) return [line.slice(0, tab).trim(), line.slice(tab + 1).trim()]
  const found = /^(?:(.*?)\s)?=\s+(.*)$/.exec(line)
  if (found) return [(found[1] ?? "").trim(), found[2].trim()]
  return [line.trim()]
}

export function textFrom(options) {
  const lines = []
  let current
  for (const { value, label, group, disabled } of options) {
    if (group !== current) lines.push(group ? `# ${group}` : "#")
    current = group
    const isShort = label === undefined || label === "" || label === value
    // A tab is taken before an equals sign, and before a mark at the beginning.
    const isPlain = !/(^|\s)=\s|\t/.test(value)
    const line = isShort && isPlain ? value : `${value}${isPlain ? " = " : "\t"}${isShort ? value : label}`
    lines.push(`${disabled ? "! " : ""}${line.trimStart()}`)
  }
  return lines.join("\n")
}

// Whether the text can have all of these options. Some values need JSON: those with line breaks or a `#` in front.
export function canBeText(options) {
  const kept = options.map(({ value, label, group, disabled }) => optionOf(value, label, group, disabled))
  return isSame(optionsFrom(textFrom(options)), kept)
}

// The lines of a pasted text without the marks of a list, if all of them have one.
export function withoutBullets(text) {
  const lines = text.split(/\r?\n/)
  const isList = lines.filter((line) => line.trim()).every((line) => BULLET.test(line.trim()))
  return isList ? lines.map((line) => line.trim().replace(BULLET, "")).join("\n") : text
}
