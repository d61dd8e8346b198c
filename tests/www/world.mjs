// Everything a visitor meets: the service, landing pages of other origins, a browser.
import { setTimeout as sleep } from "node:timers/promises"
import { launchChromium } from "../support/browsers.mjs"
import { startWorkerd } from "../support/workerd.mjs"
import { startLanding } from "./landing.mjs"

// How long a lead may take that goes by the outbox, and whatever a page is waited for: milliseconds. Neither costs anything when
// the test passes, so both are long enough for a machine that is busy with other things.
const LATER_MS = 30_000
const PATIENCE_MS = 60_000

// `definitions` is given the landing pages' server, for forms that lead back there; `start` starts the service.
export async function openWorld(definitions, settings, start, browserOptions) {
  const opened = await Promise.allSettled([openServices(definitions, settings, start), launchChromium(browserOptions)])
  const close = () => Promise.all(opened.map(({ value }) => value?.close()))
  const fault = opened.find(({ status }) => status === "rejected")
  if (fault) {
    // What is left open keeps the process alive.
    await close()
    throw fault.reason
  }
  const [services, browser] = opened.map(({ value }) => value)
  return { ...services, browser, close }
}

// The same without a browser.
export async function openServices(definitions, settings = {}, start = (given) => startWorkerd({ ...given, hasFiles: true })) {
  const landing = await startLanding()
  const forms = Object.fromEntries(definitions(landing).map((form) => [form.key, form]))
  const service = await start({ forms, settings }).catch(async (error) => {
    await landing.stop()
    throw error
  })
  const leadsSoFar = async (email) => (await service.inbox()).filter(({ lead }) => lead.includes(`"${email}"`))
  return {
    service,
    landing,
    // The leads whose email is this one: every visitor in these tests has an address of their own.
    leadsSoFar,
    // The same, when there is one. A lead that the database cannot take at once comes a little later, by the outbox.
    leadsFrom: async (email) => {
      const end = Date.now() + LATER_MS
      for (;;) {
        const leads = await leadsSoFar(email)
        if (leads.length > 0 || Date.now() > end) return leads
        await sleep(500)
      }
    },
    close: () => Promise.all([landing.stop(), service.stop()]),
  }
}

// Options of a visit without JavaScript.
export const WITHOUT_SCRIPT = { javaScriptEnabled: false }

// The browser profiles that visitors share: by browser, then by the options.
const profiles = new WeakMap()

// A visitor with a tab of their own, and what went wrong on the pages they saw. Visitors with the same options share a browser
// profile, which costs Chromium more than a page does, unless one `isAlone`; what a session keeps is each tab's own.
export async function visit({ browser }, url, { isAlone = false, ...options } = {}, prepare = () => {}) {
  if (!profiles.has(browser)) profiles.set(browser, new Map())
  const shared = profiles.get(browser)
  const name = JSON.stringify(options)
  const context = await (!isAlone && shared.get(name) || browser.newContext(options))
  if (!isAlone) shared.set(name, context)
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const errors = []
  const consoleErrors = []
  page.on("pageerror", (error) => errors.push(error.message))
  page.on("console", (message) => message.type() === "error" && consoleErrors.push(message.text()))
  await prepare(page)
  await page.goto(url)
  return { page, errors, consoleErrors, close: () => isAlone ? context.close() : page.close() }
}

export function snippet(service, form = "demo", attributes = "") {
  return `<lead-form form="${form}" ${attributes}><a href="${service.origin}/f/${form}">Open the form</a></lead-form>
<script async src="${service.origin}/embed.js"></script>`
}

// Fills in what the demo form requires.
export async function fillIn(page, email) {
  await page.getByLabel("Name").fill("Ada Lovelace")
  await page.getByLabel("Work email").fill(email)
  await page.getByLabel("I agree to be contacted").check()
}
