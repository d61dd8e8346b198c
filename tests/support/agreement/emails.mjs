// E-mail addresses, alone and in lists.

import { fieldSets, product, times } from "./sets.mjs"

const LOCALS = [
  "a", "ab", "A", "1", "a.b", ".a", "a.", "a..b", "..", "a+b", "-", "_", "!#$%&'*+/=?^_`{|}~-", "a'b", "a/b", "a=b",
  "user.name+tag", "a".repeat(64), "a".repeat(65), "\"a\"", "\"a b\"", "a b", "a\tb", "a,b", "a;b", "a:b", "a(b)",
  "<a>", "a\\b", "a[b]", "ü", "ß", "漢", "\u{1f600}", "a\u0301", "", "a@b", "a\u00a0", "\u200ba", "%61", "&amp;", "a\0",
  "a\x7f",
]
const DOMAINS = [
  "b", "b.c", "b.co.uk", "B.C", "1", "1.2", "1.2.3.4", "999.999.999.999", "[1.2.3.4]", "[IPv6:::1]", "[::1]",
  "x[127.0.0.1]", "b-c", "b--c", "-b", "b-", "b.-c", "b.c-", "b-.c", "b_c", "_b", "b.", ".b", "b..c", ".", "..", "",
  "b c", "b\tc", "b,c", "b;c", "b:25", "b/c", "b?c", "b#c", "b%41", "b&c", "b'c", "b\"c", "b(c)", "<b>", "b\\c", "b!c",
  "b$c", "b*c", "b+c", "b=c", "b^c", "b`c", "b|c", "b~c", "{b}", "localhost", "xn--mnchen-3ya.de", "xn--", "xn--a",
  "a.xn--p1ai", "XN--MNCHEN-3YA.DE", "0", "0-0", "1-", "-1", "b.1", "b.c.d.e.f.g.h.i.j.k", "b\0", "b\x7f", "b\u00a0",
  "example.com",
]
const WHOLE = [
  "", "a", "@", "@@", "a@", "@b", "a@b@", "@a@b", "a@@b", "mailto:a@b", "a@b?subject=x", "Name <a@b>", "<a@b>",
  "a@b,c@d", "a@b;c@d", "a@b c@d", "a (x)@b", `${"a".repeat(300)}@b`, `a@${"b.".repeat(140)}c`, `a@${"b.".repeat(40)}c`,
  "a＠b", "a@b。c", "a@\u{1f600}", "a@ü.de", "ü@x.de", "a@xn--ü",
]
const AROUND = [" ", "  ", "\t", "\n", "\r\n", "\f", "\v", "\u00a0", "\u3000", "\ufeff", "\0", "\u2028", "\x85"]
const ITEMS = [
  "a@b", " a@b", "a@b ", "a@b.c", "", " ", "a", "a b@c", "\"x,y\"@z", "A@B", "a@b@c", "é@b", "\ta@b", "a\n@b",
]
const PIECES = ["a", "b", "@", ".", "-", "_", " ", "1", "+", "@b", "é", ",", "\"", "a@b.c", "xn--"]

// Domains to be typed: Chromium converts those.
const NAMES = [
  "ü.de", "münchen.de", "MÜNCHEN.DE", "München.De", "mu\u0308nchen.de", "ÉCOLE.fr", "straße.de", "STRASSE.de",
  "STRAẞE.DE", "faß.example.com", "ñandú.es", "ελλάδα.gr", "ΕΛΛΆΔΑ.GR", "σοφός.gr", "ΣΟΦΌΣ.gr", "ς.gr", "Σ.gr",
  "пример.рф", "ПРИМЕР.РФ", "почта.com", "日本語.jp", "例え.テスト", "中文.中国", "한국.kr", "\u1112\u1161\u11ab.kr", "مثال.إختبار",
  "مصر.eg", "עברית.il", "ไทย.th", "हिन्दी.in", "தமிழ்.in", "\u{1f600}.com", "i❤.ws", "☃.net", "ｅｘａｍｐｌｅ．ｃｏｍ", "Ｂ.com",
  "b。c", "b．c", "b｡c", "münchen。de", "a\u0301.com", "\u0301a.com", "á.com", "ﬁ.com", "Ⅷ.com", "①.com", "½.com", "℡.com",
  "ſ.com", "K.com", "Å.com", "ı.com", "İ.com", "a\u00adb.com", "a\u200bb.com", "a\u200cb.com", "a\u200db.com",
  "क्\u200dष.in", "क्\u200cष.in", "ab\u2060c.com", "ab\ufeff.com", "ab\ufe0f.com", "❤\ufe0f.com", "·.com", "l·l.cat",
  "a·b.com", "・.jp", "אa.com", "1א.com", "א1.com", "אב.com", "a.אב", "-ü.de", "ü-.de", "ü--b.de", "xn--ü.de",
  "xn--mnchen-3ya.ü", "ü_b.de", "ü b.de", "ü@b.de", "ü.", ".ü", "ü..de", "ü/b", "ü:25", "ü?b", "ü%41", "[ü]", "ü,b",
  "ü'b", "ü&b", "ü\"b", "<ü>", "ü!b.de", "ü*b.de", "ü+b.de", "ü=b.de", "ü~b.de", "(ü)", "ü".repeat(30) + ".de",
  "ü".repeat(60) + ".de", "ü".repeat(63) + ".de", `${"b".repeat(63)}.ü`, `${"b".repeat(64)}.ü`, `ü.${"b".repeat(64)}`,
  `${"b.".repeat(130)}ü`, "ä.ö.ü", "ä1.de", "1ä.de", "１.com", "1.2.3.４", "１.２.３.４", "ⓔⓧ.com", "𝐞𝐱.com", "e\u0327.com",
  "\u0345.com", "ά.gr", "ᾳ.gr", "Ω.gr", "ΐ.gr", "ǆ.hr", "Ǆ.hr", "ŉ.com", "ﬀ.com", "ﷺ.com", "㎏.com", "㍿.jp", "株式会社.jp",
  "ヽ.jp", "ﾊﾝｶｸ.jp", "が.jp", "か\u3099.jp", "גּ.il", "Ꭰ.com", "ꭰ.com", "Ა.ge", "ა.ge", "Ԥ.ru", "ѐ.mk", "\u{10400}.com",
  "\u{1e900}.com", "\u{2f800}.tw", "\u{20000}.cn", "\u{e0001}.com", "\u{e000}.com", "\u0378.com",
  "\u{1f468}\u200d\u{1f469}.com", "\u{1f1e9}\u{1f1ea}.com", "≠.com", "a≠b.com", "≮.com", "\u2024.com", "b\u2024com",
  "b…c", "‥.com", "\u2488com", "℀.com", "⑴.com", "´.com", "¨.com", "¼.com", "¹.com", "ª.com", "\u00a0.com",
  "b\u3000.com", "ü\t.de", "ü .de", "b.ü", "example.ü", "ü.xn--p1ai", "xn--a.ü", "xn--0.ü", "AB-ü.de", "Bücher.Example",
  "bücher.EXAMPLE", "٣.com", "ا٣.com", "ا3٣.com", "۳.com", "߀.com",
]
const TYPED_LOCALS = ["a", "A.b+c", "a b", "ü", "", ".", "\"a\"", "a@b", " a"]

const SCRIPTS = ["äöüßÉ", "абвгЖ", "αβςΣώ", "日本語。ー", "한국어", "אבג1", "éeñ\u0301\u0327"]

export function emailCases(random) {
  const required = { required: true }
  const multiple = { multiple: true }
  const addresses = single(random)
  const scripted = addresses.filter(isScripted)
  const lists = several(random).filter(isScripted)
  const typed = [
    ...fieldSets("email", {}, [...typedAddresses(random), ...addresses].filter((text) => !isScripted(text))),
    ...fieldSets("email", multiple, random.some(NAMES, 40).map((name) => `a@b, c@${name}`)),
  ]
  return [
    ...fieldSets("email", {}, scripted),
    ...fieldSets("email", required, [...random.some(scripted, 110), "", " ", "\n"]),
    ...fieldSets("email", multiple, lists),
    ...fieldSets("email", { ...required, ...multiple }, [...random.some(lists, 60), "", ",", " "]),
    ...typed.map((set) => ({ ...set, typed: true })),
  ]
}

function single(random) {
  return [
    ...WHOLE,
    ...product([1, 2, 61, 62, 63, 64, 65], ["", "b.", "-"], ["", ".c", "-"]).map(([length, before, after]) => (
      `a@${before}${"b".repeat(length)}${after}`
    )),
    ...[61, 62, 63, 64].flatMap((length) => [
      `a@${"b".repeat(length - 1)}-`, `a@-${"b".repeat(length - 1)}`, `a@b${"-".repeat(length - 2)}b`,
      `a@b.${"c".repeat(length)}.d`,
    ]),
    ...LOCALS.map((local) => `${local}@b`),
    ...DOMAINS.map((domain) => `a@${domain}`),
    ...random.some(product(LOCALS, DOMAINS), 250).map((parts) => parts.join("@")),
    ...AROUND.flatMap((space) => [
      space, `${space}a@b`, `a@b${space}`, `${space}a@b${space}`, `a${space}@b`, `a@${space}b`,
    ]),
    ...times(120, () => random.word(PIECES, 7)),
  ]
}

function several(random) {
  const joined = product(ITEMS, [",", ", ", " ,", ",,", ";", " "], ITEMS).map((parts) => parts.join(""))
  return [
    ...random.some(WHOLE, 14),
    ...random.some(joined, 300),
    ",", ",,", " , ", "a@b,c@d,e@f", "a@b , c@d , e@f ", "a@b,\nc@d", "a@b,\u00a0c@d", "a@b,c@d,", ",a@b",
    `${"a@b,".repeat(30)}c@d`,
    ...AROUND.flatMap((space) => [`${space}a@b`, `a@b${space},c@d`, `a@b,${space}c@d${space}`]),
    ...times(60, () => `${random.word(PIECES, 7)},${random.word(PIECES, 7)}`),
  ]
}

function typedAddresses(random) {
  return [
    ...NAMES.map((name) => `a@${name}`),
    ...random.some(product(TYPED_LOCALS, NAMES), 150).map((parts) => parts.join("@")),
    ...times(140, () => `a@${random.word([...random.pick(SCRIPTS), "a", "-", ".", "1"], 8)}`),
  ]
}

// Domains in other scripts are only ever typed: a script's value is not converted.
function isScripted(text) {
  const at = text.indexOf("@")
  return at === -1 || ![...text.slice(at)].some((character) => character > "\x7f")
}
