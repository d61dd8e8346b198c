// The KV and D1 of a service under test, opened beside it: many times faster than a wrangler command for each step.

import { join } from "node:path"

import { getPlatformProxy } from "wrangler"

import { run } from "../../tools/leads.mjs"
import { root } from "../../tools/wrangler.mjs"
import { answerQuestions } from "./ask.mjs"
import { formEntries, migrations } from "./store.mjs"
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
  // What a command of tools/leads.mjs prints, asked of this database: { isDone, printed, said }.
  operate: async (command, given = {}) => {
    let printed = ""
    let said = ""
    const rowsOf = (sql) => patiently(async ({ LEADS }) => LEADS.prepare(sql).raw())
    const print = (text) => printed += text
    const say = (text) => said += text
    const isDone = await run(command, { env: { ...process.env, ...given }, rowsOf, print, say })
    return { isDone, printed, said }
  },
  // Rows of the inbox as no Worker writes them.
  putLeads: (rows) => patiently(async ({ LEADS }) => {
    const insert = LEADS.prepare(
      "INSERT INTO leads (id, form_key, idempotency_key, received_at, lead) VALUES (?1, ?2, ?1, ?3, ?4)",
    )
    await LEADS.batch(rows.map(({ id, form_key, received_at, lead }) => insert.bind(id, form_key, received_at, lead)))
  }),
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
