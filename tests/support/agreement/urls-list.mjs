// What URLs are made of. Chromium has schemes of its own besides, `chrome:` and the like; no visitor types those.

export const SCHEMES = [
  "http", "https", "ws", "wss", "ftp", "file", "HTTP", "hTTpS", "FILE", "mailto", "javascript", "data", "blob", "about",
  "tel", "urn", "foo", "a", "a1", "a+b", "a-b", "a.b", "view-source", "gopher", "ssh", "1a", "+a", "-a", ".a", "a_b",
  "a b", "ä", "", "a%41", "httpss", "C", "localhost", "example.com", "intent", "content", "magnet", "sms", "http\\",
  "a/b", "a?b", "a#b", "a@b", "wssx", "mailtö", "steam", "tel+",
]

export const RESTS = [
  "", "/", "//", "///", "////", "\\", "\\\\", "/\\", "\\/", "x", "/x", "//x", "///x", "////x", "\\x", "\\\\x", "/\\x",
  "?", "?x", "#", "#x", "//?x", "//#x", "//x?y#z", "//x/?#", "//x:80", "//x:", "//:80", "//:", "//@", "//@x", "//u@",
  "//u@x", "//u:@x", "//:p@x", "//:@x", "//u:p@x:80/p", "//u@v@x", "//u:p:q@x", "//u%40v@x", "//ü:é@x", "//u p@x",
  "//u/p@x", "//[u]@x", "//<u>@x", "//u:p@", "//u@/x", "//u@?x", "//u@:80", "//x:0", "//x:1", "//x:65535", "//x:65536",
  "//x:99999", "//x:00080", "//x:0000000000080", "//x:000065536", "//x:-1", "//x:+1", "//x:8a", "//x:a", "//x: 80",
  "//x:80 ", "//x:８０", "//x:80:80", "//x:80x", "//x:%38", "//x:80/", "//x:80?", "//x:80#", "//x:80\\", "//x:1e1",
  "//x:0x50", "//x/a b", "//x/%", "//x/%zz", "//x/<>", "//x/ü", "//x/\u{1f600}", "//x/../..", "//x/./", "//x/%2e%2e",
  "//x/a|b", "//x/a^b", "//x/`", "//x/{}", "//x/\"", "//x/a\\b", "//x?a b", "//x?<>", "//x?'", "//x#a b", "//x#<>`",
  "//x#ü", "//x/[", "//x?[", "//x#[", "//x/:@", "x@y", "x:y", ",x", "alert(1)", "text/html,<b>", "[", "//[", "//]",
  "x y", " x", "%", "a|b", "//x/C|/", "/C:/x", "C|/x", "///C|/x", "//localhost/x", "//C:/x", "//C|/x", "?://x",
  "http://x", "//http://x", "//x//y",
]

const OCTETS = [
  "1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1", "1.256.1.1", "1.1.1.256", "1.2.3", "1.2", "1", "0", "1.2.3.4.5",
  "1.2.3.4.", "1.2.3.4..", "1.2.3.", "1.", "1..2", ".1.2.3.4", "4294967295", "4294967296", "99999999999", "1.16777215",
  "1.16777216", "1.2.65535", "1.2.65536", "1.2.3.255", "01.02.03.04", "010.8.8.8", "08.1.1.1", "09",
  "00000000000000000000001.2.3.4", "0377.1.1.1", "0400.1.1.1", "0x7f.1", "0x7f000001", "0X7F.0.0.1", "0xffffffff",
  "0x100000000", "0x", "0x.1", "1.0x", "1.0xg", "0xg", "0x1.2.3.0x100", "0xff.0xff.0xff.0xff", "037777777777",
  "040000000000", "1.2.3.08", "1.2.3.4a", "a.1", "a.0", "a.08", "a.0x1", "a.0x", "a.0xg", "1.a", "1.2.3.a", "a.b.1",
  "a.1.", "a.1..", "foo.2.3", "1.2.3.999", "1e1", "1.1e1", "+1", "-1", "1.-1", "1.2.3.-4", "1.2.3.4%20", "１.２.３.４",
  "1．2．3．4", "1。2。3。4", "%31.2.3.4", "1.2.3.%34", "٣", "1.٣", "0.0.0.0x1", "00", "0.0", "0000", "000000000000",
  "9223372036854775808", "18446744073709551616", "0x1ffffffffffffffff", "1.2.3.0000000000000000000000004", "127.1",
  "2130706433", "0b1", "1_0", "a.09", "a.0b1",
]

const ADDRESSES = [
  "::1", "::", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", ":1", "1:", "::1:",
  ":1::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "::ffff:1.2.3.4", "::1.2.3.4",
  "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::1.2.3.256",
  "::1.2.3.04", "::01.2.3.4", "::1.2.3.4:5", "::1.2.3.", "::.1.2.3", "::1..2.3", "1.2.3.4", "::12345", "::00001",
  "::0001", "::g", "FE80::A", "fe80::1%eth0", "fe80::1%25eth0", "::%31", "::1 ", " ::1", "", "1", "::1]", "[::1",
  "::1\u{1f600}", "::１", "0:0:0:0:0:0:0:1", "v1.x", "::-1", "::+1", "::0x1", "::ffff:0x7f.1", "2001:db8::8a2e:370:7334",
  "1:2", "::ffff:1.2.3.4%20", "::127.0.0.0x1", "::1.2.3.4 ",
]

const FORBIDDEN = [
  ...Array.from({ length: 33 }, (_, code) => String.fromCharCode(code)), "\x7f",
  ..."!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
]

export const HOSTS = [
  "x", "localhost", "example.com", "EXAMPLE.COM", "example.com.", "example.com..", "x.", ".", "..", "...", ".x", "x..y",
  "a.b.c.d.e", "-", "-x", "x-", "x--y", "_", "_x.y", "x_y", "a-.b", "xn--", "xn--a", "xn--mnchen-3ya.de",
  "xn--mnchen-3ya", "XN--MNCHEN-3YA.de", "xn--zzzz", "xn--a-", "xn--abc-", "xn--p1ai", "xn--99999999999", "xn--0",
  "xn--ls8h.la", "xn--ls8h=", "xn--\u{1f600}", "a".repeat(63), "a".repeat(64), `${"a".repeat(63)}.b`,
  "a.".repeat(126) + "a", "a.".repeat(127) + "a", "a.".repeat(130) + "a", "",
  ...OCTETS, ...ADDRESSES.map((address) => `[${address}]`), "[::1", "::1]", "[::1]x", "x[::1]", "[::1].", "[::1]:80",
  "[::1]:", "[::1]:x", "[]", "[[::1]]", "::1", "%5B::1%5D", "[::1%5D",
  ...FORBIDDEN.map((character) => `a${character}b`), ...FORBIDDEN.slice(32).map((character) => `${character}`),
  ...FORBIDDEN.map((character) => `a%${character.charCodeAt(0).toString(16).padStart(2, "0")}b`), "%41", "%61.com",
  "%4", "%", "%%", "%zz", "%C3%BC.de", "%c3", "%ff", "%80", "%E3%80%82", "a%E3%80%82b", "%2e", "%2E%2E", "a%2eb",
  "%EF%BC%A1", "%f0%9f%98%80", "%30", "%31%32%37.1", "a%", "a%2", "%25", "%2541", "ü%41", "ü%20", "ü b", "ü.de",
  "MÜNCHEN.de", "mu\u0308nchen.de", "straße.de", "STRAẞE.de", "ελλάδα.gr", "ς.gr", "ΣΟΦΌΣ.gr", "пример.рф", "日本語。jp",
  "例え.テスト", "한국.kr", "مثال.إختبار", "עברית.il", "אa.com", "a.אב", "1א", "हिन्दी.in", "\u{1f600}.com", "☃.net", "ｅｘ．ｃｏｍ",
  "。", "a。", "a。b", "a．b", "a｡b", "\u0301a", "a\u0301", "\u00ad", "a\u00adb", "\u200b", "a\u200bb", "\u200c",
  "a\u200cb", "a\u200db", "क्\u200dष", "\u2060", "\ufe0f", "❤\ufe0f", "℀", "½", "①", "⑴", "℡", "ﬁ", "ſ", "İ", "ı", "K",
  "≠", "≮", "b\u2024c", "…", "\u2488", "·", "l·l", "・", "ü_", "ü-", "-ü", "ü--b", "ü".repeat(30), "ü".repeat(60),
  "ü".repeat(300), "\u0378", "\ue000", "\u{e0001}", "\uffff", "\ufffd", "\u{10ffff}", "\u{20000}", "\u{2f800}", "¼",
  "¨", "㎏", "ﷺ", "％41", "a％b", "／", "a／b", "？", "a＠b", "：", "a：80", "［::1］", "０x7f.1", "Ａ", "a\u3000b", "a\u00a0b",
  "a\u2028b", "a\u0085b", "٣.com", "ا3٣", "ß", "ẞ", "ŉ", "\u{1f468}\u200d\u{1f469}", "\u{1d400}", "Ꭰ", "\u{10400}", "ά",
  "ΐ",
]

export const WHOLE = [
  "", "example.com", "www.example.com", "//example.com", "/path", "path", "./x", "../x", "?x", "#x", ":", "::", ":x",
  "://x", ":80", "a", "a.b", "a/b:c", "a b:c", "http", "http:", "http:/", "http://", "http:///", "http:////x", "http:x",
  "http:/x", "http:///x", "http:\\x", "http:\\\\x", "http:?", "http:#", "http:?x", "http:/?x", "http:@", "http:@x",
  "http://x", "http://x/", "http://x?", "http://x#", "http://x?y", "http://x#y", "http:://x", "http//x", "http:;//x",
  "http;//x", "http://:80", "http://@", "http://@/", "http://a@", "http://a:b@", "http://a@b@c", "http://a:b:c@d",
  "http://a:b", "http://a:99999", "http://a:80:80", "http://user:pw@x:8/", "http://[", "http://]", "http://[]",
  "http://[::1]", "http://[::1", "http://::1", "http://%", "http://%41", "http://a b", "http://a%20b", "http://a<b",
  "http://a>b", "http://a|b", "http://a^b", "http://a\\b", "http://exa%20mple", "https://example.com/a?b#c",
  "https://user:pw@example.com:8443/", "HTTP://EXAMPLE.COM", "http://münchen.de", "http://1.2.3.4",
  "http://example.com.", "javascript:alert(1)", "javascript:", "mailto:x", "mailto:", "mailto:a@b?c=d", "data:,x",
  "data:", "foo:", "foo:bar", "foo:/", "foo://", "foo:///", "foo:///x", "foo://:80", "foo://:", "foo://@", "foo://u@",
  "foo://u@/", "foo://a b", "foo://a<b", "foo://[::1]", "foo://[", "foo://[x]", "foo://1.2.3.999", "foo://256",
  "foo://0x", "foo://ü", "foo://%", "foo://%zz", "foo://a:x", "foo://a:65536", "foo://a:", "foo:a b", "foo: x",
  "foo:\\\\a b", "foo:[", "foo:?", "foo:#", "foo:% ", "foo://a^b", "foo://a|b", "foo://a%00b", "foo://a\\b", "file:",
  "file:/", "file://", "file:///", "file:x", "file://x", "file://x?y", "file://x#y", "file://?", "file://x/?y",
  "file:///?x", "file:///x", "file:///C:/x", "file:C:/x", "file:C|x", "file://C:/x", "file://localhost",
  "file://LOCALHOST/x", "file://[::1]/", "file://[/", "file://1.2.3.999/", "file://x:80/", "file://u@x/", "file://a b/",
  "file://a<b/", "file://%/", "file:\\\\x\\y", "file:?", "file:#", "file://ü/", "file://./", "file://../",
  "file://%43:/", "file://xn--/", "file:////x", "file:///a|b", "C:\\x", "C:/x", "C:", "localhost:80", "localhost",
  "x:80", "1:2", "127.0.0.1:80", "[::1]:80", "blob:", "blob:http://x/y", "blob:x", "about:blank", "about:",
  "urn:isbn:1", "tel:+1", "view-source:http://x", "ws:", "wss://", "ftp:", "ftp:///", "http://http://x",
  "http:https://x", "https:http:x", "HtTp:X", "ht tp://x", "http ://x", " http://x", "http://x ", "ｈttp://x",
  "http：//x", "http:／／x", "http:〳x", "http://x／y", `http://x/${"a".repeat(600)}`, `http://${"a".repeat(300)}`,
  `foo:${"b".repeat(400)}`, `http://u:${"p".repeat(200)}@x`, `${"s".repeat(100)}:x`,
  "http://x/\u{1f600}?\u{1f600}#\u{1f600}", "http://x/\ufffd", "http://x/\uffff", "http://x/\u0001", "http://x/\u007f",
  "http://\ufffdx", "h\u200bttp://x", "\ufeffhttp://x", "http://x\\@y", "http://a\\:b@c", "http://a#@b", "http://a?@b",
  "http://a/@b", "http://@a@b", "http://a%40b@c", "http://%40", "http://a:b%3A@c",
]
