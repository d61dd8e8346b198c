// Elements of the page that stand for a form, for builders that strip unknown elements: `<div data-lead-form="demo">`; and those
// that open one in a popup: `<a href="…/f/demo" data-lead-form-open="demo">`. A part of its own, `/widget/places.js`, which is
// loaded when the page has such an element. Importing it starts it.
import { element, genuine } from "./dom.js"
import { popupOf } from "./popup.js"

const SERVICE = new URL(import.meta.url).origin
// Attributes of <lead-form>, here after `data-`; `data-layer` is called so there, too.
const SHARED = /^data-(service|light|height|value-.+)$/

// A form's own members may be hidden by its fields.
const { matches, querySelectorAll } = Element.prototype

// By what makes two of them differ.
const popups = new Map()

function isA(node, selector) {
  return node instanceof Element && matches.call(node, selector)
}

function formOf(place, key, ...children) {
  const attributes = { form: key, service: SERVICE }
  for (const { name, value } of place.attributes) {
    if (SHARED.test(name)) attributes[name.slice("data-".length)] = value
    if (name === "data-layer") attributes[name] = value
  }
  return element("lead-form", attributes, ...children)
}

// The element's content becomes the form's fallback. A script that rewrites the page may have taken the form out.
function fill(node) {
  if (!isA(node, "[data-lead-form]") || node.querySelector(":scope > lead-form")) return
  node.append(formOf(node, node.dataset.leadForm, ...node.childNodes))
}

// What opens a popup, if it is where the event is.
function openerOf(event) {
  return event.composedPath().find((node) => isA(node, "[data-lead-form-open]"))
}

function popupFor(opener) {
  const form = formOf(opener, opener.dataset.leadFormOpen)
  const name = JSON.stringify([...form.attributes].map(({ name, value }) => [name, value]))
  if (!popups.get(name)?.isUsable()) popups.set(name, popupOf(form))
  return popups.get(name)
}

function start() {
  const fillAll = (node) => querySelectorAll.call(node, "[data-lead-form]").forEach(fill)
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) for (const node of [target, ...addedNodes]) {
      fill(node)
      if (node !== target && node instanceof Element) fillAll(node)
    }
  }).observe(document, { childList: true, subtree: true })
  fillAll(genuine(document, "documentElement"))

  // The form is loaded when the visitor is about to open it.
  for (const type of ["pointerover", "focusin"]) {
    addEventListener(type, (event) => {
      const opener = openerOf(event)
      if (opener) popupFor(opener)
    }, { passive: true })
  }
  addEventListener("click", (event) => {
    const opener = openerOf(event)
    // A link may still be opened in another tab.
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    popupFor(opener).open(opener)
  })
}

start()
