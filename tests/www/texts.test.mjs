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

    it(`in ${tag} are all in the widget's part, or built in`, async () => {
      const { texts: { violation, ...texts }, dress } = await import(`${root}build/www/widget/${tag}.js`)
      const { shared, widget, part: { whichNumber, ...part } } = sectionsOf(tag)
      const expected = { ...shared, ...widget, ...part }
      if (tag === "en") for (const name of [...Object.keys({ ...shared, ...widget }), "working", "confirm"]) delete expected[name]
      assert.deepEqual(texts, expected)
      assert.deepEqual([violation.length, typeof dress], [3, "function"])
      assert.equal(violation({ label: "A" }, { choices: ["1", "2"] }), whichNumber.replace("{label}", "A").replace("{value}", "1").replace("{other}", "2"))
    })
  }

  it("say what is wrong as the service does", async () => {
    const cases = readFileSync(`${root}tests/fixtures/messages.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line))
    for (const { locale, field, code, near, message } of cases) {
      const language = locale.split("-")[0]
      const { violations, part } = sectionsOf(language)
      const flag = code.replace(/_./g, ([, letter]) => letter.toUpperCase())
      assert.equal(wordsFor({ ...violations, ...part, language }, locale, field, flag, near), message, `${locale} ${code}`)
      const { texts } = await import(`${root}build/www/widget/${language}.js`)
      // A control would be asked for the values next to its own.
      if (flag !== "stepMismatch") assert.equal(texts.violation(field, { validity: { [flag]: true } }, locale), message, `${locale} ${code}`)
    }
    assert.ok(cases.length > 40)
    assert.deepEqual([...new Set(cases.map(({ locale }) => locale.split("-")[0]))].sort(), TAGS)
  })
})
