// A QR code of an address: ISO/IEC 18004, byte mode, error correction M, versions 1 to 10. Pure.

// The most bytes of a text: version 10 with error correction M.
export const MAX_BYTES = 213
// For each version, bytes of error correction in a block, and the number of blocks.
const BLOCKS = [[10, 1], [16, 1], [26, 1], [18, 2], [24, 2], [16, 4], [18, 4], [22, 4], [22, 5], [26, 5]]
// Always mask 3 of 8, which inverts each third diagonal: any can be read, and of blurred and noisy codes of form addresses, as
// many were read as with the masks that section 7.8.3 chooses.
const MASK = 3
// Powers of 2 in the field of 256 elements that has the polynomial 0x11d.
const POWERS = []
for (let power = 1; POWERS.length < 255; power = power << 1 ^ (power > 127 ? 0x11d : 0)) POWERS.push(power)

// The modules as rows of booleans, true for dark, without the margin of four; undefined when the text is too long.
export function qrOf(text) {
  const bytes = [...new TextEncoder().encode(text)]
  for (let version = 1; version <= BLOCKS.length; version += 1) {
    const capacity = dataBytes(version)
    // The mode, the length in 8 or 16 bits.
    const head = [[4, 4], [bytes.length, version < 10 ? 8 : 16]]
    const bits = [...head, ...bytes.map((byte) => [byte, 8])].flatMap(([value, length]) => bitsOf(value, length))
    if (bits.length <= capacity * 8) return drawn(version, codewords(version, bits, capacity))
  }
}

function bitsOf(value, length) {
  return Array.from({ length }, (_, index) => value >> length - 1 - index & 1)
}

// All bytes of a version: the modules that no pattern takes.
function allBytes(version) {
  const alignments = version > 1 ? Math.trunc(version / 7) + 2 : 0
  const taken = alignments && 25 * alignments ** 2 - 10 * alignments - 55
  return Math.trunc(((16 * version + 128) * version + 64 - taken - (version > 6 ? 36 : 0)) / 8)
}

function dataBytes(version) {
  const [correction, blocks] = BLOCKS[version - 1]
  return allBytes(version) - correction * blocks
}

// The data in blocks, each with its error correction, interleaved.
function codewords(version, bits, capacity) {
  const [correction, count] = BLOCKS[version - 1]
  const data = []
  for (let at = 0; at < bits.length; at += 8) data.push(Number.parseInt(bits.slice(at, at + 8).join("").padEnd(8, "0"), 2))
  for (let pad = 0xec; data.length < capacity; pad ^= 0xfd) data.push(pad)
  const blocks = []
  for (let index = 0, at = 0; index < count; index += 1) {
    // The last blocks have a byte more where the bytes cannot be shared out evenly.
    const size = Math.trunc((capacity + index) / count)
    blocks.push(data.slice(at, at += size))
  }
  const generator = generatorOf(correction)
  const interleaved = (lists) => Array.from({ length: lists.at(-1).length }, (_, index) => lists.map((list) => list[index]))
    .flat().filter((byte) => byte !== undefined)
  return [...interleaved(blocks), ...interleaved(blocks.map((block) => remainder(block, generator)))]
}

function product(one, other) {
  return one && other && POWERS[(POWERS.indexOf(one) + POWERS.indexOf(other)) % 255]
}

// The polynomial with the roots 1, 2, 4, … without its first coefficient, which is 1.
function generatorOf(degree) {
  let generator = [1]
  for (let root = 0; root < degree; root += 1) {
    generator = [...generator, 0].map((coefficient, index) => coefficient ^ product(generator[index - 1] ?? 0, POWERS[root]))
  }
  return generator.slice(1)
}

function remainder(block, generator) {
  return block.reduce((rest, byte) => {
    const factor = byte ^ rest[0]
    return [...rest.slice(1), 0].map((value, index) => value ^ product(generator[index], factor))
  }, generator.map(() => 0))
}

function drawn(version, bytes) {
  const size = version * 4 + 17
  const modules = Array.from({ length: size }, () => Array(size).fill(undefined))
  const set = (y, x, value) => {
    if (y in modules && x in modules[y] && modules[y][x] === undefined) modules[y][x] = Boolean(value)
  }
  // Rings around a centre: dark, but for the distances `light`.
  const rings = (top, left, radius, ...light) => {
    for (let y = -radius; y <= radius; y += 1) {
      for (let x = -radius; x <= radius; x += 1) set(top + y, left + x, !light.includes(Math.max(Math.abs(y), Math.abs(x))))
    }
  }
  for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) rings(y, x, 4, 2, 4)
  const [first, last] = [6, size - 7]
  const centres = version === 1 ? [] : version < 7 ? [first, last] : [first, (first + last) / 2, last]
  for (const y of centres) {
    for (const x of centres) if (modules[y][x] === undefined) rings(y, x, 2, 1)
  }
  for (let at = 8; at < size - 8; at += 1) {
    set(6, at, at % 2 === 0)
    set(at, 6, at % 2 === 0)
  }
  if (version > 6) {
    bitsOf(version << 12 | rest(version, 0x1f25, 12), 18).reverse().forEach((bit, index) => {
      const [far, near] = [size - 11 + index % 3, Math.trunc(index / 3)]
      set(far, near, bit)
      set(near, far, bit)
    })
  }
  // The mask, twice, for error correction M, whose bits are 00.
  const format = bitsOf((MASK << 10 | rest(MASK, 0x537, 10)) ^ 0x5412, 15).reverse()
  format.forEach((bit, index) => {
    set(index < 6 ? index : index < 8 ? index + 1 : size - 15 + index, 8, bit)
    set(8, index < 8 ? size - 1 - index : index < 9 ? 7 : 14 - index, bit)
  })
  set(size - 8, 8, true)
  const bits = bytes.flatMap((byte) => bitsOf(byte, 8))
  let next = 0
  for (let right = size - 1; right > 0; right -= 2) {
    // The column of the timing pattern is left out.
    if (right === 6) right = 5
    for (let step = 0; step < size; step += 1) {
      const y = (right + 1 & 2) === 0 ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (modules[y][x] === undefined) modules[y][x] = Boolean(bits[next++]) !== ((y + x) % 3 === 0)
      }
    }
  }
  return modules
}

// The remainder of a BCH code.
function rest(value, polynomial, degree) {
  let left = value
  for (let step = 0; step < degree; step += 1) left = left << 1 ^ (left >> degree - 1 & 1) * polynomial
  return left & (1 << degree) - 1
}
