// Rows of the checklist about the builder of the console, in any browser: ./browsers.test.mjs.
import assert from "node:assert/strict"

import { snippetsOf } from "../../www/console/builder/snippets.js"
import { until } from "../support/until.mjs"
import { reactApplication } from "./applications.mjs"
import { startEdge } from "./edge.mjs"
import { demoForm } from "./forms.mjs"

const ENTER = "\uE007"

// What the expressions below find in the console.
const FINDERS = `
  const one = (selector, text) => [...document.querySelectorAll(selector)].find((node) => node.checkVisibility() && node.textContent.trim().startsWith(text))
  const button = (text) => one("button", text)
  const tab = (text) => one("[role=tab]", text)
  const labelled = (text) => [...document.querySelectorAll("input, textarea, select")]
    .find((node) => node.checkVisibility() && [...node.labels].some(({ textContent }) => textContent.trim().startsWith(text)))
  const preview = () => document.querySelector("iframe").contentDocument?.querySelector("lead-form")?.shadowRoot
  const formIn = (root) => [...root.querySelectorAll("form *")].map((node) => [node.localName, node.type, node.required, node.children.length > 0 || node.textContent])
`

export const ROWS = [
  [[27, 32, 33, 35, 36], "builder: a bad pattern, the preview is the snippet, copying, a test, where it is seen", async ({ name, world, token, later, email, goto, read: readPage, see: seePage, click: clickAt, press }) => {
    const within = (expression) => `(() => { ${FINDERS}; return ${expression} })()`
    const [read, see, click] = [readPage, seePage, clickAt].map((act) => (expression) => act(within(expression)))
    const type = async (target, text) => {
      await see(target)
      await read(`(${target}.focus(), ${target}.select())`)
      await press(text)
    }
    const edge = await startEdge(world.service, 0, { authorization: `Bearer ${token}` })
    later(() => edge.stop())
    const key = `made-in-${name.toLowerCase()}`

    await goto(`${edge.origin}/console/?tab=forms`)
    await see("button('New form')")
    await click("button('New form')")
    await see("labelled('Empty form')")
    await click("labelled('Empty form')")
    await type("labelled('Heading')", key.replaceAll("-", " "))
    await type("[...document.querySelectorAll('dialog input')].find(({ labels }) => [...labels].some(({ textContent }) => textContent.includes('page where the form goes')))", `${world.landing.origin}/${key}`)
    await click("button('Create the form')")
    await see("document.querySelector('.builder')")
    await click("one('summary', 'Add a field')")
    await click("button('Text, one line')")
    await type("labelled('Label')", "Your name")

    // What a browser would ignore is named, and what it would take is not.
    await read("one('summary', 'What is accepted').parentNode.open = true")
    await type("labelled('Pattern')", "[a-z-]+")
    await see("document.querySelector('.builder').textContent.includes('browsers would ignore it')")
    await type("labelled('Pattern')", "[a-zA-Z \\-]+")
    await see("!document.querySelector('.builder').textContent.includes('browsers would ignore it')")
    await see("preview()?.querySelector('[name=your_name]')?.pattern === '[a-zA-Z \\\\-]+'")
    const shown = await read("formIn(preview())")

    await see("!button('Publish').disabled")
    // The button is not there for a click while the draft is stored.
    await until(async () => {
      await click("button('Publish')")
      return read("document.querySelector('dialog[open]') !== null")
    }, () => "no dialog")
    await click("[...document.querySelectorAll('dialog[open] button')].find(({ textContent }) => textContent.trim() === 'Publish')")
    await see("document.body.textContent.includes('Version 1 is published.')")
    await see("document.querySelector('#panel-snippet pre')")
    const code = await read("document.querySelector('#panel-snippet pre').textContent")
    // The panel is drawn anew when the draft is gone, and its button has lost the focus then.
    await until(async () => {
      await read("one('#panel-snippet button', 'Copy').focus()")
      await press(ENTER)
      return read("document.getElementById('announce').textContent.includes('copied')")
    }, () => "nothing is copied")
    if (name === "Firefox") assert.equal(await read("navigator.clipboard.readText()"), code)

    // On the page of a customer, without what the console's address adds.
    const landing = world.landing.publish(`/${key}`, code.replaceAll(edge.origin, world.service.origin))
    await goto(landing.url)
    await seePage("field('your_name')")
    assert.deepEqual(await read("formIn(document.querySelector('lead-form').shadowRoot)"), shown)

    await goto(`${world.service.origin}/f/${key}?test`)
    await readPage("document.querySelector('[name=email]').focus()")
    await press(email)
    await readPage("document.querySelector('main button').click()")
    const [lead] = await world.leadsFrom(email)
    assert.equal(lead.is_test, 1)

    if (name !== "Firefox") return
    // What is counted is written after a response, at most once in ten seconds.
    const { origin } = new URL(landing.url)
    await until(async () => {
      await fetch(`${world.service.origin}/v1/forms/${key}`, { headers: { origin } })
      await new Promise((resolve) => setTimeout(resolve, 500))
      const response = await fetch(`${edge.origin}/api/forms/${key}/pages`)
      return (await response.text()).includes(origin)
    }, () => `${origin} is not listed`)
    await goto(`${edge.origin}/console/?tab=forms&id=${key}`)
    await see("tab('Snippet')")
    await read("tab('Snippet').click()")
    await see(`document.querySelector("#panel-snippet").textContent.includes("Seen on ${origin}")`)
  }],

  [34, "the code of the tab for React: shown, left and shown again", async ({ world, open, see, click, send }) => {
    const snippets = snippetsOf({ key: "demo", service: world.service.origin, definition: demoForm(), version: 1 })
    const { code: [{ text }] } = snippets.find(({ name }) => name === "React")
    world.landing.serve("/row-34.js", await reactApplication(text), { "Content-Type": "text/javascript" })
    await open("<div id=\"app\"></div><script src=\"/row-34.js\"></script>")
    await see("field('name')")
    await click("document.querySelector('#app button')")
    await see("document.querySelector('lead-form') === null")
    await click("document.querySelector('#app button')")
    await see("field('name')")
    await send()
  }],
]
