// A proxy between visitors and the service: one address, behind which one isolate answers now and another later. A request
// takes `delay_ms` to get there, and what its sender has given up by then does not arrive; `added` are headers that it gets.
// `answers` has what came back.
import { createServer, request as forward } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"

export async function startEdge(service, delay_ms = 0, added = {}) {
  let isolate = service
  const answers = []
  const server = createServer(async (request, response) => {
    if (delay_ms > 0) await sleep(delay_ms)
    if (request.socket.destroyed) return
    const { method, url, headers } = request
    const passed = forward(isolate.origin + url, { method, headers: { ...headers, ...added } }, (answer) => {
      answers.push({ method, url, status: answer.statusCode })
      response.writeHead(answer.statusCode, answer.rawHeaders)
      answer.pipe(response)
    })
    passed.on("error", () => response.destroy())
    request.pipe(passed)
  })
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    answers,
    leadTo(another) {
      isolate = another
    },
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
