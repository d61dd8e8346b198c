// The module that Cloudflare runs: hands each event to the wasm. It replaces the entry of worker-build, which makes an object of
// a class and three proxies for each request: 53,000 instructions.

import * as wasm from "./index.js"

// Frames of the error that a panic logs.
Error.stackTraceLimit = 100

// Of the crate `worker`: its hook notes a panic here.
const state = wasm.__worker_init_state()

export default { fetch: handler("fetch"), queue: handler("queue"), scheduled: handler("scheduled") }

addEventListener("error", ({ error }) => note(error))

// After a panic, or an error of the wasm itself, the next event has a new instance.
function handler(name) {
  return (event, env, context) => {
    if (state.criticalError) {
      console.log("Reinitializing Wasm application")
      wasm.__wbg_reset_state()
      state.criticalError = false
      state.instanceId += 1
    }
    try {
      return wasm[name](event, env, context)
    } catch (error) {
      note(error)
      throw error
    }
  }
}

function note(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return
  console.error("Critical", error)
  state.criticalError = true
}
