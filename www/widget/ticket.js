// The ticket of a form: requested when the visitor begins, sent with the answers, renewed before it expires.
import { ask, pause } from "./sending.js"

const MARGIN_MS = 5 * 60_000
// How long a form that requires a ticket waits for the first one before it sends.
const MAX_WAIT_S = 3

export function ticketOf(url, isRequired) {
  let first
  let timer
  const ticket = {
    // Undefined before the visitor begins, and where the service has none.
    value: undefined,

    begin() {
      return first ??= ticket.renew()
    },

    // Resolves once it may be sent.
    arrived() {
      return isRequired && Promise.race([ticket.begin(), pause(MAX_WAIT_S)])
    },

    async renew() {
      ticket.end()
      // Renewed, it keeps the time at which the visitor began.
      const { body } = await ask(url + (ticket.value ? `?renew=${ticket.value}` : ""), (body) => body)
      if (!body?.ticket) return
      ticket.value = body.ticket
      const left_ms = Date.parse(body.expires_at) - Date.now() - MARGIN_MS
      // None where the visitor's clock is wrong: then the service refuses the ticket when it expires, and it is replaced.
      if (left_ms > 0) timer = setTimeout(ticket.renew, left_ms)
    },

    end() {
      clearTimeout(timer)
    },
  }
  return ticket
}
