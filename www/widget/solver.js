// Solves a proof of work of ALTCHA 3: finds the counter whose derived key begins with a prefix. A script of its own, which runs
// in a worker; where the page's policy forbids workers, ./challenge.js imports it.

// How long it works before it reports and lets other code run.
const CHUNK_MS = 50

// Gives the solution, or undefined once `isWanted` gives false. `report` gets the number of counters tried.
export async function solve({ nonce, salt, cost, keyPrefix }, report, isWanted) {
  const password = new Uint8Array([...bytesOf(nonce), 0, 0, 0, 0])
  const view = new DataView(password.buffer)
  const derive = derivation(bytesOf(salt), cost)
  const start = performance.now()
  let last = start
  for (let counter = 0; isWanted(); counter++) {
    view.setUint32(password.length - 4, counter)
    const derivedKey = hex(await derive(password))
    const now = performance.now()
    if (derivedKey.startsWith(keyPrefix)) return { counter, derivedKey, time: Math.round(now - start) }
    if (now - last < CHUNK_MS) continue
    report(counter)
    last = now
    await new Promise((resolve) => setTimeout(resolve))
  }
}

// PBKDF2 by the browser. Pages that are not secure have no `crypto.subtle`.
function derivation(salt, iterations) {
  const subtle = globalThis.crypto?.subtle
  if (!subtle) return (password) => derive(password, salt, iterations)
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt, iterations }
  return async (password) => {
    const key = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"])
    return new Uint8Array(await subtle.deriveBits(algorithm, key, 256))
  }
}

// The same without the browser's: RFC 8018 section 5.2, with HMAC-SHA-256 of RFC 2104.
function derive(password, salt, iterations) {
  const keyed = [0x36, 0x5c].map((pad) => {
    const block = new Uint8Array(64).fill(pad)
    password.forEach((byte, index) => block[index] ^= byte)
    return compress(INITIAL, words(block))
  })
  const mac = (block) => {
    const inner = compress(keyed[0], block)
    return compress(keyed[1], padded(inner, 96))
  }
  const first = new Uint8Array(64)
  first.set([...salt, 0, 0, 0, 1, 0x80])
  const block = words(first)
  block[15] = (64 + salt.length + 4) * 8
  let hash = mac(block)
  const sum = [...hash]
  for (let count = 1; count < iterations; count++) {
    hash = mac(padded(hash, 96))
    for (let index = 0; index < 8; index++) sum[index] ^= hash[index]
  }
  const bytes = new DataView(new ArrayBuffer(32))
  sum.forEach((word, index) => bytes.setUint32(index * 4, word))
  return new Uint8Array(bytes.buffer)
}

// The last block of a message of so many bytes that ends with a hash.
function padded(hash, length) {
  const block = new Uint32Array(16)
  block.set(hash)
  block[8] = 0x80000000
  block[15] = length * 8
  return block
}

function words(bytes) {
  const view = new DataView(bytes.buffer)
  return Uint32Array.from({ length: 16 }, (_, index) => view.getUint32(index * 4))
}

// The constants of FIPS 180-4: the first 32 bits of the fractions of the square roots of the first 8 primes, and of the cube
// roots of the first 64.
const PRIMES = Array.from({ length: 312 }, (_, number) => number).filter((number) => {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false
  return number > 1
})
const fraction = (root) => (root % 1) * 2 ** 32 | 0
const INITIAL = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
const ROUNDS = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)))

const schedule = new Uint32Array(64)

// One block of SHA-256: FIPS 180-4 section 6.2.2. Written for speed: it runs a million times.
function compress(state, block) {
  schedule.set(block)
  for (let round = 16; round < 64; round++) {
    const [w15, w2] = [schedule[round - 15], schedule[round - 2]]
    const first = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >>> 3
    const second = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >>> 10
    schedule[round] = schedule[round - 16] + first + schedule[round - 7] + second
  }
  let [a, b, c, d, e, f, g, h] = state
  for (let round = 0; round < 64; round++) {
    const first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (e & f ^ ~e & g) + ROUNDS[round] + schedule[round] | 0
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + (a & b ^ a & c ^ b & c) | 0
    h = g
    g = f
    f = e
    e = d + first | 0
    d = c
    c = b
    b = a
    a = first + second | 0
  }
  const next = new Uint32Array(state)
  const sums = [a, b, c, d, e, f, g, h]
  for (let index = 0; index < 8; index++) next[index] += sums[index]
  return next
}

function rotate(word, bits) {
  return word >>> bits | word << 32 - bits
}

function bytesOf(text) {
  return Uint8Array.from(text.match(/../g), (digits) => parseInt(digits, 16))
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

// In a worker: a message has the parameters, and is answered by numbers and at last by the solution.
if (!globalThis.document) {
  addEventListener("message", async ({ data }) => postMessage(await solve(data, postMessage, () => true)))
}
