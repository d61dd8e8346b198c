// Builds build/www, the static files of the service: a copy of www/ with the widget bundled into one script and the console into
// another, and the description of the API.

import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { domainToASCII, fileURLToPath } from "node:url"

import { build, transform } from "esbuild"

import { openapi } from "./openapi.mjs"
import { nameCacheOf, shareScript } from "./shared-names.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const from = join(root, "www")
const to = join(root, "build/www")
// What terser made of scripts, by their hash; and of this build's scripts.
const MINIFIED = join(root, "build/minified")
const inUse = new Set()
// Modules that the widget imports from `/widget/` when a form needs them.
const PARTS = ["advice", "challenge", "kinds", "places", "solver"]
// Classic scripts beside it, for pages with a frame and for the page in it.
const SCRIPTS = ["frame", "framed"]
// Languages with texts, each of which becomes such a module.
const LANGUAGES = readdirSync(join(root, "texts")).map((name) => name.replace(".json", ""))
// The sections of the texts that the service renders itself, and what stands for a placeholder in them: as in `build.rs`.
const SERVICE = new Set(["violations", "shared", "page"])
// The violations that only the service finds.
const OF_SERVICE = new Set(["steps", "tooLong", "tooMany", "tooShort", "unknownOption"])
const PLACEHOLDERS = {
  label: "\x01", kept: "\x01", count: "\x01", value: "\x02", time: "\x02", other: "\x03", third: "\x04",
}
// The console's script and its style sheets. The builder is a module that the console loads when a form is opened. It imports the
// whole console, so that esbuild makes one file of that instead of several: each file is compressed by itself.
const CONSOLE = [["console.js", "console"], ["console.css", "console"], ["builder/builder.css", "builder"], ["preview/preview.css", "preview"]].map(([path, out]) => (
  { in: join(from, "console", path), out: `console/${out}` }
))
// The script of the page in the builder's preview.
const PREVIEW = { "console/preview": join(from, "console/preview/preview.js") }
// What is in a bundle and is not copied.
const BUNDLED = /^(widget\/|console\/.*\.(js|css)$)/
// Members that only the modules within /embed.js use: their names are shortened, which no minifier dares by itself.
const INTERNAL = [
  "arrived", "begin", "claims", "clear", "doctor", "draft", "element", "emit", "end", "fill", "inputs", "isBusy",
  "isConsent", "isDone", "isKept", "isTest", "isVisible", "link", "mark", "note", "pass", "payload", "renew", "report", "restore", "setBusy",
  "showProblem", "showViolations", "stop", "succeed", "thank", "violations",
]
// The same for the console: members that neither the API, HTML, a definition, the preview's page nor a browser's storage has.
export const CONSOLE_INTERNAL = [
  "above", "ago", "answered", "attributes", "can", "canRedo", "canUndo", "change", "choices", "commit", "definition", "draw",
  "element", "escaped", "failed", "family", "filtersOf", "forget", "fresh", "hasDraft", "hasForm", "heading", "inverse",
  "isAdded", "isColumn", "isFile", "isLast", "isLive", "isOpen", "isRefused", "isReload", "isShown", "isSingle", "isTyping",
  "item", "kept", "keyOf", "left", "load", "loadForms", "loaded", "mark", "model", "move", "node", "nodes", "onChange", "onState",
  "overwrite", "query", "read", "redo", "refresh", "refuse", "requestId", "response", "row", "save", "selected", "service",
  "session", "shown", "since", "stateOf", "tell", "ticked", "timer", "told", "trap", "undo", "unit", "unreadable", "whenEmpty",
  "whenNone", "whenShown", "withLabels", "words", "write",
]
// Those of the texts that only the language's own part uses.
const WORDS = ["whichNumber", ...Object.keys(textsOf("en").violations)].filter((name) => !OF_SERVICE.has(name))
// Where the list of public suffixes goes.
const SUFFIXES = "console/suffixes.txt"
// The oldest browsers that have all of what the widget uses: constructed style sheets, nesting, private members.
const BROWSERS = ["chrome112", "firefox117", "safari16.5"]

const OPTIONS = {
  outdir: to,
  bundle: true,
  minify: true,
  // Named by headers (www/_headers), which takes none of the bytes.
  sourcemap: "external",
  target: BROWSERS,
  write: false,
  plugins: [
    { name: "styles", setup: (builder) => builder.onLoad({ filter: /\.css$/ }, styles) },
    { name: "texts", setup: texts },
  ],
}
// How terser minifies what esbuild has minified: it takes 4 % off the scripts, gzipped.
const TERSER = { ecma: 2022, compress: { ecma: 2022, passes: 3 } }
// Functions of the console are arrows where they can be: none is called with `new` or has an `arguments`. No property is read for
// what reading it does. The order of `x === 1` stays: repeated texts are compressed best when they are written in one way.
const TERSER_CONSOLE = {
  ...TERSER, compress: { ...TERSER.compress, passes: 5, unsafe_arrows: true, pure_getters: true, lhs_constants: false },
}
const EMBED = { ...OPTIONS, format: "iife", mangleProps: mangled(INTERNAL) }

// Unchanged files are not written, so that wrangler, which watches the folder, does not reload.
export async function buildWww() {
  const bundles = await Promise.all([
    buildSmall({ ...EMBED, entryPoints: entries("", ["embed"]) }),
    buildSmall({ ...OPTIONS, entryPoints: entries("widget/", PARTS), format: "esm" }),
    buildSmall({ ...OPTIONS, entryPoints: entries("widget/", SCRIPTS), format: "iife" }),
    build({ ...OPTIONS, entryPoints: languages(), format: "esm", mangleProps: mangled(WORDS) }),
    buildSmall({ ...OPTIONS, entryPoints: PREVIEW, format: "iife" }, TERSER_CONSOLE),
    buildSmall({
      ...OPTIONS, entryPoints: CONSOLE, format: "esm", charset: "utf8", plugins: [], splitting: true, chunkNames: "console/[name]-[hash]",
      mangleProps: mangled(CONSOLE_INTERNAL),
    }, TERSER_CONSOLE),
  ])
  const built = bundles.flatMap(({ outputFiles }) => outputFiles)
  const files = new Map(built.map(({ path, contents }) => [path, Buffer.from(contents)]))
  files.set(join(to, SUFFIXES), Buffer.from(suffixes()))
  for (const language of LANGUAGES) files.set(join(to, `texts/${language}.txt`), Buffer.from(packed(language)))
  for (const path of filesIn(from)) {
    if (!BUNDLED.test(path)) files.set(join(to, path), readFileSync(join(from, path)))
  }
  files.set(join(to, "api/openapi.json"), Buffer.from(JSON.stringify(openapi())))
  for (const path of filesIn(to)) {
    if (!files.has(join(to, path))) rmSync(join(to, path))
  }
  for (const name of filesIn(MINIFIED)) {
    if (name.endsWith(".json") && !inUse.has(join(MINIFIED, name))) rmSync(join(MINIFIED, name), { force: true })
  }
  for (const [path, contents] of files) {
    mkdirSync(dirname(path), { recursive: true })
    if (!isEqual(path, contents)) writeFileSync(path, contents)
  }
}

// What esbuild bundles, its scripts minified again by terser. The source maps are those of the modules.
async function buildSmall(options, terser = TERSER) {
  const { outputFiles } = await build(options)
  const textOf = new Map(outputFiles.map(({ path, text }) => [path, text]))
  if (options.splitting) shareScript(textOf, join(to, "console/console.js"))
  for (const [path, text] of textOf) {
    if (!path.endsWith(".js")) continue
    const name = `${path}.map`
    const nameCache = options.splitting && nameCacheOf(text)
    const { code, map } = await minified(text, textOf.get(name), { ...terser, module: options.format === "esm", nameCache })
    textOf.set(path, code).set(name, map)
  }
  return { outputFiles: [...textOf].map(([path, contents]) => ({ path, contents })) }
}

// What terser makes of a script: { code, map }. It takes seconds for all of them, so it is kept for as long as the script is the
// same: this runs at each start of `wrangler dev`.
async function minified(text, content, options) {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/terser/package.json"), "utf8"))
  const hash = createHash("sha256").update(JSON.stringify([version, text, content, options])).digest("hex").slice(0, 32)
  const kept = join(MINIFIED, `${hash}.json`)
  inUse.add(kept)
  try {
    return JSON.parse(readFileSync(kept, "utf8"))
  } catch {
    const { minify } = await import("terser")
    const { code, map } = await minify(text, { ...options, sourceMap: { content, includeSources: true } })
    mkdirSync(MINIFIED, { recursive: true })
    // In one step, as another process may read it.
    writeFileSync(`${kept}.${process.pid}`, JSON.stringify({ code, map }))
    renameSync(`${kept}.${process.pid}`, kept)
    return { code, map }
  }
}

function mangled(names) {
  return new RegExp(`^(${names.join("|")})$`)
}

// The public suffixes of two labels and more, in ASCII, a rule a line, for `src/cloudflare/boundary.js`. The list is that of the
// crate `psl`, by which `make seed` checks; the first line names its version, so that it is read only when that changes.
export function suffixes() {
  const [, version] = /^name = "psl"\nversion = "(.+)"$/m.exec(readFileSync(join(root, "Cargo.lock"), "utf8"))
  const head = `// psl ${version}: https://publicsuffix.org, under the Mozilla Public License 2.0\n`
  const built = join(to, SUFFIXES)
  const before = existsSync(built) ? readFileSync(built, "utf8") : ""
  if (before.startsWith(head)) return before
  const { status, stdout, stderr } = spawnSync("cargo", ["metadata", "--format-version", "1", "--locked"], {
    cwd: root, encoding: "utf8", maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(`cargo metadata failed\n${stderr}`)
  const { manifest_path } = JSON.parse(stdout).packages.find(({ name }) => name === "psl")
  const rules = readFileSync(join(dirname(manifest_path), "data/rules.txt"), "utf8").split(/\r?\n/).filter((rule) => rule.includes("."))
  return head + rules.map(inAscii).join("\n")
}

function inAscii(rule) {
  const [, mark, domain] = /^(!|\*\.)?(.*)$/.exec(rule)
  return (mark ?? "") + domainToASCII(domain)
}

// Where each module goes, without the ending, and where it is.
function entries(folder, names) {
  return Object.fromEntries(names.map((name) => [folder + name, join(from, `widget/${name}.js`)]))
}

function languages() {
  return Object.fromEntries(LANGUAGES.map((language) => [`widget/${language}`, `texts:${language}`]))
}

// The texts of a language that the service renders itself, a line each, as `build.rs` packs them.
function packed(language) {
  const own = textsOf(language)
  const sections = Object.entries(textsOf("en")).filter(([section]) => SERVICE.has(section))
  const texts = sections.flatMap(([section, english]) => Object.keys(english).map((name) => own[section][name]))
  // One that depends on a number has a form for each of CLDR's categories.
  const lines = texts.map((text) => typeof text === "string" ? text : Object.values(text).join("|"))
  return lines.map((line) => `${line.replace(/\{(\w+)\}/g, (_, name) => PLACEHOLDERS[name])}\n`).join("")
}

function textsOf(language) {
  return JSON.parse(readFileSync(join(root, `texts/${language}.json`), "utf8"))
}

// The widget's texts as modules: those of a language, and those that are built in.
function texts(builder) {
  builder.onResolve({ filter: /^texts:/ }, ({ path }) => ({ path: path.replace("texts:", ""), namespace: "texts" }))
  builder.onLoad({ filter: /./, namespace: "texts" }, ({ path: language }) => {
    const { shared: common, widget: core, part: { working, confirm } } = textsOf("en")
    const builtIn = { ...common, ...core }
    const ofChallenge = { working, confirm }
    if (language === "built-in") return { contents: `export const ENGLISH = ${JSON.stringify(builtIn)}` }
    if (language === "challenge") return { contents: `export const ENGLISH = ${JSON.stringify(ofChallenge)}` }
    // The one section that a page needs in a language before the language's part is loaded.
    if (language === "popup") return { contents: `export const POPUP = ${JSON.stringify(Object.fromEntries(LANGUAGES.map((tag) => [tag, textsOf(tag).popup])))}` }
    const { violations, shared, widget, part: { whichNumber, ...part } } = textsOf(language)
    const words = Object.entries({ language, whichNumber, ...violations }).filter(([name]) => !OF_SERVICE.has(name))
    const texts = { ...shared, ...widget, ...part }
    // What uses these has them in English.
    if (language === "en") for (const name in { ...builtIn, ...ofChallenge }) delete texts[name]
    const contents = `
      export * from "./styles.js"
      export { tidied } from "./tidy.js"
      import { violationIn } from "./violations.js"
      const violation = violationIn({ ${words.map(([name, text]) => `${name}: ${JSON.stringify(text)}`)} })
      export const texts = { ...${JSON.stringify(texts)}, violation }
    `
    return { contents, resolveDir: join(from, "widget") }
  })
}

// A style sheet as a minified text.
async function styles({ path }) {
  const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true, target: BROWSERS })
  return { contents: code.trim(), loader: "text" }
}

function filesIn(folder) {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

function isEqual(path, contents) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() && readFileSync(path).equals(contents)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWww()
