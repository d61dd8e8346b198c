// Sends what was typed into a view, and sends it again while the service is unavailable.
import { attribution } from "./attribution.js"
import { element } from "./dom.js"
import { isTemporary, pause, post } from "./sending.js"

// The waits before answers are sent again while the service is unavailable. If the service requests a longer wait than the
// longest of them, the visitor has to send them.
const WAITS_S = [5, 15, 30, 60, 120]
const MAX_WAIT_S = 120
// How often the words for the time left change.
const STEP_S = 5

// `host` reports what happens: `emit`, `report`, `succeed`. It can `pass` a challenge. It has the page's own `inputs`, the
// `ticket`, the `link` to the hosted page, and the one for the owner of a page that may not embed the form (`doctor`).
export function deliveryOf(view, url, texts, host) {
  // The attempts in progress; others or null once they are over.
  let run
  // What passed the last challenge: good for the same answers.
  let proof

  async function submit() {
    if (view.isBusy) return
    run = null
    view.clear()
    const errors = view.violations()
    if (errors[0]) return refuse({ code: "LG_1102", details: { errors, reason: "checked_by_browser" } })
    if (host.emit("submit", {}, true)) await deliver()
  }

  // The idempotency key makes repeated deliveries one lead.
  async function deliver() {
    const own = run = {}
    for (const wait of [...WAITS_S, Infinity]) {
      const answers = view.payload(host.inputs())
      view.setBusy(true)
      const { body, problem } = await send(answers)
      view.setBusy(false)
      if (body) {
        run = null
        view.thank(body.message)
        return host.succeed(body)
      }
      // Repeated failures do not move the focus, so that they do not interrupt the visitor.
      const isQuiet = wait > WAITS_S[0]
      const seconds = Math.max(wait, problem.details.retry_after ?? 0)
      const isSame = JSON.stringify(view.payload(host.inputs())) === JSON.stringify(answers)
      if (!isSame || !isTemporary(problem) || seconds > MAX_WAIT_S) {
        run = null
        return refuse(problem, isQuiet)
      }
      host.report(problem)
      // The role keeps screen readers from announcing every step.
      const time = element("span", { role: "timer" }, inTime(seconds, texts.locale))
      const [before, after] = texts.sentAgain.split("{time}")
      view.showProblem(texts.notSent, [[before, time, after], host.link()], isQuiet)
      await countDown(seconds, (left) => time.textContent = inTime(left, texts.locale), () => run === own)
      if (run !== own) return
    }
  }

  // A refused ticket is replaced once; after that, the refusal counts as a failure that passes.
  async function send(answers) {
    const { ticket, _test } = host
    await ticket.arrived()
    for (let round = 0; ; round++) {
      const more = { ...attribution.claims(), _ticket: ticket.value, _proof: proof, _test }
      const answer = await post(url, answers, more, texts.locale)
      const { code, details } = answer.problem ?? {}
      if (/CHALLENGE/.test(code) && round < 2 && (proof = await host.pass(details))) continue
      if (!/^ticket_/.test(details?.reason)) return answer
      if (round) {
        answer.problem.code = null
        return answer
      }
      await ticket.renew()
    }
  }

  // After a change of the answers, the visitor sends them.
  function stop() {
    if (!run || view.isBusy) return
    run = null
    view.showProblem(texts.notSent, [texts.nothingLost, host.link()], true)
  }

  function refuse(problem, isQuiet) {
    host.report(problem)
    const { code, details: { errors = [], retry_after }, message } = problem
    if (code === "LG_1102") return view.showViolations(errors, message)
    const lines = {
      LG_1902: [retry_after > 0 ? texts.tryAgain.replace("{time}", inTime(retry_after, texts.locale)) : texts.nothingLost],
      LG_1103: [texts.notSetUp ?? "", host.link(), host.doctor()],
      LG_1100: [texts.notFound ?? ""],
      FORM_BODY_TOO_LARGE: [texts.answersTooLong ?? ""],
    }[code] ?? [texts.nothingLost, host.link()]
    view.showProblem((code === "LG_1902" && texts.tooManyAttempts) || texts.notSent, lines, isQuiet)
  }

  return { submit, stop }
}

// A connection that comes back ends it.
async function countDown(seconds, show, isWanted) {
  const end_ms = Date.now() + seconds * 1000
  for (let left = seconds; left > 0 && isWanted(); left = Math.ceil((end_ms - Date.now()) / 1000)) {
    show(left)
    if (await pause(Math.min(left, STEP_S))) return
  }
}

function inTime(seconds, locale) {
  const [count, unit] = seconds > 90 ? [Math.ceil(seconds / 60), "minute"] : [seconds, "second"]
  return new Intl.RelativeTimeFormat(locale).format(count, unit)
}
