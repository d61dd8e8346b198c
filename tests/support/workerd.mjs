// The built Worker in workerd itself: a connection that a client resets is one that workerd sees reset. Before `wrangler dev`
// is a proxy, which goes on when its client is gone.
//
// Static files are served with `hasFiles` only; without, a page of a test brings `www/` along and names this origin as its
// service.

import { once } from "node:events"
import { connect } from "node:net"

import { root } from "../../tools/wrangler.mjs"
import { startProcess } from "./ask.mjs"
import { PAGE } from "./forms.mjs"
import { until } from "./until.mjs"

// `build` is the folder of another build of the Worker.
export async function startWorkerd({ settings = {}, forms = {}, build = `${root}/build`, hasFiles = false } = {}) {
  const { ask, stop } = await startProcess("workerd-process.mjs", [JSON.stringify({ settings, build, hasFiles })])
  try {
    const origin = await ask("start")
    await Promise.all(Object.entries(forms).map(([key, form]) => ask("putForm", key, form)))
    const lines = () => ask("lines")
    const logs = async () => (await lines()).filter((line) => line.startsWith("{")).map((line) => JSON.parse(line))
    return {
      origin,
      stop,
      putForm: (key, form) => ask("putForm", key, form),
      // An API token of this role.
      putToken: (role) => ask("putToken", role),
      inbox: () => ask("inbox"),
      deadLetters: () => ask("deadLetters"),
      // All that the Worker and workerd printed, and of it the structured lines.
      output: async () => (await lines()).join("\n"),
      logs,
      // The first line that `matches`; a line may come a little after its answer.
      logged: (matches) => until(async () => (await logs()).find(matches), () => "no such log line"),
      // Resident memory of workerd: bytes.
      memory: () => ask("memory"),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

// Begins to submit, with the share `sent` (0 to 1) of the body. `reset` ends the connection with a TCP RST, which is what a
// closed tab is to workerd.
export async function beginSubmit(service, key, body, { headers = {}, sent = 1 } = {}) {
  const { host, hostname, port } = new URL(service.origin)
  const socket = connect(Number(port), hostname)
  // The other side may end it first.
  socket.on("error", () => {})
  const gone = once(socket, "close")
  const answerBegins = new Promise((resolve) => socket.once("data", resolve))
  await once(socket, "connect")
  const bytes = Buffer.from(JSON.stringify(body))
  const fields = { host, origin: PAGE, "content-type": "application/json", "content-length": bytes.length, ...headers }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("")
  socket.write(`POST /v1/forms/${key}/submissions HTTP/1.1\r\n${head}\r\n`)
  await new Promise((resolve) => socket.write(bytes.subarray(0, Math.floor(bytes.length * sent)), resolve))
  const reset = async () => {
    socket.resetAndDestroy()
    await gone
  }
  return { answerBegins, reset }
}
