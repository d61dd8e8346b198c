// A strict reader of CSV, RFC 4180: rows of cells, or an error that names the position of the fault.

export function readCsv(text) {
  const rows = []
  let at = 0
  while (at < text.length) {
    const row = []
    do {
      const [found, cell] = match(/"((?:[^"]|"")*)"|([^",\r\n]*)/y)
      row.push(found.startsWith('"') ? cell.replaceAll('""', '"') : found)
    } while (match(/,|(?=\r\n)/y)[0] === ",")
    match(/\r\n/y)
    rows.push(row)
  }
  return rows

  function match(pattern) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found === null) throw new Error(`no CSV at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`)
    at = pattern.lastIndex
    return found
  }
}
