// Publishes forms/*.json to KV: locally, where the database gets its tables, too, or with REMOTE=1 to the account.

import { publish } from "./forms.mjs"
import { seed } from "./local.mjs"

const isWhole = await (process.env.REMOTE ? publish({ remote: true }) : seed()).catch((error) => {
  console.error(error.message)
  return false
})
process.exitCode = isWhole === false ? 1 : 0
