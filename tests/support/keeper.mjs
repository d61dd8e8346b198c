// Runs one command in a process group of its own and ends the whole group as soon as the process that started it is gone, however
// it went: wrangler starts workerd, and neither may outlive a test that was killed.

import { spawn } from "node:child_process"

const GRACE_MS = 3000

const child = spawn(process.argv[2], process.argv.slice(3), { detached: true, stdio: ["ignore", "inherit", "inherit"] })

child.on("error", (error) => {
  console.error(error.message)
  process.exit(1)
})
// What the command started may still be there when it is not.
child.on("exit", () => {
  signal("SIGKILL")
  process.exit()
})
process.on("disconnect", () => {
  signal("SIGTERM")
  setTimeout(() => signal("SIGKILL"), GRACE_MS)
})
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => {})

function signal(name) {
  try {
    process.kill(-child.pid, name)
  } catch {
    // The group is empty.
  }
}
