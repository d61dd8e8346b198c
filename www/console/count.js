// Numbers with what they count.

// "1 lead", "2 leads"
export function counted(count, unit) {
  return `${count} ${unit}${count === 1 ? "" : "s"}`
}
