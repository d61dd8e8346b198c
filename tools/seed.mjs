// Publishes forms/*.json to KV: locally, or with REMOTE=1 to the account.

import { publish } from "./forms.mjs"

await publish({ remote: Boolean(process.env.REMOTE) }).catch((error) => {
  console.error(error.message)
  process.exit(1)
})
