// Publishes forms/*.json to KV: locally, where the database gets its tables, too, or with REMOTE=1 to the account, there
// without the demo forms unless DEMO=1 asks for them.

import { publish } from "./forms.mjs"
import { seed } from "./local.mjs"

const { REMOTE, DEMO } = process.env
const isWhole = await (REMOTE ? publish({ remote: true, demos: Boolean(DEMO) }) : seed()).catch((error) => {
  console.error(error.message)
  return false
})
process.exitCode = isWhole ? 0 : 1
