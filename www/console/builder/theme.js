// The part Look of the settings: colours with their contrast, corners, font, light or dark.
import { bdi, button, div, fill, h, p } from "../dom.js"
import { choiceInput } from "./choice.js"
import { DARK, LIGHT, MIN_CONTRAST, colorOf, contrastOf, nearestOn, shown } from "./contrast.js"
import { bound, inputOf } from "./inputs.js"

// The colours of a form without one, as the widget has them.
const BLUE = "#1a56b0"
const BLUE_ON_DARK = "#8ab4f8"
const FONTS = [
  ["", "The system's"], ["inherit", "That of the page around the form"], ["Arial, Helvetica, sans-serif", "Arial"],
  ["Verdana, sans-serif", "Verdana"], ["Georgia, serif", "Georgia"], ["\"Times New Roman\", serif", "Times"],
  ["ui-monospace, monospace", "Monospace"],
]

// `rest` are the inputs for light or dark, the background and the corners.
export function themePart(builder, rest) {
  const { model } = builder
  const schemeOf = () => model.get(["theme", "scheme"]) ?? "light"
  const onDark = bound(div("", color("accent_dark", "Colour where the visitor's system is dark", () => DARK, () => {
    const accent = colorOf(model.get(["theme", "accent"]))
    return accent ? nearestOn(accent, DARK) : BLUE_ON_DARK
  })), (node) => node.hidden = schemeOf() !== "auto" && !model.get(["theme", "accent_dark"]))
  return [
    color("accent", "Colour of buttons and links", () => schemeOf() === "dark" ? DARK : LIGHT, () => schemeOf() === "dark" ? BLUE_ON_DARK : BLUE),
    onDark,
    rest,
    choiceInput(builder, ["theme", "font"], {
      label: "Font", options: FONTS, own: ["Another font…", "Names of fonts that visitors have, with commas"],
    }),
  ]

  // A colour to pick or to type, with its contrast to the background that it is read on.
  function color(name, label, backgroundOf, usual) {
    const path = ["theme", name]
    const picker = h("input", { type: "color", "aria-label": `${label}: pick it` })
    picker.addEventListener("input", () => model.set(path, picker.value, { isTyping: true }))
    const contrast = div("contrast")
    const text = inputOf(builder, path, { label, attributes: { spellcheck: "false", maxlength: 9 } })
    const use = button("", () => {
      model.set(path, use.dataset.color)
      text.querySelector("input").focus()
    })
    return bound(div("color", div("pair", text, picker), contrast), () => {
      const given = model.get(path)
      const current = colorOf(given ?? usual())
      text.querySelector("input").placeholder = usual()
      if (!current) return fill(contrast, given && p("hint", "This is no colour like #1a56b0."))
      if (picker.value !== current) picker.value = current
      const on = backgroundOf()
      const found = contrastOf(current, on.background)
      const isEnough = found >= MIN_CONTRAST
      contrast.classList.toggle("short", !isEnough)
      const words = `Contrast with its background: ${shown(found)}, ${isEnough ? "easy enough to read." : "too little to read: 4.5:1 is needed."}`
      use.dataset.color = nearestOn(current, on)
      fill(use, "Use ", swatch(use.dataset.color), bdi(use.dataset.color), ", the nearest readable colour")
      const isOffered = use.isConnected
      if (contrast.firstChild?.textContent !== words || isOffered === isEnough) fill(contrast, p("hint", words), !isEnough && use)
    })
  }
}

function swatch(color) {
  const node = h("span", { class: "swatch" })
  node.style.background = color
  return node
}
