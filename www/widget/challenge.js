// Passes a challenge of the service: solves a proof of work, or shows Turnstile. A part of its own, `/widget/challenge.js`,
// which is loaded when a submission is challenged.
import { ENGLISH } from "texts:challenge"
import { element } from "./dom.js"

// A worker that has not reported by then does not run.
const WORKER_WAIT_MS = 4000
// How often it is checked whether the form is still in the page.
const CHECK_MS = 250
// https://developers.cloudflare.com/turnstile/get-started/client-side-rendering/#explicit-rendering
const TURNSTILE = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit"
const SLOT = "lead-form-challenge"

// Gives what the submission is sent with again; undefined when there is none, or when `form`, the element in which progress is
// shown, is removed from the page. `own` are the texts in the language of the form.
export async function prove({ altcha, turnstile }, form, own) {
  const { lang } = form
  const texts = { ...ENGLISH, ...own }
  const status = element("p", { role: "status" })
  const shown = element("div", { class: "lf-challenge" }, status)
  // In the form's own frame. A field may be called `append`.
  Element.prototype.append.call(form.firstElementChild, shown)
  // Screen readers announce what changes in a region that they know.
  setTimeout(() => status.textContent = turnstile ? texts.confirm : texts.working)
  const end = new AbortController()
  const timer = setInterval(() => form.isConnected || end.abort(), CHECK_MS)
  const removed = new Promise((resolve) => end.signal.addEventListener("abort", () => resolve()))
  try {
    const { signal } = end
    const proof = turnstile ? confirm(turnstile.site_key, shown, lang, signal) : work(altcha, shown, texts.working, signal)
    return await Promise.race([proof, removed])
  } catch {
    // The visitor can send again, or use the hosted page.
  } finally {
    clearInterval(timer)
    end.abort()
    shown.remove()
  }
}

async function work(challenge, shown, label, signal) {
  const { parameters } = challenge
  const bar = element("progress", { max: parameters.data.bound, value: "0", "aria-label": label })
  shown.append(bar)
  const report = (counter) => bar.value = counter
  const script = new URL("solver.js", import.meta.url).href
  const solution = await inWorker(parameters, script, report, signal) ?? await inPage(parameters, script, report, signal)
  return solution && btoa(JSON.stringify({ challenge, solution }))
}

// Undefined where the page's policy forbids workers. A page may only start workers of its own origin, so this one is a line of
// the page's that imports the script.
function inWorker(parameters, script, report, signal) {
  return new Promise((resolve) => {
    const url = URL.createObjectURL(new Blob([`import ${JSON.stringify(script)}`], { type: "text/javascript" }))
    let worker
    const end = (solution) => {
      clearTimeout(timer)
      URL.revokeObjectURL(url)
      worker?.terminate()
      resolve(solution)
    }
    const timer = setTimeout(end, WORKER_WAIT_MS)
    signal.addEventListener("abort", () => end())
    try {
      worker = new Worker(url, { type: "module" })
    } catch {
      return end()
    }
    worker.addEventListener("error", () => end())
    worker.addEventListener("message", ({ data }) => {
      clearTimeout(timer)
      if (typeof data === "number") report(data)
      else end(data)
    })
    worker.postMessage(parameters)
  })
}

async function inPage(parameters, script, report, signal) {
  if (signal.aborted) return
  const { solve } = await import(script)
  return solve(parameters, report, () => !signal.aborted)
}

// Turnstile looks for its elements in the document, so this one is a child of the page's own element, shown in a slot.
async function confirm(sitekey, shown, language, signal) {
  const { host } = shown.getRootNode()
  const place = element("div", { slot: host && SLOT })
  if (host) shown.append(element("slot", { name: SLOT }))
  const parent = host ?? shown
  parent.append(place)
  signal.addEventListener("abort", () => place.remove())
  const turnstile = await turnstileOf()
  if (signal.aborted) return
  return new Promise((resolve) => {
    const id = turnstile.render(place, { sitekey, language, callback: resolve, "error-callback": () => resolve() })
    signal.addEventListener("abort", () => turnstile.remove(id))
  })
}

function turnstileOf() {
  return new Promise((resolve, reject) => {
    if (window.turnstile) return resolve(window.turnstile)
    const script = element("script", { src: TURNSTILE, async: true })
    script.addEventListener("load", () => resolve(window.turnstile))
    script.addEventListener("error", reject)
    document.head.append(script)
  })
}
