// Texts that are kept until the tab is closed, or until the page is closed if the page may not use session storage.

const memory = new Map()

// Without a text, forgets the name.
export function remember(name, text) {
  memory.set(name, text)
  try {
    if (text === undefined) sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, text)
  } catch {
    // `memory` has it.
  }
}

export function recall(name) {
  try {
    return sessionStorage.getItem(name) ?? memory.get(name)
  } catch {
    return memory.get(name)
  }
}
