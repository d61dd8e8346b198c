// The contrast of two colours, and the nearest colour with enough of it: the steps of src/form/contrast.rs, so that this page
// offers the colour that the service would name. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio

// The least contrast of text with its background: WCAG 2.2, success criterion 1.4.3.
export const MIN_CONTRAST = 4.5
// The backgrounds of a form, with the end to which a colour is moved to be readable on them.
export const LIGHT = { background: "#ffffff", end: 0 }
export const DARK = { background: "#1c2126", end: 255 }
// Light that a screen reflects, as a share of white.
const FLARE = 0.05

// A colour in digits as #rrggbb; undefined when it is none.
export function colorOf(text) {
  const digits = /^\s*#(([0-9a-f]{3,4}){1,2})\s*$/i.exec(text)?.[1].toLowerCase()
  if (!digits || digits.length === 7) return undefined
  return `#${(digits.length < 6 ? digits.replace(/./g, "$&$&") : digits).slice(0, 6)}`
}

// From 1 to 21; both colours are #rrggbb.
export function contrastOf(color, background) {
  const [one, other] = [color, background].map(luminance)
  return (Math.max(one, other) + FLARE) / (Math.min(one, other) + FLARE)
}

// A contrast as it is shown: cut, not rounded, since 4.49 must not be shown as 4.5.
export function shown(contrast) {
  return `${(Math.trunc(contrast * 10) / 10).toFixed(1)}:1`
}

// The colour with the least of black or white mixed in that is readable.
export function nearestOn(color, { background, end }) {
  for (let share = 0; ; share += 1) {
    const mixed = channels(color).map((channel) => Math.trunc((channel * (255 - share) + end * share) / 255))
    const found = `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`
    if (share === 255 || contrastOf(found, background) >= MIN_CONTRAST) return found
  }
}

function luminance(color) {
  const [red, green, blue] = channels(color).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function channels(color) {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
}
