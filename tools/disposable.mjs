// Writes src/spam/disposable.bin: the mail domains that two published lists name, as a table of hashes. `make disposable` runs it
// after one of the two packages was updated. A domain on one list alone is left out: those lists also name forwarding services
// of real mailboxes.
//
// 1,024 bytes of counts, two of 2,048 buckets in a byte, then the hashes of all buckets, one byte each. src/spam/disposable.rs
// reads it.

import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import { root } from "./wrangler.mjs"

const BUCKETS = 2048
export const path = join(root, "src/spam/disposable.bin")

// Providers of real mailboxes. A hash that one of them has is left out of the table.
const REAL = `gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr live.com msn.com yahoo.com yahoo.co.uk
  yahoo.co.jp yahoo.fr yahoo.de ymail.com icloud.com me.com mac.com aol.com proton.me protonmail.com pm.me tutanota.com tuta.io
  gmx.de gmx.at gmx.net gmx.com web.de t-online.de freenet.de posteo.de mailbox.org orange.fr wanadoo.fr free.fr laposte.net
  sfr.fr libero.it virgilio.it tiscali.it alice.it wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz mail.ru yandex.ru
  yandex.com bk.ru list.ru inbox.ru rambler.ru ukr.net qq.com 163.com 126.com sina.com foxmail.com naver.com daum.net hanmail.net
  comcast.net verizon.net att.net sbcglobal.net cox.net charter.net bellsouth.net earthlink.net btinternet.com sky.com
  virginmedia.com ntlworld.com talktalk.net bigpond.com optusnet.com.au rediffmail.com uol.com.br bol.com.br terra.com.br
  telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl bluewin.ch sunrise.ch aon.at chello.at telia.com online.no fastmail.com
  hey.com zoho.com zohomail.com duck.com mozmail.com example.com`.split(/\s+/)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = table()
  writeFileSync(path, bytes)
  console.log(`${path}: ${bytes.length - BUCKETS / 2} domains, ${bytes.length} bytes`)
}

export function table() {
  const require = createRequire(import.meta.url)
  const file = require.resolve("disposable-email-domains-js").replace(/[^/]*$/, "dict/disposable_email_blocklist.json")
  const first = JSON.parse(readFileSync(file, "utf8"))
  const second = new Set(require("mailchecker").blacklist())
  const buckets = Array.from({ length: BUCKETS }, () => new Set())
  for (const domain of first.filter((domain) => second.has(domain))) {
    const { bucket, hash } = place(domain)
    buckets[bucket].add(hash)
  }
  for (const domain of REAL) {
    const { bucket, hash } = place(domain)
    buckets[bucket].delete(hash)
  }
  const counts = Buffer.alloc(BUCKETS / 2)
  for (const [index, { size }] of buckets.entries()) {
    if (size > 15) throw new Error("a bucket has more than 15 domains")
    counts[index >> 1] |= size << 4 * (index & 1)
  }
  const hashes = buckets.flatMap((bucket) => [...bucket].sort((a, b) => a - b))
  return Buffer.concat([counts, Buffer.from(hashes)])
}

function place(domain) {
  const hash = createHash("sha256").update(domain).digest().readUIntLE(0, 3)
  return { bucket: hash & BUCKETS - 1, hash: hash >> 11 & 255 }
}
