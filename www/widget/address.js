// Addresses of pages and of the service.

export function parseUrl(text) {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

export function isHttp(url) {
  return /^https?:$/.test(url?.protocol)
}

// Undefined for an address that is not http(s).
export function originOf(text) {
  const url = parseUrl(text)
  return isHttp(url) ? url.origin : undefined
}
