// Leads and dead letters from the command line: make inbox, lead, export, find, forget, dead-letters, dead-letter, redrive. What
// is asked and what is printed is for the service's own rules to say (tools/leads.rs); here are the database, KV and the
// terminal.
//
// REMOTE=1 takes the account's stores, PERSIST_TO another folder than this project's.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"

import { openAccount } from "./forms.mjs"
import { root, wranglerDone } from "./wrangler.mjs"

// While `make dev` writes, a database of this machine may be locked.
const ATTEMPTS = 5
const PAUSE_MS = 300

// Runs a command with `stores`: { rows(sql), value(name), names(prefix) }; `print` takes a text or bytes, `say` what is wrong.
// Whether it could be done.
export async function run(command, { env, stores, print, say, isTerminal = false }) {
  const child = spawn(join(root, "target/debug/leads"), [command, ...isTerminal ? ["--terminal"] : []], {
    env, stdio: ["pipe", "pipe", "pipe"],
  })
  child.stderr.setEncoding("utf8").on("data", say)
  // It may end while an answer is on its way.
  child.stdin.on("error", () => {})
  const ended = once(child, "close")
  for await (const line of lines(child.stdout)) {
    const { text, hex, ...question } = JSON.parse(line)
    if (text !== undefined) await print(text)
    else if (hex !== undefined) await print(Buffer.from(hex, "hex"))
    else child.stdin.write(JSON.stringify(await answer(question, stores)) + "\n")
  }
  const [code] = await ended
  return code === 0
}

// Not node:readline, which ends a line at U+2028, too.
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

async function answer({ sql, name, prefix }, stores) {
  try {
    if (sql !== undefined) return { rows: await stores.rows(sql) }
    if (name !== undefined) return { value: await stores.value(name) }
    return { names: await stores.names(prefix) }
  } catch (error) {
    if (!/no such table/.test(error.message)) return { error: error.message }
    return { error: "the database has no tables: make seed creates those of this machine, make deploy those of the account" }
  }
}

// One start of wrangler for all that a command asks. Every statement may be asked twice.
async function openLocal() {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false"
  const { getPlatformProxy } = await import("wrangler")
  const path = join(process.env.PERSIST_TO || join(root, ".wrangler/state"), "v3")
  const { env, dispose } = await getPlatformProxy({ configPath: join(root, "wrangler.toml"), envFiles: [], persist: { path } })
  return {
    rows: (sql) => patiently(() => env.LEADS.prepare(sql).raw()),
    value: (name) => patiently(() => env.FORMS.get(name)),
    names: (prefix) => patiently(async () => {
      const names = []
      let cursor
      do {
        const page = await env.FORMS.list({ prefix, cursor })
        names.push(...page.keys.map(({ name }) => name))
        cursor = page.list_complete ? undefined : page.cursor
      } while (cursor)
      return names
    }),
    close: dispose,
  }
}

async function patiently(ask) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === ATTEMPTS || !/SQLITE_BUSY|database is locked/.test(error.message)) throw error
      await sleep(PAUSE_MS)
    }
  }
}

// wrangler has no session for an account: it starts anew for each page of a list.
function openRemote() {
  const forms = openAccount()
  const json = (said) => JSON.parse(said.slice(said.search(/^\[/m)))
  return {
    rows: async (sql) => {
      const [{ results }] = json(await wranglerDone(["d1", "execute", "LEADS", "--remote", "--json"], { sql }))
      return results.map((row) => Object.values(row))
    },
    value: async (name) => (await forms.get([name]))[name],
    names: async (prefix) => {
      const args = ["kv", "key", "list", "--binding", "FORMS", "--remote", "--preview", "false", "--prefix", prefix]
      return json(await wranglerDone(args)).map(({ name }) => name)
    },
    close: forms.close,
  }
}

async function main() {
  // Who reads may have read enough, as `head` has.
  process.stdout.on("error", ({ code }) => process.exit(code === "EPIPE" ? 0 : 1))
  const print = async (piece) => {
    if (!process.stdout.write(piece)) await once(process.stdout, "drain")
  }
  let opened
  // Not before a question is asked: what makes no sense is refused at once.
  const stores = Object.fromEntries(["rows", "value", "names"].map((question) => [
    question,
    async (about) => {
      opened ??= process.env.REMOTE ? openRemote() : openLocal()
      return (await opened)[question](about)
    },
  ]))
  const isDone = await run(process.argv[2], {
    env: process.env, stores, print, say: (text) => process.stderr.write(text), isTerminal: process.stdout.isTTY === true,
  })
  process.exitCode = isDone ? 0 : 1
  await (await opened)?.close()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
