// The words for a place in the definition.
import { pathOf } from "./paths.js"

// Members of a field, as their inputs are labelled.
export const MEMBERS = {
  type: "kind", text: "text agreed to", minlength: "shortest", maxlength: "longest", min: "smallest", max: "largest", value: "filled in with",
  placeholder: "example", autocomplete: "what browsers fill in", core_name: "name in the core",
}

// What a field is called: its label, its name or its place.
export function titleOf(field, index) {
  return field?.label || field?.name || `Field ${index + 1}`
}

// Such as "Phone: label" for `fields[2].label`; a place of the form itself is called as its input is.
export function nameOf({ model }, path) {
  const [first, index, member, ...rest] = pathOf(path)
  if (first !== "fields" || index === undefined) {
    const input = document.querySelector(`[data-path="${CSS.escape(path)}"]`)
    return input?.labels?.[0]?.textContent ?? (path || "The form")
  }
  const parts = [MEMBERS[member] ?? member, ...rest.map((part) => typeof part === "number" ? part + 1 : part)]
  return [titleOf(model.get(["fields", index]), index), parts.join(" ")].filter(Boolean).join(": ")
}
