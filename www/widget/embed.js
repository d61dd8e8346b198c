// The widget's script, bundled into `/embed.js`: defines `<lead-form>`. `tools/www.mjs` bundles it.
import { attribution } from "./attribution.js"
import { genuine } from "./dom.js"
import { LeadForm } from "./element.js"
import { serviceOf } from "./service.js"

// Elements of the page that stand for a form or open one: ./places.js.
const PLACES = "[data-lead-form],[data-lead-form-open]"

// The script may run more than once on a page, and where there is no page: in a server that renders one.
if (globalThis.customElements && !customElements.get("lead-form")) {
  // A page without a form counts as a touch, too.
  attribution.note()
  customElements.define("lead-form", LeadForm)
  // A form's own may be hidden by its fields.
  const { matches, querySelector } = Element.prototype
  const observer = new MutationObserver((records) => records.forEach(({ addedNodes }) => addedNodes.forEach(seek)))
  observer.observe(document, { childList: true, subtree: true })
  seek(genuine(document, "documentElement"))

  // Loads the part for such elements, which starts by itself, when the first one is in the page.
  async function seek(node) {
    const place = node instanceof Element && (matches.call(node, PLACES) ? node : querySelector.call(node, PLACES))
    if (!place) return
    observer.disconnect()
    import(`${await serviceOf(place, place.dataset.service)}/widget/places.js`).catch(() => {})
  }
}
