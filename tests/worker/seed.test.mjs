// What `make seed` publishes: by the function that does it on a store of its own, and by the command on a copy.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { after, before, describe, it } from "node:test"

import { publish } from "../../tools/forms.mjs"
import { migrations, withRetries } from "../../tools/stores.mjs"
import { root } from "../../tools/wrangler.mjs"
import { contactForm } from "../support/forms.mjs"

const sound = (key) => JSON.stringify(contactForm({ key, version: undefined }))

// The tables as `make deploy` creates them.
function newDatabase() {
  const database = new DatabaseSync(":memory:")
  for (const { statements } of migrations()) statements.forEach((statement) => database.exec(statement))
  return database
}

describe("a store of this machine", () => {
  const failing = (times, message) => {
    let calls = 0
    return () => {
      calls += 1
      if (calls <= times) throw new Error(message)
      return calls
    }
  }

  it("is tried again while the Worker writes", async () => {
    for (const message of ["D1_ERROR: database is locked: SQLITE_BUSY", "internal error; reference = abc"]) {
      assert.equal(await withRetries(failing(1, message)), 2)
    }
    await assert.rejects(withRetries(failing(5, "database is locked")), /locked/)
  })

  it("is not tried again after another failure", async () => {
    await assert.rejects(withRetries(failing(1, "no such table: leads")), /no such table/)
  })
})

describe("publishing the definitions of a folder", () => {
  let folder

  before(() => folder = mkdtempSync(join(tmpdir(), "formgate-forms-")))
  after(() => rmSync(folder, { recursive: true }))

  // What is published of these files, and what is printed. `database` is null for one that is older than the table of forms.
  async function published(files, { kv = new Map(), database = newDatabase(), ...options } = {}) {
    rmSync(folder, { recursive: true })
    mkdirSync(folder)
    for (const [name, content] of Object.entries(files)) {
      if (content === null) mkdirSync(join(folder, name))
      else writeFileSync(join(folder, name), content)
    }
    const messages = []
    const [log, error] = [console.log, console.error]
    console.log = console.error = (text) => messages.push(text)
    try {
      const isWhole = await publish({
        ...options,
        folder,
        open: () => ({
          get: (names) => Object.fromEntries(names.map((name) => [name, kv.get(name) ?? null])),
          names: (prefix) => [...kv.keys()].filter((name) => name.startsWith(prefix)),
          rows: (statements) => statements.map((sql) => {
            if (database === null) throw new Error("no such table: forms: SQLITE_ERROR")
            const statement = database.prepare(sql)
            statement.setReturnArrays(true)
            return statement.all()
          }),
          put: (entries) => entries.forEach(({ key, value }) => kv.set(key, value)),
          close: () => {},
        }),
      })
      const keys = [...kv.keys()].filter((name) => !name.includes("/v/")).map((name) => name.slice("form/".length))
      return { isWhole, keys, messages: messages.join("\n") }
    } finally {
      Object.assign(console, { log, error })
    }
  }

  for (const [what, content, reason] of [
    ["breaks off", '{ "key": "broken",', /^forms\/b\.json: cannot be read, line 1 column \d+: it ends too early/m],
    ["is empty", "", /^forms\/b\.json: is empty$/m],
    ["has a comment", '{\n  // mine\n  "key": "b"\n}', /^forms\/b\.json: cannot be read, line 2 column \d+: a comment/m],
    ["has a fault", JSON.stringify(contactForm({ key: "b", locale: "klingon" })), /^forms\/b\.json: locale /m],
    ["has a slip", JSON.stringify(contactForm({ key: "b", domains: [] })), /^forms\/b\.json: domains .* did you mean allowed_origins\?$/m],
    ["is Latin-1", Buffer.from(sound("b").replace("Thank you!", "Danke schön!"), "latin1"), /^forms\/b\.json: is not UTF-8/m],
    ["is UTF-16", Buffer.from(`\ufeff${sound("b")}`, "utf16le"), /^forms\/b\.json: is not UTF-8/m],
    ["is a folder", null, /^forms\/b\.json: cannot be read/m],
  ]) {
    it(`names a file that ${what}, and publishes the others`, async () => {
      const { isWhole, keys, messages } = await published({ "a.json": sound("a"), "b.json": content, "c.json": sound("c") })
      assert.deepEqual([isWhole, keys], [false, ["a", "c"]])
      assert.match(messages, reason)
      assert.match(messages, /^published a \(version 1\), c \(version 1\) to local KV$/m)
      assert.match(messages, /^not published: forms\/b\.json$/m)
    })
  }

  it("numbers a changed file anew, and gives no number twice, whatever KV has", async () => {
    const [kv, database] = [new Map(), newDatabase()]
    const titled = (title, version) => JSON.stringify(contactForm({ key: "a", version, title }))
    const version = async (text, options = { kv, database }) => {
      const { isWhole, messages } = await published({ "a.json": text }, options)
      return isWhole ? Number(/^published a \(version (\d+)\) to local KV$/m.exec(messages)[1]) : messages
    }
    assert.equal(await version(titled("One")), 1)
    assert.equal(await version(titled("One")), 1)
    assert.equal(await version(titled("Two")), 2)
    assert.equal(await version(titled("Seven", 7)), 7)
    assert.equal(await version(titled("Two", 2)), 2)
    assert.match(await version(titled("Other", 2)), /^forms\/a\.json: version is a number that was given to other content/m)
    // Where what was published a moment ago is not visible yet.
    assert.equal(await version(titled("Eight"), { kv: new Map(), database }), 8)
    assert.deepEqual([...kv.keys()], ["form/a/v/1", "form/a", "form/a/v/2", "form/a/v/7"])
    // A database from before the API, which `make deploy` has not migrated yet, and one that has been migrated since.
    assert.equal(await version(titled("Nine"), { kv, database: null }), 8)
    assert.equal(await version(titled("Ten"), { kv, database: newDatabase() }), 9)
    assert.equal(await version(titled("Ten"), { kv, database: newDatabase() }), 9)
  })

  it("leaves a form that was changed in the console, until its file changes", async () => {
    for (const change of ["SET version = 2, last_version = 2, hash = 'other'", "SET is_published = 0"]) {
      const [kv, database] = [new Map(), newDatabase()]
      const titled = (title) => ({ "a.json": JSON.stringify(contactForm({ key: "a", version: undefined, title })) })
      await published(titled("One"), { kv, database })
      database.exec(`UPDATE forms ${change}`)
      const again = await published(titled("One"), { kv, database })
      assert.equal(again.isWhole, true)
      assert.match(again.messages, /^left a as it is: it was changed in the console after forms\/a\.json was published/m)
      assert.match((await published(titled("Two"), { kv, database })).messages, /^published a \(version \d\)/m)
    }
  })

  it("publishes nothing while a form is being published by another", async () => {
    const [kv, database] = [new Map(), newDatabase()]
    await published({ "a.json": sound("a") }, { kv, database })
    database.exec(`UPDATE forms SET writing = 2, writer = 'x', writing_until_s = ${Math.floor(Date.now() / 1000) + 9}`)
    await assert.rejects(published({ "a.json": sound("a") }, { kv, database }), /being published by someone else/)
    database.exec("UPDATE forms SET writing_until_s = 0")
    assert.equal((await published({ "a.json": sound("a") }, { kv, database })).isWhole, true)
  })

  it("publishes neither of two files with the same key", async () => {
    const { isWhole, keys, messages } = await published({ "a copy.json": sound("a"), "a.json": sound("a"), "c.json": sound("c") })
    assert.deepEqual([isWhole, keys], [false, ["c"]])
    assert.match(messages, /^forms\/a\.json: key is the key of forms\/a copy\.json, too$/m)
    assert.match(messages, /^forms\/a copy\.json: key is the key of forms\/a\.json, too$/m)
  })

  it("publishes a file with a byte order mark, and no file of another kind", async () => {
    const { isWhole, keys } = await published({ "a.json": `\ufeff${sound("a")}`, "notes.txt": "{", "a.json~": "{" })
    assert.deepEqual([isWhole, keys], [true, ["a"]])
  })

  it("publishes no form that requires tickets while there is no key to sign them", async () => {
    const files = { "a.json": sound("a"), "b.json": JSON.stringify(contactForm({ key: "b", ticket: "required" })) }
    const without = await published(files, { hasKey: () => false })
    assert.deepEqual([without.isWhole, without.keys], [false, ["a"]])
    assert.match(without.messages, /^forms\/b\.json: ticket cannot be required while there is no SIGNING_KEY/m)
    const { isWhole, keys } = await published(files, { hasKey: () => true })
    assert.deepEqual([isWhole, keys], [true, ["a", "b"]])
  })

  it("leaves the demo forms out when it is not asked for them", async () => {
    const files = { "demo.json": sound("demo"), "kinds.json": sound("kinds"), "mine.json": sound("mine") }
    assert.deepEqual((await published(files)).keys, ["demo", "kinds", "mine"])
    const { isWhole, keys, messages } = await published(files, { demos: false })
    assert.deepEqual([isWhole, keys], [true, ["mine"]])
    assert.match(messages, /^left out: forms\/demo\.json, forms\/kinds\.json \(DEMO=1 /m)
  })

  it("has failed when there is nothing to publish", async () => {
    for (const [files, options, reason] of [
      [{}, {}, /there is no definition in forms\//],
      [{ "demo.json": sound("demo") }, { demos: false }, /there is no other definition in forms\//],
    ]) {
      const { isWhole, messages } = await published(files, options)
      assert.equal(isWhole, false)
      assert.match(messages, reason)
    }
  })
})

describe("make seed", () => {
  let copy

  before(() => {
    copy = mkdtempSync(join(tmpdir(), "formgate-seed-test-"))
    for (const path of ["tools", "forms", "migrations", "wrangler.toml"]) cpSync(join(root, path), join(copy, path), { recursive: true })
    for (const path of ["node_modules", "target", "build", "www", "package.json"]) symlinkSync(join(root, path), join(copy, path))
  })
  after(() => rmSync(copy, { recursive: true }))

  function seed(env = {}) {
    return spawnSync(process.execPath, ["tools/seed.mjs"], {
      cwd: copy, env: { ...process.env, REMOTE: "", DEMO: "", ...env }, encoding: "utf8",
    })
  }

  it("publishes the demo forms on this machine", () => {
    const { status, stdout, stderr } = seed()
    assert.equal(status, 0, stderr)
    assert.match(stdout, /^published demo \(version 1\), kinds \(version 1\) to local KV$/m)
  })

  it("publishes no demo form to an account, and does not even ask it", () => {
    const { status, stdout, stderr } = seed({ REMOTE: "1" })
    assert.equal(status, 1)
    assert.match(stdout, /^left out: forms\/demo\.json, forms\/kinds\.json/m)
    assert.match(stderr, /^nothing is published: there is no other definition/m)
  })

  it("fails when a file is broken, and has published the others", () => {
    writeFileSync(join(copy, "forms/broken.json"), "{ 'key': 1 }")
    const { status, stdout, stderr } = seed()
    assert.equal(status, 1)
    assert.match(stdout, /^published demo \(version 1\), kinds \(version 1\) to local KV$/m)
    assert.match(stderr, /^forms\/broken\.json: cannot be read, line 1 column \d+: JSON takes straight double quotes/m)
  })
})
