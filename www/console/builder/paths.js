// Paths into a definition: lists such as ["fields", 0, "label"], and the text by which the edge names the same place in its
// faults, `fields[0].label`.

export function textOf(path) {
  return path.reduce((text, part) => typeof part === "number" ? `${text}[${part}]` : text ? `${text}.${part}` : part, "")
}

export function pathOf(text) {
  return [...text.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => index === undefined ? part : Number(index))
}

// Whether a fault at `text` is about the value at the path `outer`, or about a part of it.
export function isWithin(text, outer) {
  return text.startsWith(outer) && (outer === "" || ["", ".", "["].includes(text.charAt(outer.length)))
}
