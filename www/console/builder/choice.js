// A choice of values in words, with one entry for a value of one's own, which is then typed.
import { div } from "../dom.js"
import { bound, inputOf } from "./inputs.js"

const OWN = "\u0000own"

// `options` are [value, words], "" for none; `own` are the words for a value of one's own and the label of its input, which may
// be given as `text`.
export function choiceInput(builder, path, { options, own: [words, ownLabel], text, ...given }) {
  let isOwn = false
  const typed = text ?? inputOf(builder, path, { label: ownLabel })
  const isKnown = (value) => options.some(([known]) => known === (value ?? ""))
  const select = inputOf(builder, path, {
    ...given, kind: "select", options: [...options, [OWN, words]],
    read: (value) => isOwn || !isKnown(value) ? OWN : value ?? "",
    set(value) {
      isOwn = value === OWN
      if (!isOwn) builder.model.set(path, value || undefined)
      show(place)
      if (isOwn) typed.querySelector("input").focus()
    },
  })
  const place = bound(div("", typed), show)
  return div("choice", select, place)

  function show(node) {
    node.hidden = !isOwn && isKnown(builder.model.get(path))
  }
}
