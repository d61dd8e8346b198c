// A definition as a file: what is exported is what `forms/` takes, and what is imported is read whole or not at all.

// What parts of a definition have to be for the builder to show it: in words, and whether a value is that.
const LIST = ["a list [ … ]", Array.isArray]
const OBJECT = ["an object { … }", (value) => typeof value === "object" && value !== null && !Array.isArray(value)]
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

// Why the builder cannot show a definition, if it cannot. The edge checks all the rest.
export function misshapen(definition) {
  const wrong = [
    ["a definition", definition, OBJECT],
    ["fields", definition?.fields, LIST],
    ...optional("", definition, "allowed_origins rate_limits", LIST),
    ...optional("", definition, "theme on_success spam", OBJECT),
    ...[definition?.fields].flat().flatMap((field, index) => {
      const at = `fields[${index}]`
      return [
        [at, field, OBJECT],
        ...optional(`${at}.`, field, "options suggestions", LIST),
        ...[field?.options ?? []].flat().map((option) => [`each of ${at}.options`, option, OBJECT]),
        ...optional(`${at}.`, field, "name label type", TEXT),
      ]
    }),
  ].find(([, value, [, is]]) => !is(value))
  return wrong && `This is no form: ${wrong[0]} must be ${wrong[2][0]}`
}

// Those members of an object that it has.
function optional(at, object, names, shape) {
  return names.split(" ").filter((name) => (object?.[name] ?? null) !== null).map((name) => [at + name, object[name], shape])
}
