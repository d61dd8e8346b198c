// Chance that repeats itself: the same seed, the same cases.

// mulberry32
export function seeded(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count) => Math.floor(next() * count)
  const pick = (list) => list[below(list.length)]
  return {
    below,
    pick,
    chance: (share) => next() < share,
    // A word of up to `length` pieces of the alphabet.
    word: (alphabet, length) => Array.from({ length: below(length + 1) }, () => pick(alphabet)).join(""),
    // At most `count` of a list, in its order.
    some(list, count) {
      const left = list.map((_, index) => index)
      while (left.length > count) left.splice(below(left.length), 1)
      return left.map((index) => list[index])
    },
  }
}
