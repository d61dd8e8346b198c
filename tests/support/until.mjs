import { setTimeout as sleep } from "node:timers/promises"

// The first thing `find` finds, asked again until it does; after that long, an error with the words of `otherwise`.
export async function until(find, otherwise, patience_ms = 5000) {
  const end = Date.now() + patience_ms
  for (;;) {
    const found = await find()
    if (found) return found
    if (Date.now() > end) throw new Error(otherwise())
    await sleep(25)
  }
}
