import { setTimeout as sleep } from "node:timers/promises"

// Calls `find` until it returns something, and returns that; after `patience_ms` fails with the text of `otherwise`. The
// patience costs nothing when the test passes, so it is long enough for a machine that is busy with other things.
const PATIENCE_MS = 60_000

export async function until(find, otherwise, patience_ms = PATIENCE_MS) {
  const end = Date.now() + patience_ms
  for (;;) {
    const found = await find()
    if (found) return found
    if (Date.now() > end) throw new Error(otherwise())
    await sleep(25)
  }
}
