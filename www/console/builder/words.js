// The words for a place in the definition.
import { pathOf } from "./paths.js"

// Such as "Phone: label" for `fields[2].label`.
export function nameOf({ model }, path) {
  const [first, index, ...rest] = pathOf(path)
  if (first !== "fields" || index === undefined) return path || "The form"
  const field = model.get(["fields", index]) ?? {}
  return [field.label || field.name || `Field ${index + 1}`, rest.join(" ")].filter(Boolean).join(": ")
}
