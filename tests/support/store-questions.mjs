// What tests ask of the KV and D1 of a service: many times faster than a wrangler command for each step.

import { createHash, randomBytes } from "node:crypto"

import { storesOf } from "../../tools/forms.mjs"
import { run } from "../../tools/leads.mjs"
import { publishFolder, watchFolder } from "../../tools/local.mjs"
import { migrate } from "../../tools/stores.mjs"
import { formEntries } from "./store.mjs"
import { until } from "./until.mjs"

// Each is given the bindings, and then what is asked.
export const storeQuestions = {
  migrate,
  // A definition, or any text where one should be.
  putForm: (env, key, form) => patiently(env, async ({ FORMS }) => {
    await Promise.all(formEntries(key, form).map(({ key, value }) => FORMS.put(key, value)))
  }),
  inbox: (env) => patiently(env, async ({ LEADS }) => (await LEADS.prepare("SELECT * FROM leads ORDER BY received_at").all()).results),
  deadLetters: (env) => patiently(env, async ({ LEADS }) => (await LEADS.prepare("SELECT * FROM dead_letters ORDER BY died_at_ms").all()).results),
  // What a command of tools/leads.mjs prints, run on this database: { isDone, printed, messages }, and of each of its statements
  // the plan and the milliseconds it took.
  operate: async (env, command, given = {}) => {
    let printed = ""
    let messages = ""
    const plans = []
    const stores = {
      rows: (sql) => patiently(env, async ({ LEADS }) => {
        const { results } = await LEADS.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()
        const start = performance.now()
        const rows = await LEADS.prepare(sql).raw()
        plans.push({ plan: results.map(({ detail }) => detail), ms: performance.now() - start })
        return rows
      }),
      value: (name) => patiently(env, async ({ FORMS }) => FORMS.get(name)),
      names: (prefix) => patiently(env, async ({ FORMS }) => (await FORMS.list({ prefix })).keys.map(({ name }) => name)),
    }
    const print = (piece) => printed += typeof piece === "string" ? piece : piece.toString("latin1")
    const say = (text) => messages += text
    const { isTerminal, ...variables } = given ?? {}
    const isDone = await run(command, { env: { ...process.env, ...variables }, stores, print, say, isTerminal })
    return { isDone, printed, messages, plans }
  },
  // Rows of the inbox as no Worker writes them.
  putLeads: (env, rows) => patiently(env, async ({ LEADS }) => {
    const insert = LEADS.prepare(
      "INSERT INTO leads (id, form_key, idempotency_key, received_at, lead, status, folder) VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6)",
    )
    await LEADS.batch(rows.map(({ id, form_key, received_at, lead, status = "new", folder = "inbox" }) => {
      return insert.bind(id, form_key, received_at, lead, status, folder)
    }))
  }),
  // An API token of this role.
  putToken: (env, role) => patiently(env, async ({ LEADS }) => {
    const token = `fg_${randomBytes(8).toString("hex")}_${randomBytes(16).toString("hex")}`
    const hash = createHash("sha256").update(token).digest("hex")
    const insert = LEADS.prepare("INSERT INTO api_tokens (id, hash, name, role, created_at, created_by) VALUES (?1, ?2, 'test', ?3, '', '')")
    await insert.bind(token.slice(3, 19), hash, role).run()
    return token
  }),
  // The rows of a statement, and the milliseconds that it took, as D1 reports them.
  query: (env, sql) => patiently(env, async ({ LEADS }) => {
    const { results, meta } = await LEADS.prepare(sql).all()
    return { results, ms: meta.duration }
  }),
  // So many leads of a form, a minute apart.
  putMany: (env, form, count) => patiently(env, async ({ LEADS }) => LEADS.prepare(`
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
    INSERT INTO leads (id, form_key, idempotency_key, received_at, search, lead)
    SELECT ?1 || (n * 7919 % 1000003), ?1, n, strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n * 60, 'unixepoch'),
      n || CHAR(10) || ?3,
      json_object('fields', json_object('n', CAST(n AS TEXT), 'message', ?3)) FROM numbers
  `).bind(form, count, "x".repeat(300)).run()),
  // Dead letters as no Worker writes them.
  putDeadLetters: (env, rows) => patiently(env, async ({ LEADS }) => {
    const insert = LEADS.prepare(
      "INSERT INTO dead_letters (id, died_at_ms, reason, attempts, form_key, parcel, redrive) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    await LEADS.batch(rows.map(({ id, died_at_ms = 7, reason = "refused: status 422", attempts = 1, form_key, parcel, redrive = 0 }) =>
      insert.bind(id, died_at_ms, reason, attempts, form_key, parcel, redrive)))
  }),
  // What `make dev` does with forms/, with another folder.
  watchForms: async (env, folder) => {
    const store = storesOf(env)
    await publishFolder(store, folder)
    watchFolder(store, folder)
  },
  counters: (env) => patiently(env, async ({ LIMITS }) => (await LIMITS.list()).keys),
}

// Another process that writes to the same database makes a statement fail at once.
async function patiently(env, question) {
  let fault
  return until(async () => {
    try {
      return { reply: await question(env) }
    } catch (error) {
      fault = error
    }
  }, () => fault.stack).then(({ reply }) => reply)
}
