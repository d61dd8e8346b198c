// The built Worker under a real `wrangler dev`, on a port of its own with a store of its own.

import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { devNull, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"

import { root } from "../../tools/wrangler.mjs"
import { startProcess } from "./ask.mjs"
import { until } from "./until.mjs"

const START_MS = 60_000
// Some attempts a second apart, on a busy machine.
const DELIVERY_MS = 90_000
// The first time a dead letter cannot be written, and the second.
const DEAD_LETTER_MS = 90_000

// `config` is another configuration than wrangler.toml.
// `forms` has a definition, or any text, under each form key; `persistTo` shares the store of another service; without
// `hasTables` its database is empty; `isBare` is `wrangler dev` without the settings of this project's commands.
export async function startService({
  settings = {}, forms = {}, persistTo, hasTables = !persistTo, isBare = false, config,
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), "formgate-test-"))
  const state = persistTo ?? join(folder, "state")
  let store
  let wrangler
  const ask = async (...question) => {
    store ??= startProcess("store-process.mjs", [state])
    return (await store).ask(...question)
  }
  const stop = async () => {
    await Promise.all([wrangler?.stop(), store?.then((store) => store.stop())])
    rmSync(folder, { recursive: true, force: true })
  }

  let origin
  try {
    // One after the other: two that create the same store at once find it locked.
    if (hasTables && !isBare) await ask("migrate")
    await Promise.all(Object.entries(forms).map(([key, form]) => ask("putForm", key, form)))
    wrangler = startWrangler(folder, state, settings, isBare, config)
    origin = await wrangler.ready
  } catch (error) {
    await stop()
    throw error
  }

  return {
    origin,
    persistTo: state,
    stop,
    // The Worker keeps a form it has read for a while: a new text under a known key shows late.
    putForm: (key, form) => ask("putForm", key, form),
    // The rows of the inbox, `lead` as the JSON text that is stored.
    inbox: () => ask("inbox"),
    // The rows of the dead letters.
    deadLetters: () => ask("deadLetters"),
    // The same, once the outbox has given up so many leads. The local database is one file: a test that reads it often
    // keeps the Worker from writing, which then waits for a minute.
    died: async (count) => {
      const dead = () => jsonLines(wrangler.output()).filter(({ outcome }) => outcome === "dead")
      await until(() => dead().length >= count, () => `no dead letters\n${wrangler.output()}`, DELIVERY_MS)
      return until(async () => {
        await sleep(1000)
        const letters = await ask("deadLetters")
        return letters.length >= count && letters
      }, () => "not among the dead letters", DEAD_LETTER_MS)
    },
    // What a command of tools/leads.mjs prints for what it is given: { isDone, printed, messages, plans }.
    operate: (command, given) => ask("operate", command, given),
    // Writes rows of the inbox beside the Worker: { id, form_key, received_at, lead, status, folder }.
    putLeads: (rows) => ask("putLeads", rows),
    // Publishes the forms of a folder, now and whenever it changes.
    watchForms: (folder) => ask("watchForms", folder),
    // Rows of the dead letters: { id, died_at_ms, reason, attempts, form_key, parcel, redrive }.
    putDeadLetters: (rows) => ask("putDeadLetters", rows),
    // An API token of a role.
    putToken: (role) => ask("putToken", role),
    // The rows of a statement, and the milliseconds that it took in the database.
    query: (sql) => ask("query", sql),
    // So many leads of a form.
    putMany: (form, count) => ask("putMany", form, count),
    // What KV lists about rate limits: { name, metadata, expiration }.
    counters: () => ask("counters"),
    // All that wrangler and the Worker printed, and of it the structured lines.
    output: async () => wrangler.output(),
    logs: async () => jsonLines(wrangler.output()),
    // The first line that `matches`; a line may come a little after its answer.
    logged: (matches) => until(() => jsonLines(wrangler.output()).find(matches), () => `no such log line in\n${wrangler.output()}`),
  }
}

function startWrangler(folder, state, settings, isBare, config = join(root, "wrangler.toml")) {
  const child = fork(fileURLToPath(new URL("keeper.mjs", import.meta.url)), [
    process.execPath, join(root, "node_modules/wrangler/bin/wrangler.js"), "dev", "--config", config,
    "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0", "--persist-to", state,
    "--show-interactive-dev-session", "false",
    // Not the developer's own settings of .dev.vars.
    "--env-file", devNull,
    ...Object.entries(settings).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
  ], {
    cwd: root,
    env: { ...process.env, ...QUIET, ...isBare ? { PERSIST_TO: state } : { STORES_ARE_READY: "1" }, WRANGLER_REGISTRY_PATH: join(folder, "registry") },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  let output = ""
  child.stdout.setEncoding("utf8").on("data", (text) => output += text)
  child.stderr.setEncoding("utf8").on("data", (text) => output += text)
  const gone = once(child, "exit")

  const ready = until(() => {
    if (child.exitCode !== null) throw new Error(`wrangler dev ended\n${output}`)
    return output.match(/Ready on (http:\/\/[\d.]+:\d+)/)?.[1]
  }, () => `wrangler dev did not start\n${output}`, START_MS)
  return {
    ready,
    output: () => output,
    stop: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}

const QUIET = {
  CI: "1",
  NO_COLOR: "1",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_WRITE_LOGS: "false",
}

function jsonLines(text) {
  return text.split("\n").filter((line) => line.startsWith("{")).flatMap((line) => {
    try {
      return [JSON.parse(line)]
    } catch {
      // The end of it has not arrived yet.
      return []
    }
  })
}
