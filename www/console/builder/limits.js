// Rate limits in words. Pure.
import { counted } from "../count.js"

// By seconds.
export const WINDOWS = { 1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day" }
export const PARTITIONS = { form: "the whole form", visitor: "each visitor", api_key: "each API key" }

// The policies of a form; those that apply without the member.
export function policiesOf({ rate_limits }) {
  return rate_limits ?? [
    { name: "form", quota: 600, window_s: 60, partition: "form" },
    { name: "visitor", quota: 10, window_s: 60, partition: "visitor" },
  ]
}

// "600 submissions a minute for the whole form"
export function limitIn({ name, quota, window_s, partition, on_fault }) {
  const called = name === partition ? "" : ` (called ${name})`
  const fault = on_fault === "closed" ? ", and none while they cannot be counted" : ""
  return `${counted(quota, "submission")} ${WINDOWS[window_s] ?? `in ${window_s} seconds`} for ${PARTITIONS[partition] ?? partition}${called}${fault}`
}

export function limitsIn(policies) {
  return policies.map(limitIn).join(", ") || "none"
}
