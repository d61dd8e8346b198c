// A fake of Turnstile's siteverify, an HTTP server in a process of its own: Cloudflare's cannot be reached from a test.

import { startProcess } from "./ask.mjs"

// Cloudflare's keys for tests: https://developers.cloudflare.com/turnstile/troubleshooting/testing/
export const SITE_KEY = "1x00000000000000000000AA"
export const SECRETS = {
  passes: "1x0000000000000000000000000000000AA",
  fails: "2x0000000000000000000000000000000AA",
  spent: "3x0000000000000000000000000000000AA",
}

export async function startTurnstile() {
  const { ask, stop } = await startProcess("turnstile-process.mjs")
  const TURNSTILE_VERIFY_URL = `http://127.0.0.1:${await ask("port")}/turnstile/v0/siteverify`
  return {
    settings: (TURNSTILE_SECRET = SECRETS.passes) => ({ TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET, TURNSTILE_VERIFY_URL }),
    // What it was asked, oldest first.
    asked: () => ask("asked"),
    // Closes every connection from now on, or answers again.
    goDown: (isDown = true) => ask("goDown", isDown),
    stop,
  }
}
