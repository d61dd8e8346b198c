// The requests of the benchmark, and what each contender must answer.

const PAGE = "https://example.com"

// As Chromium sends a submission of the widget, behind Cloudflare. `{number}` and `{address}` differ in each request; `{ticket}`
// is one that the form gave. A known
// visitor sends all: a rate limiter that reads KV then finds a count.
const HEADERS = {
  accept: "*/*",
  "accept-encoding": "gzip, br",
  "accept-language": "en-GB,en;q=0.9",
  "cf-connecting-ip": "192.0.2.1",
  "cf-ipcountry": "DE",
  "cf-ray": "8f1d2c3b4a5968{number}-FRA",
  "cf-visitor": '{"scheme":"https"}',
  origin: PAGE,
  referer: `${PAGE}/pricing`,
  "sec-fetch-dest": "empty",
  "sec-fetch-mode": "cors",
  "sec-fetch-site": "cross-site",
  // Makes workerd's address of the request https.
  "x-forwarded-proto": "https",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
}

const VALUES = {
  name: "Grace Hopper",
  email: "grace.{number}@example.org",
  phone: "+49 30 123456",
  seats: "25",
  size: "11-50",
  // Texts that differ, or many visitors with one text would look like a robot.
  message: "We would like to see how it works with our landing pages, and what it costs for team {number}.",
  _ticket: "{ticket}",
}
const TYPED = "how it works with our landing pages"

// The form of the scenarios, as it is published.
export const FORM = {
  key: "contact",
  version: 1,
  title: "Request a demo",
  allowed_origins: [PAGE, "https://www.example.com", "https://shop.example.com"],
  rate_limits: [
    { name: "form", quota: 200_000, window_s: 60, partition: "form" },
    { name: "visitor", quota: 200_000, window_s: 60, partition: "visitor" },
  ],
  fields: [
    { name: "name", type: "text", label: "Name", required: true, minlength: 2, maxlength: 40 },
    { name: "email", type: "email", label: "Work email", required: true },
    { name: "phone", type: "tel", label: "Phone", pattern: "[0-9+ ]{5,20}" },
    { name: "seats", type: "number", label: "Seats", min: "1", max: "1000" },
    { name: "size", type: "select", label: "Company size", options: ["1-10", "11-50", "51+"].map((value) => ({ value, label: value })) },
    { name: "message", type: "textarea", label: "Message", maxlength: 2000 },
  ],
  on_success: { message: "Thanks!", redirect: null },
}

// Each with the status of the response of each contender that has this case, a text it `includes`, and a text of the `lead` that
// the core must get. `share` of a round's requests are sent, all by default.
export const SCENARIOS = [
  {
    name: "accepted",
    request: submission("contact"),
    answers: {
      formgate: { status: 201, includes: '"status":"delivered"', lead: TYPED },
      duties: { status: 201, includes: '"status":"delivered"', lead: TYPED },
      hono: { status: 201, includes: '"status":"delivered"', lead: TYPED },
      bare: { status: 201, lead: TYPED },
    },
  },
  {
    // Beside the one before it: what ticket and spam score cost.
    name: "unscored",
    request: submission("unscored", { values: { ...VALUES, _ticket: undefined } }),
    answers: { formgate: { status: 201, includes: '"status":"delivered"', lead: TYPED } },
  },
  {
    name: "new visitors",
    request: submission("contact", { headers: { "cf-connecting-ip": "{address}" } }),
    answers: {
      formgate: { status: 201, includes: '"status":"delivered"' },
      hono: { status: 201, includes: '"status":"delivered"' },
    },
  },
  {
    name: "invalid",
    request: submission("contact", { values: { ...VALUES, email: "grace.{number}", seats: "5000" } }),
    answers: {
      formgate: { status: 400, includes: '"field":"seats"' },
      hono: { status: 400, includes: '"field":"seats"' },
    },
  },
  {
    name: "foreign origin",
    request: submission("contact", { headers: { origin: "https://evil.example", referer: "https://evil.example/" } }),
    answers: {
      formgate: { status: 400, includes: "origin_not_allowed" },
      hono: { status: 403, includes: "origin_not_allowed" },
    },
  },
  {
    name: "over the limit",
    // Of one visitor, whose quota the first one uses up.
    before: submission("limited", { headers: { "cf-connecting-ip": "192.0.2.7" } }),
    request: submission("limited", { headers: { "cf-connecting-ip": "192.0.2.7" } }),
    answers: {
      formgate: { status: 429, includes: "LG_1902" },
      hono: { status: 429, includes: "rate_limited" },
    },
  },
  {
    name: "preflight",
    share: 2,
    request: {
      method: "OPTIONS",
      path: "/v1/forms/contact/submissions",
      headers: {
        ...HEADERS,
        "access-control-request-headers": "content-type,idempotency-key",
        "access-control-request-method": "POST",
      },
    },
    answers: { formgate: { status: 204 }, hono: { status: 204 } },
  },
  {
    name: "definition",
    request: { method: "GET", path: "/v1/forms/contact", headers: HEADERS },
    answers: {
      formgate: { status: 200, includes: '"Company size"' },
      hono: { status: 200, includes: '"Company size"' },
    },
  },
  {
    name: "1 MB body",
    share: 0.05,
    request: submission("contact", { values: { ...VALUES, message: "x".repeat(1_000_000) } }),
    answers: {
      formgate: { status: 413, includes: "FORM_BODY_TOO_LARGE" },
      // It responds without reading the body.
      hono: { status: 413, includes: "body_too_large", mayReset: true },
    },
  },
  {
    name: "unknown form",
    request: submission("nothing"),
    answers: {
      formgate: { status: 404, includes: "LG_1100" },
      hono: { status: 404, includes: "form_not_found" },
    },
  },
  {
    name: "broken form",
    request: submission("broken"),
    answers: {
      formgate: { status: 503, includes: "LG_1901" },
      hono: { status: 503, includes: "form_broken" },
    },
  },
]

// The request for a ticket.
export const TICKET = { method: "GET", path: `/v1/forms/${FORM.key}/ticket`, headers: HEADERS }

// The KV entries of FORMS.
export function storedForms() {
  const limited = { ...FORM, key: "limited", rate_limits: [{ name: "visitor", quota: 1, window_s: 86_400, partition: "visitor" }] }
  const unscored = { ...FORM, key: "unscored", spam: { mode: "off" } }
  const entries = [FORM, limited, unscored].flatMap((form) => {
    const value = JSON.stringify(form)
    return [[`form/${form.key}`, value], [`form/${form.key}/v/1`, value]]
  })
  return { ...Object.fromEntries(entries), "form/broken": '{"key":"broken"}' }
}

function submission(key, { values = VALUES, headers = {} } = {}) {
  return {
    method: "POST",
    path: `/v1/forms/${key}/submissions`,
    headers: { ...HEADERS, "content-type": "application/json", "idempotency-key": "3c0f6a1e-1b7d-4c55-9f0e-0000{number}", ...headers },
    body: JSON.stringify(values),
  }
}
