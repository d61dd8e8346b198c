// The built Worker under a real `wrangler dev`, on a port of its own with a store of its own.

import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { devNull, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import { root } from "../../tools/wrangler.mjs"
import { until } from "./until.mjs"
import { jsonLines, openStores } from "./workerd.mjs"

// A bare one creates the tables and publishes the forms before, each with a start of wrangler.
const START_MS = 180_000

// `config` is another configuration than wrangler.toml.
// `forms` has a definition, or any text, under each form key; `isBare` is `wrangler dev` without the settings of this project's
// commands.
export async function startService({ settings = {}, forms = {}, isBare = false, config } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "formgate-test-"))
  const state = join(folder, "state")
  let stores
  let wrangler
  const logs = async () => jsonLines(wrangler.output().split("\n"))
  const stop = async () => {
    await Promise.all([wrangler?.stop(), stores?.stop()])
    rmSync(folder, { recursive: true, force: true })
  }

  let origin
  try {
    // One after the other: two that create the same store at once find it locked.
    if (!isBare) stores = await openStores(state, logs)
    await stores?.migrate()
    await Promise.all(Object.entries(forms).map(([key, form]) => stores.putForm(key, form)))
    wrangler = startWrangler(folder, state, settings, isBare, config)
    origin = await wrangler.ready
    stores ??= await openStores(state, logs)
  } catch (error) {
    await stop()
    throw error
  }

  return {
    origin,
    // Where the cron trigger is.
    cron: `${origin}/cdn-cgi/handler/scheduled`,
    ...stores,
    stop,
    // All that wrangler and the Worker printed, and of it the structured lines.
    output: async () => wrangler.output(),
    logs,
    // The first line that `matches`; a line may come a little after its answer.
    logged: (matches) => until(async () => (await logs()).find(matches), () => `no such log line in\n${wrangler.output()}`),
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
