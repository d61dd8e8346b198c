// The dialog New form: a template, its language, a heading, of which the key is made, and where the form goes.
import { change } from "../address.js"
import { ask } from "../api.js"
import { button, dialog, div, failed, h, labelled, select } from "../dom.js"
import { LANGUAGES } from "./members.js"
import { latin, uniqueName } from "./names.js"
import { LOCAL, NO_ADDRESS, addressIn } from "./origin.js"

// The files of templates/, with their headings, and what each is for.
export const TEMPLATES = {
  contact: ["Contact us", "Name, email, phone and a message"],
  demo: ["Request a demo", "Who they are, their company and what they want to see"],
  newsletter: ["Newsletter", "Email, with consent and topics"],
  quote: ["Get a quote", "What they need, by when, for how much"],
  event: ["Register for the event", "Who comes, with how many, to which session"],
  callback: ["Request a call", "A phone number and a good time"],
  job: ["Apply for a job", "Position, profile and letter"],
}
const EMPTY = ["", "An email field, and what you add"]
const EMPTY_FORM = {
  fields: [{ name: "email", type: "email", label: "Email", required: true, autocomplete: "email" }],
  honeypot: true,
}
// As in the templates' consents.
const PRIVACY_LINK = /\[(.+?)\]\(.+?\)/g
const MAX_KEY_LENGTH = 40

// Makes a draft and opens it. `created` is called when the list of forms has changed.
export async function newForm(session, created) {
  // Another person may have made one meanwhile.
  await session.loadForms()
  const taken = session.forms.map(({ key }) => key)
  const text = (name, attributes) => h("input", { name, autocomplete: "off", ...attributes })
  const title = text("title", { required: true, maxlength: 200 })
  const key = text("key", { required: true, pattern: "[a-z0-9][a-z0-9_\\-]{0,63}", maxlength: 64, spellcheck: "false", autocapitalize: "off" })
  const page = text("page", { inputmode: "url", placeholder: "https://www.example.com/contact" })
  const privacy = text("privacy", { inputmode: "url", placeholder: "https://www.example.com/privacy" })
  const choices = Object.entries({ ...TEMPLATES, empty: EMPTY }).map(([name, [heading, words]], index) =>
    h("label", { class: "template" },
      h("input", { type: "radio", name: "template", value: name, checked: index === 0 }),
      h("span", {}, h("strong", {}, heading || "Empty form"), h("span", { class: "hint" }, words))))
  const language = select("language", LANGUAGES)
  // The template's English texts with those in the language, from template-texts/, or the promise of them.
  let texts = {}
  language.addEventListener("input", () => {
    texts = language.value === "en" ? {} : fetch(`/console/template-texts/${language.value}.json`).then((response) => response.json())
  })

  dialog("New form", (close) => {
    const form = h("form", { class: "new-form" },
      h("fieldset", {}, h("legend", {}, "Begin with"), div("templates", choices)),
      labelled("Language of the form", language),
      labelled("Heading, which visitors read", title),
      labelled("Key: its name in addresses, which stays", key),
      labelled("Address of the page where the form goes, if you know it", page),
      labelled("Address of your privacy policy, if you have one", privacy),
      div("actions", button("Cancel", close), button("Create the form", async () => {
        await suggest(form)
        if (!form.reportValidity()) return
        await ask("PUT", `forms/${key.value}`, { body: await definitionOf(form.elements.template.value) })
        created()
        close()
        change({ id: key.value })
      }, { type: "submit", class: "main" })))
    form.addEventListener("input", ({ target }) => suggest(form, target).catch(failed))
    form.addEventListener("submit", (event) => event.preventDefault())
    suggest(form)
    return form
  })

  // What is not typed follows from the template, and the key from the heading. What is being typed in may be empty meanwhile.
  async function suggest({ elements }, typed) {
    const own = await texts
    const [english] = TEMPLATES[elements.template.value] ?? EMPTY
    if (typed !== title) offer(title, own[english] ?? english)
    if (typed !== key) offer(key, keyOf(title.value, taken))
    key.setCustomValidity(taken.includes(key.value) ? "There is a form with this key already" : "")
    for (const control of [page, privacy]) {
      control.setCustomValidity(!control.value.trim() || addressOf(control) ? "" : NO_ADDRESS)
    }
  }

  async function definitionOf(template) {
    const own = await texts
    const text = TEMPLATES[template] ? await (await fetch(`/console/templates/${template}.json`)).text() : JSON.stringify(EMPTY_FORM)
    const { locale: english, ...rest } = JSON.parse(text, (_, value) => own[value] ?? value)
    const locale = language.value === "en" ? english : language.value
    const link = addressOf(privacy)
    return {
      key: key.value,
      ...locale && { locale },
      ...rest,
      title: title.value.trim(),
      allowed_origins: [addressOf(page)?.origin ?? LOCAL],
      fields: rest.fields.map((field) => field.text ? { ...field, text: field.text.replace(PRIVACY_LINK, link ? `[$1](${link})` : "$1") } : field),
    }
  }
}

// Gives a control a text in place of the one that it was given before, its default, unless another one was typed.
function offer(control, text) {
  if (["", control.defaultValue].includes(control.value)) control.value = text
  control.defaultValue = text
}

// A key that no form has, of what is Latin in a heading.
export function keyOf(title, taken) {
  return uniqueName(latin(title, "-", MAX_KEY_LENGTH) || "form", taken, "-")
}

// The address in a control, as a URL; undefined for none.
function addressOf({ value }) {
  return addressIn(value.trim())
}
