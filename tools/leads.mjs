// Leads and dead letters from the command line: make inbox, lead, export, dead-letters, dead-letter, redrive. What is asked
// and what is printed is for the service's own rules to say (tools/leads.rs); here are the database and the terminal.
//
// REMOTE=1 takes the account's database, PERSIST_TO another folder than this project's.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import { root, wranglerDone } from "./wrangler.mjs"

// While `make dev` writes, a database of this machine may be locked.
const ATTEMPTS = 5

// Runs a command; `rowsOf` answers a statement, `print` takes a text, `say` what is wrong. Whether it could be done.
export async function run(command, { env, rowsOf, print, say }) {
  const child = spawn(join(root, "target/debug/leads"), [command], { env, stdio: ["pipe", "pipe", "pipe"] })
  child.stderr.setEncoding("utf8").on("data", say)
  // It may end while an answer is on its way.
  child.stdin.on("error", () => {})
  const ended = once(child, "close")
  for await (const line of lines(child.stdout)) {
    const { sql, text } = JSON.parse(line)
    if (text !== undefined) await print(text)
    else child.stdin.write(JSON.stringify(await answer(() => rowsOf(sql))) + "\n")
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

async function answer(rows) {
  try {
    return { rows: await rows() }
  } catch (error) {
    return { error: error.message }
  }
}

// Every statement may be asked twice.
async function askWrangler(sql) {
  const { REMOTE, PERSIST_TO } = process.env
  const where = REMOTE ? ["--remote"] : ["--local", ...PERSIST_TO ? ["--persist-to", PERSIST_TO] : []]
  for (let attempt = 1; ; attempt += 1) {
    try {
      const said = await wranglerDone(["d1", "execute", "LEADS", ...where, "--json", "--command", sql])
      const [{ results }] = JSON.parse(said.slice(said.search(/^\[/m)))
      return results.map((row) => Object.values(row))
    } catch (error) {
      if (attempt === ATTEMPTS || !/SQLITE_BUSY|database is locked/.test(error.message)) throw error
    }
  }
}

async function main() {
  // Who reads may have read enough, as `head` has.
  process.stdout.on("error", ({ code }) => process.exit(code === "EPIPE" ? 0 : 1))
  const print = async (text) => {
    if (!process.stdout.write(text)) await once(process.stdout, "drain")
  }
  const isDone = await run(process.argv[2], {
    env: process.env, rowsOf: askWrangler, print, say: (text) => process.stderr.write(text),
  })
  process.exitCode = isDone ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
