// Web addresses, with every liberty the URL standard takes.

import { HOSTS, RESTS, SCHEMES, WHOLE } from "./urls-list.mjs"
import { fieldSets, product, times } from "./sets.mjs"

const FRAMES = [
  (host) => `https://${host}`,
  (host) => `https://${host}:443/p?q#f`,
  (host) => `http://u:p@${host}/`,
  (host) => `ws://${host}:80`,
  (host) => `ftp:${host}`,
  (host) => `http:\\\\${host}\\x`,
  (host) => `foo://${host}/x`,
  (host) => `foo://${host}`,
  (host) => `git+ssh://g@${host}:22/`,
  (host) => `file://${host}/x`,
]
const SPACES = [
  " ", "\t", "\n", "\r\n", "\f", "\v", "\0", "\x1f", "\x7f", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u2028", "\x01",
]
const SPACED = [
  (space) => space,
  (space) => `${space}http://x${space}`,
  (space) => `ht${space}tp://x`,
  (space) => `http:${space}//x`,
  (space) => `http://${space}`,
  (space) => `http://a${space}b`,
  (space) => `http://u${space}:p@x`,
  (space) => `http://x:8${space}0`,
  (space) => `http://x/a${space}b`,
  (space) => `file:///a${space}`,
  (space) => `x:${space}`,
  (space) => `foo://a${space}b`,
]
const STARTS = ["http://", "https:", "x://", "http:/", "", "", "", ""]
const PIECES = [
  "http:", "https:", "a", "b", "/", "//", ":", "@", "?", "#", "[", "]", "[::1]", ".", "1", "80", "%", "%41", "\\", " ",
  "ü", "x:", "file:", "0x", "-", "^", "|", "..", "\t", "。",
]

export function urlCases(random) {
  const addresses = [
    ...WHOLE,
    ...SCHEMES.flatMap((scheme) => [`${scheme}:`, `${scheme}://`, `${scheme}:x`, `${scheme}://x`]),
    ...random.some(product(SCHEMES, RESTS), 220).map((parts) => parts.join(":")),
    ...HOSTS.flatMap((host) => [`http://${host}/`, ...random.some(FRAMES, 2).map((frame) => frame(host))]),
    ...SPACES.flatMap((space) => SPACED.map((frame) => frame(space))),
    ...RESTS.map((rest) => `https:${rest}`),
    ...times(200, () => random.pick(STARTS) + random.word(PIECES, 6)),
  ].filter(isRead)
  return [
    ...fieldSets("url", {}, addresses),
    ...fieldSets("url", { required: true }, ["", " ", "\n", "http://x", ...random.some(WHOLE, 40)]),
  ]
}

// Of a host in another script under a scheme it does not know, Chromium 156 looks at the low byte of each code unit
// alone: `foo://Ġ` (U+0120) has a space for it. No edge should copy that.
function isRead(address) {
  const isSpecial = /^[\s\0]*(?:https?|wss?|ftp|file):/i.test(address)
  const refused = "\0\t\n\r #/:<>?@[\\]^|"
  return isSpecial || !Array.from({ length: address.length }, (_, at) => address.charCodeAt(at))
    .some((unit) => unit > 0xff && refused.includes(String.fromCharCode(unit & 0xff)))
}
