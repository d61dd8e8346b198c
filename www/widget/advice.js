// What a developer reads on the console. A part of its own, `/widget/advice.js`, loaded when there is something to report.

// `about` is a problem, or an element whose content may not be meant to be in it.
export function advise(key, about, service) {
  if (about instanceof Element) warnOfContent(key, about)
  else explain(key, about, service)
}

function explain(key, { code, details: { reason, hint } = {} }, service) {
  // The address that explains why this page may not embed the form.
  const doctor = `${service}/v1/forms/${key}/doctor?url=${encodeURIComponent(self.origin)}`
  const advice = {
    LG_1103: `add "${self.origin}" to the form's allowed_origins (${reason}): ${doctor}`,
    LG_1100: `${service ?? "a service that is no http(s) origin"} has no form with this key`,
  }[code]
  for (const text of [advice, hint]) {
    if (text) console.error(`<lead-form form="${key}">: ${text}`)
  }
}

// Of content that is no fallback: HTML does not know `<lead-form/>`, which contains what follows it in the page.
function warnOfContent(key, node) {
  const others = [...node.children].filter((child) => !child.matches(FALLBACK) && !child.querySelector(LINKS))
  if (others.length === 0) return
  const tags = [...new Set(others.map(({ localName }) => `<${localName}>`))].join(", ")
  console.warn(`<lead-form form="${key}"> contains ${tags}, which is hidden while the form is shown: HTML ignores the slash of `
    + "<lead-form/>, so what follows belongs to the element. Close it with </lead-form>.")
}

const LINKS = "a[href*='/f/']"
const FALLBACK = `${LINKS}, input[type=hidden], noscript, template`
