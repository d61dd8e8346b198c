// The names by which a script of the console uses what another one has, as esbuild writes them and as terser shall.
import { basename, dirname, join } from "node:path"

// What a script takes from another or gives to it: `import{a as e,b as t}`, `export{te as a,W as b}`.
const LIST = /\b(import|export)\{([^{}]+)\}/g

// Takes the scripts that esbuild made, with their source maps, by path. Of the script at `path`, whose modules are all shared,
// esbuild leaves an import of the file that has them: that file takes its place, which saves a request. What is shared is named
// by capital letters instead of small ones, which minifiers give to what is local. The texts stay as long as they are, so that
// their source maps fit.
export function shareScript(textOf, path) {
  const [, chunk] = /^import"\.\/([\w.-]+)";\s*$/.exec(textOf.get(path)) ?? []
  if (!chunk) throw new Error(`${basename(path)} has modules that are not shared: see the import of it in builder.js`)
  const shared = join(dirname(path), chunk)
  for (const ending of ["", ".map"]) {
    textOf.set(path + ending, textOf.get(shared + ending))
    textOf.delete(shared + ending)
  }
  const scripts = [...textOf].filter(([name]) => name.endsWith(".js"))
  // A letter that is written once, for inside and outside, stays, small and capital.
  const pairs = scripts.flatMap(([, text]) => pairsOf(text))
  const same = pairs.filter(([one, other]) => one === other).map(([name]) => name.toLowerCase())
  const swapped = (letter) => {
    const small = letter.toLowerCase()
    return same.includes(small) ? letter : letter === small ? letter.toUpperCase() : small
  }
  for (const [name, text] of scripts) {
    const renamed = text.replace(LIST, (_, kind, list) => {
      const outside = kind === "import" ? /\b[A-Za-z](?= as )/g : /(?<= as )[A-Za-z]\b/g
      return `${kind}{${list.replace(outside, swapped)}}`
    })
    textOf.set(name, renamed.replaceAll(`"./${chunk}"`, `"./${basename(path)}"`.padEnd(chunk.length + 4)))
  }
}

// Terser's option for a script: what it shares has one name inside and outside, so that lists are `import{A,B}`.
export function nameCacheOf(text) {
  const names = pairsOf(text).filter(([outside]) => outside.length === 1).map(([outside, inside]) => [`$${inside}`, outside])
  return { vars: { props: Object.fromEntries(names) } }
}

// [its name outside, its name inside] of all that a script shares.
function pairsOf(text) {
  return [...text.matchAll(LIST)].flatMap(([, kind, list]) => list.split(",").map((entry) => {
    const [one, other = one] = entry.split(" as ")
    return kind === "import" ? [one, other] : [other, one]
  }))
}
