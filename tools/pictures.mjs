// Takes the pictures of the README, docs/pictures/*.png: `make pictures`, after the look has changed.

import { mkdirSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"

import { chromium } from "../tests/support/browsers.mjs"
import { demoForm } from "../tests/www/forms.mjs"
import { openWorld, snippet, visit } from "../tests/www/world.mjs"

const folder = fileURLToPath(new URL("../docs/pictures/", import.meta.url))
const PHONE = { width: 390, height: 600 }
const DESKTOP = { width: 1280, height: 720 }
const EMAIL = { name: "email", type: "email", required: true }
const FORMS = [
  demoForm({
    key: "errors", theme: { accent: "#7a1fa2", radius: 10 }, title: "Book a demo", description: null, submit_label: "Book",
    fields: [
      { ...EMAIL, label: "Work email" },
      { name: "seats", type: "number", label: "Seats", min: 1 },
      { name: "terms", type: "consent", label: "Terms", text: "I agree to the [terms](https://example.com/terms)" },
    ],
  }),
  demoForm({
    key: "sending", locale: "de", theme: { scheme: "dark", accent: "#ffb454", radius: 10 }, title: "Demo vereinbaren",
    description: "Wir antworten innerhalb eines Werktags.", submit_label: "Absenden",
    fields: [
      { ...EMAIL, label: "E-Mail-Adresse" },
      { name: "budget", type: "range", label: "Budget in Euro", min: 0, max: 10000, step: 500, value: "2500" },
      { name: "topics", type: "checkboxes", label: "Themen", options: [{ value: "a", label: "Datenschutz" }, { value: "b", label: "Barrierefreiheit" }] },
    ],
  }),
  demoForm({
    key: "right-to-left", locale: "ar", theme: { accent: "#0a6b3d", radius: 10 }, title: "اطلب عرضًا توضيحيًا",
    description: "نجيب خلال يوم عمل واحد.", submit_label: "إرسال الطلب",
    fields: [
      { name: "name", type: "text", label: "الاسم", required: true },
      { ...EMAIL, label: "البريد الإلكتروني" },
      { name: "size", type: "select", label: "حجم الشركة", options: [{ value: "s", label: "حتى ٥٠ موظفًا" }] },
      { name: "terms", type: "consent", text: "أوافق على التواصل معي" },
    ],
  }),
]

process.env.CHROME_BIN = chromium()
// The whole browser.
process.env.HEADLESS_SHELL_BIN = ""
mkdirSync(folder, { recursive: true })
const world = await openWorld(() => FORMS, { OWNERS: "ann@example.com" })
try {
  await take("errors", "#fff", async (page) => {
    await page.getByLabel("Work email").fill("ada@example")
    await page.getByLabel("Seats").fill("0")
    await page.getByRole("button").click()
    await page.getByRole("alert").waitFor()
  })
  await take("sending", "#12161a", async (page) => {
    await page.route("**/submissions", () => {})
    await page.getByLabel("E-Mail-Adresse").fill("ada@example.com")
    await page.getByLabel("Datenschutz").check()
    await page.getByRole("button").click()
    await page.getByText("Wird gesendet").waitFor()
  })
  await take("right-to-left", "#fff", (page) => page.getByLabel("الاسم").focus())
  await takeBuilder("builder", { viewport: DESKTOP }, async (page) => {
    await page.frameLocator("iframe").getByLabel("Work email").waitFor()
  })
  await takeBuilder("builder-phone", { viewport: PHONE, colorScheme: "dark" }, async (page) => {
    await page.getByRole("tab", { name: "Fields" }).click()
    await page.locator(".builder").evaluate((node) => node.scrollIntoView())
  })
} finally {
  await world.close()
}

async function take(key, background, prepare) {
  const landing = world.landing.serve(`/${key}`, `<!doctype html><title>${key}</title>
    <style>body { margin: 8px; background: ${background}; font: 16px/1.5 sans-serif }</style>${snippet(world.service, key)}`)
  const { page, close } = await visit(world, landing.url, { viewport: PHONE })
  await page.locator("lead-form form").waitFor()
  await prepare(page)
  await save(key, page)
  await close()
}

// The console with the form "errors" open.
async function takeBuilder(name, options, prepare) {
  const token = await world.service.putToken("editor")
  const { page, close } = await visit(world, `${world.service.origin}/console/?tab=forms&id=errors`, {
    ...options, extraHTTPHeaders: { authorization: `Bearer ${token}` },
  })
  await page.locator(".builder").waitFor()
  await prepare(page)
  await save(name, page)
  await close()
}

async function save(name, page) {
  const path = `${folder}${name}.png`
  await page.screenshot({ path, animations: "disabled", caret: "hide" })
  console.log(`docs/pictures/${name}.png: ${statSync(path).size} bytes`)
}
