// What stands between visitors and the service: one address, behind which one isolate answers now and another later.
import { createServer, request as forward } from "node:http"

export async function startEdge(service) {
  let isolate = service
  const server = createServer((request, response) => {
    const { method, url, headers } = request
    const passed = forward(isolate.origin + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders)
      answer.pipe(response)
    })
    passed.on("error", () => response.destroy())
    request.pipe(passed)
  })
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    leadTo(another) {
      isolate = another
    },
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
