// The service of a form: the http(s) origin that the widget's requests go to.
import { originOf, parseUrl } from "./address.js"
import { SCRIPT } from "./script.js"

// `given` is what the page sets. A script that is a module, is inlined or is part of a bundle is not at its service: then the
// link to a hosted page is, which `node` is or has. Undefined for a service that is no http(s) origin.
export async function serviceOf(node, given) {
  if (given) return originOf(given)
  const script = parseUrl(SCRIPT?.src)
  if (script?.pathname.endsWith("/embed.js")) return originOf(script)
  // The parser connects an element before it has parsed its content.
  if (document.readyState === "loading") await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve))
  const links = [node, ...node.querySelectorAll("a[href]")].map(({ href }) => parseUrl(href))
  return originOf(links.find((url) => url?.pathname.startsWith("/f/")) ?? script ?? location.href)
}
