// Small form definitions and what a visitor types into them.

export const PAGE = "https://example.com"

const UNLIMITED = [{ name: "form", quota: 100_000, window_s: 60, partition: "form" }]

export function contactForm(changes = {}) {
  return {
    key: "contact",
    version: 3,
    allowed_origins: ["https://example.com", "https://*.example.com", "http://localhost:*", "http://127.0.0.1:*"],
    rate_limits: UNLIMITED,
    fields: [
      { name: "name", type: "text", label: "Name", required: true, minlength: 2, maxlength: 40 },
      { name: "email", type: "email", label: "Email", required: true },
      { name: "phone", type: "tel", label: "Phone", pattern: "[0-9+ ]{5,20}" },
      { name: "site", type: "url", label: "Website" },
      { name: "seats", type: "number", label: "Seats", min: "1", max: "10" },
      { name: "size", type: "select", label: "Size", options: [{ value: "s", label: "Small" }, { value: "l", label: "Large" }] },
      { name: "topics", type: "select", label: "Topics", multiple: true, options: [{ value: "a", label: "A" }, { value: "b", label: "B" }] },
      { name: "message", type: "textarea", label: "Message", maxlength: 2000 },
    ],
    on_success: { message: "Thank you!", redirect: null },
    ...changes,
  }
}

// In every value typed, whatever its kind, so that a log which holds one is found out.
export const TYPED = "zebulon"

export function typed(changes = {}) {
  return { name: "Zebulon Pike", email: "zebulon@example.org", message: "zebulon was here", ...changes }
}
