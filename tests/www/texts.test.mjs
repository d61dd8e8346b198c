// The texts of every language, and how the widget words what is wrong with a value. `build.rs` checks that no text is missing.
import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { describe, it } from "node:test"
import { fileURLToPath } from "node:url"

import { wordsFor } from "../../www/widget/violations.js"

const root = fileURLToPath(new URL("../..", import.meta.url))
const TAGS = readdirSync(`${root}texts`).map((name) => name.replace(".json", ""))
const sectionsOf = (tag) => JSON.parse(readFileSync(`${root}texts/${tag}.json`, "utf8"))

describe("the texts", () => {
  it("are those of ten languages, which the widget knows", () => {
    assert.equal(TAGS.length, 10)
    assert.ok(readFileSync(`${root}www/widget/texts.js`, "utf8").includes(`(${TAGS.join("|")})`))
  })

  for (const tag of TAGS) {
    it(`in ${tag} have a form for every number`, () => {
      const plurals = Object.values(sectionsOf(tag)).flatMap(Object.values).filter((text) => typeof text !== "string")
      assert.equal(plurals.length, 3)
      const rules = new Intl.PluralRules(tag)
      const categories = new Set(Array.from({ length: 1001 }, (_, count) => rules.select(count)))
      for (const forms of plurals) assert.deepEqual(new Set(Object.keys(forms)), categories)
    })

    it(`in ${tag} are all in the widget's part`, async () => {
      const { texts, dress } = await import(`${root}build/www/widget/${tag}.js`)
      const { violations, shared, widget, part } = sectionsOf(tag)
      const { language, violation, ...rest } = texts
      assert.deepEqual(rest, { ...violations, ...shared, ...widget, ...part })
      assert.deepEqual([language, typeof violation, typeof dress], [tag, "function", "function"])
    })
  }

  it("say what is wrong as the service does", () => {
    const cases = readFileSync(`${root}tests/fixtures/messages.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line))
    for (const { locale, field, code, near, message } of cases) {
      const language = locale.split("-")[0]
      const { violations, part } = sectionsOf(language)
      const flag = code.replace(/_./g, ([, letter]) => letter.toUpperCase())
      assert.equal(wordsFor({ ...violations, ...part, language, locale }, field, flag, near), message, `${locale} ${code}`)
    }
    assert.ok(cases.length > 40)
    assert.deepEqual([...new Set(cases.map(({ locale }) => locale.split("-")[0]))].sort(), TAGS)
  })
})
