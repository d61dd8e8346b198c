// A WebKit for tests: WebKitGTK's MiniBrowser, Safari's engine, by WebDriver (<https://www.w3.org/TR/webdriver2/>), on a display
// of its own, which Xvfb has in memory.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { until } from "./until.mjs"

// What a command may take, a run of axe on a busy machine included: milliseconds.
const COMMAND_MS = 60_000
const DRIVER = process.env.WEBKIT_BIN || "/usr/bin/WebKitWebDriver"

// Without it, tests do without.
export const HAS_WEBKIT = existsSync(DRIVER)

// Its visitor wants reduced motion, which WebKitGTK takes from the settings of GTK.
export async function openWebkit() {
  const home = mkdtempSync(join(tmpdir(), "formgate-webkit-"))
  mkdirSync(join(home, "gtk-3.0"))
  writeFileSync(join(home, "gtk-3.0/settings.ini"), "[Settings]\ngtk-enable-animations=0\n")
  const xvfb = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  })
  const [display] = await once(xvfb.stdio[3], "data")
  const port = await freePort()
  const env = {
    ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home, DISPLAY: `:${String(display).trim()}`,
    // There is no bus for accessibility, no graphics card, and in a container no sandbox.
    NO_AT_BRIDGE: "1", WEBKIT_DISABLE_COMPOSITING_MODE: "1", WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
  }
  const driver = spawn(DRIVER, [`--port=${port}`], { env, stdio: "ignore" })
  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(COMMAND_MS),
    }).catch((error) => {
      throw new Error(`${path.replace(/.*\//, "")}: ${error.message}`)
    })
    const { value } = await response.json()
    if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`)
    return value
  }
  await until(() => ask("GET", "/status").then(({ ready }) => ready, () => false), () => "WebKitWebDriver does not listen")
  const { sessionId } = await ask("POST", "/session", {
    capabilities: { alwaysMatch: { pageLoadStrategy: "none", "webkitgtk:browserOptions": { args: ["--automation"] } } },
  })
  const send = (path, body) => ask("POST", `/session/${sessionId}${path}`, body)
  // The value of an expression in the page, or of its promise.
  const evaluate = async (expression) => {
    const script = `const done = arguments[0]
      Promise.resolve().then(() => (${expression})).then((value) => done([JSON.stringify(value)]), (error) => done([null, String(error)]))`
    const [value, error] = await send("/execute/async", { script, args: [] })
    if (error) throw new Error(error)
    return value ? JSON.parse(value) : undefined
  }

  return {
    // Resolves when the page is loaded, by looking: a driver that waits itself may wait for ever, as Firefox's does.
    async goto(url) {
      await evaluate("(window.isLeft = true)")
      await send("/url", { url })
      await until(() => evaluate("!window.isLeft && document.readyState === 'complete'").catch(() => false), () => `WebKit did not load ${url}`)
    },
    evaluate,
    // Keys, one after the other, into whatever has the focus.
    press: (text) => send("/actions", {
      actions: [{
        type: "key", id: "keyboard",
        actions: [...text].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]),
      }],
    }),
    // The pointer, at a point of the window's content in CSS pixels; twice for a double click.
    click: (x, y, times = 1) => send("/actions", {
      actions: [{
        type: "pointer", id: "mouse",
        actions: [{ type: "pointerMove", x, y }, ...Array.from({ length: times }, () => [
          { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 },
        ]).flat()],
      }],
    }),
    // A PNG of what the window shows, in base64.
    screenshot: () => ask("GET", `/session/${sessionId}/screenshot`),
    async close() {
      await ask("DELETE", `/session/${sessionId}`).catch(() => {})
      for (const child of [driver, xvfb]) {
        child.kill()
        await once(child, "exit")
      }
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  server.close()
  return port
}
