// A web server of another origin than the service: the marketer's site.
import { createServer } from "node:http"

export async function startLanding() {
  const pages = new Map()
  const server = createServer((request, response) => {
    const page = pages.get(new URL(request.url, "http://localhost").pathname)
    // Browsers ask for an icon on their own; a 404 to that would count as an error of the page.
    response.writeHead(page ? 200 : 204, { "Content-Type": "text/html; charset=utf-8", ...page?.headers })
    response.end(page?.html)
  })
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address()

  return {
    // The demo form allows http://localhost:*, so the same page by address is a foreign one.
    origin: `http://localhost:${port}`,
    foreignOrigin: `http://127.0.0.1:${port}`,
    publish(path, body, headers = {}) {
      return this.serve(path, landingPage(body), headers)
    },
    // Serves a text as it is, HTML unless `headers` set another type.
    serve(path, html, headers = {}) {
      pages.set(path, { html, headers })
      return { url: `http://localhost:${port}${path}`, foreignUrl: `http://127.0.0.1:${port}${path}` }
    },
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

function landingPage(body) {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Spring offer</title></head>
<body><main><h1>Spring offer</h1>${body}</main></body>
</html>`
}
