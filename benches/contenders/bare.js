// The floor: reads the body, forwards it with the request's headers, and returns the core's response.

export default {
  async fetch(request, env) {
    const body = await request.text()
    return fetch(env.CORE_URL.replace("{form}", "contact"), { method: "POST", headers: request.headers, body })
  },
}
