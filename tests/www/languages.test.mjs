// The widget and the hosted page in the language of the form, else of the page, else of the browser.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { after, before, describe, it } from "node:test"
import { assertAccessible } from "./accessible.mjs"
import { demoForm } from "./forms.mjs"
import { WITHOUT_SCRIPT, openWorld, snippet, visit } from "./world.mjs"

const textsIn = (tag) => JSON.parse(readFileSync(new URL(`../../texts/${tag}.json`, import.meta.url), "utf8"))

// The texts of the form in some languages, as its owner wrote them.
const OWN = {
  de: ["Angebot anfordern", "Name", "E-Mail", "Anzahl", "Beginn", "Ich stimme zu"],
  pl: ["Poproś o ofertę", "Imię i nazwisko", "E-mail", "Liczba osób", "Początek", "Wyrażam zgodę"],
  ja: ["見積もりを依頼する", "お名前", "メールアドレス", "人数", "開始日", "同意します"],
  ar: ["اطلب عرضًا", "الاسم", "البريد الإلكتروني", "عدد الأشخاص", "البداية", "أوافق على ذلك"],
}

// A form that has no texts of its own but its labels.
function formIn(locale, key = locale) {
  const [title, name, email, people, start, consent] = OWN[locale] ?? ["A form", "Name", "Email", "People", "Start", "I agree"]
  return demoForm({
    key, locale: OWN[locale] && locale, title, description: undefined, submit_label: undefined, on_success: undefined,
    fields: [
      { name: "name", type: "text", label: name, required: true, minlength: 5 },
      { name: "email", type: "email", label: email, required: true },
      { name: "people", type: "number", label: people, max: 1234.5, step: "0.5" },
      { name: "start", type: "date", label: start },
      { name: "consent", type: "consent", label: consent, text: consent },
    ],
  })
}

const fill = (text, ...values) => values.reduce((text, value) => text.replace(/\{\w+\}/, value), text)

describe("the widget and the hosted page", () => {
  let world

  before(async () => {
    world = await openWorld(() => [...Object.keys(OWN).map((locale) => formIn(locale)), formIn(undefined, "any"), limited()])
  })
  after(() => world?.close())

  // A page of the marketer's, in a language or without one.
  function landing(path, form, lang, inside = (element) => element) {
    const html = `<!doctype html><html${lang ? ` lang="${lang}"` : ""}><head><meta charset="utf-8"><title>Offer</title>
      <meta name="viewport" content="width=device-width, initial-scale=1"></head>
      <body><main><h1>Offer</h1>${inside(snippet(world.service, form))}</main></body></html>`
    return world.landing.serve(path, html).url
  }

  for (const locale of Object.keys(OWN)) {
    const { violations, shared, page: hosted } = textsIn(locale)
    const [title, name, email, people, , consent] = OWN[locale]
    const number = new Intl.NumberFormat(locale, { numberingSystem: "latn" }).format(1234.5)
    const wrong = [
      fill(violations.missing, name), fill(violations.notEmail, email), fill(violations.atMost, people, number),
      fill(violations.tickToAgree, consent),
    ]
    const right = ["Ada Lovelace", `${locale}@example.com`, "12"]

    it(`speak ${locale}: the widget`, async () => {
      const { page, errors, consoleErrors, close } = await visit(world, landing(`/widget-${locale}`, locale, "en"))
      const form = page.locator(".lf")
      await form.waitFor()
      assert.deepEqual([await form.getAttribute("lang"), await form.getAttribute("dir")], [locale, locale === "ar" ? "rtl" : "ltr"])
      await page.getByLabel(email).fill("nowhere")
      await page.getByLabel(people).fill("9999")
      await page.getByRole("button", { name: shared.submit }).click()
      await page.getByRole("heading", { name: shared.problem }).waitFor()
      assert.deepEqual(await page.getByRole("alert").getByRole("listitem").allInnerTexts(), wrong)
      await assertAccessible(page, `widget-${locale}`)
      await page.getByLabel(name).fill(right[0])
      await page.getByLabel(email).fill(right[1])
      await page.getByLabel(people).fill(right[2])
      await page.getByLabel(consent).check()
      await page.getByRole("button", { name: shared.submit }).click()
      await page.getByRole("heading", { name: hosted.thanks }).waitFor()
      assert.deepEqual([errors, consoleErrors], [[], []])
      await close()
    })

    it(`speak ${locale}: the hosted page, without JavaScript`, async () => {
      const { page, close } = await visit(world, `${world.service.origin}/f/${locale}`, WITHOUT_SCRIPT)
      assert.equal(await page.title(), title)
      await page.getByLabel(email).fill("nowhere")
      await page.getByLabel(people).fill("9999")
      await page.getByRole("button", { name: shared.submit }).click()
      await page.getByRole("heading", { name: shared.problem }).waitFor()
      assert.deepEqual(await page.getByRole("alert").getByRole("listitem").allInnerTexts(), wrong)
      assert.equal(await page.title(), `${shared.errorPrefix} ${title}`)
      await page.getByLabel(name).fill(right[0])
      await page.getByLabel(email).fill(right[1])
      await page.getByLabel(people).fill(right[2])
      await page.getByLabel(consent).check()
      await page.getByRole("button", { name: shared.submit }).click()
      await page.getByRole("heading", { name: hosted.thanks }).waitFor()
      const root = page.locator("html")
      assert.deepEqual([await root.getAttribute("lang"), await root.getAttribute("dir")], [locale, locale === "ar" ? "rtl" : null])
      await close()
    })

    it(`speak ${locale}: the hosted page is accessible`, async () => {
      const { page, close } = await visit(world, `${world.service.origin}/f/${locale}`)
      await assertAccessible(page, `hosted-${locale}`)
      await page.getByRole("button", { name: shared.submit }).click()
      await page.getByRole("heading", { name: shared.problem }).waitFor()
      await assertAccessible(page, `hosted-${locale}-errors`)
      await close()
    })
  }

  // Language of the page, languages of the browser, and what is spoken then.
  for (const [lang, browser, tag, language] of [
    ["fr", "pl-PL", "fr", "fr"],
    ["de-CH", "en-US", "de-ch", "de"],
    ["", "pl-PL", "pl-pl", "pl"],
    ["sv", "it-IT", "it-it", "it"],
    ["x <b>", "nl", "nl", "nl"],
    ["sv", "sv-SE", "en", "en"],
  ]) {
    it(`speak ${language} where the form says nothing, the page "${lang}" and the browser ${browser}`, async () => {
      const { shared, widget } = textsIn(language)
      const { page, errors, close } = await visit(world, landing(`/any-${language}`, "any", lang), { locale: browser, isAlone: true })
      const button = page.getByRole("button", { name: shared.submit })
      await button.waitFor()
      assert.equal(await page.locator(".lf").getAttribute("lang"), tag)
      await page.getByLabel("Name").fill("Ada Lovelace")
      await page.getByLabel("Email").fill(`any-${language}@example.com`)
      await page.getByLabel("I agree").check()
      // The service's messages are in this language, too.
      const sent = page.waitForRequest((request) => request.method() === "POST")
      await page.route("**/submissions", (route) => route.fulfill({ status: 503, body: "" }), { times: 1 })
      await button.click()
      assert.equal((await sent).headers()["accept-language"], tag)
      const time = new Intl.RelativeTimeFormat(tag).format(5, "second")
      await page.getByRole("alert").getByText(fill(widget.sentAgain, time)).waitFor()
      // It is sent again as soon as the browser is online.
      await page.evaluate(() => dispatchEvent(new Event("online")))
      await page.getByRole("heading", { name: textsIn(language).page.thanks }).waitFor()
      assert.deepEqual(errors, [])
      await close()
    })
  }

  it("take the language of the part of the page that they are in", async () => {
    const inside = (element) => `<section lang="es">${element}</section>`
    const { page, close } = await visit(world, landing("/part", "any", "de", inside))
    await page.getByRole("button", { name: textsIn("es").shared.submit }).waitFor()
    await close()
  })

  it("speak English where the texts of a language do not arrive, and work", async () => {
    const abort = (page) => page.route("**/widget/de.js*", (route) => route.abort())
    const { page, errors, close } = await visit(world, "about:blank", {}, abort)
    await page.goto(landing("/no-texts", "de", "de"))
    await page.getByRole("button", { name: "Absenden" }).click()
    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    const [first] = await page.getByRole("alert").getByRole("listitem").allInnerTexts()
    assert.match(first, /^Name: \S/)
    await page.getByLabel("Name").fill("Ada Lovelace")
    await page.getByLabel("E-Mail").fill("no-texts@example.com")
    await page.getByLabel("Ich stimme zu").check()
    await page.getByRole("button", { name: "Absenden" }).click()
    await page.getByRole("heading", { name: textsIn("de").page.thanks }).waitFor()
    assert.deepEqual(errors, [])
    await close()
  })

  it("say that there is no such form in the language of the page", async () => {
    const { page, close } = await visit(world, landing("/none", "none", "ar"))
    await page.getByText(textsIn("ar").part.notFound).waitFor()
    await close()
  })

  it("count down in words until a visitor may send again", async () => {
    const { page, close } = await visit(world, landing("/limited", "limited", "de"))
    const send = async (name) => {
      await page.getByLabel("Name").fill(name)
      await page.getByRole("button", { name: textsIn("pl").shared.submit }).click()
    }
    await send("Ada Lovelace")
    await page.getByRole("heading", { name: textsIn("pl").page.thanks }).waitFor()
    await page.reload()
    await send("Grace Hopper")
    await page.getByRole("heading", { name: textsIn("pl").part.tooManyAttempts }).waitFor()
    assert.match(await page.getByRole("alert").innerText(), /Proszę spróbować ponownie za (10|9|\d+) minut\./)
    await close()
  })

  describe("without a form", () => {
    for (const [locale, language] of [["pl-PL", "pl"], ["sv-SE", "en"]]) {
      it(`answer a browser in ${locale} in ${language}`, async () => {
        const { page, close } = await visit(world, `${world.service.origin}/f/none`, { locale, isAlone: true })
        const { page: hosted } = textsIn(language)
        await page.getByRole("heading", { name: hosted.formNotFound }).waitFor()
        await page.getByText(hosted.formNotFoundText).waitFor()
        await page.goto(`${world.service.origin}/f/any`)
        await page.getByRole("button", { name: textsIn(language).shared.submit }).waitFor()
        assert.equal(await page.locator("html").getAttribute("lang"), locale === "pl-PL" ? locale : "en")
        await close()
      })
    }
  })
})

function limited() {
  return demoForm({
    key: "limited", locale: "pl", submit_label: undefined, on_success: undefined,
    fields: [{ name: "name", type: "text", label: "Name", required: true }],
    rate_limits: [{ name: "visitor", quota: 1, window_s: 600, partition: "visitor" }],
  })
}
