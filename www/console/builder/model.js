// The definition of a form that is being built, exactly as a file of `forms/` has it, with undo and redo. Definitions are never
// changed: each change makes a new one, which shares the parts that stayed the same.

// How many changes can be undone.
const MAX_UNDO = 200

export function modelOf(definition) {
  const listeners = new Set()
  let undone = []
  let done = []
  // The path of the last change, while further ones to it are one step: a text that is being typed.
  let typing
  const model = {
    get definition() {
      return definition
    },

    // The value at a path such as ["fields", 0, "label"]; undefined where there is none.
    get: (path) => path.reduce((value, name) => value?.[name], definition),

    // Puts a value at a path, and objects on the way there; undefined takes the member away. `isTyping`: one step of undo with
    // the change before, if that was at the same path.
    set(path, value, { isTyping = false } = {}) {
      const at = isTyping ? path.join("\n") : undefined
      apply(withValue(definition, path, value), at !== undefined && at === typing)
      typing = at
    },

    // Replaces the definition by what `make` returns for it, as one step.
    change(make) {
      apply(make(definition), false)
      typing = undefined
    },

    undo: () => move(done, undone),
    redo: () => move(undone, done),
    canUndo: () => done.length > 0,
    canRedo: () => undone.length > 0,

    // Calls `listener` after each change; returns the function that ends this.
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return model

  function apply(next, isSameStep) {
    if (next === definition) return
    if (!isSameStep) done = [...done.slice(1 - MAX_UNDO), definition]
    undone = []
    definition = next
    tell()
  }

  function move(from, to) {
    if (from.length === 0) return
    to.push(definition)
    definition = from.pop()
    typing = undefined
    tell()
  }

  function tell() {
    for (const listener of listeners) listener(definition)
  }
}

// Whether two parts of definitions are written in the same way.
export function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other)
}

// A copy of `object` with a value at a path. A member that becomes undefined is left out, and so is an object that is then empty.
export function withValue(object, [name, ...rest], value) {
  const before = object?.[name]
  const next = rest.length > 0 ? withValue(before, rest, value) : value
  if (next === before) return object
  if (Array.isArray(object)) {
    return next === undefined ? object.filter((_, index) => index !== name) : object.toSpliced(name, 1, next)
  }
  if (next !== undefined) return { ...object, [name]: next }
  const { [name]: _, ...others } = object
  return Object.keys(others).length > 0 ? others : undefined
}
