// The Workers that are compared, and what workerd needs for each: modules, bindings, services.

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

import { build } from "esbuild"

import { root } from "../tools/wrangler.mjs"
import { storedForms } from "./scenarios.mjs"

const COMPATIBILITY_DATE = readFileSync(`${root}wrangler.toml`, "utf8").match(/^compatibility_date = "([\d-]+)"/m)[1]
const CORE_PATH = "/v1/forms/{form}/submissions"
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// `backend` asks the process of backend-process.mjs.
export async function contenders(backend) {
  const [core, database] = [await backend("core"), await backend("database")]
  const core_url = `(name = "CORE_URL", text = "http://127.0.0.1:${core}${CORE_PATH}")`
  const namespaces = async (name) => {
    const ports = await Promise.all([backend("namespace", name, storedForms()), backend("namespace", name, {})])
    return { forms: ports[0], limits: ports[1] }
  }
  const kv = ['(name = "FORMS", kvNamespace = "forms")', '(name = "LIMITS", kvNamespace = "limits")']
  const script = (name) => ({
    compatibilityDate: COMPATIBILITY_DATE,
    modules: { "index.js": { path: here(`contenders/${name}.js`) } },
    bindings: [core_url],
    services: {},
  })
  const hono = await build({
    entryPoints: [here("contenders/hono.js")], bundle: true, write: false, format: "esm", target: "es2022", conditions: ["workerd", "worker", "browser"],
  })
  return {
    formgate: {
      compatibilityDate: COMPATIBILITY_DATE,
      modules: {
        "index.js": { path: `${root}build/index.js` },
        "index_bg.wasm": { path: `${root}build/index_bg.wasm`, kind: "wasm" },
      },
      // All bindings of wrangler.toml; the queue and the files are not asked for anything here.
      bindings: [
        core_url,
        // On a busy machine the core may stall for longer than the default; what fails is measured as something else.
        '(name = "CORE_TIMEOUT_MS", text = "25000")',
        '(name = "SIGNING_KEY", text = "a-key-of-the-benchmark-0123456789abcdef")',
        ...kv,
        '(name = "LEADS", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "database")]))',
        '(name = "OUTBOX", queue = "unused")',
        '(name = "ASSETS", service = "unused")',
      ],
      services: { ...await namespaces("formgate"), database, unused: core },
    },
    duties: script("duties"),
    hono: {
      compatibilityDate: COMPATIBILITY_DATE,
      modules: { "index.js": { text: hono.outputFiles[0].text } },
      bindings: [core_url, ...kv],
      services: await namespaces("hono"),
    },
    bare: script("bare"),
  }
}
