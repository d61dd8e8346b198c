// The widget's script, bundled into `/embed.js`: defines `<lead-form>`. `tools/www.mjs` bundles it.
import { attribution } from "./attribution.js"
import { LeadForm } from "./element.js"

// The script may run more than once on a page, and where there is no page: in a server that renders one.
if (globalThis.customElements && !customElements.get("lead-form")) {
  // A page without a form counts as a touch, too.
  attribution.note()
  customElements.define("lead-form", LeadForm)
}
