// UTF-8.

export function bytesOf(text) {
  return new TextEncoder().encode(text)
}
