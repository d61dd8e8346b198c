// What is counted of a form's pages, a line a page and the latest first. Pure.
import { PAGE_REASONS } from "../reasons.js"

// Origins that are no pages.
const NAMES = { "": "a page without an origin", none: "a page without an origin", null: "a page without an origin", unreadable: "a page with an unreadable origin", other: "further pages" }
// Pages that are shown.
const MAX_PAGES = 20

// `seen` is what `/pages` lists, `refused` what `/rejects` lists. A page has a line for what happened there last: { name,
// isRefused, at, accepted } and, where it was refused, `reason` and `add`, the line that allows it.
export function installsOf(seen, refused) {
  const pages = new Map(seen.map(({ origin, last_at, accepted }) =>
    [origin, { name: nameOf(origin), isRefused: false, at: last_at, accepted }]))
  for (const { origin, outcome, last_at, add } of refused) {
    const before = pages.get(origin)
    if (!(outcome in PAGE_REASONS) || before && before.at >= last_at) continue
    pages.set(origin, { name: nameOf(origin), isRefused: outcome !== "would_refuse", at: last_at, accepted: before?.accepted ?? 0, reason: outcome, add })
  }
  return [...pages.values()].sort((one, other) => other.at < one.at ? -1 : 1).slice(0, MAX_PAGES)
}

function nameOf(origin) {
  return NAMES[origin] ?? origin.replace(/^https:\/\//, "")
}
