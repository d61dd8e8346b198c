// Assertions about a receipt with warnings and the lead it acknowledges.

import assert from "node:assert/strict"

import { TYPED } from "../support/forms.mjs"
import { assertAccepted } from "../support/http.mjs"

// It was accepted, and warned of exactly these [field, code]: a receipt without any does not speak of warnings.
export function assertWarned({ json, ...answer }, expected, warnings) {
  const { warnings: told, ...receipt } = json ?? {}
  assertAccepted({ ...answer, json: receipt }, expected)
  if (warnings.length === 0) assert.equal(told, undefined)
  else assert.deepEqual(pairs(told), warnings)
  return json
}

// The lead of a receipt, which is in the inbox once and has the same warnings as the receipt.
export async function leadOf(service, answer, warnings = []) {
  const { submission, warnings: told = [] } = assertWarned(answer, "stored", warnings)
  const [row, ...more] = (await service.inbox()).filter(({ id }) => id === submission.id)
  assert.deepEqual(more, [])
  const lead = JSON.parse(row.lead)
  assert.deepEqual(lead.warnings, told)
  return lead
}

function pairs(warnings) {
  for (const { message, ...more } of warnings) {
    assert.deepEqual(Object.keys(more), ["field", "code"])
    assert.ok(message.length > 0)
    assert.doesNotMatch(message, new RegExp(TYPED, "i"), "a message repeats no value")
  }
  return warnings.map(({ field, code }) => [field, code])
}
