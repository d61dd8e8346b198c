// A reader of the first sheet of a workbook: rows of { text } or { number }, by column. Enough of ZIP (APPNOTE 4.3), of
// SpreadsheetML and of what Excel makes of `_x000D_`.

import { inflateRawSync } from "node:zlib"

export function readXlsx(file) {
  const parts = unzipped(file)
  const strings = [...parts.get("xl/sharedStrings.xml").matchAll(/<si>(.*?)<\/si>/gs)]
    .map(([, string]) => text([...string.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, part]) => part).join("")))
  const sheet = parts.get("xl/worksheets/sheet1.xml")
  if (/<f[ >]/.test(sheet)) throw new Error("a formula")
  return [...sheet.matchAll(/<row [^>]*?(?:\/>|>(.*?)<\/row>)/gs)].map(([, row = ""]) => {
    const cells = []
    for (const [, column, attributes, value] of row.matchAll(/<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>.*?<v>(.*?)<\/v><\/c>)/gs)) {
      cells[numberOf(column)] = / t="s"/.test(attributes) ? { text: strings[value] } : { number: value }
    }
    return cells
  })
}

function unzipped(file) {
  const parts = new Map()
  // The end record is the last: 22 bytes, and no comment.
  let at = file.readUInt32LE(file.length - 6)
  for (let left = file.readUInt16LE(file.length - 12); left > 0; left -= 1) {
    const [method, size, nameSize, extraSize, commentSize, start] = [
      file.readUInt16LE(at + 10), file.readUInt32LE(at + 20), file.readUInt16LE(at + 28), file.readUInt16LE(at + 30),
      file.readUInt16LE(at + 32), file.readUInt32LE(at + 42),
    ]
    const name = file.toString("utf8", at + 46, at + 46 + nameSize)
    const from = start + 30 + file.readUInt16LE(start + 26) + file.readUInt16LE(start + 28)
    const data = file.subarray(from, from + size)
    parts.set(name, (method === 0 ? data : inflateRawSync(data)).toString("utf8"))
    at += 46 + nameSize + extraSize + commentSize
  }
  return parts
}

function text(xml) {
  const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
  return xml.replace(/&(\w+);/g, (_, name) => named[name])
    .replace(/_x([0-9A-F]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function numberOf(column) {
  return [...column].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0) - 1
}
