// The built Worker in workerd itself: a connection that a client resets is one that workerd sees reset. Before `wrangler dev`
// is a proxy, which goes on when its client is gone.
//
// Static files are served with `hasFiles` only; without, a page of a test brings `www/` along and names this origin as its
// service.

import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

import { root } from "../../tools/wrangler.mjs"
import { startProcess } from "./ask.mjs"
import { PAGE } from "./forms.mjs"
import { until } from "./until.mjs"

// Some attempts a second apart, on a busy machine.
const DELIVERY_MS = 90_000
const DEAD_LETTER_MS = 90_000

// One process keeps every workerd of a test file: to start it costs as much as a workerd does.
let shared
function ask(...question) {
  shared ??= startProcess("workerd-process.mjs", [], { isShared: true })
  return shared.then(({ ask }) => ask(...question))
}

// `forms` has a definition, or any text, under each form key; `build` is the folder of another build of the Worker; `persistTo`
// shares the store of another service, which `isShared`; without `hasTables` the database is as it was. With `isMeasured`,
// requests with `x-measured` are answered with what D1 reports of each query: `x-queries`. Without `hasConsumer` nothing comes
// out of the outbox.
export async function startWorkerd({
  settings = {}, forms = {}, build = `${root}/build`, hasFiles = false, isMeasured = false, isShared = false, persistTo,
  hasTables = !persistTo, hasConsumer = true,
} = {}) {
  const folder = isShared ? mkdtempSync(join(tmpdir(), "formgate-test-")) : undefined
  const state = persistTo ?? folder
  const { id, origin, cron } = await ask("start", { settings, build, hasFiles, isMeasured, persistTo: state, hasTables, hasConsumer })
  const { lines, logs } = linesOf(id)
  const stop = async () => {
    await ask("stop", id)
    if (folder) rmSync(folder, { recursive: true, force: true })
  }
  const service = {
    origin,
    // Where the cron trigger is.
    cron,
    persistTo: state,
    stop,
    ...questionsTo(id, logs),
    // All that the Worker and workerd printed, and of it the structured lines.
    output: async () => (await lines()).join("\n"),
    logs,
    // The first line that `matches`; a line may come a little after its answer.
    logged: (matches) => until(async () => (await logs()).find(matches), () => "no such log line"),
    // Resident memory of workerd, if it is the only one of this file: bytes.
    memory: () => ask("memory", id),
  }
  try {
    await Promise.all(Object.entries(forms).map(([key, form]) => service.putForm(key, form)))
    return service
  } catch (error) {
    await stop()
    throw error
  }
}

// The stores in a folder, beside the service that uses them, whose log lines are `logs`.
export async function openStores(persistTo, logs) {
  const id = await ask("openStores", persistTo)
  return { ...questionsTo(id, logs), migrate: () => ask("migrate", id), stop: () => ask("stop", id) }
}

// All lines so far, and the structured ones among them. Tests ask for them many times a second: each line comes once.
function linesOf(id) {
  const kept = []
  const structured = []
  let reading = Promise.resolve()
  const read = () => reading = reading.catch(() => {}).then(async () => {
    const added = await ask("lines", id, kept.length)
    kept.push(...added)
    structured.push(...jsonLines(added))
  })
  return {
    lines: () => read().then(() => [...kept]),
    logs: () => read().then(() => [...structured]),
  }
}

function questionsTo(id, logs) {
  return {
    // The Worker keeps a form it has read for a while: a new text under a known key shows late.
    putForm: (key, form) => ask("putForm", id, key, form),
    // The rows of the inbox, `lead` as the JSON text that is stored.
    inbox: () => ask("inbox", id),
    // The rows of the dead letters.
    deadLetters: () => ask("deadLetters", id),
    // The same, once the outbox has given up so many leads. The local database is one file: a test that reads it often
    // keeps the Worker of another process from writing, which then waits for a minute.
    died: async (count) => {
      const dead = async () => (await logs()).filter(({ outcome }) => outcome === "dead")
      await until(async () => (await dead()).length >= count, () => "no dead letters", DELIVERY_MS)
      return until(async () => {
        const letters = await ask("deadLetters", id)
        if (letters.length >= count) return letters
        await sleep(1000)
      }, () => "not among the dead letters", DEAD_LETTER_MS)
    },
    // What a command of tools/leads.mjs prints for what it is given: { isDone, printed, messages, plans }.
    operate: (command, given) => ask("operate", id, command, given),
    // Writes rows of the inbox beside the Worker: { id, form_key, received_at, lead, status, folder }.
    putLeads: (rows) => ask("putLeads", id, rows),
    // Publishes the forms of a folder, now and whenever it changes.
    watchForms: (folder) => ask("watchForms", id, folder),
    // Rows of the dead letters: { id, died_at_ms, reason, attempts, form_key, parcel, redrive }.
    putDeadLetters: (rows) => ask("putDeadLetters", id, rows),
    // An API token of a role.
    putToken: (role) => ask("putToken", id, role),
    // The rows of a statement, and the milliseconds that it took in the database.
    query: (sql) => ask("query", id, sql),
    // So many leads of a form.
    putMany: (form, count) => ask("putMany", id, form, count),
    // What KV lists about rate limits: { name, metadata, expiration }.
    counters: () => ask("counters", id),
  }
}

export function jsonLines(lines) {
  return lines.filter((line) => line.startsWith("{")).flatMap((line) => {
    try {
      return [JSON.parse(line)]
    } catch {
      // The end of it has not arrived yet.
      return []
    }
  })
}

// Begins to submit, with the share `sent` (0 to 1) of the body. `reset` ends the connection with a TCP RST, which is what a
// closed tab is to workerd.
export async function beginSubmit(service, key, body, { headers = {}, sent = 1 } = {}) {
  const { host, hostname, port } = new URL(service.origin)
  const socket = connect(Number(port), hostname)
  // The other side may end it first.
  socket.on("error", () => {})
  const gone = once(socket, "close")
  const answerBegins = new Promise((resolve) => socket.once("data", resolve))
  await once(socket, "connect")
  const bytes = Buffer.from(JSON.stringify(body))
  const fields = { host, origin: PAGE, "content-type": "application/json", "content-length": bytes.length, ...headers }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("")
  socket.write(`POST /v1/forms/${key}/submissions HTTP/1.1\r\n${head}\r\n`)
  await new Promise((resolve) => socket.write(bytes.subarray(0, Math.floor(bytes.length * sent)), resolve))
  const reset = async () => {
    socket.resetAndDestroy()
    await gone
  }
  return { answerBegins, reset }
}
