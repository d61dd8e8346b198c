// A Firefox for tests, over WebDriver BiDi: <https://www.w3.org/TR/webdriver-bidi/>. Playwright's own protocol needs a build of
// Firefox that is its own; this one drives the system's.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

import { until } from "./until.mjs"

// How long Firefox may take for a command: milliseconds.
const PATIENCE_MS = 60_000

// `preferences` are those of `about:config`.
export async function openFirefox(preferences = {}) {
  const profile = mkdtempSync(join(tmpdir(), "formgate-firefox-"))
  const lines = Object.entries(preferences).map((pair) => `user_pref(${pair.map((part) => JSON.stringify(part)).join(", ")});\n`)
  writeFileSync(join(profile, "user.js"), lines.join(""))
  // System access is for `inWindow`.
  const args = ["--headless", "--remote-debugging-port=0", "--remote-allow-system-access", "--no-remote", "--profile", profile]
  const firefox = spawn(process.env.FIREFOX_BIN || "/usr/bin/firefox-esr", args, { stdio: ["ignore", "ignore", "pipe"] })
  const origin = await listening(firefox)
  const socket = new WebSocket(`${origin}/session`)
  await once(socket, "open")
  const waiting = new Map()
  socket.addEventListener("message", ({ data }) => {
    const { id, type, result, error, message } = JSON.parse(data)
    const { resolve, reject } = waiting.get(id) ?? {}
    waiting.delete(id)
    if (type === "success") resolve?.(result)
    else reject?.(new Error(`${error}: ${message}`))
  })
  let count = 0
  const send = (method, params) => new Promise((resolve, reject) => {
    count += 1
    waiting.set(count, { resolve, reject })
    socket.send(JSON.stringify({ id: count, method, params }))
    setTimeout(() => reject(new Error(`Firefox did not respond to ${method}`)), PATIENCE_MS).unref()
  })
  await send("session.new", { capabilities: {} })
  const { contexts: [{ context }] } = await send("browsingContext.getTree", {})
  // Runs an expression in the browser's own window.
  const inWindow = async (expression) => {
    const { contexts: [{ context }] } = await send("browsingContext.getTree", { "moz:scope": "chrome" })
    await send("script.evaluate", { expression, target: { context }, awaitPromise: false })
  }
  // The value of an expression in the page, or of its promise.
  const evaluate = async (expression) => {
    const { type, result, exceptionDetails } = await send("script.evaluate", {
      expression: `Promise.resolve(${expression}).then(JSON.stringify)`, target: { context }, awaitPromise: true,
    })
    if (type !== "success") throw new Error(exceptionDetails.text)
    return result.value === undefined ? undefined : JSON.parse(result.value)
  }

  return {
    // Resolves when the page is loaded. Firefox's own `wait: "complete"` sometimes never ends, when the page before still loads.
    async goto(url) {
      await evaluate("(window.isLeft = true)")
      await send("browsingContext.navigate", { context, url, wait: "none" })
      const isThere = () => evaluate("!window.isLeft && document.readyState === 'complete'").catch(() => false)
      await until(isThere, () => `Firefox did not load ${url}`)
      // From the address bar into the page: without, no control there matches `:focus`.
      await inWindow("gBrowser.selectedBrowser.focus()")
    },
    evaluate,
    // Keys, one after the other, into whatever has the focus.
    press: (text) => send("input.performActions", {
      context,
      actions: [{
        type: "key", id: "keyboard",
        actions: [...text].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]),
      }],
    }),
    // The pointer, at a point of the window's content in CSS pixels; twice for a double click.
    click: (x, y, times = 1) => send("input.performActions", {
      context,
      actions: [{
        type: "pointer", id: "mouse",
        actions: [{ type: "pointerMove", x, y }, ...Array.from({ length: times }, () => [
          { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 },
        ]).flat()],
      }],
    }),
    // Sets a preference that is a number while the browser runs.
    prefer: (name, value) => inWindow(`Services.prefs.setIntPref(${JSON.stringify(name)}, ${value})`),
    // A PNG of the page, in base64.
    screenshot: async () => (await send("browsingContext.captureScreenshot", { context, origin: "document" })).data,
    async close() {
      socket.close()
      firefox.kill()
      await once(firefox, "exit")
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

// Firefox prints on stderr where it listens.
async function listening(firefox) {
  for await (const line of createInterface({ input: firefox.stderr })) {
    const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line)
    if (found) return found[1]
  }
  throw new Error("Firefox ended before it listened")
}
