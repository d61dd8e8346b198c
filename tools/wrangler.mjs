// Runs the wrangler that package.json pins.

import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("..", import.meta.url))

export function wrangler(args, options = {}) {
  const script = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url))
  return spawn(process.execPath, [script, ...args], { cwd: root, stdio: "inherit", ...options })
}

// Runs a command to its end and resolves to what it printed on stdout. With `quiet` its output is shown only when it fails. `sql`
// is passed as `--command` in a way that no process list and no log shows.
export function wranglerDone(args, { quiet = true, sql } = {}) {
  return new Promise((resolve, reject) => {
    const withSql = sql === undefined ? {} : {
      FORMGATE_SQL: sql, WRANGLER_WRITE_LOGS: "false", WRANGLER_SEND_METRICS: "false", WRANGLER_SEND_ERROR_REPORTS: "false",
    }
    const start = sql === undefined ? wrangler : wranglerItself
    // With CI set, wrangler does not prompt.
    const child = start(args, {
      env: { ...process.env, CI: "1", ...withSql },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    })
    let printed = ""
    let output = ""
    // setEncoding, because a character may span two chunks.
    child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      printed += chunk
      output += chunk
    })
    child.stderr?.setEncoding("utf8").on("data", (chunk) => output += chunk)
    child.on("error", reject)
    child.on("close", (code) => {
      if (code === 0) return resolve(printed)
      reject(new Error(`wrangler ${args.slice(0, 3).join(" ")} failed\n${output}`.trim()))
    })
  })
}

// Runs wrangler's main script without its launcher, which would start another process with the arguments visible.
function wranglerItself(args, options) {
  const script = fileURLToPath(new URL("../node_modules/wrangler/wrangler-dist/cli.js", import.meta.url))
  const preload = new URL("argument.mjs", import.meta.url).href
  return spawn(process.execPath, ["--no-warnings", "--import", preload, script, ...args], { cwd: root, ...options })
}
