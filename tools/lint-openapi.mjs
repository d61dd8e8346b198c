// Lints the OpenAPI description with the rules that Redocly recommends; a warning fails, too.

import { createConfig, lintFromString } from "@redocly/openapi-core"

import { openapi } from "./openapi.mjs"

const config = await createConfig({ extends: ["recommended-strict"] })
const source = JSON.stringify(openapi(), undefined, 2)
const problems = await lintFromString({ source, absoluteRef: "openapi.json", config })
for (const { ruleId, message, location } of problems) console.error(`${ruleId}: ${message} (${location[0]?.pointer})`)
if (problems.length > 0) process.exit(1)
