// A core lead service in a process of its own, which can be made to fail in every way a test needs.

import { startProcess } from "./ask.mjs"

// An answer is { status, headers, body, delay_ms }, or a connection that is closed at once.
export const answers = {
  accept: { status: 201, headers: { "content-type": "application/json" }, body: '{"submission":{"id":"core-1"}}' },
  json: (status, body, headers = {}) => ({
    status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body),
  }),
  slow: (delay_ms) => ({ ...answers.accept, delay_ms }),
  // Takes a lead once for each idempotency key, and answers 409 when it has it already.
  honouring: (delay_ms) => ({ ...answers.accept, delay_ms, honours: true }),
  // The head of an answer, and then nothing.
  stalled: { status: 201, headers: { "content-type": "application/json", "content-length": "100" }, body: "{", stall: true },
  closed: { close: true },
  truncated: { status: 200, headers: { "content-type": "application/json" }, body: '{"submission":{"id":"co' },
  html: (status) => ({ status, headers: { "content-type": "text/html" }, body: "<!doctype html><title>Oops</title>" }),
  empty: (status) => ({ status, headers: {}, body: "" }),
  // A field error as the lead-gen dialect has it.
  refusal: (status, ...errors) => answers.json(status, {
    error: { code: "LG_1102", message: "Form submission validation failed", http: status, details: { errors } },
  }),
}

export async function startCore() {
  const { ask, stop } = await startProcess("core-process.mjs")
  const url = `http://127.0.0.1:${await ask("port")}`
  return {
    url,
    template: `${url}/v1/forms/{form}/submissions`,
    // Every request since the last `answerWith`, oldest first: { method, url, headers, body, json }.
    received: async () => (await ask("received")).map(withJson),
    // How many those are.
    count: () => ask("count"),
    // The leads it has taken since then, where it honours idempotency keys.
    leads: async () => (await ask("leads")).map((body) => JSON.parse(body)),
    // How many those are.
    leadCount: () => ask("leadCount"),
    // Forgets what came and answers everything with `answer` from now on.
    answerWith: (answer) => ask("answerWith", answer),
    // Closes the port, and opens it again.
    refuseConnections: () => ask("close"),
    acceptConnections: () => ask("open"),
    // Closes the port for `for_ms` after `after` requests.
    goAwayAfter: (requests, for_ms) => ask("goAwayAfter", requests, for_ms),
    stop,
  }
}

function withJson(request) {
  try {
    return { ...request, json: JSON.parse(request.body) }
  } catch {
    return request
  }
}
