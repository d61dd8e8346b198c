// A definition as a file: what is exported is what `forms/` takes, and what is imported is read whole or not at all.

// Members with parts, and what each has to be for the builder to show it. The edge checks all the rest.
const LISTS = ["fields", "allowed_origins", "rate_limits"]
const OBJECTS = ["theme", "on_success", "spam"]
const LIST = ["a list [ … ]", Array.isArray]
const OBJECT = ["an object { … }", isObject]
const TEXT = ["a text", (value) => typeof value === "string"]

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
  const wrong = wrongIn(definition)
  return wrong && `This is no form: ${wrong}`
}

function wrongIn(definition) {
  if (!isObject(definition)) return "a definition is an object { … }"
  const wrong = notAll(LISTS, LIST, definition) ?? notAll(OBJECTS, OBJECT, definition)
  if (wrong) return wrong
  if (!definition.fields) return "it has no fields"
  for (const [index, field] of definition.fields.entries()) {
    const at = `fields[${index}]`
    if (!isObject(field)) return `${at} must be an object { … }`
    const wrong = notAll(["options", "suggestions"], LIST, field, `${at}.`)
      ?? (field.options?.some((option) => !isObject(option)) ? `each of ${at}.options must be an object { … }` : undefined)
      ?? notAll(["name", "label", "type"], TEXT, field, `${at}.`)
    if (wrong) return wrong
  }
}

// The first of these members of an object that is there and of another shape.
function notAll(names, [words, is], object, at = "") {
  const found = names.find((name) => (object[name] ?? null) !== null && !is(object[name]))
  return found && `${at}${found} must be ${words}`
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
