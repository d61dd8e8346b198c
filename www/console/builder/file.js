// A definition as a file: what is exported is what `forms/` takes, and what is imported is read whole or not at all.

// Members with parts, and what each has to be for the builder to show it. The edge checks all the rest.
const LISTS = ["fields", "allowed_origins", "rate_limits"]
const OBJECTS = ["theme", "on_success", "spam"]

export function exported(definition) {
  return `${JSON.stringify(definition, null, 2)}\n`
}

// { definition } or { fault }: what is wrong, in words. The key is that of the form, whatever the file has.
export function imported(text, key) {
  let definition
  try {
    definition = JSON.parse(text.replace(/^\uFEFF/, ""))
  } catch (error) {
    return { fault: `This is not JSON: ${error.message}` }
  }
  const fault = misshapen(definition)
  return fault ? { fault } : { definition: definition.key === key ? definition : { ...definition, key } }
}

// Why the builder cannot show a definition, if it cannot.
export function misshapen(definition) {
  if (!isObject(definition)) return "This is no form: a definition is an object { … }"
  for (const name of LISTS) {
    if (!Array.isArray(definition[name] ?? [])) return `This is no form: ${name} must be a list [ … ]`
  }
  for (const name of OBJECTS) {
    if (!isObject(definition[name] ?? {})) return `This is no form: ${name} must be an object { … }`
  }
  if (!Array.isArray(definition.fields)) return "This is no form: it has no fields"
  for (const [index, field] of definition.fields.entries()) {
    const at = `fields[${index}]`
    if (!isObject(field)) return `This is no form: ${at} must be an object { … }`
    for (const name of ["options", "suggestions"]) {
      if (!Array.isArray(field[name] ?? [])) return `This is no form: ${at}.${name} must be a list [ … ]`
    }
    if (field.options?.some((option) => !isObject(option))) return `This is no form: each of ${at}.options must be an object { … }`
    for (const name of ["name", "label", "type"]) {
      if (typeof (field[name] ?? "") !== "string") return `This is no form: ${at}.${name} must be a text`
    }
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
