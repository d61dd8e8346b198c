// Publishes forms/*.json to KV: locally, or with REMOTE=1 to the account, there without the demo forms unless DEMO=1 asks
// for them.

import { publish } from "./forms.mjs"

const { REMOTE, DEMO } = process.env
const isWhole = await publish({ remote: Boolean(REMOTE), demos: Boolean(!REMOTE || DEMO) }).catch((error) => {
  console.error(error.message)
  return false
})
process.exitCode = isWhole ? 0 : 1
