// Where the visitor came from, as far as this page knows. A touch is the address of a page, its referrer and the campaign in its
// query. The session's first touch is stored, and the last one of another site or campaign; both until the tab is closed.
import { isHttp, parseUrl } from "./address.js"
import { bytesOf } from "./bytes.js"
import { REFERRER, SCRIPT } from "./script.js"
import { recall, remember } from "./storage.js"

// Names in session storage.
const NAMES = ["lead-form first touch", "lead-form last touch"]
const CAMPAIGN = [
  "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "gbraid", "wbraid", "dclid",
  "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id",
]
const PAGES = ["page", "referrer"]
// Addresses and touches are ASCII, so their length is their bytes.
const MAX_ADDRESS_BYTES = 2_000
const MAX_CAMPAIGN_BYTES = 500
const MAX_TOUCH_BYTES = 4_000

class Attribution {
  // `data-attribution="off"` on the script turns it off; a consent manager may turn it on and off at any time.
  #isOn = SCRIPT?.dataset.attribution !== "off"
  #isArrival = true

  get isOn() {
    return this.#isOn
  }

  // Turned off, it forgets what is stored.
  set isOn(isOn) {
    this.#isOn = isOn
    if (isOn) this.note()
    else for (const name of NAMES) remember(name)
  }

  // Stores the current page as a touch. A single-page application may have changed its address since the last call.
  note() {
    if (!this.#isOn) return
    const isArrival = this.#isArrival && isNewVisit() && isFromAnotherSite()
    this.#isArrival = false
    const query = new URLSearchParams(location.search)
    query.set("at", new Date().toISOString())
    query.set("page", location.href)
    query.set("referrer", REFERRER)
    const here = touchOf(query)
    if (!here) return
    const [first, last] = touches()
    if (!first) remember(NAMES[0], here.toString())
    if (!last || isArrival || isOtherCampaign(here, last)) remember(NAMES[1], here.toString())
  }

  // The attribution to send with the answers; the service stores it as claimed, not as observed.
  claims() {
    if (!this.#isOn) return {}
    this.note()
    const [first, last] = touches()
    return {
      _page: address(location.href),
      _referrer: address(REFERRER),
      _first_touch: first?.toString(),
      _last_touch: last?.toString(),
    }
  }
}

export const attribution = new Attribution()

function touches() {
  return NAMES.map((name) => parseTouch(recall(name)))
}

// A touch as it is stored and sent, without parts that are missing or too long; null when the whole is too long.
function touchOf(query) {
  const touch = new URLSearchParams()
  for (const name of ["at", "page", "referrer", ...CAMPAIGN]) {
    const value = query.get(name) ?? ""
    const sound = PAGES.includes(name) ? address(value) : bytesOf(value).length <= MAX_CAMPAIGN_BYTES && value
    if (sound) touch.append(name, sound)
  }
  return touch.toString().length <= MAX_TOUCH_BYTES ? touch : null
}

// Session storage may contain anything, because the host page can write there, too.
function parseTouch(text) {
  if (!text || text.length > MAX_TOUCH_BYTES) return null
  const said = new URLSearchParams(text)
  const at = said.get("at")
  return new Date(at).toJSON() === at ? touchOf(said) : null
}

function isOtherCampaign(here, last) {
  return CAMPAIGN.some((name) => here.has(name)) && CAMPAIGN.some((name) => here.get(name) !== last.get(name))
}

// A reload or the back button is no arrival from another site.
function isNewVisit() {
  return !/^(reload|back_forward)$/.test(performance.getEntriesByType("navigation")[0]?.type)
}

// A site is a host and its subdomains, without `www.`: the list of public suffixes would be larger than the widget.
function isFromAnotherSite() {
  const referrer = parseUrl(REFERRER)
  if (!referrer) return false
  const [here, there] = [location, referrer].map(({ hostname }) => `.${hostname.replace(/^www\./, "")}`)
  return !here.endsWith(there) && !there.endsWith(here)
}

// The address of a web page, without its fragment and without credentials; undefined for other addresses.
function address(text) {
  const url = parseUrl(text)
  if (!isHttp(url)) return undefined
  Object.assign(url, { hash: "", username: "", password: "" })
  return url.href.length <= MAX_ADDRESS_BYTES ? url.href : undefined
}
