// Leads, dead letters and rejects from the command line: make inbox, lead, export, spam, not-spam, spam-report, find, forget,
// dead-letters, dead-letter, redrive, rejects.
// tools/leads.rs decides with the service's own rules which queries to run and what to print; this file runs the queries on the
// database and KV and prints.
//
// REMOTE=1 uses the stores of the account; PERSIST_TO replaces this project's folder of stores.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import { namesIn, openAccount } from "./forms.mjs"
import { openStores, withRetries } from "./stores.mjs"
import { root } from "./wrangler.mjs"

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()

async function main() {
  // The reader of stdout may close it early, as `head` does.
  process.stdout.on("error", ({ code }) => process.exit(code === "EPIPE" ? 0 : 1))
  const print = async (piece) => {
    if (!process.stdout.write(piece)) await once(process.stdout, "drain")
  }
  let opened
  // Opens the stores at the first query, so that invalid parameters are refused at once.
  const stores = Object.fromEntries(["rows", "value", "names"].map((kind) => [
    kind,
    async (argument) => {
      opened ??= process.env.REMOTE ? openRemote() : openLocal()
      return (await opened)[kind](argument)
    },
  ]))
  const isDone = await run(process.argv[2], {
    env: process.env, stores, print, say: (text) => process.stderr.write(text), isTerminal: process.stdout.isTTY === true,
  })
  process.exitCode = isDone ? 0 : 1
  await (await opened)?.close()
}

// Runs a command with `stores`: { rows(sql), value(name), names(prefix) }. `print` gets text or bytes, `say` error messages.
// Returns whether the command succeeded.
export async function run(command, { env, stores, print, say, isTerminal = false }) {
  const child = spawn(join(root, "target/debug/leads"), [command, ...isTerminal ? ["--terminal"] : []], {
    env, stdio: ["pipe", "pipe", "pipe"],
  })
  child.stderr.setEncoding("utf8").on("data", say)
  // The command may end before it has read a reply.
  child.stdin.on("error", () => {})
  const ended = once(child, "close")
  for await (const line of lines(child.stdout)) {
    const { text, hex, ...request } = JSON.parse(line)
    if (text !== undefined) await print(text)
    else if (hex !== undefined) await print(Buffer.from(hex, "hex"))
    else child.stdin.write(JSON.stringify(await reply(request, stores)) + "\n")
  }
  const [code] = await ended
  return code === 0
}

// Not node:readline, which also ends a line at U+2028.
async function* lines(stream) {
  let pieces = []
  for await (const text of stream.setEncoding("utf8")) {
    const [first, ...more] = text.split("\n")
    pieces.push(first)
    for (const piece of more) {
      yield pieces.join("")
      pieces = [piece]
    }
  }
}

async function reply({ sql, name, prefix }, stores) {
  try {
    if (sql !== undefined) return { rows: await stores.rows(sql) }
    if (name !== undefined) return { value: await stores.value(name) }
    return { names: await stores.names(prefix) }
  } catch (error) {
    if (!/no such table/.test(error.message)) return { error: error.message }
    return { error: "the database has no tables: make seed creates those of this machine, make deploy those of the account" }
  }
}

// Opens the local stores once for all queries of a command. Every statement can be repeated safely.
async function openLocal() {
  const { env, close } = await openStores()
  return {
    rows: (sql) => withRetries(() => env.LEADS.prepare(sql).raw()),
    value: (name) => withRetries(() => env.FORMS.get(name)),
    names: (prefix) => withRetries(() => namesIn(env.FORMS, prefix)),
    close,
  }
}

// Runs one wrangler command for each query: wrangler has no session for an account.
function openRemote() {
  const forms = openAccount()
  return {
    rows: async (sql) => (await forms.rows([sql]))[0],
    value: async (name) => (await forms.get([name]))[name],
    names: forms.names,
    close: forms.close,
  }
}
