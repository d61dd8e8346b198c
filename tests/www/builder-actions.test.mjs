// What the builder does with definitions, without a page: random sequences of its actions against the edge's own check, names,
// options as text, files.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { fileURLToPath } from "node:url"
import {
  added, duplicated, fieldsOf, moved, removed, restored, withKind, withLabel, withMember,
} from "../../www/console/builder/actions.js"
import { exported, imported } from "../../www/console/builder/file.js"
import { has, KINDS } from "../../www/console/builder/kinds.js"
import { modelOf } from "../../www/console/builder/model.js"
import { isMadeFrom, nameFrom, uniqueName } from "../../www/console/builder/names.js"
import { canBeText, optionsFrom, textFrom, withoutBullets } from "../../www/console/builder/options.js"
import { isWithin, pathOf, textOf } from "../../www/console/builder/paths.js"

const root = fileURLToPath(new URL("../..", import.meta.url))
const FORMS = readdirSync(`${root}forms`).map((name) => JSON.parse(readFileSync(`${root}forms/${name}`, "utf8")))
const SEED = Number(process.env.SEED ?? Date.now() % 1e9)
const SEQUENCES = 400
const ACTIONS = 30

// What people type: fitting, wrong and odd.
const TEXTS = ["Phone", "2nd Name", "Größe", "电话", "constructor", "", " ", "a = b", "x".repeat(80), "[terms](https://example.com)", "E-mail"]
const LIMITS = [undefined, 0, 1, 5, -3, 2.5, "any", "2026-11-26", "10:30", "abc", "[0-9]{4}", "(", 1e21]
const LINES = ["Red\nGreen", "r = Red\ng = Green", "# Warm\nRed\n#\nBlue", "", "Red\nRed", " = Choose…\n1", "! Sold out\nLeft", "r\tRed"]

describe("the builder's actions", () => {
  it(`give what the edge accepts, or faults with a place that is there (SEED=${SEED})`, () => {
    const definitions = Array.from({ length: SEQUENCES }, (_, number) => sequence(SEED + number))
    const faults = faultsOf(definitions)
    let accepted = 0
    definitions.forEach((definition, number) => {
      const found = faults.filter(({ file }) => file === String(number))
      accepted += found.length === 0 ? 1 : 0
      for (const { path, reason } of found) {
        const [first, index] = pathOf(path)
        assert.ok(isThere(definition, path) || first === "fields" && index in definition.fields, `seed ${SEED + number}: ${path} ${reason}`)
      }
    })
    console.log(`${SEQUENCES} sequences of ${ACTIONS} actions: the edge accepts ${accepted} and names a place in the others`)
    assert.ok(accepted > 0 && accepted < SEQUENCES, "the actions are neither all harmless nor all broken")
  })

  it("of adding, moving, copying and choosing a kind alone give what the edge accepts", () => {
    const definitions = [...KINDS.keys()].flatMap((from) => [...KINDS.keys()].map((to) => {
      const start = { key: "f", allowed_origins: [], fields: [{ name: "f0", type: "text", label: "Other" }] }
      const [, ...others] = [0, 1, 2].reduce((definition) => [...definition, added(definition.at(-1), from)], [start])
      return moved(withKind(duplicated(others[2], 1), 2, to), 0, 3)
    }))
    assert.deepEqual(faultsOf(definitions), [])
  })

  it("undone and done again give the same bytes", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const random = randomOf(seed)
      const model = modelOf(FORMS[seed % FORMS.length])
      const before = exported(model.definition)
      for (let step = 0; step < ACTIONS; step += 1) model.change((definition) => act(definition, random))
      const after = exported(model.definition)
      while (model.canUndo()) model.undo()
      assert.equal(exported(model.definition), before)
      while (model.canRedo()) model.redo()
      assert.equal(exported(model.definition), after)
    }
  })
})

describe("a file of a definition", () => {
  it("that is exported, imported and exported has the same bytes", () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const text = exported(sequence(SEED + seed))
      const { definition, fault } = imported(text, JSON.parse(text).key)
      assert.equal(fault, undefined)
      assert.equal(exported(definition), text)
    }
    for (const form of FORMS) assert.deepEqual(imported(JSON.stringify(form), form.key).definition, form)
  })

  it("with another key gets that of the form, and one that is none says why", () => {
    assert.equal(imported('{ "key": "other", "fields": [] }', "demo").definition.key, "demo")
    assert.equal(imported('\uFEFF{ "key": "demo", "fields": [] }', "demo").fault, undefined)
    for (const [text, reason] of [
      ["{", /not JSON/], ["[]", /an object/], ["null", /an object/], ["3", /an object/], ["{}", /fields must be a list/],
      ['{ "fields": {} }', /fields must be a list/], ['{ "fields": [1] }', /fields\[0\] must be an object/],
      ['{ "fields": [], "theme": 1 }', /theme must be an object/], ['{ "fields": [], "allowed_origins": "x" }', /allowed_origins must be a list/],
      ['{ "fields": [{ "options": ["a"] }] }', /each of fields\[0\].options/], ['{ "fields": [{ "label": 1 }] }', /label must be a text/],
      ['{ "fields": [{ "suggestions": {} }] }', /suggestions must be a list/],
    ]) assert.match(imported(text, "demo").fault, reason, text)
  })
})

describe("names", () => {
  it("are made of labels", () => {
    for (const [label, name] of [
      ["Phone", "phone"], ["Work e-mail", "work_e_mail"], ["Größe", "grosse"], ["Prénom", "prenom"], ["Łódź", "lodz"], ["电话", "field"], ["", "field"],
      [undefined, "field"], ["2nd name", "field_2nd_name"], ["constructor", "field_constructor"], ["__proto__", "proto"], ["  a  ", "a"],
      ["x".repeat(80), "x".repeat(58)],
    ]) assert.equal(nameFrom(label), name, label)
  })

  it("are unique, and follow the label until they are published or typed", () => {
    assert.equal(uniqueName("a", ["a", "a_2"]), "a_3")
    const form = (field) => ({ key: "f", fields: [{ name: "a", type: "text", label: "A" }, { type: "text", ...field }] })
    for (const [field, label, published, name] of [
      [{ name: "phone", label: "Phone" }, "Budget", [], "budget"],
      [{ name: "phone", label: "Phone" }, "A", [], "a_2"],
      [{ name: "phone_2", label: "Phone" }, "Budget", [], "budget"],
      [{ name: "phone", label: "Phone" }, "Budget", ["phone"], "phone"],
      [{ name: "mine", label: "Phone" }, "Budget", [], "mine"],
      [{ name: "phone", label: "Phone" }, undefined, [], "field"],
      [{ name: "field" }, "Budget", [], "budget"],
    ]) assert.equal(withLabel(form(field), 1, label, published).fields[1].name, name, JSON.stringify([field, label]))
    assert.equal(withLabel({ key: "f", fields: [{ type: "heading", label: "A" }] }, 0, "B").fields[0].name, undefined)
    assert.ok(!isMadeFrom("A", "ab"))
  })
})

describe("a change of the kind", () => {
  it("keeps what the new kind has", () => {
    const after = (field, kind) => withKind({ key: "f", fields: [field] }, 0, kind).fields[0]
    const email = { name: "e", type: "email", label: "E-mail", required: true, autocomplete: "email", multiple: true, hint: "h", pattern: ".+", value: "a@b.c" }
    assert.deepEqual(after(email, "tel"), { name: "e", type: "tel", label: "E-mail", required: true, autocomplete: "tel", hint: "h", pattern: ".+", value: "a@b.c" })
    assert.deepEqual(after(email, "heading"), { type: "heading", label: "E-mail", hint: "h" })
    assert.deepEqual(after({ name: "n", type: "number", label: "N", min: 1, max: 5, step: 2 }, "range"), { name: "n", type: "range", label: "N", min: 1, max: 5, step: 2 })
    assert.deepEqual(after({ name: "n", type: "number", label: "N", min: 1 }, "date"), { name: "n", type: "date", label: "N" })
    const options = [{ value: "a" }]
    assert.deepEqual(after({ name: "c", type: "select", label: "C", options, multiple: true }, "radio"), { name: "c", type: "radio", label: "C", options })
    assert.equal(after({ name: "c", type: "text", label: "C" }, "select").options.length, 2)
    assert.deepEqual(after({ name: "c", type: "consent", label: "C", text: "t", required: false }, "text"), { name: "c", type: "text", label: "C" })
    assert.equal(after({ type: "heading", label: "About you" }, "text").name, "about_you")
  })

  it("knows the members of each kind that forms/kinds.json has", () => {
    for (const { type, ...members } of FORMS.find(({ key }) => key === "kinds").fields) {
      for (const member of Object.keys(members)) assert.ok(has(type, member), `${type}: ${member}`)
    }
  })
})

describe("options as text", () => {
  it("are read as people paste them, and written so that they are read again", () => {
    for (const [text, options, written = text] of [
      ["Red\nGreen", [{ value: "Red" }, { value: "Green" }]],
      ["r = Red", [{ value: "r", label: "Red" }]],
      ["r\tRed", [{ value: "r", label: "Red" }], "r = Red"],
      ["a=b", [{ value: "a=b" }]],
      ["= Choose…\n1", [{ value: "", label: "Choose…" }, { value: "1" }]],
      ["# Warm\nRed\n#\nBlue", [{ value: "Red", group: "Warm" }, { value: "Blue" }]],
      ["! Sold out", [{ value: "Sold out", disabled: true }]],
      ["\r\n  Red  \r\n\r\n", [{ value: "Red" }], "Red"],
      ["a = b\ta = b", [{ value: "a = b" }]],
    ]) {
      assert.deepEqual(optionsFrom(text), options, text)
      assert.equal(textFrom(options).replace(/a = b = a = b/, "a = b\ta = b"), written, text)
      assert.ok(canBeText(options), text)
    }
    for (const options of [[{ value: "#1" }], [{ value: "a\nb" }], [{ value: " a" }], [{ value: "!" }, { value: "" }]]) {
      assert.ok(!canBeText(options), JSON.stringify(options))
    }
  })

  it("lose the marks of a list", () => {
    assert.equal(withoutBullets("- Red\n• Green\n3. Blue"), "Red\nGreen\nBlue")
    assert.equal(withoutBullets("- Red\nGreen"), "- Red\nGreen")
    assert.equal(withoutBullets("-5\n-10"), "-5\n-10")
  })
})

describe("paths", () => {
  it("are written as the edge writes them, and read again", () => {
    for (const [path, text] of [[["title"], "title"], [["fields", 0, "options", 12, "value"], "fields[0].options[12].value"], [["theme", "accent"], "theme.accent"]]) {
      assert.equal(textOf(path), text)
      assert.deepEqual(pathOf(text), path)
    }
    assert.deepEqual(["fields[1]", "fields[1].name", "fields[1][2]", "fields[10]", "fields"].map((text) => isWithin(text, "fields[1]")), [true, true, true, false, false])
  })
})

// A definition after random actions of the builder, through the model as the panels call it.
function sequence(seed) {
  const random = randomOf(seed)
  const model = modelOf({ ...pick(random, FORMS), key: `f${seed}` })
  for (let step = 0; step < ACTIONS; step += 1) {
    const choice = random()
    if (choice < 0.05) model.undo()
    else if (choice < 0.08) model.redo()
    else if (choice < 0.12) model.set(["title"], pick(random, TEXTS) || undefined, { isTyping: true })
    else model.change((definition) => act(definition, random))
  }
  return model.definition
}

function act(definition, random) {
  const { length } = fieldsOf(definition)
  const kind = pick(random, [...KINDS.keys()])
  if (length === 0) return added(definition, kind)
  const index = Math.floor(random() * length)
  const actions = [
    () => added(definition, kind), () => added(definition, kind, index), () => removed(definition, index),
    () => restored(removed(definition, index), index, definition.fields[index]),
    () => duplicated(definition, index), () => moved(definition, index, Math.floor(random() * length)),
    () => withKind(definition, index, kind), () => withKind(definition, index, kind),
    () => withLabel(definition, index, pick(random, TEXTS) || undefined, random() < 0.5 ? ["email", "name"] : []),
    () => setMember(definition, index, random),
  ]
  return pick(random, actions)()
}

// A member that the properties of the field show, as its input writes it.
function setMember(definition, index, random) {
  const { type } = definition.fields[index]
  const member = pick(random, [
    "required", "hint", "placeholder", "minlength", "maxlength", "min", "max", "step", "pattern", "value", "width", "options",
    "multiple", "suggestions", "prefill", "sensitive", "autocomplete", "name", "core_name", "text",
  ].filter((member) => has(type, member)))
  const value = {
    required: () => random() < 0.5 || undefined, multiple: () => random() < 0.5 || undefined,
    prefill: () => true, sensitive: () => true,
    width: () => "half", options: () => optionsFrom(pick(random, LINES)), suggestions: () => pick(random, [["a", "b"], undefined, ["5"]]),
    hint: () => pick(random, TEXTS) || undefined, name: () => pick(random, ["email", "x", "9", "", "_a"]) || undefined,
    text: () => pick(random, TEXTS) || undefined,
  }[member] ?? (() => pick(random, LIMITS))
  return withMember(definition, index, member, value())
}

// Whether there is something at a path; a member that is missing is one of an object that is there.
function isThere(definition, path) {
  const parts = pathOf(path)
  return parts.slice(0, -1).reduce((value, part) => value?.[part], definition) !== undefined
}

// The result of the edge's check, by the program that `make seed` asks: the file is the place in the list.
function faultsOf(definitions) {
  const texts = definitions.map((definition, number) => ({ file: String(number), text: exported({ ...definition, key: `f${number}` }) }))
  const input = {
    definitions: texts, has_signing_key: true, writer: "0".repeat(32), now_ms: Date.now(), has_tables: false, rows: {}, names: [], stored: {},
  }
  const { status, stdout, stderr } = spawnSync(`${root}target/debug/publish`, {
    input: JSON.stringify(input), encoding: "utf8", maxBuffer: 1 << 28,
  })
  assert.equal(status, 0, stderr)
  return JSON.parse(stdout).faults
}

function pick(random, list) {
  return list[Math.floor(random() * list.length)]
}

// Numbers from 0 to 1, the same for the same seed (mulberry32).
function randomOf(seed) {
  let state = seed >>> 0
  return () => {
    state = state + 0x6D2B79F5 >>> 0
    let bits = Math.imul(state ^ state >>> 15, state | 1)
    bits ^= bits + Math.imul(bits ^ bits >>> 7, bits | 61)
    return ((bits ^ bits >>> 14) >>> 0) / 2 ** 32
  }
}
