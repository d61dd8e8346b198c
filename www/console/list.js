// A list that is loaded in pages and kept up to date while it is visible, without moving the focus.
import { read, withQuery } from "./api.js"
import { counted } from "./count.js"
import { announce, button, div, fill, h } from "./dom.js"
import { empty, failure, loading } from "./states.js"
import { time, zone } from "./time.js"

// How often a visible list is brought up to date, and the longest pause after failures or a search of many leads: milliseconds.
const POLL_MS = 10_000
const MAX_PAUSE_MS = 120_000
// A page of a search may end before it is full. So many are read one after the other until so many items are found.
const MAX_SEARCHES = 25
const ENOUGH = 50
const FOCUSABLE = "a, button, input, textarea"

// `path()` is where the list is read from, `query()` its filters. `keyOf(item)` names an item, `row(item)` makes its node, and
// `stateOf(item)` is what else its node shows: a row is made again when its item or state changes. `isShown(item)` may hide it.
// `whenEmpty()` has the text or nodes in place of an empty list, `changed()` is called after each change, `unit` names one item.
export function listOf({
  label, unit, path, query = () => ({}), keyOf = ({ id }) => id, row, stateOf = () => "", isShown = () => true, whenEmpty,
  changed = () => {},
}) {
  const rows = new Map()
  let items = []
  let next = null
  // How far back a search has looked that goes on.
  let reached
  let stopper = new AbortController()
  let timer
  let pause = POLL_MS

  const state = h("div", {})
  const stale = h("div", { class: "stale", hidden: true })
  const list = h("ul", { class: "rows", "aria-label": label })
  const more = button("Show more", showMore, { class: "more", hidden: true })
  const foot = h("p", { class: "foot" })

  const view = {
    element: div("list", stale, state, list, more, foot),

    keyOf,
    shown: () => items.filter(isShown),
    item: (key) => items.find((item) => keyOf(item) === key),

    // Loads the first page, for a new view.
    async open() {
      view.isOpen = true
      stopper.abort()
      stopper = new AbortController()
      items = []
      next = reached = null
      list.setAttribute("aria-busy", "true")
      draw()
      fill(state, loading())
      await refresh()
    },

    // Brings what is shown up to date.
    refresh,
    draw,

    // The link of an item gets the focus.
    focus: (key) => rows.get(key)?.node.querySelector("a")?.focus(),

    close() {
      stopper.abort()
      clearTimeout(timer)
      document.removeEventListener("visibilitychange", whenVisible)
    },
  }
  document.addEventListener("visibilitychange", whenVisible)
  return view

  function load(cursor, signal) {
    return read(withQuery(path(), { ...query(), cursor }), signal)
  }

  function whenVisible() {
    if (!document.hidden && list.getAttribute("aria-busy") !== "true") refresh()
  }

  async function refresh() {
    clearTimeout(timer)
    const { signal } = stopper
    const isFirst = list.getAttribute("aria-busy") === "true"
    try {
      const page = await load(null, signal)
      if (signal.aborted) return
      const known = new Set(items.map(keyOf))
      merge(page, isFirst)
      for (let search = 1; isFirst && reached && search < MAX_SEARCHES && view.shown().length < ENOUGH; search += 1) {
        draw()
        await grow(signal)
        if (signal.aborted) return
      }
      const arrived = view.shown().filter((item) => !known.has(keyOf(item)))
      if (!isFirst && arrived.length > 0) announce(`${counted(arrived.length, unit)} arrived`)
      pause = page.searched_to ? MAX_PAUSE_MS : POLL_MS
      stale.hidden = true
    } catch (error) {
      if (signal.aborted) return
      pause = Math.min(pause * 2, MAX_PAUSE_MS)
      if (isFirst) {
        list.removeAttribute("aria-busy")
        return fill(state, failure(error, view.open))
      }
      // What is shown stays, with a note that it may be old, shown once.
      if (stale.hidden) fill(stale, failure(error, refresh))
      stale.hidden = false
    }
    list.removeAttribute("aria-busy")
    draw()
    timer = setTimeout(() => document.hidden || refresh(), pause)
  }

  // Puts a new first page in place of what it covers. If its last item is unknown, more arrived than fits: the list starts anew.
  function merge(page, isFirst) {
    const end = page.searched_to
    const last = page.next && page.items.at(-1)
    const at = last ? items.findIndex((item) => keyOf(item) === keyOf(last)) : -1
    const keys = new Set(page.items.map(keyOf))
    const older = end ? items.filter((item) => item.received_at < end) : at < 0 ? [] : items.slice(at + 1)
    items = [...page.items, ...older.filter((item) => !keys.has(keyOf(item)))]
    if (end ? !isFirst : at >= 0) return
    next = page.next
    reached = end
  }

  // Adds the next page; resolves to what is new.
  async function grow(signal) {
    const page = await load(next, signal)
    if (signal.aborted) return []
    const known = new Set(items.map(keyOf))
    const added = page.items.filter((item) => !known.has(keyOf(item)))
    items.push(...added)
    next = page.next
    reached = page.searched_to
    return added
  }

  async function showMore() {
    const { signal } = stopper
    try {
      const [first] = await grow(signal)
      draw()
      if (first) view.focus(keyOf(first))
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  function draw() {
    const shown = view.shown()
    const keys = new Set(shown.map(keyOf))
    for (const [key, { node }] of rows) {
      if (keys.has(key)) continue
      node.remove()
      rows.delete(key)
    }
    shown.forEach((item, index) => place(item, index))
    const isBusy = list.getAttribute("aria-busy") === "true"
    if (!isBusy) fill(state, shown.length === 0 && empty(whenEmpty()))
    more.hidden = !next
    fill(foot,
      shown.length > 0 && `${counted(shown.length, unit)}${next ? " and more" : ""} · times in ${zone()}`,
      reached && [" · searched back to ", time(reached)])
    changed()
  }

  // A node that is in its place already is not moved, because moving it would take the focus away.
  function place(item, index) {
    const key = keyOf(item)
    const mark = JSON.stringify([item, stateOf(item)])
    const before = rows.get(key)
    if (before?.mark !== mark) {
      const node = row(item)
      const focused = before && [...before.node.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement)
      if (before) before.node.replaceWith(node)
      rows.set(key, { node, mark })
      if (focused >= 0) node.querySelectorAll(FOCUSABLE)[focused]?.focus()
    }
    const { node } = rows.get(key)
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null)
  }
}
