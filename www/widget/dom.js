// Nodes of the page, made without parsing markup.

// Reads a property of a document or form that an element with that name may hide: `<img name="currentScript">`.
export function genuine(node, name) {
  return Reflect.get(Object.getPrototypeOf(node), name, node)
}

// Attributes as in HTML: absent when undefined, null or false, empty when true. Strings among the children become text.
export function element(name, attributes, ...children) {
  const node = genuine(document, "createElement").call(document, name)
  setAttributes(node, attributes)
  node.append(...children)
  return node
}

export function setAttributes(node, attributes = {}) {
  for (const [name, value] of Object.entries(attributes)) {
    if ((value ?? false) !== false) node.setAttribute(name, value === true ? "" : value)
    else node.removeAttribute(name)
  }
}

// A text with its links, which open in a new tab so that the typed values stay.
export function linked(text, parts) {
  return (parts?.length ? parts : [{ text }]).map(({ text, href }) => href ? element("a", { href, target: "_blank", rel: "noopener" }, text) : text)
}
