// From the address of a page to the line that allows it. Pure. The service decides; this is for forms that are not published yet.

// While no page is known: pages on the machine of the developer.
export const LOCAL = "http://localhost:*"
export const NO_ADDRESS = "This is no address of a page, such as https://www.example.com/contact"
const LOOPBACK = /^(localhost|127\.|\[::1\])/

// The address of a page as a browser's address bar takes it, as a URL; undefined when it is none.
export function addressIn(text) {
  const address = /^https?:/i.test(text) ? text : `${LOOPBACK.test(text) ? "http" : "https"}://${text}`
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  return /[^.]\.[^.]/.test(url.hostname) || LOOPBACK.test(url.hostname) ? url : undefined
}

// The origin of such an address; a pattern with * is taken as it is. Undefined when it is neither.
export function originIn(text) {
  return text.includes("*") ? /^https?:\/\/[^/?#\s]+$/.exec(text)?.[0] : addressIn(text)?.origin
}

// Whether a line is in the list, or a pattern of the list is for it.
export function isAllowed({ allowed_origins = [] }, line) {
  return allowed_origins.some((entry) => {
    if (entry === line) return true
    const pattern = entry.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace("//*\\.", "//.+\\.").replace(/:\*$/, "(:\\d+)?")
    return entry.includes("*") && new RegExp(`^${pattern}$`).test(line)
  })
}

// The definition with a line in its list.
export function allow(definition, line) {
  const { allowed_origins = [] } = definition
  return isAllowed(definition, line) ? definition : { ...definition, allowed_origins: [...allowed_origins, line] }
}

// The same site with www. or without it: two sites to a browser.
export function counterpartOf(line) {
  const [, scheme, www, host] = /^(https?:\/\/)(www\.)?([^.*/:]+\.[^*/:]+)$/.exec(line) ?? []
  if (!host || LOOPBACK.test(host) || /^[\d.]+$/.test(host)) return undefined
  if (www) return scheme + host
  return host.split(".").length === 2 ? `${scheme}www.${host}` : undefined
}
