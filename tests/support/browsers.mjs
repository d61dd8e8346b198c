// The browsers of this machine; one that is missing is installed where the system's packages can be installed.

import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

import { chromium as playwright } from "playwright-core"

const CHROMIUM = {
  name: "Chromium",
  setting: "CHROME_BIN",
  commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"],
  packages: ["chromium"],
  apps: ["Chromium", "Google Chrome", "Microsoft Edge"],
}

// Chromium's engine, JavaScript and network without windows, tabs and toolbars, which are half of the CPU time of a page. It has
// no back/forward cache. Where there is no such package, or with an empty HEADLESS_SHELL_BIN, tests run in the whole browser.
const HEADLESS_SHELL = {
  name: "Chromium's headless shell",
  setting: "HEADLESS_SHELL_BIN",
  commands: ["chromium-headless-shell"],
  packages: ["chromium-headless-shell"],
  apps: [],
}
const FIREFOX = {
  name: "Firefox",
  setting: "FIREFOX_BIN",
  commands: ["firefox-esr", "firefox"],
  packages: ["firefox-esr"],
  apps: ["Firefox"],
}

// Safari's engine. Where there is no such package, as on a Mac, tests do without.
const WEBKIT = {
  name: "WebKit",
  setting: "WEBKIT_BIN",
  commands: ["WebKitWebDriver"],
  // Its window is on a display of its own.
  needs: "Xvfb",
  packages: ["webkit2gtk-driver", "xvfb"],
  apps: [],
}

// What Chromium leaves out. The switch replaces Playwright's own, so the list begins with what Playwright 1.65.1 names. The last
// lines are pages in the popup of the address bar, which every profile loads for half a second of CPU time.
const DISABLED_FEATURES = [
  "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
  "WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup", "PreloadTopChromeWebUI",
]

const HEADLESS_SHELL_BIN = "/usr/bin/chromium-headless-shell"

// `isWhole` starts the browser that visitors have, although there is a headless shell.
export function launchChromium({ args = [], isWhole = false, ...options } = {}) {
  const shell = process.env.HEADLESS_SHELL_BIN ?? (existsSync(HEADLESS_SHELL_BIN) ? HEADLESS_SHELL_BIN : "")
  const whole = process.env.CHROME_BIN || "/usr/bin/chromium"
  return playwright.launch({
    executablePath: isWhole ? whole : shell || whole,
    args: ["--no-sandbox", "--disable-gpu", `--disable-features=${DISABLED_FEATURES}`, ...args],
    ...options,
  })
}

export function chromium() {
  return found(CHROMIUM)
}

// Undefined where there is none.
export function headlessShell() {
  return find(HEADLESS_SHELL) ?? install(HEADLESS_SHELL)
}

export function firefox() {
  return found(FIREFOX)
}

// Undefined where there is none.
export function webkit() {
  return find(WEBKIT) ?? install(WEBKIT)
}

function found(browser) {
  return find(browser) ?? install(browser) ?? fail(browser)
}

function find({ setting, commands, needs, apps }) {
  const wanted = process.env[setting]
  if (wanted && !existsSync(wanted)) throw new Error(`${setting} is no file: ${wanted}`)
  const folders = (process.env.PATH ?? "").split(delimiter)
  const onMac = apps.map((name) => `/Applications/${name}.app/Contents/MacOS/${name === "Firefox" ? "firefox" : name}`)
  const places = [...commands.flatMap((name) => folders.map((folder) => join(folder, name))), ...onMac]
  const isWhole = !needs || folders.some((folder) => existsSync(join(folder, needs)))
  return wanted ?? places.find((path) => isWhole && existsSync(path))
}

function install(browser) {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"]
  const possible = run([...sudo, "apt-get", "--version"], "ignore")
  if (!possible) return
  console.log(`installing ${browser.packages.join(" and ")} with apt-get (about a minute)`)
  const quiet = ["ignore", "ignore", "inherit"]
  run([...sudo, "apt-get", "update", "-qq"], quiet)
  run([...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qq", "--no-install-recommends", ...browser.packages], quiet)
  return find(browser)
}

function run([command, ...args], stdio) {
  return spawnSync(command, args, { stdio }).status === 0
}

function fail({ name, packages, setting }) {
  throw new Error(`no ${name} here: install the package ${packages}, or name one with ${setting}=/path/to/it`)
}
