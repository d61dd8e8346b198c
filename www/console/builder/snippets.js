// The code that brings a form to a page, for each kind of page. Pure: texts in, texts out; whatever an owner typed is escaped.
import { addressIn } from "./origin.js"
import { plainForm } from "./plain-form.js"

export const LINK_TEXT = "Open the form"

// A list of { name, steps, code, policy }: `steps` state what to do; `code` is a list of { label, text }; `policy` is what a
// page with a Content-Security-Policy has to add, as the doctor names it. `service` is the service's origin; `version` the
// published one; `trap` the name of the honeypot, if there is one.
export function snippetsOf({ key, service, definition, version, trap }) {
  const page = `${service}/f/${key}`
  const title = definition.title || LINK_TEXT
  const script = `<script async src="${service}/embed.js"></script>`
  const link = `<a href="${page}" target="_top">${LINK_TEXT}</a>`
  const place = `<div data-lead-form="${key}">${link}</div>`
  const widget = `script-src ${service}; connect-src ${service}`
  const redirect = addressIn(definition.on_success?.redirect)?.origin
  return [
    {
      name: "HTML",
      steps: ["Paste this into your page, where the form belongs. Visitors without JavaScript get the link."],
      code: [{ label: "HTML", text: `<lead-form form="${key}">\n  ${link}\n</lead-form>\n${script}` }],
      policy: widget,
    },
    {
      name: "React",
      steps: ["Save this as LeadForm.jsx and put <LeadForm /> where the form belongs. It works in Next.js as it is."],
      code: [
        { label: "LeadForm.jsx", text: react(key, service, link) },
        { label: "Types, with TypeScript", text: REACT_TYPES },
      ],
      policy: widget,
    },
    {
      name: "Vue",
      steps: ["Save this as LeadForm.vue and put <LeadForm /> where the form belongs. It works in Nuxt as it is."],
      code: [{ label: "LeadForm.vue", text: vue(key, service, link) }],
      policy: widget,
    },
    {
      name: "WordPress",
      steps: [
        "In the editor of the page, add a block “Custom HTML” where the form belongs, and paste this.",
        "Save, and open the page: the editor's own preview shows only the link.",
        "If WordPress removes the script, your role may not use scripts: have an administrator put the second line into the site's header.",
      ],
      code: [{ label: "Custom HTML", text: `${place}\n${script}` }],
      policy: widget,
    },
    {
      name: "Webflow, Framer, Wix",
      steps: [
        "Webflow: add a “Code Embed”, paste the code, publish.",
        "Framer: insert “Embed”, choose HTML, paste the code, publish.",
        "Wix: add “Embed a Site” and give it the address.",
        "Allow the address of the preview, too, such as https://my-site.webflow.io.",
      ],
      code: [{ label: "Code", text: `${place}\n${script}` }, { label: "Address for Wix", text: `${page}?embed` }],
      policy: widget,
    },
    {
      name: "Tag manager",
      steps: [
        "Add a tag “Custom HTML” with this code, and a trigger for the page.",
        "In the first line, replace #form by the CSS selector of the element that the form goes into.",
        "Each lead pushes the event lead_form_success to the data layer.",
      ],
      code: [{ label: "Custom HTML tag", text: tag(`<lead-form form="${key}">${link}</lead-form>`, service) }],
      policy: widget,
    },
    {
      name: "Frame",
      steps: ["For pages that allow only frames. The script is optional: it gives the frame the height of its form."],
      code: [{
        label: "HTML",
        text: `<iframe src="${page}?embed" title="${escaped(title)}" width="100%" height="720" style="border: 0"></iframe>\n<script async src="${service}/widget/frame.js"></script>`,
      }],
      policy: `frame-src ${service}; script-src ${service}`,
    },
    {
      name: "Popup",
      steps: ["A link that opens the form over the page. Change its text and look as you like; a button works, too."],
      code: [{ label: "HTML", text: `<a href="${page}" data-lead-form-open="${key}">${escaped(title)}</a>\n${script}` }],
      policy: widget,
    },
    {
      name: "Your own design",
      steps: [
        `A plain form without a script, to style as you like. Keep the names of the fields${trap ? ", and the hidden input, which only robots fill in" : ""}.`,
        "Paste it again after you change the fields.",
        "If your site has a Referrer-Policy, add the line to its head; otherwise visitors may have to confirm.",
      ],
      code: [
        { label: "HTML", text: plainForm(definition, { action: page, version, trap, escaped }) },
        { label: "Line for the head", text: "<meta name=\"referrer\" content=\"strict-origin-when-cross-origin\">" },
      ],
      policy: `form-action ${service}${redirect ? ` ${redirect}` : ""}`,
    },
    {
      name: "Link",
      steps: ["The form on a page of its own, for e-mails, profiles and print."],
      code: [{ label: "Address", text: page }],
      qr: page,
    },
  ]
}

// A text in HTML, in an element or in an attribute with double quotes.
export function escaped(text) {
  return String(text).replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;" })[character])
}

function react(key, service, link) {
  return `"use client"
import { useEffect } from "react"

const SCRIPT = "${service}/embed.js"

export default function LeadForm() {
  useEffect(() => {
    if (document.querySelector(\`script[src="\${SCRIPT}"]\`)) return
    document.head.append(Object.assign(document.createElement("script"), { src: SCRIPT, async: true }))
  }, [])
  return (
    <lead-form form="${key}">
      ${link}
    </lead-form>
  )
}
`
}

const REACT_TYPES = `import "react"

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "lead-form": { form: string; children?: React.ReactNode }
    }
  }
}
`

// `v-pre`: Vue leaves the element as it is, and does not look for a component of its name.
function vue(key, service, link) {
  return `<script setup>
import { onMounted } from "vue"

const SCRIPT = "${service}/embed.js"

onMounted(() => {
  if (document.querySelector(\`script[src="\${SCRIPT}"]\`)) return
  document.head.append(Object.assign(document.createElement("script"), { src: SCRIPT, async: true }))
})
</script>

<template>
  <lead-form v-pre form="${key}">
    ${link}
  </lead-form>
</template>
`
}

// In the JavaScript of 2009, for which tag managers check.
function tag(element, service) {
  return `<script>
  var place = document.querySelector("#form");
  if (place && !place.querySelector("lead-form")) {
    place.insertAdjacentHTML("beforeend", '${element}');
  }
</script>
<script async src="${service}/embed.js" data-layer></script>
`
}
