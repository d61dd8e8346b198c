// Times in the reader's zone.
import { h, span } from "./dom.js"

// English, as the rest of the page, with the reader's own order and clock where that is English, too.
const LOCALE = navigator.language.startsWith("en") ? navigator.language : "en-GB"
const SHORT = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }
const LONG = { ...SHORT, year: "numeric", second: "2-digit", timeZoneName: "short" }

// A moment (RFC 3339, or milliseconds) as a `time` element: short without the zone, which the page shows once, or whole.
export function time(moment, isWhole = false) {
  const date = new Date(moment)
  if (Number.isNaN(date.getTime())) return span("", String(moment ?? ""))
  const isOld = date.getFullYear() !== new Date().getFullYear()
  const shown = date.toLocaleString(LOCALE, isWhole ? LONG : isOld ? { ...SHORT, year: "numeric" } : SHORT)
  return h("time", { datetime: date.toISOString(), title: date.toLocaleString(LOCALE, LONG) }, shown)
}

// The reader's zone, with how far it is from UTC now.
export function zone() {
  const format = new Intl.DateTimeFormat(LOCALE, { timeZoneName: "shortOffset" })
  const { timeZone } = format.resolvedOptions()
  const offset = format.formatToParts().find(({ type }) => type === "timeZoneName")?.value
  return offset && offset !== timeZone ? `${timeZone} (${offset})` : timeZone
}

// The first or the last millisecond of a day of the reader's zone (YYYY-MM-DD), as the API takes it.
export function edgeOf(day, isEnd) {
  const date = new Date(`${day}T${isEnd ? "23:59:59.999" : "00:00:00.000"}`)
  return Number.isNaN(date.getTime()) ? "" : date.toISOString()
}
