// The script element that loads the widget, and what is read from the document only while it runs.
import { genuine } from "./dom.js"

const page = globalThis.document

// Set only while a classic script runs for the first time: a module, an import or a bundle has no script element.
export const SCRIPT = page && genuine(page, "currentScript")
export const REFERRER = page && genuine(page, "referrer")
