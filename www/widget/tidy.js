// Lines for addresses, without the invisible characters at their edges that pasting leaves and browsers take for a part of them.
// Bundled with the texts of each language; without that part, a line keeps such characters.

const EDGES = /^[\s\p{C}]+|[\s\p{C}]+$/gu

// A function that removes them from a control, which calls it when its value changes.
export function tidied(control) {
  const tidy = () => {
    // An email field may take several addresses; no other has a line break.
    const parts = control.value.split(control.type === "email" ? "," : "\n")
    const text = parts.map((part) => part.replace(EDGES, "")).join()
    if (text !== control.value) control.value = text
  }
  control.addEventListener("change", tidy)
  return tidy
}
