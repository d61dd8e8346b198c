// The commands with REMOTE=1, on an account that is played by a server: what it is asked, and what others on this machine see
// of it.

import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { text } from "node:stream/consumers"

import { root } from "../../tools/wrangler.mjs"

const ADDRESS = "zebulon@example.org"
const LEAD = { id: "lead-1", form_key: "demo", received_at: "2026-01-01T00:00:00.000Z", status: "new", lead: '{"fields":{}}' }

describe("an account", () => {
  let server
  let home
  let asked
  let seen

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "formgate-home-"))
    server = createServer(async (request, response) => {
      const { sql } = JSON.parse(await text(request) || "{}")
      response.setHeader("Content-Type", "application/json")
      if (sql !== undefined) {
        asked.push(sql)
        seen.push(...commandLines().filter((line) => line.includes(ADDRESS)))
      }
      const results = /FROM leads/.test(sql) ? [LEAD] : []
      const result = sql === undefined ? { uuid: "database", name: "formgate-leads" } : [{ success: true, meta: {}, results }]
      response.end(JSON.stringify({ success: true, errors: [], messages: [], result }))
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
  })
  after(() => {
    server.close()
    rmSync(home, { recursive: true })
  })

  it("is asked for its leads", async () => {
    const { stdout, stderr, code } = await command("inbox", { STATUS: "new" })
    assert.deepEqual([code, stderr], [0, ""])
    assert.match(stdout, /^2026-01-01T00:00:00\.000Z +demo +new +lead-1 +/m)
    assert.equal(asked.length, 1)
  })

  it("is asked about an address that no list of processes and no log shows", async () => {
    const { stdout, code } = await command("find", { EMAIL: ADDRESS })
    assert.equal(code, 0)
    assert.match(stdout, /lead-1/)
    assert.deepEqual([asked.length, asked.every((sql) => sql.includes(`'${ADDRESS}'`))], [2, true])
    assert.deepEqual(seen, [])
    const kept = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { parentPath, name } of kept) assert.ok(!readFileSync(join(parentPath, name), "utf8").includes(ADDRESS), name)
  })

  async function command(name, given) {
    asked = []
    seen = []
    const child = spawn(process.execPath, [join(root, "tools/leads.mjs"), name], {
      env: {
        ...process.env, ...given, REMOTE: "1", HOME: home, XDG_CONFIG_HOME: home,
        CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${server.address().port}/client/v4`,
        CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_ACCOUNT_ID: "account",
      },
      stdio: ["ignore", "pipe", "pipe"],
    })
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")])
    return { stdout, stderr, code }
  }
})

// Of every process of this machine, where the system shows them; its parent knows them anyway.
function commandLines() {
  if (process.platform !== "linux") return []
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((id) => {
    try {
      return [readFileSync(`/proc/${id}/cmdline`, "utf8")]
    } catch {
      return []
    }
  })
}
