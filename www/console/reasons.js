// Why a form refused something, by the outcome that is counted: what is about the page, and what is about what was sent.
export const PAGE_REASONS = {
  load_refused: "May not load the form: its origin is not allowed",
  origin_not_allowed: "Its origin is not allowed",
  origin_missing: "Sent without an origin, as programs do",
  origin_null: "Sent from a page without an origin: a sandboxed frame, a file, or a strict referrer policy",
  ticket_missing: "Sent without a ticket",
  ticket_invalid: "The ticket is not of this form and page",
  ticket_expired: "The ticket had expired",
  would_refuse: "Taken, but refused if the form enforced its allowed origins",
}
export const REASONS = {
  ...PAGE_REASONS,
  rate_limited: "Over a rate limit",
  invalid: "Values were not valid",
  body_too_large: "The body was too large",
  media_type_unsupported: "The format is not supported",
  key_reused: "Its idempotency key is of another submission",
  unavailable: "The service was unavailable",
}
