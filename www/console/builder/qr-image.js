// A QR code as an image, on white with a margin of four modules, as scanners want it.
import { button, div, saveFile } from "../dom.js"
import { qrOf } from "./qr.js"

const SVG = "http://www.w3.org/2000/svg"
const MARGIN = 4

// The image with a button that saves it, or nothing when the text is too long for one.
export function qrImage(text, name) {
  const rows = qrOf(text)
  if (!rows) return undefined
  const size = rows.length + 2 * MARGIN
  const dark = rows.flatMap((row, y) => row.map((isDark, x) => isDark ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : "")).join("")
  const image = node("svg", { xmlns: SVG, viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": `QR code of ${text}`, class: "qr" },
    node("path", { fill: "#fff", d: `M0 0h${size}v${size}H0z` }), node("path", { fill: "#000", d: dark }))
  return div("", image, button("Save as SVG", () => saveFile(`${name}.svg`, new Blob([new XMLSerializer().serializeToString(image)], { type: "image/svg+xml" }))))
}

function node(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}
