// Who looks after an inbox gets every lead out of it as it was typed, and nothing that a spreadsheet, a terminal, a shell or
// the database would obey: in workerd, with a real D1, through the commands of the Makefile.

import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"
import { buffer } from "node:stream/consumers"

import { root } from "../../tools/wrangler.mjs"
import { answers, startCore } from "../support/core.mjs"
import { readCsv } from "../support/csv.mjs"
import { contactForm, typed } from "../support/forms.mjs"
import { assertAccepted, send, submit } from "../support/http.mjs"
import { startService } from "../support/service.mjs"
import { until } from "../support/until.mjs"

const COUNT = 50
// As in src/operator.rs and src/records/question.rs.
const MAX_EXPORTED = 1_000
const MAX_PAGE_BYTES = 4_000_000
const NEW_YEAR = "2026-01-01T00:00:00.000Z"
const RELAY_MS = 30_000

// What a spreadsheet would run, and what CSV, a terminal or a line-based protocol would stumble over.
const LEADS = [
  { name: "=cmd|' /C calc'!A0", message: "@SUM(1+1)*cmd|' /C calc'!A0" },
  { name: "+43 1 234 56 78", phone: "+43 1 2345", message: "-1+1" },
  { name: 'Ada "the first", Countess', message: 'Grüße;\nsecond, "line"\n\n=third 🎉\u2028end\u2029' },
  { name: "'; DROP TABLE leads; --", message: "red\u009b2J\u202eright\ttab" },
  { name: "＝１＋１", topics: ["a", "b"], id: "=mine" },
]

describe("an inbox", () => {
  let service
  let ids

  before(async () => {
    const form = contactForm()
    service = await startService({
      forms: { contact: { ...form, fields: [...form.fields, { name: "id", type: "text", label: "Number" }] } },
    })
    ids = []
    for (const lead of LEADS) ids.push(await submitted(lead))
    while (ids.length < COUNT) {
      const length = Math.min(25, COUNT - ids.length)
      ids.push(...await Promise.all(Array.from({ length }, () => submitted({}))))
    }
  })
  after(() => service?.stop())

  it("comes out as CSV with every lead once, as it was typed, and no formula", async () => {
    const { stdout, stderr, code } = await make("export", { FORM: "contact" })
    assert.deepEqual([code, stderr], [0, ""])
    assert.ok(stdout.startsWith("\ufeff"))
    const [head, ...rows] = readCsv(stdout.slice(1))
    const leads = rows.map((row) => Object.fromEntries(head.map((name, column) => [name, row[column]])))
    assert.deepEqual(leads.map(({ id }) => id).sort(), [...ids].sort())
    for (const cell of [head, ...rows].flat()) assert.doesNotMatch(cell, /^[=+\-@\t\r\n\0＝＋－＠]/)
    for (const [number, expected] of LEADS.map((lead) => typed(lead)).entries()) {
      const lead = leads.find(({ id }) => id === ids[number])
      assert.equal(lead.name, safe(expected.name))
      assert.equal(lead.message, safe(expected.message))
      assert.equal(lead.phone ?? "", safe(expected.phone ?? ""))
      assert.equal(lead.topics, (expected.topics ?? []).join("; "))
      assert.equal(lead["fields.id"], safe(expected.id ?? ""))
      assert.deepEqual([lead.form, lead.version, lead.status, lead.unreadable], ["contact", "3", "new", ""])
      assert.match(lead.received_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    }
  })

  it("comes out as JSON lines with every lead as it stands there, and its status", async () => {
    const { stdout, stderr, code } = await make("export", { FORM: "contact", FORMAT: "jsonl" })
    assert.deepEqual([code, stderr], [0, ""])
    const leads = stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
    const stored = (await service.inbox()).map(({ lead, status }) => ({ ...JSON.parse(lead), status }))
    const byId = (a, b) => a.id < b.id ? -1 : 1
    assert.deepEqual(leads.sort(byId), stored.sort(byId))
    assert.equal(leads.length, COUNT)
  })

  it("shows one lead and keeps what was done with it", async () => {
    const [, id] = ids
    const done = await make("lead", { ID: id, STATUS: "done" })
    assert.equal(done.code, 0, done.stderr)
    const shown = JSON.parse(done.stdout)
    assert.deepEqual([shown.status, shown.lead.id, shown.lead.fields.name], ["done", id, "+43 1 234 56 78"])
    for (const [STATUS, expected] of [["done", [id]], ["new", ids.filter((other) => other !== id)]]) {
      const { printed } = await service.operate("export", { FORM: "contact", FORMAT: "jsonl", STATUS })
      assert.deepEqual(printed.trimEnd().split("\n").map((line) => JSON.parse(line).id).sort(), [...expected].sort())
    }
    const refused = await service.operate("lead", { ID: id, STATUS: "lost" })
    assert.deepEqual(refused, { isDone: false, printed: "", said: "STATUS is new or done\n" })
    assert.equal((await service.inbox()).find((row) => row.id === id).status, "done")
  })

  it("is listed and shown without a character that a terminal obeys", async () => {
    const { printed } = await service.operate("inbox")
    const lines = printed.trimEnd().split("\n")
    assert.equal(lines.length, 1 + COUNT)
    assert.match(lines[0], /^received_at +form +status +spam +id +lead$/)
    const [, , , id] = ids
    const { printed: shown } = await service.operate("lead", { ID: id })
    assert.equal(JSON.parse(shown).lead.fields.message, LEADS[3].message)
    // eslint-disable-next-line no-control-regex -- control characters are what this is about
    for (const said of [printed, shown]) assert.doesNotMatch(said.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
  })

  it("has what is asked for most as columns, and refuses no lead for them", async () => {
    const odd = [
      ["odd-0", "not json", [null, null, null, null]],
      ["odd-1", "null", [null, null, null, null]],
      ["odd-2", '{"form":{"version":"three"},"spam":7,"provenance":null,"extras":[1]}', [null, "7", null, "[1]"]],
      ["odd-3", '{"form":{"version":4},"spam":["honeypot"],"provenance":{"a":1},"extras":{},"fields":{}}', [4, '["honeypot"]', '{"a":1}', "{}"]],
    ]
    await service.putLeads(odd.map(([id, lead]) => ({ id, form_key: "odd", received_at: NEW_YEAR, lead })))
    const rows = await service.inbox()
    for (const [id, , expected] of odd) {
      const { version, spam, provenance, extras } = rows.find((row) => row.id === id)
      assert.deepEqual([version, spam, provenance, extras], expected, id)
    }
    const { isDone, printed, said } = await service.operate("export", { FORM: "odd" })
    assert.ok(isDone, said)
    const [head, ...leads] = readCsv(printed.slice(1))
    const unreadable = leads.map((row) => row[head.indexOf("unreadable")])
    assert.deepEqual(unreadable, [...odd.slice(0, 3).map(([, lead]) => lead), ""])
    assert.equal(leads[3][head.indexOf("spam")], "honeypot")
  })

  it("comes out whole whatever the pages, also when many leads came at once or some are large", async () => {
    const pages = async (form, leads) => {
      const rows = leads.map((lead, number) => ({ id: `${form}-${number}`, form_key: form, received_at: NEW_YEAR, lead }))
      // As much at a time as one statement may carry to D1.
      for (let at = 0; at < rows.length; at += 500) await service.putLeads(rows.slice(at, at + 500))
      const { stdout, stderr, code } = await make("export", { FORM: form, FORMAT: "jsonl" })
      assert.deepEqual([code, stderr], [0, ""])
      const found = stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
      assert.deepEqual(found.map(({ text }) => text).sort(), leads.map((lead) => JSON.parse(lead).text).sort())
    }
    await pages("many", Array.from({ length: MAX_EXPORTED + 1 }, (_, number) => JSON.stringify({ text: `ü${number}` })))
    // Three bytes each: some come in two pieces out of any pipe.
    const large = "€".repeat(MAX_PAGE_BYTES / 10)
    await pages("large", Array.from({ length: 7 }, (_, number) => JSON.stringify({ text: `${large}${number}` })))
  })

  it("says what is wrong with a command, and prints nothing else", async () => {
    for (const [command, given, said] of [
      ["export", { FORM: "contact", FORMAT: "xlsx" }, "FORMAT is csv or jsonl"],
      ["export", { FORM: "contact", STATUS: "lost" }, "STATUS is new or done"],
      ["export", { FORM: "contact' OR 1=1 --" }, "FORM is no form key"],
      ["export", {}, "FORM=... is missing: which form's leads?"],
      ["lead", { ID: "nobody" }, "there is no lead nobody"],
      ["lead", { ID: "x' OR '1'='1" }, "there is no lead x' OR '1'='1"],
      ["dead-letter", { ID: "nobody" }, "there is no dead letter nobody"],
      ["redrive", {}, "ID=... or ALL=1; make dead-letters lists them"],
      ["redrive", { ID: "'; DROP TABLE leads; --" }, "there is no dead letter '; DROP TABLE leads; -- that can be sent"],
    ]) {
      assert.deepEqual(await service.operate(command, given), { isDone: false, printed: "", said: `${said}\n` })
    }
    const { stdout, code } = await make("export", { FORM: "contact", PERSIST_TO: join(service.persistTo, "none") })
    assert.deepEqual([stdout, code], ["", 1], "there is no table")
  })

  it("is behind no shell", async () => {
    const folder = mkdtempSync(join(tmpdir(), "formgate-shell-"))
    try {
      const file = join(folder, "file")
      const id = `$(touch ${file})\`touch ${file}\`'";touch ${file}; $$ # %`
      const { stderr, code } = await command("make", ["--no-print-directory", "lead", `ID=${id}`], {
        // Not the options of the make that runs this.
        ...process.env, MAKEFLAGS: "", MAKELEVEL: "", PERSIST_TO: service.persistTo,
      })
      assert.notEqual(code, 0)
      assert.ok(stderr.includes(`there is no lead ${id}\n`), stderr)
      assert.ok(!existsSync(file))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  const submitted = async (lead) => assertAccepted(await submit(service, "contact", typed(lead)), "stored").submission.id
  // What `make` runs, in a process of its own and through wrangler.
  const make = (name, given) => command(process.execPath, [join(root, "tools/leads.mjs"), name], {
    ...process.env, PERSIST_TO: service.persistTo, ...given,
  })
})

describe("dead letters", () => {
  it("are listed, shown and sent again by the commands", async () => {
    const core = await startCore()
    const service = await startService({
      settings: { CORE_URL: core.template, CORE_TIMEOUT_MS: 1000, RETRY_DELAYS_S: "1" },
      forms: { contact: contactForm() },
    })
    try {
      await core.answerWith(answers.html(503))
      const [first, second] = [
        assertAccepted(await submit(service, "contact", typed()), "queued").submission.id,
        assertAccepted(await submit(service, "contact", typed({ name: "\u009b2J Zebulon" })), "queued").submission.id,
      ]
      await service.died(2)

      const listed = await operate("dead-letters")
      assert.equal(listed.split("\n").length, 4)
      for (const id of [first, second]) assert.match(listed, new RegExp(`^${id} +\\d{4}-\\S+ +contact +1 +- +unavailable: status 503$`, "m"))
      const shown = await operate("dead-letter", { ID: second })
      const { id, reason, redrive, parcel } = JSON.parse(shown)
      assert.deepEqual([id, reason, redrive], [second, "unavailable: status 503", false])
      assert.equal(parcel.lead.fields.name, "\u009b2J Zebulon")
      assert.ok(!shown.includes("\u009b"))

      assert.equal(await operate("redrive", { ID: first }), "1 to be sent again at the next round\n")
      assert.match(await operate("dead-letters"), new RegExp(`^${first} .* asked +unavailable`, "m"))
      await core.answerWith(answers.honouring(0))
      await tick()
      await until(async () => (await core.leads()).length === 1, () => "not delivered", RELAY_MS)
      assert.deepEqual((await core.leads()).map(({ id }) => id), [first])
      assert.equal(await operate("redrive", { ALL: "1" }), "1 to be sent again at the next round\n")
      await tick()
      await until(async () => (await core.leads()).length === 2, () => "not delivered", RELAY_MS)
      assert.deepEqual(await service.deadLetters(), [])
    } finally {
      await Promise.all([service.stop(), core.stop()])
    }

    async function operate(name, given) {
      const { isDone, printed, said } = await service.operate(name, given)
      assert.ok(isDone, said)
      return printed
    }
    // What the platform does every five minutes.
    async function tick() {
      assert.equal((await send(service, "/cdn-cgi/handler/scheduled", { origin: null })).status, 200)
    }
  })
})

// As a text should stand in a cell.
function safe(text) {
  return /^[=+\-@\t\r\n\0＝＋－＠]/.test(text) ? `'${text}` : text
}

async function command(name, args, env) {
  const child = spawn(name, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] })
  const code = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve))
  // Not as text, which would leave out the BOM.
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)])
  return { stdout: stdout.toString(), stderr: stderr.toString(), code: await code }
}
