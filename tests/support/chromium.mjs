// The Chromium of this machine; one is installed when there is none and the system's packages can be installed.

import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"]
const MAC = ["Chromium", "Google Chrome", "Microsoft Edge"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)

export function chromium() {
  return find() ?? install() ?? fail()
}

function find() {
  const wanted = process.env.CHROME_BIN
  if (wanted && !existsSync(wanted)) throw new Error(`CHROME_BIN is no file: ${wanted}`)
  const folders = (process.env.PATH ?? "").split(delimiter)
  const places = [...COMMANDS.flatMap((name) => folders.map((folder) => join(folder, name))), ...MAC]
  return wanted ?? places.find((path) => existsSync(path))
}

function install() {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"]
  const possible = run([...sudo, "apt-get", "--version"], "ignore")
  if (!possible) return
  console.log("installing chromium with apt-get (about a minute)")
  const quiet = ["ignore", "ignore", "inherit"]
  run([...sudo, "apt-get", "update", "-qq"], quiet)
  run([...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qq", "--no-install-recommends", "chromium"], quiet)
  return find()
}

function run([command, ...args], stdio) {
  return spawnSync(command, args, { stdio }).status === 0
}

function fail() {
  throw new Error("no Chromium here: install the package chromium, or name a Chrome with CHROME_BIN=/path/to/it")
}
