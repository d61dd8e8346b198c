// From the address of a page to the line that allows it. Pure. The service decides; this is for forms that are not published yet.

const LOOPBACK = /^(localhost|127\.|\[::1\])/
// The origin of an address as a browser's address bar takes it; a pattern with * is taken as it is. Undefined when it is neither.
export function originIn(text) {
  if (text.includes("*")) return /^https?:\/\/[^/?#\s]+$/.exec(text)?.[0]
  const address = /^https?:/i.test(text) ? text : `${LOOPBACK.test(text) ? "http" : "https"}://${text}`
  if (!URL.canParse(address)) return undefined
  const { origin, hostname } = new URL(address)
  return /[^.]\.[^.]/.test(hostname) || LOOPBACK.test(hostname) ? origin : undefined
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
