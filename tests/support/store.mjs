// What the KV of a service under test is filled with.

// The KV entries of a definition as it is published, without asking whether it may be; of a text, that text.
export function formEntries(key, form) {
  if (typeof form === "string") return [{ key: `form/${key}`, value: form }]
  const value = JSON.stringify({ ...form, key })
  return [{ key: `form/${key}`, value }, { key: `form/${key}/v/${form.version ?? 1}`, value }]
}
