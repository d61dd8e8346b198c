// A QR code of an address: ISO/IEC 18004, byte mode, error correction M, versions 1 to 10. Pure.

// The most bytes of a text: version 10 with error correction M.
export const MAX_BYTES = 213
// For each version, bytes of error correction in a block, and the number of blocks.
const BLOCKS = [[10, 1], [16, 1], [26, 1], [18, 2], [24, 2], [16, 4], [18, 4], [22, 4], [22, 5], [26, 5]]
// Error correction M and mask 3, with error correction of their own. Always mask 3 of 8, which inverts each third diagonal: any
// can be read, and of blurred and noisy codes of form addresses, as many were read as with the masks that section 7.8.3 chooses.
const FORMAT = 0x5b4b
// The numbers of the versions from 7, with their error correction.
const VERSIONS = [0x7c94, 0x85bc, 0x9a99, 0xa4d3]

// The modules as rows of booleans, true for dark, without the margin of four; undefined when the text is too long.
export function qrOf(text) {
  const bytes = [...new TextEncoder().encode(text)]
  for (let version = 1; version <= BLOCKS.length; version += 1) {
    const modules = patternsOf(version)
    const [correction, count] = BLOCKS[version - 1]
    const capacity = (modules.flat().filter((module) => module === null).length >> 3) - correction * count
    // In digits of four bits: the mode, the length, the text, the end.
    const digits = `4${hex(bytes.length, version > 9 ? 4 : 2)}${bytes.map((byte) => hex(byte, 2)).join("")}0`
    const data = digits.match(/../g).map((pair) => Number.parseInt(pair, 16))
    if (data.length > capacity) continue
    for (let pad = 0xec; data.length < capacity; pad ^= 0xfd) data.push(pad)
    // The last blocks have a byte more where the bytes cannot be shared out evenly.
    const blocks = Array.from({ length: count }, (_, index) => data.splice(0, Math.trunc((capacity + index) / count)))
    const generator = generatorOf(correction)
    place([...interleaved(blocks), ...interleaved(blocks.map((block) => remainder(block, generator)))], modules)
    return modules
  }
}

function hex(number, digits) {
  return number.toString(16).padStart(digits, "0")
}

function interleaved(lists) {
  return lists.at(-1).flatMap((_, index) => lists.map((list) => list[index])).filter((byte) => byte !== undefined)
}

// In the field of 256 elements that has the polynomial 0x11d.
function product(one, other) {
  let result = 0
  for (let bit = 7; bit >= 0; bit -= 1) result = result << 1 ^ (result >> 7) * 0x11d ^ (other >> bit & 1) * one
  return result
}

// The polynomial with the roots 1, 2, 4, … without its first coefficient, which is 1.
function generatorOf(degree) {
  let generator = []
  for (let root = 1; generator.length < degree; root = product(root, 2)) {
    generator = [...generator, 0].map((coefficient, index) => coefficient ^ product(generator[index - 1] ?? 1, root))
  }
  return generator
}

function remainder(block, generator) {
  return block.reduce((rest, byte) =>
    generator.map((coefficient, index) => rest[index + 1] ^ product(coefficient, byte ^ rest[0])), [])
}

// The modules that are the same for all texts of a version; null for the others.
function patternsOf(version) {
  const size = version * 4 + 17
  const modules = Array.from({ length: size }, () => Array(size).fill(null))
  const set = (y, x, value) => {
    if (modules[y]?.[x] === null) modules[y][x] = Boolean(value)
  }
  // Rings around a centre: dark, but for the distances `light`.
  const rings = (top, left, radius, ...light) => {
    for (let y = -radius; y <= radius; y += 1) {
      for (let x = -radius; x <= radius; x += 1) set(top + y, left + x, !light.includes(Math.max(Math.abs(y), Math.abs(x))))
    }
  }
  for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) rings(y, x, 4, 2, 4)
  const step = (size - 13) / (version > 6 ? 2 : 1)
  for (let y = 6; y < size; y += step) {
    for (let x = 6; x < size; x += step) if (version > 1 && modules[y][x] === null) rings(y, x, 2, 1)
  }
  for (let at = 0; at < size; at += 1) {
    set(6, at, at % 2 === 0)
    set(at, 6, at % 2 === 0)
  }
  for (let at = 0; at < 18 && version > 6; at += 1) {
    const [far, near, bit] = [size - 11 + at % 3, Math.trunc(at / 3), VERSIONS[version - 7] >> at & 1]
    set(far, near, bit)
    set(near, far, bit)
  }
  // The format, twice.
  for (let at = 0; at < 15; at += 1) {
    const bit = FORMAT >> at & 1
    set(at < 6 ? at : at < 8 ? at + 1 : size - 15 + at, 8, bit)
    set(8, at < 8 ? size - 1 - at : at < 9 ? 7 : 14 - at, bit)
  }
  set(size - 8, 8, true)
  return modules
}

// Puts bytes into the modules that are null, in columns of two, upwards and downwards in turn; zeros after the last byte.
function place(bytes, modules) {
  const size = modules.length
  let next = 0
  for (let right = size - 1; right > 0; right -= 2) {
    // The column of the timing pattern is left out.
    if (right === 6) right = 5
    for (let step = 0; step < size; step += 1) {
      const y = (right + 1 & 2) === 0 ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (modules[y][x] !== null) continue
        const bit = bytes[next >> 3] >> 7 - next % 8 & 1
        modules[y][x] = Boolean(bit) !== ((y + x) % 3 === 0)
        next += 1
      }
    }
  }
}
