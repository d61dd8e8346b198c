// Builds build/www, the static files of the service: a copy of www/ with the widget bundled into one script, and the console into
// another.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

import { build, transform } from "esbuild"

const root = fileURLToPath(new URL("..", import.meta.url))
const from = join(root, "www")
const to = join(root, "build/www")
// Modules that the widget imports from `/widget/` when a form needs them.
const PARTS = ["advice", "challenge", "kinds", "places", "solver", "styles"]
// Classic scripts beside it, for pages with a frame and for the page in it.
const SCRIPTS = ["frame", "framed"]
// The console's script and its style sheet.
const CONSOLE = ["js", "css"].map((ending) => ({ in: join(from, `console/console.${ending}`), out: "console/console" }))
// What is in a bundle and is not copied.
const BUNDLED = /^(widget\/|console\/.*\.(js|css)$)/
// Members that only the modules within /embed.js use: their names are shortened, which no minifier dares by itself.
const INTERNAL = [
  "arrived", "begin", "choose", "claims", "clear", "doctor", "draft", "element", "emit", "end", "errorPrefix", "fill", "inputs", "isBusy",
  "isConsent", "isDone", "isKept", "isVisible", "link", "mark", "notFound", "notLoaded", "notSent", "notSetUp", "note",
  "nothingLost", "openHostedPage", "optional", "pass", "payload", "problem", "renew", "report", "restore", "sending", "sentAgain", "setBusy",
  "showProblem", "showViolations", "stop", "submit", "succeed", "thank", "thanks", "tooMany", "tryAgain", "tryLater", "violation",
  "violations", "whatToChange",
]
// The oldest browsers that have all of what the widget uses: constructed style sheets, nesting, private members.
const BROWSERS = ["chrome112", "firefox117", "safari16.5"]

const OPTIONS = {
  outdir: to,
  bundle: true,
  minify: true,
  target: BROWSERS,
  write: false,
  plugins: [{ name: "styles", setup: (builder) => builder.onLoad({ filter: /\.css$/ }, styles) }],
}
// Its source map is named by a header (www/_headers), which takes none of its bytes.
const EMBED = { ...OPTIONS, format: "iife", sourcemap: "external", mangleProps: new RegExp(`^(${INTERNAL.join("|")})$`) }

// Unchanged files are not written, so that wrangler, which watches the folder, does not reload.
export async function buildWww() {
  const bundles = await Promise.all([
    build({ ...EMBED, entryPoints: entries("", ["embed"]) }),
    build({ ...OPTIONS, entryPoints: entries("widget/", PARTS), format: "esm" }),
    build({ ...OPTIONS, entryPoints: entries("widget/", SCRIPTS), format: "iife" }),
    build({ ...OPTIONS, entryPoints: CONSOLE, format: "esm", charset: "utf8", plugins: [] }),
  ])
  const built = bundles.flatMap(({ outputFiles }) => outputFiles)
  const files = new Map(built.map(({ path, contents }) => [path, Buffer.from(contents)]))
  for (const path of filesIn(from)) {
    if (!BUNDLED.test(path)) files.set(join(to, path), readFileSync(join(from, path)))
  }
  for (const path of filesIn(to)) {
    if (!files.has(join(to, path))) rmSync(join(to, path))
  }
  for (const [path, contents] of files) {
    mkdirSync(dirname(path), { recursive: true })
    if (!isEqual(path, contents)) writeFileSync(path, contents)
  }
}

// Where each module goes, without the ending, and where it is.
function entries(folder, names) {
  return Object.fromEntries(names.map((name) => [folder + name, join(from, `widget/${name}.js`)]))
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
