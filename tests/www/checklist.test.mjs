// What the best form widgets do, row by row, and the tests that show it here, in Chromium; ./browsers.test.mjs shows
// them in Firefox and WebKit, too.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { describe, it } from "node:test"

import { ROWS as BUILDER } from "./rows-builder.mjs"
import { ROWS as CHECKERS } from "./rows-checkers.mjs"
import { ROWS as VISITOR } from "./rows-visitor.mjs"

const folder = new URL("../../", import.meta.url)

// Number, row, file of the tests, and the beginning of a test's name in it.
const ROWS = [
  [1, "one async classic script, pasted twice", "tests/www/guest.test.mjs", "renders two forms where the snippet is pasted twice"],
  [2, "single-page applications without calls", "tests/www/guest.test.mjs", "works again after a router took it out and put it back"],
  [3, "late injection by a tag manager", "tests/www/frameworks.test.mjs", "a tag manager: markup inserted late"],
  [4, "the snippet inserted by innerHTML", "tests/www/frameworks.test.mjs", "htmx: swapped in, and morphed by idiomorph"],
  [5, "a strict policy without style-src, and Trusted Types", "tests/www/guest.test.mjs", "keeps within a policy that allows it nothing"],
  [6, "a policy that blocks its requests", "tests/www/guest.test.mjs", "shows a message and the hosted page where the policy"],
  [7, "size", "tests/www/script.test.mjs", "has at most"],
  [8, "hostile styles of the page", "tests/www/host-styles.test.mjs", "do not reach it, whatever they unset and hide"],
  [9, "the page is unaffected", "tests/www/guest.test.mjs", "leaves the host's controls and globals alone"],
  [10, "a frame of the right height", "tests/www/frame.test.mjs", "has the height of its form, its errors and its thanks"],
  [11, "events", "tests/www/capture.test.mjs", "reports to the landing page what happened, never what was typed"],
  [12, "data layer", "tests/www/page-scripts.test.mjs", "get one event of each kind, and one in the data layer"],
  [13, "attribution", "tests/www/attribution.test.mjs", "is the landing page's campaign"],
  [14, "sending without JavaScript", "tests/www/no-script.test.mjs", "gets the hosted page again with the errors"],
  [15, "error summary", "tests/www/refusal.test.mjs", "lists what is missing, moves the focus there"],
  [16, "the focus is never lost", "tests/www/capture.test.mjs", "announces that it is sending, and keeps the focus"],
  [17, "status announcement", "tests/www/capture.test.mjs", "announces that it is sending, and keeps the focus"],
  [18, "labels, types, autocomplete", "tests/www/look.test.mjs", "gives every control one label and its type"],
  [19, "axe in each state and theme", "tests/www/look.test.mjs", "is that of the theme"],
  [20, "HTML_CodeSniffer", "tests/www/checkers.test.mjs", "HTML_CodeSniffer, on the widget in the page"],
  [21, "Lighthouse", "tests/www/checkers.test.mjs", "Lighthouse, on the hosted page"],
  [22, "reflow at 320 pixels", "tests/www/accessibility.test.mjs", "on every kind of field, with an error at each"],
  [23, "reduced motion", "tests/www/look.test.mjs", "has no motion, and keeps boxes and the focus visible"],
  [24, "contrast of every theme", "tests/www/look.test.mjs", "is that of the theme"],
  [25, "keyboard only", "tests/www/look.test.mjs", "gives every control one label and its type, in the order of the keyboard"],
  [26, "browser and edge agree", "tests/www/agreement.test.mjs", "Chromium and the edge agree on 20,000 values"],
  [27, "a bad pattern is refused", "src/constraint/pattern/pattern_tests.rs", "fn refuses_what_a_browser_would_ignore"],
  [28, "double click and retry", "tests/www/capture.test.mjs", "stores one lead for two quick clicks"],
  [29, "allowed origins", "tests/worker/embed.test.mjs", "learns from a preflight what it may send"],
  [30, "framing by pages that are not allowed", "tests/www/verdicts.test.mjs", "has every page and every way to send"],
  [31, "redirect after sending", "tests/www/capture.test.mjs", "goes on to the form's next page"],
  [32, "builder: the preview is the snippet", "tests/www/builder-way.test.mjs", "makes a form, puts it on a page, and finds what a visitor sent"],
  [33, "builder: copying", "tests/www/builder-settings.test.mjs", "show a snippet for each kind of page, to copy"],
  [34, "builder: tabs for frameworks", "tests/www/builder-snippets.test.mjs", "react: in an application of React 19, shown, left and shown again"],
  [35, "test submissions", "tests/www/capture.test.mjs", "marks a test, and says so"],
  [36, "install check", "tests/www/builder-settings.test.mjs", "say where the form is seen and refused"],
  [37, "trap", "tests/www/ticket.test.mjs", "is not displayed, so not in the tab order, and marked for password managers"],
  [38, "popup", "tests/www/places.test.mjs", "opens a popup: modal, named, with the focus"],
  [39, "sharing the hosted page", "src/page/page_tests.rs", "fn every_control_has_a_label_and_a_type"],
  [40, "first run of wrangler dev", "tests/worker/seed.test.mjs", "publishes the demo forms on this machine"],
]

// The numbers of the rows there.
const ELSEWHERE = new Set([VISITOR, CHECKERS, BUILDER].flatMap((rows) => rows.flatMap(([numbers]) => numbers)))

// Bytes.
const MAX_PICTURE = 110_000

it("the pictures of the README are small", () => {
  const pictures = [...readFileSync(new URL("README.md", folder), "utf8").matchAll(/docs\/pictures\/[\w-]+\.png/g)]
  assert.equal(pictures.length, 5)
  for (const [path] of pictures) assert.ok(readFileSync(new URL(path, folder)).length < MAX_PICTURE, path)
})

describe("the checklist of form widgets", () => {
  for (const [number, row, file, name] of ROWS) {
    const title = `row ${number}: ${row}`
    it(`${title} (${file}${ELSEWHERE.has(number) ? `; ${number === 36 ? "Firefox" : "Firefox, WebKit"}` : ""})`, () => {
      const source = readFileSync(new URL(file, folder), "utf8")
      const beginnings = name.startsWith("fn ") ? [name] : ["it(\"", "it(`", "test(\""].map((start) => start + name)
      assert.ok(beginnings.some((beginning) => source.includes(beginning)), `${file} has no test called ${name}`)
    })
  }
})
