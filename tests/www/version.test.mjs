import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { after, before, describe, it } from "node:test"
import { startWorkerd } from "../support/workerd.mjs"
import { startEdge } from "./edge.mjs"
import { demoForm } from "./forms.mjs"
import { openWorld, snippet, visit, WITHOUT_SCRIPT } from "./world.mjs"

const TERMS = {
  1: "I agree to be called.",
  2: "I agree to be called, and to “everything” else & more.",
}

describe("a form that is published anew while a visitor fills it in", () => {
  let world
  let edge
  let later
  const open = {}

  // The visitors come while an isolate answers that knows version 1, and send while one answers that knows version 2.
  before(async () => {
    world = await openWorld(() => [changingForm(1)], {}, (given) => startWorkerd({ ...given, hasFiles: true, isShared: true }))
    edge = await startEdge(world.service)
    const landing = world.landing.publish("/offer", snippet(edge, "changing"))
    const hosted = `${edge.origin}/f/changing`
    open.widget = await visit(world, landing.url)
    await open.widget.page.getByLabel("Phone").waitFor()
    open.retried = await visit(world, landing.url)
    await open.retried.page.getByLabel("Phone").waitFor()
    open.hosted = await visit(world, hosted, WITHOUT_SCRIPT)
    open.refused = await visit(world, hosted, WITHOUT_SCRIPT)
    await world.service.putForm("changing", changingForm(2))
    later = await startWorkerd({ hasFiles: true, persistTo: world.service.persistTo })
    edge.leadTo(later)
    open.newWidget = await visit(world, landing.url, { isAlone: true })
    open.newHosted = await visit(world, hosted, { ...WITHOUT_SCRIPT, isAlone: true })
  })
  // Whatever was started: what is left running keeps this process from ending.
  after(async () => {
    await Promise.all([edge?.stop(), later?.stop()])
    await world?.close()
  })

  it("takes from the snippet what the visitor saw", async () => {
    const { page, errors, consoleErrors } = open.widget
    await fillInFirst(page, "widget@example.com")
    const sent = await posted(page)
    assert.equal(sent.postDataJSON()._version, "1")
    assert.equal(new URL(sent.url()).origin, edge.origin)
    await assertLead("widget@example.com", 1)
    assert.deepEqual([errors, consoleErrors], [[], []])
  })

  it("takes it from the hosted page without JavaScript, too", async () => {
    const { page } = open.hosted
    await fillInFirst(page, "hosted@example.com")
    const sent = await posted(page)
    assert.equal(new URLSearchParams(sent.postData()).get("_version"), "1")
    await assertLead("hosted@example.com", 1)
  })

  it("comes back as the visitor saw it when something is wrong, and then takes it", async () => {
    const { page } = open.refused
    await fillInFirst(page, "no-address")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    assert.match(await page.getByRole("alert").getByRole("link").innerText(), /^Work email must be an email address/)
    assert.equal(await page.getByLabel("Phone").inputValue(), "0301234")
    assert.ok(await page.getByLabel(TERMS[1], { exact: true }).isChecked())
    assert.equal(await page.getByLabel("Company").count(), 0)
    await page.getByLabel("Work email").fill("mended@example.com")
    await posted(page)
    await assertLead("mended@example.com", 1)
  })

  it("keeps to what the visitor saw when the snippet has to send again", async () => {
    const { page } = open.retried
    await fillInFirst(page, "retried@example.com")
    // A browser cannot check what is no longer marked as an address.
    await page.getByLabel("Work email").evaluate((input) => { input.type = "text"; input.value = "no-address" })
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "There is a problem" }).waitFor()
    assert.equal(await page.getByRole("alert").getByRole("link").count(), 1)
    await page.getByLabel("Work email").fill("retried@example.com")
    assert.equal((await posted(page)).postDataJSON()._version, "1")
    await assertLead("retried@example.com", 1)
  })

  for (const [how, which] of [["snippet", "newWidget"], ["hosted page", "newHosted"]]) {
    it(`shows who comes to the ${how} later what is asked now`, async () => {
      const { page } = open[which]
      const email = `${which}@example.com`
      await page.getByLabel("Work email").fill(email)
      await page.getByLabel("Company").fill("Zeb & Co")
      await page.getByLabel(TERMS[2], { exact: true }).check()
      assert.equal(await page.getByLabel("Phone").count(), 0)
      await posted(page)
      await assertLead(email, 2)
    })
  }

  // Clicks, and waits until the visitor is thanked. Gives back the request.
  async function posted(page) {
    const request = page.waitForRequest((each) => each.method() === "POST")
    await page.getByRole("button", { name: "Send request" }).click()
    await page.getByRole("heading", { name: "Thanks! We will write soon." }).waitFor()
    return request
  }

  async function assertLead(email, version) {
    const leads = await world.leadsFrom(email)
    assert.equal(leads.length, 1)
    const { form, fields, extras, consents, warnings } = JSON.parse(leads[0].lead)
    const own = version === 1 ? { phone: "0301234" } : { company: "Zeb & Co" }
    assert.deepEqual([form, fields], [{ key: "changing", version }, { email, ...own, terms: "on" }])
    assert.deepEqual([extras, warnings], [{}, []])
    const sha256 = createHash("sha256").update(TERMS[version], "utf8").digest("hex")
    assert.deepEqual(consents, [{ field: "terms", text: TERMS[version], sha256 }])
  }
})

// Version 2 no longer asks for a telephone number, but for a company, and for another consent.
function changingForm(version) {
  const own = version === 1
    ? { name: "phone", type: "tel", label: "Phone", required: true, maxlength: 7 }
    : { name: "company", type: "text", label: "Company", required: true, minlength: 8 }
  return demoForm({
    key: "changing",
    version,
    fields: [
      { name: "email", type: "email", label: "Work email", required: true },
      own,
      { name: "terms", type: "consent", label: "Terms", text: TERMS[version] },
    ],
  })
}

// Fills in version 1; none of it would do for version 2.
async function fillInFirst(page, email) {
  await page.getByLabel("Work email").fill(email)
  await page.getByLabel("Phone").fill("0301234")
  await page.getByLabel(TERMS[1], { exact: true }).check()
}
