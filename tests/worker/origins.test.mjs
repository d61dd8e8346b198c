// The table of origins (tests/fixtures/origins.jsonl, checked by tests/native/origins.rs) against the URL standard as Node
// implements it: an origin is allowed only if it is its own serialisation and on the list. Rows marked "stricter" are hosts that
// a URL may have and DNS has not.

import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { test } from "node:test"

const [head, ...rows] = (await readFile("tests/fixtures/origins.jsonl", "utf8")).trim().split("\n").map((line) => JSON.parse(line))

const entries = [head.own_origin, ...head.allowed_origins].map((entry) => {
  const { protocol, hostname, port } = new URL(entry.replace(/:\*$/, "").replace("*.", ""))
  return { protocol, hostname, port, anyPort: entry.endsWith(":*"), subdomains: entry.includes("*.") }
})

function isListed({ protocol, hostname, port }) {
  return entries.some((entry) => entry.protocol === protocol && (entry.anyPort || entry.port === port) &&
    (entry.subdomains ? hostname.endsWith(`.${entry.hostname}`) : hostname === entry.hostname))
}

function verdict(origin) {
  if (origin === null) return "origin_missing"
  if (origin === "null") return "origin_null"
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) return "origin_not_allowed"
  const url = new URL(origin)
  if (/^https?:$/.test(url.protocol) && url.hostname.endsWith(".")) return "ends_in_dot"
  return isListed(url) ? "allowed" : "origin_not_allowed"
}

test("the table of origins is that of the URL standard", () => {
  for (const [origin, expected, mark] of rows) {
    if (mark !== "stricter") assert.equal(verdict(origin), expected, JSON.stringify(origin))
    else assert.equal(expected, "origin_not_allowed", JSON.stringify(origin))
  }
})
