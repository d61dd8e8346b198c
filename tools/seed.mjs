// Publishes forms/*.json to KV. Locally it also creates the tables of the database. With REMOTE=1 it publishes to the account,
// without the demo forms unless DEMO=1 is set.

import { publish } from "./forms.mjs"
import { seed } from "./local.mjs"

const { REMOTE, DEMO } = process.env
const isWhole = await (REMOTE ? publish({ remote: true, demos: Boolean(DEMO) }) : seed()).catch((error) => {
  console.error(error.message)
  return false
})
process.exitCode = isWhole ? 0 : 1
