// A WebKit for tests: WebKitGTK's MiniBrowser, Safari's engine, by WebDriver (<https://www.w3.org/TR/webdriver2/>), on a display
// of its own, which Xvfb has in memory.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"

import { until } from "./until.mjs"

const START_MS = 30_000

export async function openWebkit() {
  const xvfb = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  })
  const [display] = await once(xvfb.stdio[3], "data")
  const port = await freePort()
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}`, GTK_A11Y: "none", NO_AT_BRIDGE: "1", WEBKIT_DISABLE_COMPOSITING_MODE: "1" }
  const driver = spawn(process.env.WEBKIT_BIN || "WebKitWebDriver", [`--port=${port}`], { env, stdio: "ignore" })
  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) })
    const { value } = await response.json()
    if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`)
    return value
  }
  await until(() => ask("GET", "/status").then(({ ready }) => ready, () => false), () => "WebKitWebDriver does not listen", START_MS)
  const { sessionId } = await ask("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { args: ["--automation"] } } } })
  const send = (path, body) => ask("POST", `/session/${sessionId}${path}`, body)

  return {
    goto: (url) => send("/url", { url }),
    // The value of an expression in the page.
    async evaluate(expression) {
      const script = `const done = arguments[0]
        Promise.resolve().then(() => (${expression})).then((value) => done([JSON.stringify(value)]), (error) => done([null, String(error)]))`
      const [value, error] = await send("/execute/async", { script, args: [] })
      if (error) throw new Error(error)
      return value ? JSON.parse(value) : undefined
    },
    // Keys, one after the other, into whatever has the focus.
    press: (text) => send("/actions", {
      actions: [{
        type: "key", id: "keyboard",
        actions: [...text].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]),
      }],
    }),
    // Pixels of the window's content.
    async setSize(width, height) {
      await send("/window/rect", { width, height })
    },
    async close() {
      await ask("DELETE", `/session/${sessionId}`).catch(() => {})
      for (const child of [driver, xvfb]) {
        child.kill()
        await once(child, "exit")
      }
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
