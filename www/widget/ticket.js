// The ticket of a form: requested when the visitor begins, sent with the answers, renewed before it expires.
import { ask, pause, within } from "./sending.js"

const MARGIN_MS = 5 * 60_000
// How long a form that requires a ticket waits for the first one before it is sent.
const MAX_WAIT_S = 3
// How old the first ticket is before it is sent: the page may have filled in the form, so that the visitor sends it at once, and
// what is filled in within a second looks like a program's. Until then a form that requires none is sent without: a visitor may
// close the page at any moment.
const MIN_AGE_S = 1.2

export function ticketOf(url, isRequired) {
  let first
  let timer
  const ticket = {
    // Undefined before the visitor begins and shortly after, and where the service has none.
    value: undefined,

    begin() {
      return first ??= ticket.renew()
    },

    // Resolves once it may be sent.
    arrived() {
      return isRequired && within(MAX_WAIT_S, ticket.begin())
    },

    async renew() {
      ticket.end()
      // Renewed, it keeps the time at which the visitor began.
      const { value } = ticket
      const { body } = await ask(url + (value ? `?renew=${value}` : ""), (body) => body)
      if (!body?.ticket) return
      const left_ms = Date.parse(body.expires_at) - Date.now() - MARGIN_MS
      // None where the visitor's clock is wrong: then the service refuses the ticket when it expires, and it is replaced.
      if (left_ms > 0) timer = setTimeout(ticket.renew, left_ms)
      if (!value) await pause(MIN_AGE_S)
      ticket.value = body.ticket
    },

    end() {
      clearTimeout(timer)
    },
  }
  return ticket
}
