// Questions to a process of one's own, and the end of that process when this one ends.

import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

// Starts `script`, which answers questions through `answerQuestions`. With `isShared` it keeps this process alive only while a
// question is open, and is stopped by the end of this process.
export async function startProcess(script, args = [], { isShared = false } = {}) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, { stdio: ["ignore", "inherit", "inherit", "ipc"] })
  const open = new Map()
  let number = 0
  const keepAlive = (isNeeded) => {
    if (isShared) for (const handle of [child, child.channel]) handle?.[isNeeded ? "ref" : "unref"]()
  }
  child.on("message", ({ number, reply, error }) => {
    const { resolve, reject } = open.get(number)
    open.delete(number)
    if (open.size === 0) keepAlive(false)
    if (error === undefined) resolve(reply)
    else reject(new Error(error))
  })
  child.on("exit", (code) => {
    for (const { reject } of open.values()) reject(new Error(`${script} ended with ${code}`))
  })

  function ask(question, ...details) {
    return new Promise((resolve, reject) => {
      if (open.size === 0) keepAlive(true)
      open.set(++number, { resolve, reject })
      child.send({ number, question, details })
    })
  }

  const stop = async () => {
    if (child.exitCode !== null) return
    const gone = once(child, "exit")
    if (child.connected) child.disconnect()
    await gone
  }
  return { ask, stop }
}

// In the other process: a function for each question.
export function answerQuestions(questions, { end = () => {} } = {}) {
  process.on("message", async ({ number, question, details }) => {
    try {
      process.send({ number, reply: await questions[question](...details) })
    } catch (error) {
      process.send({ number, error: error.stack })
    }
  })
  process.on("disconnect", async () => {
    await end()
    process.exit()
  })
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => {})
}
