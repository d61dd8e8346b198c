// KV and D1 over HTTP: a Worker runs what it is sent. miniflare's own access blocks the process at each call, and so keeps it
// from reading the logs, which in the end blocks workerd.

// The Worker: calls a method of a namespace, or runs statements on the database: one with the method, several as a batch.
export const STORE_SCRIPT = `export default {
  async fetch(request, env) {
    const { binding, method, args, statements } = await request.json()
    try {
      if (!statements) return Response.json(await env[binding][method](...args) ?? null)
      const prepared = statements.map(({ sql, params }) => env[binding].prepare(sql).bind(...params))
      return Response.json(await (method === "batch" ? env[binding].batch(prepared) : prepared[0][method]()))
    } catch (error) {
      return new Response(error.stack, { status: 500 })
    }
  },
}`

// The bindings of that Worker, as another Worker has them.
export function openBindings(url, { kvNamespaces, d1Databases }) {
  const call = async (question) => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify(question) })
    if (!response.ok) throw new Error(await response.text())
    return response.json()
  }
  const namespace = (binding) => Object.fromEntries(["get", "put", "delete", "list"].map((method) => {
    return [method, (...args) => call({ binding, method, args })]
  }))
  const statement = (binding, sql, params = []) => ({
    sql, params,
    bind: (...params) => statement(binding, sql, params),
    ...Object.fromEntries(["all", "raw", "run"].map((method) => {
      return [method, () => call({ binding, method, statements: [{ sql, params }] })]
    })),
  })
  const database = (binding) => ({
    prepare: (sql) => statement(binding, sql),
    batch: (statements) => call({ binding, method: "batch", statements: statements.map(({ sql, params }) => ({ sql, params })) }),
  })
  const all = (bindings, open) => Object.keys(bindings).map((name) => [name, open(name)])
  return Object.fromEntries([...all(kvNamespaces, namespace), ...all(d1Databases, database)])
}
