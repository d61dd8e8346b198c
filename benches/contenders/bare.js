// The floor: reads the body and forwards it.

export default {
  async fetch(request, env) {
    const body = await request.text()
    const { status } = await fetch(env.CORE_URL.replace("{form}", "contact"), {
      method: "POST", body, headers: { "content-type": "application/json" },
    })
    return Response.json({ ok: status === 201 }, { status })
  },
}
