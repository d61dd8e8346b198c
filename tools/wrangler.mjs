// Runs the wrangler of package.json.

import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("..", import.meta.url))

export function wrangler(args, options = {}) {
  const script = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url))
  return spawn(process.execPath, [script, ...args], { cwd: root, stdio: "inherit", ...options })
}

// Without the script that starts it, which would pass its arguments on.
function wranglerItself(args, options) {
  const script = fileURLToPath(new URL("../node_modules/wrangler/wrangler-dist/cli.js", import.meta.url))
  const preload = new URL("argument.mjs", import.meta.url).href
  return spawn(process.execPath, ["--no-warnings", "--import", preload, script, ...args], { cwd: root, ...options })
}

// A command that ends by itself, to what it printed; it is shown only when it fails or is asked for. `sql` becomes its argument
// `--command`, which no list of processes and no log shows.
export function wranglerDone(args, { quiet = true, sql } = {}) {
  return new Promise((resolve, reject) => {
    const withSql = sql === undefined ? {} : {
      FORMGATE_SQL: sql, WRANGLER_WRITE_LOGS: "false", WRANGLER_SEND_METRICS: "false", WRANGLER_SEND_ERROR_REPORTS: "false",
    }
    const start = sql === undefined ? wrangler : wranglerItself
    // CI keeps wrangler from asking questions.
    const child = start(args, {
      env: { ...process.env, CI: "1", ...withSql },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    })
    let printed = ""
    let said = ""
    // Not chunk by chunk: a letter may be in two of them.
    child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      printed += chunk
      said += chunk
    })
    child.stderr?.setEncoding("utf8").on("data", (chunk) => said += chunk)
    child.on("error", reject)
    child.on("close", (code) => {
      if (code === 0) return resolve(printed)
      reject(new Error(`wrangler ${args.slice(0, 3).join(" ")} failed\n${said}`.trim()))
    })
  })
}
