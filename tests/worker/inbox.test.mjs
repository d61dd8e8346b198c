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
import { assertAccepted, runCron, submit } from "../support/http.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { readXlsx } from "../support/xlsx.mjs"
import { until } from "../support/until.mjs"

const COUNT = 50
// As in src/operator.rs and src/records/question.rs.
const MAX_LISTED = 1_000
const MAX_PAGE_BYTES = 4_000_000
const NEW_YEAR = "2026-01-01T00:00:00.000Z"
const DELIVERY_MS = 90_000

// What a spreadsheet would run, and what CSV, a terminal or a line-based protocol would stumble over.
const LEADS = [
  { name: "=cmd|' /C calc'!A0", message: "@SUM(1+1)*cmd|' /C calc'!A0" },
  { name: "+43 1 234 56 78", phone: "+43 1 2345", message: "-1+1" },
  { name: 'Ada "the first", Countess', message: 'Grüße;\nsecond, "line"\n\n=third 🎉\u2028end\u2029' },
  { name: "'; DROP TABLE leads; --", message: "red\u009b2J\u202eright\ttab" },
  { name: "＝１＋１", topics: ["a", "b"], id: "=mine" },
  // What a spreadsheet that separates by semicolons, tabs or bars would run.
  { name: "a;=1+1 | +2", message: 'hello\n=1+41;"=2"\t@x' },
  // What a spreadsheet would take for numbers and days.
  { name: "06641234567", phone: "01234", message: "1-10", id: "1E5" },
]

describe("an inbox", () => {
  let service
  let ids

  before(async () => {
    const form = contactForm()
    service = await startWorkerd({
      isShared: true,
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

  it("comes out as JSON lines with every lead as it is stored, and its status", async () => {
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
    assert.deepEqual([refused.isDone, refused.printed, refused.messages], [false, "", "STATUS is new or done\n"])
    assert.equal((await service.inbox()).find((row) => row.id === id).status, "done")
  })

  it("is listed and shown without a character that a terminal obeys", async () => {
    const { printed } = await service.operate("inbox")
    const lines = printed.trimEnd().split("\n")
    assert.equal(lines.length, 1 + COUNT)
    const moments = lines.slice(1).map((line) => line.split(" ")[0])
    assert.deepEqual(moments, moments.toSorted().reverse(), "the newest first")
    assert.match(lines[0], /^received_at +form +status +spam +id +lead$/)
    const [, , , id] = ids
    const { printed: shown } = await service.operate("lead", { ID: id })
    assert.equal(JSON.parse(shown).lead.fields.message, LEADS[3].message)
    // eslint-disable-next-line no-control-regex -- control characters are what this is about
    for (const messages of [printed, shown]) assert.doesNotMatch(messages.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
  })

  it("is exported to a terminal without a character that a terminal obeys", async () => {
    for (const FORMAT of ["csv", "jsonl"]) {
      const { printed } = await service.operate("export", { FORM: "contact", FORMAT, isTerminal: true })
      // eslint-disable-next-line no-control-regex -- control characters are what this is about
      assert.doesNotMatch(printed.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\ufeff]/)
      assert.ok(printed.includes("red\\u009b2J"), printed)
    }
    const { isDone, messages } = await service.operate("export", { FORM: "contact", FORMAT: "xlsx", isTerminal: true })
    assert.deepEqual([isDone, messages], [false, "a workbook is no text for a terminal: add > leads.xlsx\n"])
  })

  it("comes out as a workbook of texts, each as it was typed", async () => {
    const { stdout, stderr, code } = await make("export", { FORM: "contact", FORMAT: "xlsx" }, { asText: false })
    assert.deepEqual([code, stderr], [0, ""])
    const [head, ...rows] = readXlsx(stdout)
    const names = head.map(({ text }) => text)
    assert.equal(rows.length, COUNT)
    for (const cell of rows.flat()) assert.ok(cell === undefined || cell.text !== undefined, "a number")
    const cell = (id, name) => rows.find(([{ text }]) => text === id)[names.indexOf(name)]?.text ?? ""
    for (const [number, expected] of LEADS.map((lead) => typed(lead)).entries()) {
      for (const name of ["name", "phone", "message"]) assert.equal(cell(ids[number], name), expected[name] ?? "")
      assert.equal(cell(ids[number], "fields.id"), expected.id ?? "")
    }
    // Excel's longest, and what is longer: its beginning.
    const [longest, longer] = ["€".repeat(32_767), `${"€".repeat(32_766)}🎉`]
    await service.putLeads([longest, longer].map((text, number) => {
      return { id: `${number}`, form_key: "long", received_at: NEW_YEAR, lead: JSON.stringify({ fields: { text, code: "_x000D_" } }) }
    }))
    const long = await make("export", { FORM: "long", FORMAT: "xlsx" }, { asText: false })
    assert.match(long.stderr, /^1 texts are longer than the 32767 characters of a cell, and cut/)
    const [, second, first] = readXlsx(long.stdout).map((row) => row.slice(-2).map(({ text }) => text))
    assert.deepEqual([first, second[0]], [[longest, "_x000D_"], "€".repeat(32_766)])
  })

  it("has a column for each field of the definition and each campaign parameter, whatever was filled in", async () => {
    const { printed } = await service.operate("export", { FORM: "contact", FROM: "2001-01-01", TO: "2001-01-01" })
    const [head, ...leads] = readCsv(printed.slice(1))
    assert.deepEqual(leads, [])
    assert.deepEqual(head.slice(-9), ["name", "email", "phone", "site", "seats", "size", "topics", "message", "fields.id"])
    for (const touch of ["first", "last"]) {
      for (const name of ["at", "page", "referrer", "utm_source", "utm_campaign", "gclid"]) assert.ok(head.includes(`${touch}_${name}`))
    }
    const _last_touch = new URLSearchParams({ at: NEW_YEAR, page: "https://example.com/l", utm_source: "news", gclid: "=x" }).toString()
    const id = await submitted({ _last_touch, name: "Campaign" })
    const { printed: whole } = await service.operate("export", { FORM: "contact" })
    const [, ...rows] = readCsv(whole.slice(1))
    const row = rows.find(([first]) => first === id)
    assert.deepEqual(["last_utm_source", "last_gclid", "last_at", "first_gclid"].map((name) => row[head.indexOf(name)]), ["news", "'=x", NEW_YEAR, ""])
    ids.push(id)
  })

  it("is listed and exported as selected, the newest first, by an index", async () => {
    // The folder decides, not what the lead contains.
    const lead = JSON.stringify({ fields: {}, spam: ["honeypot"] })
    const rows = [
      ["day-0", "2026-02-01T23:59:59.999Z", "new", "inbox"],
      ["day-1", "2026-02-02T00:00:00.000Z", "done", "inbox"],
      ["day-2", "2026-02-02T23:59:59.999Z", "new", "spam"],
      ["day-3", "2026-02-03T00:00:00.000Z", "done", "spam"],
    ]
    await service.putLeads(rows.map(([id, received_at, status, folder]) => ({ id, form_key: "days", received_at, status, lead, folder })))
    const FORM = "days"
    for (const [given, expected] of [
      [{ FORM }, ["day-1", "day-0"]],
      [{ FORM, SPAM: "all" }, ["day-3", "day-2", "day-1", "day-0"]],
      [{ FORM, SPAM: "all", STATUS: "new" }, ["day-2", "day-0"]],
      [{ FORM, SPAM: "yes" }, ["day-3", "day-2"]],
      [{ FORM, SPAM: "no" }, ["day-1", "day-0"]],
      [{ FORM, SPAM: "all", FROM: "2026-02-02" }, ["day-3", "day-2", "day-1"]],
      [{ FORM, SPAM: "all", TO: "2026-02-02" }, ["day-2", "day-1", "day-0"]],
      [{ FORM, FROM: "2026-02-02", TO: "2026-02-02", STATUS: "done", SPAM: "no" }, ["day-1"]],
      [{ SPAM: "yes", FROM: "2026-02-03", TO: "2026-02-03T00:00Z" }, ["day-3"]],
      [{ FORM, FROM: "2026-02-04" }, []],
    ]) {
      const listed = await service.operate("inbox", given)
      assert.deepEqual(listed.printed.trimEnd().split("\n").slice(1).map((line) => line.match(/\S+-\d(?= )/g).at(-1)), expected, listed.messages)
      const pages = listed.plans.map(({ plan }) => plan).filter((plan) => plan.some((step) => /page/.test(step)))
      assert.ok(pages.length > 0)
      for (const plan of pages) {
        assert.ok(plan.some((step) => /SEARCH leads USING INDEX leads_listed/.test(step)), plan.join("\n"))
        assert.ok(!plan.some((step) => /^SCAN leads/.test(step)), plan.join("\n"))
      }
      if (given.FORM === undefined) continue
      const { printed } = await service.operate("export", { ...given, FORMAT: "jsonl" })
      assert.equal(printed.split("\n").length - 1, expected.length)
    }
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
    const { isDone, printed, messages } = await service.operate("export", { FORM: "odd" })
    assert.ok(isDone, messages)
    const [head, ...leads] = readCsv(printed.slice(1))
    const unreadable = leads.map((row) => row[head.indexOf("unreadable")])
    assert.deepEqual(unreadable, ["", ...odd.slice(0, 3).map(([, lead]) => lead).reverse()])
    assert.equal(leads[0][head.indexOf("spam")], "honeypot")
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
    await pages("crowd", Array.from({ length: MAX_LISTED + 1 }, (_, number) => JSON.stringify({ text: `ü${number}` })))
    // Three bytes each: some come in two pieces out of any pipe.
    const large = "€".repeat(MAX_PAGE_BYTES / 10)
    await pages("large", Array.from({ length: 7 }, (_, number) => JSON.stringify({ text: `${large}${number}` })))
  })

  it("reports what is wrong with a command, and prints nothing else", async () => {
    for (const [command, given, messages] of [
      ["export", { FORM: "contact", FORMAT: "pdf" }, "FORMAT is csv, jsonl or xlsx"],
      ["export", { FORM: "contact", FORMAT: "" }, "FORMAT is empty"],
      ["inbox", { SPAM: "maybe" }, "SPAM is yes, no or all"],
      ["inbox", { FROM: "yesterday" }, "FROM is a day or a moment, both in UTC: 2026-11-21 or 2026-11-21T20:30Z"],
      ["inbox", { TO: "2026-02-30" }, "TO is a day or a moment, both in UTC: 2026-11-21 or 2026-11-21T20:30Z"],
      ["inbox", { FROM: "2026-02-02", TO: "2026-02-01" }, "FROM is after TO"],
      ["inbox", { STATUS: "" }, "STATUS is empty"],
      ["inbox", { ID: "x" }, "make inbox takes FORM, STATUS, SPAM, TEST, FROM, TO, and no ID"],
      ["inbox", { GIVEN_TO_MAKE: "FORM form", FORM: "contact" }, "make inbox takes FORM, STATUS, SPAM, TEST, FROM, TO, and no form"],
      ["dead-letters", { FORM: "contact" }, "make dead-letters takes nothing, so no FORM"],
      ["redrive", { ID: "x", ALL: "1" }, "ID=... or ALL=1; make dead-letters lists them"],
      ["redrive", { ALL: "no" }, "ALL is 1, or not given"],
      ["find", {}, "EMAIL=... is missing: whose address?"],
      ["find", { EMAIL: "zebulon" }, "EMAIL is no e-mail address"],
      ["forget", { EMAIL: "zebulon@example.org" }, "nothing is deleted without YES=1; make find EMAIL=... lists what would be deleted"],
      ["export", { FORM: "contact", STATUS: "lost" }, "STATUS is new or done"],
      ["export", { FORM: "contact' OR 1=1 --" }, "FORM is no form key"],
      ["export", {}, "FORM=... is missing: which form's leads?"],
      ["lead", { ID: "unknown" }, "there is no lead unknown"],
      ["lead", { ID: "x' OR '1'='1" }, "there is no lead x' OR '1'='1"],
      ["dead-letter", { ID: "unknown" }, "there is no dead letter unknown"],
      ["redrive", {}, "ID=... or ALL=1; make dead-letters lists them"],
      ["redrive", { ID: "'; DROP TABLE leads; --" }, "there is no dead letter '; DROP TABLE leads; -- that can be sent"],
    ]) {
      const { plans: _, ...done } = await service.operate(command, given)
      assert.deepEqual(done, { isDone: false, printed: "", messages: `${messages}\n` })
    }
    for (const command of ["inbox", "export"]) {
      const { isDone, printed, messages } = await service.operate(command, { FORM: "typo" })
      assert.deepEqual([isDone, printed], [false, ""])
      assert.match(messages, /^there is no form typo; there are: contact, .*odd/)
    }
    const { stdout, stderr, code } = await make("export", { FORM: "contact", PERSIST_TO: join(service.persistTo, "none") })
    assert.deepEqual([stdout, code], ["", 1], "there is no table")
    assert.match(stderr, /^the database has no tables: make seed creates/)
  })

  it("finds and forgets the leads and dead letters of one address", async () => {
    const lead = (fields, more) => JSON.stringify({ fields, ...more })
    const rows = {
      plain: lead({ email: "grace@example.net" }),
      cased: lead({ email: "Grace@EXAMPLE.net" }),
      listed: lead({ email: "a@example.net,grace@example.net" }),
      extra: lead({}, { extras: { "old email": ["x", " grace@example.net "] } }),
      name: lead({}, { extras: { "grace@example.net": "" } }),
      broken: "grace@example.net, no JSON",
      ascii: lead({ email: "grace@xn--mnchen-3ya.example" }),
      longer: lead({ email: "grace@example.net.example" }),
      other: lead({ email: "dis-grace@example.net", message: "I know grace@example.net well" }),
    }
    await service.putLeads(Object.entries(rows).map(([id, lead]) => ({ id, form_key: "people", received_at: NEW_YEAR, lead })))
    await service.putDeadLetters([
      ...Object.entries(rows).map(([id, lead]) => ({ id, form_key: "people", parcel: `{"id":"${id}"}\n${lead}` })),
      { id: "unreadable", form_key: null, parcel: '{"poison":"grace@example.net"}' },
    ])
    const found = async (EMAIL) => {
      const { printed, messages } = await service.operate("find", { EMAIL })
      assert.match(messages, /outbox \(a queue\) cannot be searched/)
      const [leads, letters] = printed.split("\n\n").map((table) => table.trimEnd().split("\n").slice(1))
      return [leads.map((line) => line.match(/- +(\S+) +\S.*$|new +(\S+) +/)?.slice(1).find(Boolean)), letters.map((line) => line.split(" ")[0])]
    }
    const hers = ["plain", "cased", "listed", "extra", "name", "broken"]
    const [leads, letters] = await found("GRACE@example.net")
    assert.deepEqual([leads.sort(), letters.sort()], [hers.toSorted(), [...hers, "unreadable"].sort()])
    assert.deepEqual(await found("grace@münchen.example"), [["ascii"], ["ascii"]])
    const { isDone, printed } = await service.operate("forget", { EMAIL: "grace@example.net", YES: "1" })
    assert.deepEqual([isDone, printed], [true, "deleted: 6 of the inbox, 7 of the dead letters\n"])
    assert.deepEqual(await found("grace@example.net"), [[], []])
    assert.deepEqual((await service.inbox()).filter(({ form_key }) => form_key === "people").map(({ id }) => id).sort(), ["ascii", "longer", "other"])
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

  // The last one: those before read all leads.
  it("takes no longer for a page of 50,000 leads than for the only one", async (test) => {
    await service.putMany("many", 50_000)
    const { printed, plans } = await service.operate("export", { FORM: "many", FORMAT: "jsonl" })
    assert.equal(printed.split("\n").length - 1, 50_000)
    const pages = plans.filter(({ plan }) => plan.some((step) => /page/.test(step))).map(({ ms }) => ms).sort((a, b) => a - b)
    assert.equal(pages.length, 50_000 / MAX_LISTED + 1)
    const median = pages[pages.length >> 1]
    test.diagnostic(`${median.toFixed()} ms for a page of ${MAX_LISTED}`)
    assert.ok(median < 300, `${median} ms`)
    // With a start of wrangler for each page it would take minutes.
    const start = performance.now()
    const { stdout, stderr } = await make("export", { FORM: "many", FORMAT: "jsonl" })
    assert.deepEqual([stderr, stdout.split("\n").length - 1], ["", 50_000])
    const took = performance.now() - start
    test.diagnostic(`${took.toFixed()} ms for an export of 50,000`)
    assert.ok(took < 45_000, `${took} ms`)
  })

  const submitted = async (lead) => assertAccepted(await submit(service, "contact", typed(lead)), "stored").submission.id
  // What `make` runs, in a process of its own and through wrangler.
  const make = (name, given, options) => command(process.execPath, [join(root, "tools/leads.mjs"), name], {
    ...process.env, PERSIST_TO: service.persistTo, ...given,
  }, options)
})

describe("dead letters", () => {
  it("are listed, shown and sent again by the commands", async () => {
    const core = await startCore()
    const service = await startWorkerd({
      settings: { CORE_URL: core.template, CORE_TIMEOUT_MS: 5000, RETRY_DELAYS_S: "1" },
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
      const { id, reason, redrive, queued } = JSON.parse(shown)
      assert.deepEqual([id, reason, redrive], [second, "unavailable: status 503", false])
      assert.equal(queued.lead.fields.name, "\u009b2J Zebulon")
      assert.ok(!shown.includes("\u009b"))

      assert.equal(await operate("redrive", { ID: first }), "1 to be sent again at the next round\n")
      assert.match(await operate("dead-letters"), new RegExp(`^${first} .* asked +unavailable`, "m"))
      await core.answerWith(answers.honouring(0))
      await runCron(service)
      await until(async () => await core.leadCount() === 1, () => "not delivered", DELIVERY_MS)
      assert.deepEqual((await core.leads()).map(({ id }) => id), [first])
      assert.equal(await operate("redrive", { ALL: "1" }), "1 to be sent again at the next round\n")
      await runCron(service)
      await until(async () => await core.leadCount() === 2, () => "not delivered", DELIVERY_MS)
      assert.deepEqual(await service.deadLetters(), [])

      // However many are damaged, the one after them is sent.
      const damaged = Array.from({ length: 120 }, (_, number) => ({
        id: `torn${number}`, died_at_ms: number - 2, reason: "torn", attempts: -1, form_key: "contact", parcel: "zebulon", redrive: 1,
      }))
      const whole = JSON.stringify({ id: "whole", form: "contact", idempotency_key: "k", request_id: "r", received_at_ms: 1, attempts: 0 })
      await service.putDeadLetters([...damaged, { id: "whole", died_at_ms: 999, form_key: "contact", parcel: `${whole}\n{"id":"whole"}`, redrive: 1 }])
      assert.match(await operate("dead-letters"), /^torn0 .* asked +unreadable: torn$/m)
      await runCron(service)
      await until(async () => await core.leadCount() === 3, () => "not delivered", DELIVERY_MS)
      assert.deepEqual((await core.leads()).at(-1), { id: "whole" })
      assert.match(await operate("dead-letters"), /^torn119 .* - +unreadable: unreadable: torn$/m)
      assert.ok((await service.logs()).some(({ faults }) => /torn119 cannot be read/.test(faults)))
    } finally {
      await Promise.all([service.stop(), core.stop()])
    }

    async function operate(name, given) {
      const { isDone, printed, messages } = await service.operate(name, given)
      assert.ok(isDone, messages)
      return printed
    }
  })
})

// A text as a cell should hold it.
function safe(text) {
  const guarded = text.replace(/(^|[,;\t|\n\r\u2028\u2029])([\s"]*)(?=[=+\-@＝＋－＠])/g, "$1$2'")
  return /^[\t\r\n\0]/.test(text) ? `'${guarded}` : guarded
}

async function command(name, args, env, { asText = true } = {}) {
  const child = spawn(name, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] })
  const code = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve))
  // Not as text, which would leave out the BOM.
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)])
  return { stdout: asText ? stdout.toString() : stdout, stderr: stderr.toString(), code: await code }
}
