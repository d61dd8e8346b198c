// Which language the widget speaks. The texts of a language are in a part of their own, `/widget/de.js`; those that a form cannot
// do without are also built in, in English. `texts/*.json` has all of them.
export { ENGLISH } from "texts:built-in"

const KNOWN = /^(ar|de|en|es|fr|it|ja|nl|pl|pt)\b(-[a-z]{2}$)?/

// The first of these tags whose language has texts, and the language: `de-ch`, `de`. A page may have any text for a tag.
export function languageIn(...tags) {
  return tags.map((tag) => KNOWN.exec(`${tag}`.toLowerCase())).find(Boolean) ?? ["en", "en"]
}
