// Moving an item of a list by dragging its handle with a mouse, a finger or a pen.

// How near to the edge of what scrolls the pointer makes it scroll, and by how much an event: pixels.
const EDGE_PX = 48
const SCROLL_PX = 12

// `drop(from, to)` is called with the indexes of the item and of its new place. Escape ends a drag without it.
export function draggable(list, drop) {
  let drag
  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".handle")
    if (!handle || event.button !== 0) return
    const item = handle.closest("li")
    handle.setPointerCapture(event.pointerId)
    drag = { item, from: [...list.children].indexOf(item) }
    drag.to = drag.from
    item.classList.add("dragged")
    document.onkeydown = ({ key }) => {
      if (key === "Escape") end()
    }
  })
  list.addEventListener("pointermove", (event) => {
    if (!drag) return
    scroll(event.clientY)
    drag.to = placeOf(event.clientY)
    mark()
  })
  list.addEventListener("pointerup", () => {
    if (!drag) return
    const { from, to } = drag
    end()
    if (from !== to) drop(from, to)
  })
  list.addEventListener("pointercancel", end)

  // The index that the item gets if it is dropped at this height.
  function placeOf(y) {
    const others = [...list.children].filter((item) => item !== drag.item)
    return others.filter((item) => {
      const { top, height } = item.getBoundingClientRect()
      return y > top + height / 2
    }).length
  }

  function mark() {
    const items = [...list.children]
    items.forEach((item, index) => {
      item.classList.toggle("before", index === drag.to && drag.to < drag.from)
      item.classList.toggle("after", index === drag.to && drag.to > drag.from)
    })
  }

  function scroll(y) {
    const box = list.closest(".column")
    const { top, bottom } = box.getBoundingClientRect()
    const scrolls = box.scrollHeight > box.clientHeight ? box : document.scrollingElement
    if (y < Math.max(top, 0) + EDGE_PX) scrolls.scrollTop -= SCROLL_PX
    if (y > Math.min(bottom, innerHeight) - EDGE_PX) scrolls.scrollTop += SCROLL_PX
  }

  function end() {
    if (!drag) return
    drag = document.onkeydown = undefined
    for (const item of list.children) item.classList.remove("dragged", "before", "after")
  }
}
