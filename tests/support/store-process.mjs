// The KV and D1 of a service under test, opened beside it: many times faster than a wrangler command for each step.

import { join } from "node:path"

import { getPlatformProxy } from "wrangler"

import { run } from "../../tools/leads.mjs"
import { storesOf } from "../../tools/forms.mjs"
import { publishFolder, watchFolder } from "../../tools/local.mjs"
import { root } from "../../tools/wrangler.mjs"
import { answerQuestions } from "./ask.mjs"
import { formEntries, migrations, newToken } from "./store.mjs"
import { until } from "./until.mjs"

const proxy = getPlatformProxy({
  configPath: join(root, "wrangler.toml"),
  envFiles: [],
  persist: { path: join(process.argv[2], "v3") },
})

answerQuestions({
  migrate: async () => {
    const { env } = await proxy
    for (const statement of migrations()) await env.LEADS.prepare(statement).run()
  },
  // A definition, or any text where one should be.
  putForm: (key, form) => patiently(async ({ FORMS }) => {
    await Promise.all(formEntries(key, form).map(({ key, value }) => FORMS.put(key, value)))
  }),
  inbox: () => patiently(async ({ LEADS }) => (await LEADS.prepare("SELECT * FROM leads ORDER BY received_at").all()).results),
  deadLetters: () => patiently(async ({ LEADS }) => (await LEADS.prepare("SELECT * FROM dead_letters ORDER BY died_at_ms").all()).results),
  // What a command of tools/leads.mjs prints, run on this database: { isDone, printed, messages }, and of each of its statements
  // the plan and the milliseconds it took.
  operate: async (command, given = {}) => {
    let printed = ""
    let messages = ""
    const plans = []
    const stores = {
      rows: (sql) => patiently(async ({ LEADS }) => {
        const { results } = await LEADS.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()
        const start = performance.now()
        const rows = await LEADS.prepare(sql).raw()
        plans.push({ plan: results.map(({ detail }) => detail), ms: performance.now() - start })
        return rows
      }),
      value: (name) => patiently(async ({ FORMS }) => FORMS.get(name)),
      names: (prefix) => patiently(async ({ FORMS }) => (await FORMS.list({ prefix })).keys.map(({ name }) => name)),
    }
    const print = (piece) => printed += typeof piece === "string" ? piece : piece.toString("latin1")
    const say = (text) => messages += text
    const { isTerminal, ...variables } = given ?? {}
    const isDone = await run(command, { env: { ...process.env, ...variables }, stores, print, say, isTerminal })
    return { isDone, printed, messages, plans }
  },
  // Rows of the inbox as no Worker writes them.
  putLeads: (rows) => patiently(async ({ LEADS }) => {
    const insert = LEADS.prepare(
      "INSERT INTO leads (id, form_key, idempotency_key, received_at, lead, status, folder) VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6)",
    )
    await LEADS.batch(rows.map(({ id, form_key, received_at, lead, status = "new", folder = "inbox" }) => {
      return insert.bind(id, form_key, received_at, lead, status, folder)
    }))
  }),
  // An API token of this role.
  putToken: (role) => patiently(async ({ LEADS }) => {
    const { token, insert } = newToken(role)
    await LEADS.prepare(insert).run()
    return token
  }),
  // The rows of a statement, and the milliseconds that D1 says it took.
  query: (sql) => patiently(async ({ LEADS }) => {
    const { results, meta } = await LEADS.prepare(sql).all()
    return { results, ms: meta.duration }
  }),
  // So many leads of a form, a minute apart.
  putMany: (form, count) => patiently(async ({ LEADS }) => LEADS.prepare(`
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?2)
    INSERT INTO leads (id, form_key, idempotency_key, received_at, search, lead)
    SELECT ?1 || (n * 7919 % 1000003), ?1, n, strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n * 60, 'unixepoch'),
      n || CHAR(10) || ?3,
      json_object('fields', json_object('n', CAST(n AS TEXT), 'message', ?3)) FROM numbers
  `).bind(form, count, "x".repeat(300)).run()),
  // Dead letters as no Worker writes them.
  putDeadLetters: (rows) => patiently(async ({ LEADS }) => {
    const insert = LEADS.prepare(
      "INSERT INTO dead_letters (id, died_at_ms, reason, attempts, form_key, parcel, redrive) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    await LEADS.batch(rows.map(({ id, died_at_ms = 7, reason = "refused: status 422", attempts = 1, form_key, parcel, redrive = 0 }) =>
      insert.bind(id, died_at_ms, reason, attempts, form_key, parcel, redrive)))
  }),
  // What `make dev` does with forms/, with another folder.
  watchForms: async (folder) => {
    const store = storesOf((await proxy).env)
    await publishFolder(store, folder)
    watchFolder(store, folder)
  },
  counters: () => patiently(async ({ LIMITS }) => (await LIMITS.list()).keys),
}, { end: async () => (await proxy).dispose() })

// Opening a database while the service writes to it fails at once.
async function patiently(question) {
  const { env } = await proxy
  let fault
  return until(async () => {
    try {
      return { reply: await question(env) }
    } catch (error) {
      fault = error
    }
  }, () => fault.stack).then(({ reply }) => reply)
}
