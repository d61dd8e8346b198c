// The contenders, each a plain `workerd serve`, started by a process of its own.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

import { answerQuestions } from "../tests/support/ask.mjs"

const { default: workerd } = createRequire(import.meta.url)("workerd")
const TICKS_A_SECOND = 100

const contenders = new Map()

answerQuestions({
  // Starts workerd with these modules ({ file name: { path or text, kind } }), bindings (lines of its configuration), external
  // services ({ name: port }) and v8Flags; gives { port, ms } once it listens.
  start: async (name, contender) => {
    const { modules } = contender
    const folder = mkdtempSync(join(tmpdir(), "formgate-bench-"))
    for (const [file, { path, text }] of Object.entries(modules)) writeFileSync(join(folder, file), text ?? readFileSync(path))
    writeFileSync(join(folder, "config.capnp"), configuration(contender))
    const started_at = performance.now()
    const child = spawn(workerd, ["serve", "--control-fd=3", "config.capnp"], {
      cwd: folder,
      // The log goes nowhere: a reader of it would compete for the processor.
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    })
    let errors = ""
    child.stderr.setEncoding("utf8").on("data", (text) => errors = (errors + text).slice(-4000))
    contenders.set(name, { child, folder, errors: () => errors })
    const port = await Promise.race([
      listening(child),
      once(child, "exit").then(() => {
        throw new Error(`workerd with ${name} ended\n${errors}`)
      }),
    ])
    return { port, ms: performance.now() - started_at }
  },
  // User and system time of workerd so far, all threads: microseconds.
  cpu_us: (name) => {
    const folder = `/proc/${contenders.get(name).child.pid}`
    try {
      // Its first number, in nanoseconds; /proc/<pid>/stat counts in hundredths of a second.
      const spent_ns = readdirSync(`${folder}/task`).map((thread) => Number(readFileSync(`${folder}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
      return spent_ns.reduce((sum, each) => sum + each, 0) / 1000
    } catch {
      // A kernel without it, or a thread has ended meanwhile.
      return statCpu_us(folder)
    }
  },
  // Resident memory: bytes.
  memory: (name) => {
    const status = readFileSync(`/proc/${contenders.get(name).child.pid}/status`, "utf8")
    return Number(status.match(/^VmRSS:\s+(\d+) kB/m)[1]) * 1024
  },
  errors: (name) => contenders.get(name).errors(),
  stop,
}, { end: () => Promise.all([...contenders.keys()].map(stop)) })

function statCpu_us(folder) {
  const stat = readFileSync(`${folder}/stat`, "utf8")
  // The name of the command may have spaces and ends with the last `)`; `utime` and `stime` are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) * 1_000_000 / TICKS_A_SECOND
}

async function stop(name) {
  const { child, folder } = contenders.get(name)
  contenders.delete(name)
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL")
    await once(child, "exit")
  }
  rmSync(folder, { recursive: true, force: true })
}

async function listening(child) {
  for await (const line of createInterface({ input: child.stdio[3] })) {
    const { event, port } = JSON.parse(line)
    if (event === "listen") return port
  }
  return new Promise(() => {})
}

// https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
function configuration({ modules, bindings, services, compatibilityDate, v8Flags = [] }) {
  const module = ([file, { kind = "esModule" }]) => `(name = ${JSON.stringify(file)}, ${kind} = embed ${JSON.stringify(file)})`
  const service = ([name, port]) => `(name = "${name}", external = (address = "127.0.0.1:${port}", http = ())),`
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["local"])),
    ${Object.entries(services).map(service).join("\n    ")}
  ],
  v8Flags = [${v8Flags.map((flag) => JSON.stringify(flag)).join(", ")}],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (forwardedProtoHeader = "X-Forwarded-Proto"), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = ${JSON.stringify(compatibilityDate)},
  modules = [${Object.entries(modules).map(module).join(", ")}],
  bindings = [${bindings.join(", ")}],
);
`
}
