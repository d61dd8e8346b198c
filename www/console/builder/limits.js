// Rate limits in words. Pure.

const WINDOWS = { 1: "second", 60: "minute", 3600: "hour", 86400: "day" }
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
  const window = WINDOWS[window_s] ? `a ${WINDOWS[window_s]}` : `in ${window_s} seconds`
  const called = name === partition ? "" : ` (called ${name})`
  const fault = on_fault === "closed" ? ", and none while they cannot be counted" : ""
  return `${quota} ${quota === 1 ? "submission" : "submissions"} ${window.replace("a hour", "an hour")} for ${PARTITIONS[partition] ?? partition}${called}${fault}`
}

export function limitsIn(policies) {
  return policies.map(limitIn).join(", ") || "none"
}
