// Rows of the checklist that a visitor of a landing page meets, in any browser: ./browsers.test.mjs.
import assert from "node:assert/strict"
import axe from "axe-core"

import { snippet } from "./world.mjs"

const [TAB, ENTER, ESCAPE] = ["\uE004", "\uE007", "\uE00C"]

// Numbers, row, and what a visitor of a browser does; `email` is an address of its own.
export const ROWS = [
  [1, "one async classic script, pasted twice", async ({ world, open, see, read }) => {
    await open(snippet(world.service) + snippet(world.service))
    await see("all('form').length === 2")
    assert.deepEqual(await read("[all('[id]').length, new Set(all('[id]').map(({ id }) => id)).size].every((count, _, [first]) => count === first)"), true)
  }],

  [2, "single-page applications without calls", async ({ world, open, see, read }) => {
    await open(`<div id="slot">${snippet(world.service)}</div>`)
    await see("field('name')")
    await read("(window.taken = host, taken.remove())")
    await read("(document.getElementById('slot').append(taken), document.addEventListener('lead-form:error', () => window.errors = (window.errors ?? 0) + 1))")
    await see("field('name')")
    await read("find('button').click()")
    await see("window.errors === 1")
    await read("document.getElementById('slot').innerHTML = '<lead-form form=\"demo\"></lead-form>'")
    await see("field('name') && !shows('There is a problem')")
  }],

  [3, "late injection by a tag manager", async ({ world, open, see, read }) => {
    await open(snippet(world.service).replace(/<script.*/, "<p id=\"last\"></p>"))
    await read(`document.body.append(Object.assign(document.createElement("script"), { src: "${world.service.origin}/embed.js" }))`)
    await see("field('name')")
    assert.ok(await read("host.nextElementSibling.id === 'last'"), "the form is at its place")
  }],

  [4, "the snippet inserted by innerHTML", async ({ world, open, see, read }) => {
    await open(`<div id="slot"></div><script async src="${world.service.origin}/embed.js"></script>`)
    await read(`document.getElementById("slot").innerHTML = ${JSON.stringify(snippet(world.service).replace(/<script.*/, ""))}`)
    await see("field('name')")
  }],

  [5, "a strict policy without style-src, and Trusted Types", async ({ world, open, see, read, send }) => {
    const { origin } = world.service
    const policy = `default-src 'none'; script-src ${origin}; connect-src ${origin}; require-trusted-types-for 'script'`
    await open(snippet(world.service).replace(/<script.*/, ""), { "Content-Security-Policy": policy })
    await read("(window.violations = [], document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violations.push(effectiveDirective)))")
    await read(`(() => {
      const own = globalThis.trustedTypes?.createPolicy("test", { createScriptURL: (url) => url })
      const src = "${origin}/embed.js"
      document.body.append(Object.assign(document.createElement("script"), { src: own?.createScriptURL(src) ?? src }))
    })()`)
    await see("field('name')")
    assert.equal(await read("getComputedStyle(find('button')).backgroundColor"), "rgb(26, 86, 176)")
    await send()
    assert.deepEqual(await read("violations"), [])
  }],

  [6, "a policy that blocks its requests", async ({ world, open, see, read }) => {
    const policy = `default-src 'none'; script-src ${world.service.origin}; connect-src 'none'`
    await open(snippet(world.service).replace(/<a.*<\/a>/, ""), { "Content-Security-Policy": policy })
    await see("shows('The form could not be loaded here.')")
    assert.equal(await read("find('a').href"), `${world.service.origin}/f/demo`)
  }],

  [8, "hostile styles of the page", async ({ world, open, see, read }) => {
    const styles = "<style>* { all: unset !important } input, button, h2 { display: none !important }</style>"
    await open(styles + snippet(world.service))
    await see("field('name')")
    assert.deepEqual(
      await read("[field('name').checkVisibility(), getComputedStyle(find('button')).backgroundColor, getComputedStyle(field('website')).display]"),
      [true, "rgb(26, 86, 176)", "none"],
    )
  }],

  [9, "the page is unaffected", async ({ world, open, see, read }) => {
    await open("<form id=\"own\"><label>Search <input name=\"q\"></label><button>Go</button></form>")
    const look = () => read(`[Object.getOwnPropertyNames(window).length, ...["input", "button", "label"].map((name) => {
      const styles = getComputedStyle(document.querySelector("#own " + name))
      return [...styles].map((property) => property + styles.getPropertyValue(property)).join()
    })]`)
    const looked = await look()
    await read(`document.body.append(
      Object.assign(document.createElement("script"), { src: "${world.service.origin}/embed.js" }),
      Object.assign(document.createElement("lead-form"), { hidden: true }),
    )`)
    await read("host.setAttribute('form', 'demo')")
    await see("field('name')")
    assert.deepEqual(await look(), looked)
  }],

  [10, "a frame of the right height", async ({ world, open, see, read }) => {
    const { origin } = world.service
    await open(`<iframe src="${origin}/f/demo?embed" title="Form" width="100%" height="100"></iframe><script async src="${origin}/widget/frame.js"></script>`)
    await see("document.querySelector('iframe').clientHeight > 300")
    const height = await read("document.querySelector('iframe').clientHeight")
    await read("document.querySelector('iframe').contentWindow.postMessage({ type: 'lead-form:page' }, '*')")
    await read("dispatchEvent(new MessageEvent('message', { data: { type: 'lead-form:height', height: 50 }, origin: location.origin, source: window }))")
    await read("document.querySelector('iframe').style.width = '320px'")
    await see(`document.querySelector('iframe').clientHeight > ${height}`)
  }],

  [[11, 12], "events, and one in the data layer", async ({ world, open, see, read, send }) => {
    await open(snippet(world.service, "demo", "data-layer"))
    await read(`(window.seen = [], ["ready", "start", "submit", "success", "error"].forEach((name) => (
      document.addEventListener("lead-form:" + name, (event) => seen.push([name, event.composed, Object.keys(event.detail).join()]))
    )))`)
    await see("field('name')")
    await read("find('button').click()")
    await send()
    const seen = await read("seen.filter(([name]) => name !== 'ready')")
    assert.deepEqual(seen, [
      ["error", true, "form,code,reason"], ["start", true, "form"], ["submit", true, "form"], ["success", true, "form,id,status,next,waitUntil"],
    ])
    assert.deepEqual(await read("dataLayer.map((event) => Object.keys(event).join())"), ["event,form,id"])
  }],

  [13, "attribution", async ({ world, open, see, send, read }) => {
    await open(snippet(world.service), {}, "?utm_source=news&gclid=Cj0")
    await see("field('name')")
    await read("history.replaceState(null, '', '/')")
    const { provenance: { claimed } } = await send()
    assert.deepEqual(claimed.first_touch.parameters, { utm_source: "news", gclid: "Cj0" })
  }],

  [14, "sending from the hosted page, which has no script", async ({ world, goto, see, read, press, email, click }) => {
    await goto(`${world.service.origin}/f/demo`)
    await click("document.querySelector('button')")
    await see("document.title.startsWith('Error:') && document.readyState === 'complete'")
    assert.equal(await read("document.scripts.length"), 0)
    await click("document.querySelector('.summary a')")
    await see("document.activeElement.name === 'name'")
    // WebKit types into a field that a link has focused only after a click.
    await click("document.activeElement")
    await press("Ada")
    await read("document.querySelector('[name=email]').focus()")
    await press(email)
    await click("document.querySelector('[name=consent]')")
    await click("document.querySelector('main button')")
    await see("document.querySelector('h1')?.textContent.startsWith('Thanks!')")
    assert.equal((await world.leadsFrom(email)).length, 1)
  }],

  [15, "error summary", async ({ world, open, see, read, click }) => {
    await open(snippet(world.service))
    await see("field('name')")
    await click("find('button')")
    await see("active().className === 'lf-summary'")
    const links = await read("all('.lf-summary a').map(({ textContent }) => textContent)")
    assert.deepEqual(links, ["Name is missing", "Work email is missing", "Tick the box to agree (Consent)"])
    assert.deepEqual(await read(`["name", "email", "consent"].map((name) => [field(name).getAttribute("aria-invalid"),
      field(name).getAttribute("aria-describedby").split(" ").every((id) => root.getElementById(id))])`), Array(3).fill(["true", true]))
    await click("all('.lf-summary a')[1]")
    await see("active().name === 'email'")
  }],

  [[16, 17], "the focus is never lost, and the status is announced", async ({ world, open, see, read, click, fill }) => {
    await open(snippet(world.service))
    await see("field('name')")
    await fill()
    await read(`(window.lost = 0, window.said = [], new MutationObserver(() => said.push(find("[role=status]").textContent))
      .observe(find(".lf-send [role=status]"), { childList: true }))`)
    await read("(() => { const look = () => { if (active() === document.body) lost++; requestAnimationFrame(look) }; field('name').focus(); look() })()")
    await click("find('button')")
    await see("find('.lf-thanks')")
    assert.ok(await read("active().className === 'lf-thanks' && active().parentNode.role === 'status'"))
    assert.deepEqual(await read("[lost, said[0]]"), [0, "Sending…"])
  }],

  [18, "labels and types", async ({ world, open, see, read }) => {
    await open(snippet(world.service, "every-kind"))
    await see("field('text')")
    const wrong = await read(`all("input, select, textarea").filter((node) => node.checkVisibility())
      .filter((node) => node.labels.length !== 1 || node.localName === "input" && !node.getAttribute("type")).map(({ name }) => name)`)
    assert.deepEqual(wrong, [])
  }],

  [19, "axe: nothing on every kind, with errors", async ({ name, world, open, see, read, look }) => {
    await open(snippet(world.service, "every-kind"))
    await see("field('text')")
    await read("find('button').click()")
    await see("find('.lf-summary')")
    await look("every-kind")
    // axe does not look at placeholders, and WebKit does not tell how they look.
    if (name === "Firefox") {
      const placeholder = await read("(({ color, opacity }) => [color, opacity])(getComputedStyle(field('month'), '::placeholder'))")
      assert.deepEqual(placeholder, ["rgb(74, 85, 96)", "1"])
    }
    await read(`void (0, eval)(${JSON.stringify(axe.source)})`)
    const violations = await read(`axe.run(host, { rules: { "target-size": { enabled: true } } })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + nodes.map(({ html }) => html).join()))`)
    assert.deepEqual(violations, [])
  }],

  [22, "reflow at 320 pixels, with the text spacing of WCAG 1.4.12", async ({ world, open, read, see }) => {
    const inner = world.landing.publish("/narrow", ["every-kind", "long"].map((form) => snippet(world.service, form, "light")).join("")
      + "<style>* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }</style>")
    await open(`<iframe src="${inner.url}" title="Narrow" width="320" height="600" style="border: 0"></iframe>`)
    await see("document.querySelector('iframe').contentDocument.querySelectorAll('lead-form button').length === 2")
    await read("document.querySelector('iframe').contentDocument.querySelectorAll('lead-form button').forEach((button) => button.click())")
    await see("document.querySelector('iframe').contentDocument.querySelectorAll('.lf-summary').length === 2")
    assert.deepEqual(await read("(({ scrollWidth, clientWidth }) => [scrollWidth - clientWidth])(document.querySelector('iframe').contentDocument.documentElement)"), [0])
  }],

  [25, "keyboard only", async ({ world, open, see, read, press }) => {
    await open(`<button id="before">Before</button>${snippet(world.service)}`)
    await see("field('name')")
    await read("document.getElementById('before').focus()")
    const visited = []
    for (let count = 0; count < 8; count++) {
      await press(TAB)
      visited.push(await read("active().name || active().type"))
    }
    const order = ["name", "email", "size", "channel", "message", "consent", "submit"]
    assert.deepEqual(visited.filter((name, index) => order.includes(name) && visited.indexOf(name) === index), order)
    await read("field('name').focus()")
    await press(ENTER)
    await see("active().className === 'lf-summary'")
  }],

  [28, "a double click is one lead", async ({ world, email, open, see, fill, click }) => {
    await open(snippet(world.service))
    await see("field('name')")
    await fill()
    await click("find('button')", 2)
    await see("find('.lf-thanks')")
    assert.equal((await world.leadsFrom(email)).length, 1)
  }],

  [29, "pages that are not allowed", async ({ world, goto, see }) => {
    await goto(world.landing.publish("/foreign", snippet(world.service)).foreignUrl)
    await see("shows('This form is not set up for this site.')")
  }],

  [30, "framing by pages that are not allowed", async ({ world, goto, open, read, see }) => {
    const { origin } = world.service
    const insert = () => read(`document.querySelector("main").innerHTML = '<iframe src="${origin}/f/demo?embed" title="Form" height="100"></iframe>'`)
    const script = `<script async src="${origin}/widget/frame.js"></script>`
    await goto(world.landing.publish("/framing", script).foreignUrl)
    await insert()
    await new Promise((resolve) => setTimeout(resolve, 500))
    assert.equal(await read("document.querySelector('iframe').clientHeight"), 100)
    await open(script)
    await insert()
    await see("document.querySelector('iframe').clientHeight > 300")
  }],

  [31, "redirect after sending, after what the page waits for", async ({ world, open, see, read, fill }) => {
    world.landing.publish("/next", "<p id=\"next\">See you soon</p>")
    await open(snippet(world.service, "next"))
    await see("field('name')")
    await read(`document.addEventListener("lead-form:success", ({ detail }) => detail.waitUntil(
      new Promise((resolve) => setTimeout(resolve, 200)).then(() => sessionStorage.setItem("waited", detail.next)),
    ))`)
    await fill()
    await read("find('button').click()")
    await see("document.getElementById('next')")
    assert.equal(await read("sessionStorage.getItem('waited')"), `${world.landing.origin}/next`)
  }],

  [37, "trap", async ({ world, open, see, read }) => {
    await open(snippet(world.service))
    await see("field('name')")
    assert.deepEqual(await read("[field('website').checkVisibility(), field('website').autocomplete]"), [false, "off"])
  }],

  [[23, 38], "popup, without motion where none is wanted", async ({ world, open, see, read, click, press, fill, email }) => {
    await open(`<button id="opener" data-lead-form-open="demo">Book</button><script async src="${world.service.origin}/embed.js"></script>`)
    await read(`import("${world.service.origin}/widget/places.js").then(() => {})`)
    await click("document.getElementById('opener')")
    await see("field('name')?.checkVisibility()")
    const dialog = "host.parentNode.shadowRoot.querySelector('dialog')"
    const state = await read(`[${dialog}.matches(":modal"), ${dialog}.ariaLabel, active().localName, getComputedStyle(${dialog}).animationName]`)
    assert.deepEqual(state, [true, "Request a demo", "dialog", "none"])
    await press(ESCAPE)
    await see(`!${dialog}.open`)
    assert.equal(await read("document.activeElement.id"), "opener")
    await click("document.getElementById('opener')")
    await see(`${dialog}.open`)
    await fill()
    await click("find('button')")
    await see("find('.lf-thanks')")
    await click(`${dialog}.querySelector("button")`)
    await see("document.activeElement.id === 'opener'")
    assert.equal((await world.leadsFrom(email)).length, 1)
  }],
]
