// The Worker a good developer writes instead: Hono, Zod, hono/cors and hono/body-limit; forms are published in KV, a schema is
// built once per version; the usual rate limiter reads a count from KV and writes it back.

import { Hono } from "hono"
import { bodyLimit } from "hono/body-limit"
import { cors } from "hono/cors"
import { z } from "zod"

const MAX_BODY_BYTES = 128 * 1024
const FORM_CACHE_S = 60

const Field = z.object({
  name: z.string(),
  type: z.enum(["text", "email", "tel", "number", "select", "textarea"]),
  label: z.string(),
  required: z.boolean().default(false),
  minlength: z.number().optional(),
  maxlength: z.number().optional(),
  pattern: z.string().optional(),
  min: z.string().optional(),
  max: z.string().optional(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).default([]),
})

const Form = z.object({
  key: z.string(),
  version: z.number(),
  title: z.string(),
  allowed_origins: z.array(z.string()),
  rate_limits: z.array(z.object({ quota: z.number(), window_s: z.number(), partition: z.string() })),
  fields: z.array(Field),
  on_success: z.object({ message: z.string() }),
})

// By form key: the text in KV, and what was made of it.
const forms = new Map()

const app = new Hono()

app.use("/v1/*", cors({
  origin: (origin) => origin,
  allowMethods: ["GET", "POST"],
  allowHeaders: ["Content-Type", "Idempotency-Key"],
  exposeHeaders: ["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining"],
  maxAge: 7200,
}))

app.get("/v1/forms/:key", findForm, (c) => {
  c.header("Cache-Control", "max-age=60")
  return c.json(c.get("form").shown)
})

app.post(
  "/v1/forms/:key/submissions",
  findForm,
  rateLimit,
  bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, 413, "body_too_large") }),
  async (c) => {
    const { form, schema } = c.get("form")
    const parsed = schema.safeParse(await c.req.json().catch(() => undefined))
    if (!parsed.success) {
      const errors = parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message }))
      return refuse(c, 400, "validation_failed", { errors })
    }
    const id = crypto.randomUUID()
    const received_at = new Date().toISOString()
    const response = await fetch(c.env.CORE_URL.replace("{form}", form.key), {
      method: "POST",
      signal: AbortSignal.timeout(5000),
      headers: { "content-type": "application/json", "idempotency-key": c.req.header("idempotency-key") ?? id },
      body: JSON.stringify({
        id,
        form: form.key,
        version: form.version,
        received_at,
        fields: parsed.data,
        page: c.req.header("referer"),
        user_agent: c.req.header("user-agent"),
      }),
    })
    if (!response.ok) return refuse(c, 502, "core_failed")
    return c.json({ submission: { id, status: "delivered", received_at }, message: form.on_success.message }, 201)
  },
)

export default app

// Finds the form, and refuses pages that may not embed it.
async function findForm(c, next) {
  const key = c.req.param("key")
  const text = await c.env.FORMS.get(`form/${key}`, { cacheTtl: FORM_CACHE_S })
  if (text === null) return refuse(c, 404, "form_not_found")
  let found = forms.get(key)
  if (found?.text !== text) {
    found = read(text)
    forms.set(key, found)
  }
  if (found.form === undefined) return refuse(c, 503, "form_broken")
  const origin = c.req.header("origin")
  if (origin !== undefined && !found.form.allowed_origins.includes(origin)) return refuse(c, 403, "origin_not_allowed")
  c.set("form", found)
  await next()
}

async function rateLimit(c, next) {
  const { form } = c.get("form")
  const { quota, window_s } = form.rate_limits.find(({ partition }) => partition === "visitor")
  const now_s = Math.floor(Date.now() / 1000)
  const window = Math.floor(now_s / window_s)
  const name = `limit:${form.key}:${c.req.header("cf-connecting-ip")}:${window}`
  const count = Number(await c.env.LIMITS.get(name) ?? 0)
  c.header("X-RateLimit-Limit", String(quota))
  c.header("X-RateLimit-Remaining", String(Math.max(0, quota - count - 1)))
  if (count >= quota) {
    c.header("Retry-After", String((window + 1) * window_s - now_s))
    return refuse(c, 429, "rate_limited")
  }
  await c.env.LIMITS.put(name, String(count + 1), { expirationTtl: Math.max(60, window_s) })
  await next()
}

function refuse(c, status, code, details = {}) {
  return c.json({ error: { code, ...details } }, status)
}

function read(text) {
  try {
    const form = Form.parse(JSON.parse(text))
    const schema = z.object(Object.fromEntries(form.fields.map((field) => [field.name, valueOf(field)])))
    const { key, version, title, fields } = form
    return { text, form, schema, shown: { key, version, title, fields } }
  } catch {
    return { text }
  }
}

function valueOf({ type, required, minlength, maxlength, pattern, min, max, options }) {
  let value
  if (type === "email") value = z.email().max(254)
  else if (type === "number") value = z.coerce.number().min(Number(min ?? -Infinity)).max(Number(max ?? Infinity))
  else if (type === "select") value = z.enum(options.map((option) => option.value))
  else {
    value = z.string().trim()
    if (minlength !== undefined) value = value.min(minlength)
    if (maxlength !== undefined) value = value.max(maxlength)
    if (pattern !== undefined) value = value.regex(new RegExp(`^(?:${pattern})$`, "v"))
  }
  return required ? value : value.optional()
}
