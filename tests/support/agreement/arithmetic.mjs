// Sums and products of decimals, in full.

export function plus(text, other) {
  const [digits, scale] = parse(text)
  const [more, otherScale] = parse(other)
  const common = Math.max(scale, otherScale)
  return print(digits * 10n ** BigInt(common - scale) + more * 10n ** BigInt(common - otherScale), common)
}

export function times(text, other) {
  const [digits, scale] = parse(text)
  const [more, otherScale] = parse(other)
  return print(digits * more, scale + otherScale)
}

// As a number of digits, the last `scale` of which are behind the point.
function parse(text) {
  const [, sign, whole, fraction = "", exponent = "0"] = /^(-?)(\d*)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text)
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(`${sign}${whole}${fraction}`)
  return scale < 0 ? [digits * 10n ** BigInt(-scale), 0] : [digits, scale]
}

function print(digits, scale) {
  const unsigned = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0")
  const point = unsigned.length - scale
  const fraction = unsigned.slice(point).replace(/0+$/, "")
  return `${digits < 0n ? "-" : ""}${unsigned.slice(0, point)}${fraction && `.${fraction}`}`
}
