// The OpenAPI description of the owner's API: routes, roles and summaries from the table in src/access/routes.rs, and what each
// takes and answers from here. A route without an entry here, or an entry without a route, is an error.

import { readFileSync } from "node:fs"
import { join } from "node:path"

import { root } from "./wrangler.mjs"

const ROUTE = /^ {4}(\w+): (Get|Post|Put|Patch|Delete) "([^"]+)" (Viewer|Editor|Owner) "([^"]+)";$/

const text = { type: "string" }
const id = { ...text, maxLength: 100 }
const moment = { ...text, format: "date-time" }
const day = { ...text, format: "date" }
const count = { type: "integer", minimum: 0 }
const flag = { type: "boolean" }
const orNull = (schema) => ({ ...schema, type: [schema.type, "null"] })
const oneOf = (...values) => ({ ...text, enum: values })
const list = (items) => ({ type: "array", items })
const ref = (name) => ({ $ref: `#/components/schemas/${name}` })
// All members are there.
const object = (properties) => ({ type: "object", properties, required: Object.keys(properties) })
const page = (items) => object({ items: list(items), next: { ...orNull(text), description: "the cursor of the next page" } })

const ROLE = oneOf("viewer", "editor", "owner")
const STATUS = oneOf("new", "done")
const FORM_STATUS = oneOf("published", "unpublished", "draft")

const SCHEMAS = {
  Problem: {
    ...object({
      error: {
        ...object({ code: text, name: text, message: text, http: { type: "integer" }, request_id: text }),
        properties: {
          code: { ...text, examples: ["LG_1401"] }, name: text, message: text, http: { type: "integer" }, request_id: text,
          details: { type: "object", description: "depends on the code: /errors" },
        },
      },
    }),
    description: "in the dialect lead-gen; `Accept` chooses another",
  },
  Me: object({ subject: text, role: ROLE, via: oneOf("access", "jwt", "token") }),
  FormSummary: object({
    key: id, title: text, version: orNull(count), status: FORM_STATUS, has_draft: flag, leads_30d: count, rejects_30d: count,
  }),
  Definition: { type: "object", description: "a form definition: docs/forms.md" },
  Form: object({
    published: { anyOf: [ref("Definition"), { type: "null" }] }, draft: { anyOf: [ref("Definition"), { type: "null" }] },
    version: orNull(count), status: FORM_STATUS,
  }),
  Remark: object({ path: text, reason: text }),
  Check: object({
    faults: list(ref("Remark")), advice: list(ref("Remark")),
    public: { anyOf: [ref("PublicDefinition"), { type: "null" }], description: "null while there are faults" },
  }),
  PublicDefinition: { type: "object", description: "a definition as GET /v1/forms/{key} gives it to pages" },
  Receipt: object({
    submission: object({ id, status: { const: "stored" }, received_at: moment }), message: text, next: orNull(text),
    warnings: list({ type: "object" }),
  }),
  Published: object({ version: count, visible_to_all_by: moment }),
  Unpublished: object({ status: { const: "unpublished" }, visible_to_all_by: moment }),
  Page: object({ origin: text, last_at: moment, accepted: count, accepted_at: orNull(moment) }),
  Reject: object({ day, origin: text, outcome: text, count, last_at: moment, add: orNull(text) }),
  LeadSummary: object({
    id, form: id, received_at: moment, status: STATUS, folder: oneOf("inbox", "spam"), starred: flag, test: flag, note: flag,
    summary: list({ type: "array", items: text, minItems: 2, maxItems: 2, description: "name, value" }), score: orNull({ type: "integer" }),
  }),
  Lead: object({
    id, form: id, status: STATUS, folder: oneOf("inbox", "spam"), starred: flag, note: text, test: flag,
    lead: { type: "object", description: "the lead as it is stored" },
    timeline: list(object({ at: moment, event: text, detail: orNull(text) })),
  }),
  DeadLetter: object({
    id, form: orNull(id), reason: text, attempts: count, died_at: moment, redrive_requested: flag, kind: oneOf("dead", "blocked"),
  }),
  Token: object({ id, name: text, role: ROLE, created_at: moment, created_by: text, last_used_day: orNull(day) }),
  AuditRow: object({ at: moment, subject: text, action: text, object: text, count }),
}

const paged = { cursor: text, limit: { type: "integer", minimum: 1, maximum: 100, default: 50 } }
const selection = { form: id, status: STATUS, from: text, to: text }
const json = (schema) => ({ "application/json": { schema } })

// `query`: the parameters. `body`: the JSON that is sent. `status` and `answer`: when it is well. `problems`: its own statuses.
const DETAILS = {
  Me: { answer: ref("Me") },
  ListForms: { query: paged, answer: page(ref("FormSummary")), problems: [400] },
  CheckForm: { body: ref("Definition"), answer: ref("Check"), problems: [400] },
  GetForm: { answer: ref("Form"), etag: true, problems: [404] },
  PutDraft: { body: ref("Definition"), answer: ref("Check"), etag: true, ifMatch: true, problems: [400, 404, 412] },
  DeleteDraft: { status: 204, ifMatch: true, problems: [404, 412] },
  PublishForm: { answer: ref("Published"), problems: [400, 404, 409] },
  UnpublishForm: { answer: ref("Unpublished"), problems: [404] },
  TestForm: {
    body: { type: "object", description: "the values by the names of the fields" }, status: 201, answer: ref("Receipt"), problems: [400, 404],
  },
  ListPages: { answer: page(ref("Page")), problems: [404] },
  ListRejects: { query: paged, answer: page(ref("Reject")), problems: [400, 404] },
  ListLeads: {
    query: { ...selection, folder: oneOf("inbox", "spam"), q: text, starred: { const: "1" }, test: { const: "1" }, ...paged },
    answer: {
      ...page(ref("LeadSummary")),
      properties: {
        ...page(ref("LeadSummary")).properties,
        searched_to: { ...moment, description: "how far back a search looked that goes on with `next`" },
      },
    },
    problems: [400],
  },
  LeadActions: {
    body: object({ action: oneOf("new", "done", "spam", "not_spam", "delete"), ids: { ...list(id), minItems: 1, maxItems: 500 } }),
    answer: object({ changed: count }), problems: [400, 404],
  },
  ExportLeads: {
    query: { ...selection, format: oneOf("csv", "jsonl") },
    content: { "text/csv": { schema: text }, "application/jsonl": { schema: text } },
    problems: [400],
  },
  EraseLeads: {
    body: object({ email: text }), answer: object({ leads: count, outbox: count, dead_letters: count }), problems: [400],
  },
  GetLead: { answer: ref("Lead"), problems: [404] },
  PatchLead: {
    body: { type: "object", properties: { status: STATUS, note: text, replaces: { ...text, description: "the note as it was read" }, starred: flag } }, answer: ref("Lead"),
    problems: [400, 404, 412],
  },
  DeleteLead: { status: 204, problems: [404] },
  ListDeadLetters: { query: paged, answer: page(ref("DeadLetter")), problems: [400] },
  RedriveAll: { answer: object({ requested: count }), status: 202 },
  GetDeadLetter: {
    answer: { allOf: [ref("DeadLetter"), { type: "object", properties: { lead: { type: ["object", "null"] } } }] }, problems: [404],
  },
  Redrive: { answer: object({ requested: count }), status: 202, problems: [404] },
  ListTokens: { query: paged, answer: page(ref("Token")), problems: [400] },
  CreateToken: {
    body: object({ name: { ...text, minLength: 1, maxLength: 100 }, role: ROLE }), status: 201,
    answer: object({ id, token: { ...text, description: "shown only here" } }), problems: [400],
  },
  DeleteToken: { status: 204, problems: [404] },
  ListAudit: { query: paged, answer: page(ref("AuditRow")), problems: [400] },
}

const PROBLEMS = {
  400: "a value is missing or wrong: LG_1002, LG_1102, LG_1601",
  401: "no credential, or one that is not accepted: LG_1400, LG_1402",
  403: "too little role, or a page of another site: LG_1401",
  404: "there is no such thing: LG_1000, LG_1100",
  409: "there is nothing to publish: LG_1101",
  412: "the draft is not the one of `If-Match`, or the note not the one of `replaces`",
  413: "the body has more than 524,288 bytes",
  415: "the body is not declared as application/json",
  429: "too many tokens from this address were refused: LG_1902",
  503: "the API is not set up, or a part of the service does not answer: LG_1901",
}
const BODY_METHODS = new Set(["post", "put", "patch"])

// The rows of the table: { name, method, path, role, summary }.
export function routes() {
  const source = readFileSync(join(root, "src/access/routes.rs"), "utf8")
  const table = source.slice(source.indexOf("\nroutes! {\n") + 11)
  return table.slice(0, table.indexOf("\n}\n")).split("\n").map((line) => {
    const [, name, method, path, role, summary] = line.match(ROUTE) ?? []
    if (name === undefined) throw new Error(`no row of the table of routes: ${line}`)
    return { name, method: method.toLowerCase(), path, role: role.toLowerCase(), summary }
  })
}

export function openapi() {
  const table = routes()
  const unknown = Object.keys(DETAILS).filter((name) => !table.some((route) => route.name === name))
  if (unknown.length > 0) throw new Error(`no such route: ${unknown}`)
  const paths = {}
  for (const route of table) {
    paths[route.path] ??= {}
    paths[route.path][route.method] = operation(route)
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "formgate: the owner's API", version: "1", license: { name: "see the repository", identifier: "LicenseRef-formgate" },
      description: "Leads, forms, API tokens and the audit of a formgate. docs/console.md says how to get access.",
    },
    servers: [{ url: "/", description: "where this file is served" }],
    security: [{ token: [] }, { access: [] }],
    tags: [...new Set(table.map(({ path }) => tag(path)))].map((name) => ({ name, description: `/api/${name}` })),
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "an API token `fg_…`, or a JSON Web Token of the issuer in JWT_ISSUER" },
        access: { type: "apiKey", in: "cookie", name: "CF_Authorization", description: "a session of Cloudflare Access" },
      },
      schemas: SCHEMAS,
      responses: Object.fromEntries(Object.entries(PROBLEMS).map(([status, description]) => [
        `Problem${status}`, { description, content: json(ref("Problem")) },
      ])),
    },
  }
}

function operation({ name, method, path, role, summary }) {
  if (DETAILS[name] === undefined) throw new Error(`tools/openapi.mjs does not say what ${name} takes and answers`)
  const { query = {}, body, status = 200, answer, content, etag, ifMatch, problems = [] } = DETAILS[name]
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: "path", required: true, schema: id }))
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema }))
  const conditions = ifMatch ? [{ name: "If-Match", in: "header", schema: text, description: "the ETag of the draft" }] : []
  const refusals = [401, 403, 429, 503, ...BODY_METHODS.has(method) ? [413, 415] : [], ...problems].sort()
  return {
    operationId: name[0].toLowerCase() + name.slice(1),
    summary,
    description: `Role: ${role}.`,
    "x-role": role,
    tags: [tag(path)],
    parameters: [...inPath, ...inQuery, ...conditions],
    ...body === undefined ? {} : { requestBody: { required: true, content: json(body) } },
    responses: {
      [status]: {
        description: status === 204 ? "done" : summary,
        ...etag ? { headers: { ETag: { schema: text, description: "of the draft" } } } : {},
        ...answer === undefined && content === undefined ? {} : { content: content ?? json(answer) },
      },
      ...Object.fromEntries(refusals.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])),
    },
  }
}

function tag(path) {
  return path.split("/")[2]
}
