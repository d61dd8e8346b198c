// Runs the service on this machine: applies the migrations, publishes the forms, starts `wrangler dev`, and rebuilds when the
// source changes.

import { spawn } from "node:child_process"
import { watch } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"

import { DEVELOPER, writeDevConfig } from "./dev-config.mjs"
import { openLocal } from "./forms.mjs"
import { publishFolder, watchFolder } from "./local.mjs"
import { keepSigningKey } from "./signing-key.mjs"
import { withRetries } from "./stores.mjs"
import { root, wrangler } from "./wrangler.mjs"

const SETTINGS = [
  "CORE_URL", "CORE_DIALECT", "CORE_AUTH", "CORE_TOKEN", "CORE_TIMEOUT_MS", "CORE_REDIRECT", "RETRY_DELAYS_S", "SIGNING_KEY",
  "SIGNING_KEY_PREVIOUS", "DEFAULT_DIALECT", "FORM_CACHE", "TURNSTILE_SITE_KEY", "TURNSTILE_SECRET", "TURNSTILE_VERIFY_URL",
  "OWNERS", "EDITORS", "VIEWERS", "JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL",
]

const port = Number(process.env.PORT)
let store

try {
  await checkPort(port)
  const aboutKey = keepSigningKey()
  if (aboutKey !== undefined) console.log(aboutKey)
  store = await withRetries(openLocal)
  await withRetries(() => publishFolder(store))
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

const settings = SETTINGS.filter((name) => process.env[name] !== undefined)
console.log(`\n  http://localhost:${port}/demo      the demo page
  http://localhost:${port}/console/  the console: leads, rejects, forms; you are ${DEVELOPER}
  http://localhost:${port}/          the snippet to paste\n`)
if (settings.length > 0) console.log(`  set: ${settings.join(", ")}\n`)

// Without the cache, a change to a form is visible at once.
if (!settings.includes("FORM_CACHE")) settings.push("FORM_CACHE")
process.env.FORM_CACHE ??= "off"
// Unless roles are given, the developer is the owner.
if (!["OWNERS", "EDITORS", "VIEWERS"].some((name) => settings.includes(name))) {
  settings.push("OWNERS")
  process.env.OWNERS = DEVELOPER
}
const child = wrangler([
  "dev", "--config", writeDevConfig(), "--port", String(port),
  ...settings.flatMap((name) => ["--var", `${name}:${process.env[name]}`]),
], { env: { ...process.env, STORES_ARE_READY: "1" } })
let isStopping = false
child.on("exit", (code) => process.exit(isStopping ? 0 : code ?? 1))
// Ctrl-C also reaches wrangler, which ends by itself; this process exits after it.
process.on("SIGINT", () => isStopping = true)
process.on("SIGTERM", () => {
  isStopping = true
  child.kill("SIGTERM")
})

rebuildOnChange()
watchFolder(store)

async function checkPort(port) {
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`PORT is no port: ${process.env.PORT}`)
  for (const host of ["127.0.0.1", "::1"]) {
    if (await listen(host, port) === "EADDRINUSE") {
      throw new Error(`port ${port} is in use: choose another, as in make dev PORT=${port + 1}`)
    }
  }
}

function listen(host, port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", ({ code }) => resolve(code))
    server.listen(port, host, () => server.close(() => resolve()))
  })
}

// wrangler watches build/ and www/ itself (wrangler.toml). After a failed build the last good one keeps running.
function rebuildOnChange() {
  let timer
  let building = false
  let again = false
  watch(join(root, "src"), { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(build, 200)
  })

  function build() {
    if (building) return again = true
    building = true
    spawn("make", ["--no-print-directory", "build"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).on("close", () => {
      building = false
      if (again) build(again = false)
    })
  }
}
