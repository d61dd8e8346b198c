// The ticket of a form: requested when the visitor begins, sent with the answers, renewed before it expires.
import { ask, pause } from "./sending.js"

const MARGIN_MS = 5 * 60_000
// How long a form that requires a ticket waits for the first one before it sends.
const MAX_WAIT_S = 3

export class Ticket {
  // Undefined before the visitor begins, and where the service has none.
  value
  #url
  #isRequired
  #first
  #timer

  constructor(url, isRequired) {
    this.#url = url
    this.#isRequired = isRequired
  }

  begin() {
    return this.#first ??= this.renew()
  }

  // Resolves once it may be sent.
  arrived() {
    return this.#isRequired && Promise.race([this.begin(), pause(MAX_WAIT_S)])
  }

  async renew() {
    clearTimeout(this.#timer)
    const { body } = await ask(this.#url, (body) => "ticket" in body)
    if (!body?.ticket) return
    this.value = body.ticket
    const left_ms = Date.parse(body.expires_at) - Date.now() - MARGIN_MS
    // None where the visitor's clock is wrong: then the service refuses the ticket when it expires, and it is replaced.
    if (left_ms > 0) this.#timer = setTimeout(() => this.renew(), left_ms)
  }

  end() {
    clearTimeout(this.#timer)
  }
}
