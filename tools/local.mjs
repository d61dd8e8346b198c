// Fills the local stores: creates the tables and publishes the forms. `make seed` does it once; `make dev` also watches forms/.

import { readdirSync, readFileSync, watch } from "node:fs"
import { join } from "node:path"

import { openLocal, publish } from "./forms.mjs"
import { isBusy, withRetries } from "./stores.mjs"
import { root } from "./wrangler.mjs"

const FOLDER = join(root, "forms")
// The name in KV under which the form keys of published files are stored, by file name.
const FILES = "files"
// How long to wait after a change: an editor writes a file in several steps.
const QUIET_MS = 100

export async function seed() {
  // The Worker may be writing.
  const store = await withRetries(openLocal)
  try {
    return await withRetries(() => publishFolder(store))
  } finally {
    await store.close()
  }
}

// Publishes the definitions in a folder and deletes forms whose file is gone. Returns whether all could be published.
export async function publishFolder(store, folder = FOLDER) {
  const { [FILES]: text } = await store.get([FILES])
  const before = JSON.parse(text ?? "{}")
  const read = keysIn(folder)
  let isWhole
  try {
    isWhole = await publish({ folder, open: () => ({ ...store, close: () => {} }) })
  } catch (error) {
    if (isBusy(error)) throw error
    console.error(error.message)
    isWhole = false
  }
  // For an unreadable file the previous form key is kept.
  const now = Object.fromEntries(Object.entries(keysIn(folder)).map(([file, key]) => [file, key ?? before[file]]))
  const kept = new Set(Object.values(now))
  // A file may have got another key while its form was published.
  const former = [...Object.values(before), ...Object.values(read)].filter((key) => key !== undefined && !kept.has(key))
  for (const key of new Set(former)) {
    await store.delete(`form/${key}`)
    if (isKey(key)) await store.rows([`UPDATE forms SET is_published = 0, file_hash = '' WHERE form_key = '${key}'`])
    console.log(`took down ${key}: its file is gone`)
  }
  await store.put([{ key: FILES, value: JSON.stringify(now) }])
  return isWhole
}

// Calls publishFolder after each change in the folder. Returns a function that stops watching.
export function watchFolder(store, folder = FOLDER) {
  let timer
  let running = Promise.resolve()
  const watcher = watch(folder, () => {
    clearTimeout(timer)
    timer = setTimeout(() => running = running.then(publishAll), QUIET_MS)
  })
  return () => {
    clearTimeout(timer)
    watcher.close()
    return running
  }

  function publishAll() {
    return withRetries(() => publishFolder(store, folder)).catch((error) => console.error(error.message))
  }
}

function isKey(text) {
  return /^[\w-]{1,64}$/.test(text)
}

// The form keys of the files in a folder, by file name; undefined for a file that cannot be read.
function keysIn(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"))
  return Object.fromEntries(files.map((file) => [file, keyOf(join(folder, file))]))
}

function keyOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).key
  } catch {
    return undefined
  }
}
