// A field and the values that go into it.

export function fieldSet(type, attributes, values) {
  return { field: { name: "f", type, ...attributes }, values: unique(values) }
}

// The same for many values, in lines that can still be read.
export function fieldSets(type, attributes, values, length = 60) {
  const all = unique(values)
  const parts = times(Math.ceil(all.length / length), (part) => all.slice(part * length, (part + 1) * length))
  return parts.map((values) => fieldSet(type, attributes, values))
}

export function unique(list) {
  return [...new Set(list)]
}

export function times(count, make) {
  return Array.from({ length: count }, (_, index) => make(index))
}

// Every way to take one of each list.
export function product(...lists) {
  return lists.reduce((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]])
}
