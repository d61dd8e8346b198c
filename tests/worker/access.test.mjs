// Who may call the owner's API, with real signatures and a real database.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, describe, it } from "node:test"

import { DEVELOPER, writeDevConfig } from "../../tools/dev-config.mjs"
import { routes } from "../../tools/openapi.mjs"
import { root } from "../../tools/wrangler.mjs"
import { base64url, hmacToken, lies, startIssuer } from "../support/issuer.mjs"
import { startService } from "../support/service.mjs"
import { startWorkerd } from "../support/workerd.mjs"

const ROLES = { OWNERS: "ann@example.com", EDITORS: "ed@example.com", VIEWERS: "*@view.example.com" }

// Each call comes from another address: one with many wrong tokens has to wait.
let calls = 0

async function call(service, path, { token, method = "GET", body, headers = {} } = {}) {
  calls += 1
  const response = await fetch(service.origin + path, {
    method,
    headers: {
      "cf-connecting-ip": `198.51.${calls >> 8}.${calls & 255}`,
      ...token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...body === undefined ? {} : { "content-type": "application/json" },
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await response.text()
  const json = text === "" ? undefined : JSON.parse(text)
  return { status: response.status, headers: response.headers, json, error: json?.error, reason: json?.error?.details?.reason }
}

const me = (service, token) => call(service, "/api/me", { token })

describe("JSON Web Tokens", () => {
  let issuer
  let service

  before(async () => {
    issuer = await startIssuer()
    issuer.addKey("rsa", "RS256")
    issuer.addKey("ec", "ES256")
    issuer.addKey("ed", "EdDSA")
    service = await startWorkerd({ settings: { ...ROLES, ...issuer.settings } })
  })
  after(() => Promise.all([service?.stop(), issuer?.stop()]))

  it("are accepted in each of the three algorithms", async () => {
    for (const kid of ["rsa", "ec", "ed"]) {
      const { status, json } = await me(service, issuer.token(kid))
      assert.deepEqual([kid, status, json], [kid, 200, { subject: "ann@example.com", role: "owner", via: "jwt" }])
    }
    assert.equal(issuer.fetches, 1)
  })

  it("give the role of the settings, and none to others", async () => {
    for (const [email, status, role] of [
      ["ANN@example.com", 200, "owner"], ["ed@example.com", 200, "editor"], ["x@view.example.com", 200, "viewer"],
      ["eve@example.com", 403], ["x@view.example.com.evil.test", 403], ["", 403], [undefined, 403], [["ann@example.com"], 403],
    ]) {
      const answer = await me(service, issuer.token("ec", issuer.claims({ email })))
      assert.deepEqual([email, answer.status, answer.json.role], [email, status, role])
    }
  })

  it("are believed, and no header with an e-mail address is", async () => {
    for (const name of ["Cf-Access-Authenticated-User-Email", "X-Forwarded-Email", "X-Auth-Request-Email", "Remote-User"]) {
      const { status, error } = await call(service, "/api/me", { headers: { [name]: "ann@example.com" } })
      assert.deepEqual([status, error.code], [401, "LG_1400"])
    }
    for (const query of ["token", "access_token", "jwt"]) {
      const { status } = await call(service, `/api/me?${query}=${issuer.token("ec")}`)
      assert.equal(status, 401)
    }
  })

  // Each is refused with this reason; the good token beside it is accepted.
  const forged = {
    "no signature and alg none": () => [`${base64url({ alg: "none" })}.${base64url(issuer.claims())}.`, "algorithm"],
    "alg None": () => [`${base64url({ alg: "None" })}.${base64url(issuer.claims())}.AA`, "algorithm"],
    "alg nOnE with a good signature": () => [issuer.token("rsa", undefined, { alg: "nOnE" }), "algorithm"],
    "HMAC with the public key in PEM": () => {
      const pem = issuer.keys.rsa.publicKey.export({ type: "spki", format: "pem" })
      return [hmacToken({ alg: "HS256", kid: "rsa" }, issuer.claims(), pem), "algorithm"]
    },
    "HMAC of the modulus, as RS256": () => {
      const { n } = issuer.jwks().keys[0]
      return [hmacToken({ alg: "RS256", kid: "rsa" }, issuer.claims(), Buffer.from(n, "base64url")), "signature"]
    },
    "the algorithm of another key": () => [issuer.token("rsa", undefined, { alg: "ES256" }), "key"],
    "the key of another algorithm": () => [issuer.token("rsa", undefined, { kid: "ec" }), "key"],
    "PS256 with an RSA key": () => [issuer.token("rsa", undefined, { alg: "PS256" }), "algorithm"],
    "RS512 with an RSA key": () => [issuer.token("rsa", undefined, { alg: "RS512" }), "algorithm"],
    "a key of its own in jwk": () => {
      issuer.addKey("own", "RS256")
      const jwk = issuer.keys.own.publicKey.export({ format: "jwk" })
      const token = issuer.token("own", undefined, { jwk, kid: "rsa" })
      delete issuer.keys.own
      return [token, "signature"]
    },
    "the address of its own keys in jku": () => {
      issuer.addKey("own", "RS256")
      const token = issuer.token("own", undefined, { jku: "https://evil.test/keys", x5u: "https://evil.test/cert", kid: "rsa" })
      delete issuer.keys.own
      return [token, "signature"]
    },
    "a kid that is a path": () => [issuer.token("rsa", undefined, { kid: "../../dev/null" }), "key"],
    "a kid that is SQL": () => [issuer.token("rsa", undefined, { kid: "' OR '1'='1" }), "key"],
    "crit": () => [issuer.token("rsa", undefined, { crit: ["exp"] }), "critical"],
    "b64 false": () => [issuer.token("rsa", undefined, { b64: false, crit: ["b64"] }), "critical"],
    "changed claims": () => {
      const [header, , signature] = issuer.token("rsa").split(".")
      return [`${header}.${base64url(issuer.claims({ email: "ed@example.com" }))}.${signature}`, "signature"]
    },
    "a changed header": () => {
      const [, claims, signature] = issuer.token("rsa").split(".")
      return [`${base64url({ alg: "RS256", kid: "rsa", typ: "jwt" })}.${claims}.${signature}`, "signature"]
    },
    "a signature of zeros (CVE-2022-21449)": () => {
      const [header, claims] = issuer.token("ec").split(".")
      return [`${header}.${claims}.${Buffer.alloc(64).toString("base64url")}`, "signature"]
    },
    "an ES256 signature in DER": () => {
      const [header, claims] = issuer.token("ec").split(".")
      const bytes = Buffer.concat([Buffer.from([0x30, 0x44, 0x02, 0x20]), issuer.sign("ec", `${header}.${claims}`)])
      return [`${header}.${claims}.${bytes.toString("base64url")}`, "signature"]
    },
    "a shortened signature": () => {
      const [header, claims] = issuer.token("ed").split(".")
      const bytes = issuer.sign("ed", `${header}.${claims}`).subarray(0, 63)
      return [`${header}.${claims}.${bytes.toString("base64url")}`, "signature"]
    },
    "an empty signature": () => [issuer.token("ed").replace(/[^.]*$/, ""), "signature"],
    "another issuer": () => [issuer.token("rsa", issuer.claims({ iss: "https://evil.test" })), "issuer"],
    "another audience": () => [issuer.token("rsa", issuer.claims({ aud: ["another"] })), "audience"],
    "no audience": () => [issuer.token("rsa", issuer.claims({ aud: undefined })), "audience"],
    "an expired one": () => [issuer.token("rsa", issuer.claims({ exp: Math.floor(Date.now() / 1000) - 61 })), "expired"],
    "one that does not expire": () => [issuer.token("rsa", issuer.claims({ exp: undefined })), "malformed"],
    "one that expires in a text": () => [issuer.token("rsa", issuer.claims({ exp: "9999999999" })), "malformed"],
    "one of the future": () => [issuer.token("rsa", issuer.claims({ nbf: Math.floor(Date.now() / 1000) + 120 })), "not_yet_valid"],
    "two names in the header": () => {
      const signed = `${base64url("{\"alg\":\"RS256\",\"kid\":\"x\",\"kid\":\"rsa\"}")}.${base64url(issuer.claims())}`
      return [`${signed}.${issuer.sign("rsa", signed).toString("base64url")}`, "malformed"]
    },
    "two addresses in the claims": () => {
      const claims = JSON.stringify(issuer.claims()).replace("{", "{\"email\":\"eve@example.com\",")
      const signed = `${base64url({ alg: "RS256", kid: "rsa" })}.${base64url(claims)}`
      return [`${signed}.${issuer.sign("rsa", signed).toString("base64url")}`, "malformed"]
    },
    "padding": () => [`${issuer.token("rsa")}==`, "malformed"],
    "five parts": () => [`${issuer.token("rsa")}.AA.AA`, "malformed"],
    "9,000 bytes": () => [issuer.token("rsa", issuer.claims({ x: "x".repeat(9000) })), "too_long"],
  }
  for (const [name, forge] of Object.entries(forged)) {
    it(`are refused: ${name}`, async () => {
      const [token, expected] = forge()
      const { status, error, reason, headers } = await me(service, token)
      assert.deepEqual([status, error.code, reason], [401, "LG_1402", expected])
      assert.equal(headers.get("www-authenticate"), "Bearer error=\"invalid_token\"")
      assert.equal((await me(service, issuer.token("rsa"))).status, 200)
    })
  }

  it("leave nothing of themselves in the log", async () => {
    const [header, claims, signature] = issuer.token("rsa", issuer.claims({ email: "zebulon@example.com" })).split(".")
    await me(service, `${header}.${claims}.${signature}`)
    const output = await service.output()
    for (const secret of [claims, signature, "zebulon", "ann@"]) assert.ok(!output.includes(secret), secret)
  })

  it("are not looked at from an address that sent 20 wrong ones, and are from another", async () => {
    const headers = { "cf-connecting-ip": "192.0.2.1" }
    const from = (token) => call(service, "/api/me", { token, headers })
    for (let wrong = 0; wrong < 20; wrong += 1) assert.equal((await from(`${issuer.token("rsa")}x`)).status, 401)
    const { status, error, headers: answered } = await from(issuer.token("rsa"))
    assert.deepEqual([status, error.code, error.details.policy], [429, "LG_1902", "tokens"])
    assert.ok(Number(answered.get("retry-after")) <= 60)
    assert.equal((await me(service, issuer.token("rsa"))).status, 200)
  })

  it("of unknown keys make one fetch a minute, however many come", async () => {
    const before = issuer.fetches
    const flood = Array.from({ length: 50 }, (_, number) => me(service, issuer.token("ec", undefined, { kid: `x${number}` })))
    for (const { status, reason } of await Promise.all(flood)) assert.deepEqual([status, reason], [401, "key"])
    assert.ok(issuer.fetches - before <= 1, `${issuer.fetches - before} fetches`)
  })
})

// The examples have no kid, an issuer `joe` and expired in 2011: that their signature is right shows in the reason.
describe("the examples of RFC 7515 and RFC 8037", () => {
  const CLAIMS = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
  // Appendix A.2.1.
  const RSA = {
    kty: "RSA", e: "AQAB",
    n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
  }
  const RS256 = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
  // Appendix A.3.1.
  const EC = { kty: "EC", crv: "P-256", x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }
  const ES256 = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
  // Appendix A.4: ES512, which is not accepted.
  const ES512 = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"
  let issuer
  let service

  before(async () => {
    issuer = await startIssuer()
    issuer.jwks = () => ({ keys: [RSA, EC] })
    service = await startWorkerd({ settings: { ...ROLES, ...issuer.settings } })
  })
  after(() => Promise.all([service?.stop(), issuer?.stop()]))

  it("A.2 and A.3 are signed by their keys, and their claims are not ours", async () => {
    for (const [header, signature] of [["eyJhbGciOiJSUzI1NiJ9", RS256], ["eyJhbGciOiJFUzI1NiJ9", ES256]]) {
      assert.equal((await me(service, `${header}.${CLAIMS}.${signature}`)).reason, "issuer")
      const changed = signature.replace(/^../, "AA")
      assert.equal((await me(service, `${header}.${CLAIMS}.${changed}`)).reason, "signature")
    }
  })

  it("A.4 is in an algorithm that is not accepted, and A.5 in none", async () => {
    assert.ok(["algorithm", "malformed"].includes((await me(service, ES512)).reason))
    assert.equal((await me(service, `eyJhbGciOiJub25lIn0.${CLAIMS}.`)).reason, "algorithm")
  })
})

describe("the keys of the issuer", () => {
  let issuer
  before(async () => issuer = await startIssuer())
  after(() => issuer?.stop())

  async function withService(test) {
    issuer.keys = {}
    issuer.addKey("a", "ES256")
    issuer.lie = undefined
    issuer.fetches = 0
    const service = await startWorkerd({ settings: { ...ROLES, ...issuer.settings } })
    try {
      await test(service)
    } finally {
      await service.stop()
    }
  }

  it("are fetched once by the calls of a console that come at once", () => withService(async (service) => {
    issuer.lie = async (_request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      response.end(JSON.stringify(issuer.jwks()))
    }
    const answers = await Promise.all(Array.from({ length: 6 }, () => me(service, issuer.token("a"))))
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200, 200, 200])
    assert.equal(issuer.fetches, 1)
  }))

  const lie = {
    "is down": lies.down,
    "answers 500": lies.error,
    "answers with a page": lies.html,
    "answers without keys": lies.noKeys,
    "answers with a megabyte": lies.huge(() => issuer.jwks()),
    "redirects": lies.redirect("https://evil.test/keys"),
  }
  for (const [what, answer] of Object.entries(lie)) {
    it(`decide nothing while their server ${what}`, () => withService(async (service) => {
      issuer.lie = answer
      for (const _ of [1, 2, 3]) {
        const { status, error, headers } = await me(service, issuer.token("a"))
        assert.deepEqual([status, error.code], [503, "LG_1901"])
        assert.ok(Number(headers.get("retry-after")) > 0)
      }
      assert.equal(issuer.fetches, 1)
      const { faults } = await service.logged(({ faults }) => faults !== undefined)
      assert.match(faults[0], /^setting: JWT_JWKS_URL: /)
      assert.ok(!faults[0].includes(issuer.url), "no address, which may have a secret")
    }))
  }

  for (const [what, answer] of [["slow", lies.slow(20_000)], ["stalled", lies.stalled]]) {
    it(`are waited for five seconds at most (${what})`, () => withService(async (service) => {
      issuer.lie = answer
      const began = performance.now()
      const { status } = await me(service, issuer.token("a"))
      const seconds = (performance.now() - began) / 1000
      assert.equal(status, 503)
      assert.ok(seconds > 4 && seconds < 10, `${seconds} s`)
    }))
  }
})

describe("every route of the table", () => {
  it("is 401 without credentials, and 403 with each lower role", async () => {
    const issuer = await startIssuer()
    issuer.addKey("a", "ES256")
    const service = await startWorkerd({ settings: { ...ROLES, ...issuer.settings } })
    try {
      const emails = ["x@view.example.com", "ed@example.com", "ann@example.com"]
      const tokens = emails.map((email) => issuer.token("a", issuer.claims({ email })))
      assert.ok(routes().length > 20)
      for (const { method, path, role } of routes()) {
        const body = ["post", "put", "patch"].includes(method) ? {} : undefined
        const ask = (token) => call(service, path.replaceAll(/\{\w+\}/g, "a"), { method: method.toUpperCase(), body, token })
        const { status, error } = await ask()
        assert.deepEqual([method, path, status, error.code], [method, path, 401, "LG_1400"])
        for (const token of tokens.slice(0, ["viewer", "editor", "owner"].indexOf(role))) {
          const { status, error } = await ask(token)
          assert.deepEqual([method, path, status, error.code], [method, path, 403, "LG_1401"])
        }
      }
    } finally {
      await Promise.all([service.stop(), issuer.stop()])
    }
  })
})

describe("an API token", () => {
  let issuer
  let service
  let owner

  before(async () => {
    issuer = await startIssuer()
    issuer.addKey("a", "ES256")
    service = await startWorkerd({ settings: { ...ROLES, ...issuer.settings } })
    owner = issuer.token("a")
  })
  after(() => Promise.all([service?.stop(), issuer?.stop()]))

  it("is created, used, listed and deleted, and the audit says so", async () => {
    const created = await call(service, "/api/tokens", { token: owner, method: "POST", body: { name: "CI", role: "editor" } })
    assert.equal(created.status, 201)
    const { id, token } = created.json
    assert.match(token, /^fg_[0-9a-f]{16}_[0-9a-f]{32}$/)
    assert.deepEqual((await me(service, token)).json, { subject: `token:${id}`, role: "editor", via: "token" })
    assert.equal((await call(service, "/api/tokens", { token })).status, 403)

    const today = new Date().toISOString().slice(0, 10)
    const list = async () => (await call(service, "/api/tokens", { token: owner })).json.items
    let items = await list()
    for (let tries = 0; items[0].last_used_day === null && tries < 20; tries += 1) items = await list()
    const [{ created_at, ...item }] = items
    assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60_000)
    assert.deepEqual(item, { id, name: "CI", role: "editor", created_by: "ann@example.com", last_used_day: today })

    assert.equal((await call(service, `/api/tokens/${id}`, { token: owner, method: "DELETE" })).status, 204)
    const refused = await me(service, token)
    assert.deepEqual([refused.status, refused.error.code, refused.reason], [401, "LG_1402", "token"])
    assert.equal((await call(service, `/api/tokens/${id}`, { token: owner, method: "DELETE" })).status, 404)

    const { json: { items: audit, next } } = await call(service, "/api/audit?limit=2", { token: owner })
    assert.deepEqual(audit.map(({ subject, action, object, count }) => [subject, action, object, count]), [
      ["ann@example.com", "token_deleted", id, 1], ["ann@example.com", "token_created", id, 1],
    ])
    const { json: { items: rest } } = await call(service, `/api/audit?cursor=${encodeURIComponent(next)}`, { token: owner })
    assert.deepEqual(rest, [])
    const output = await service.output()
    assert.ok(!output.includes(token.slice(-32)) && !output.includes("ann@"))
  })
})

describe("a page of another site", () => {
  let issuer
  let service

  before(async () => {
    issuer = await startIssuer()
    issuer.addKey("a", "ES256")
    service = await startWorkerd({ settings: { ...ROLES, ...issuer.settings } })
  })
  after(() => Promise.all([service?.stop(), issuer?.stop()]))

  it("can neither read nor change anything, whatever cookies it has", async () => {
    // Cloudflare Access adds this header to a request with its cookie.
    const cookie = { "cf-access-jwt-assertion": issuer.token("a") }
    const body = { name: "a", role: "owner" }
    for (const headers of [
      { "sec-fetch-site": "cross-site", origin: "https://evil.test" }, { "sec-fetch-site": "same-site" }, { origin: "https://evil.test" },
      { origin: "null" },
    ]) {
      for (const options of [{}, { method: "POST", body }]) {
        const answer = await call(service, "/api/tokens", { ...options, headers: { ...cookie, ...headers } })
        assert.deepEqual([answer.status, answer.error.code], [403, "LG_1401"])
        assert.equal(answer.headers.get("access-control-allow-origin"), null)
      }
    }
    const plain = await call(service, "/api/tokens", { method: "POST", body, headers: { ...cookie, "content-type": "text/plain" } })
    assert.equal(plain.status, 415)
    const own = await call(service, "/api/tokens", {
      method: "POST", body, headers: { ...cookie, "sec-fetch-site": "same-origin", origin: service.origin },
    })
    assert.equal(own.status, 201)
    const preflight = await fetch(`${service.origin}/api/tokens`, {
      method: "OPTIONS", headers: { origin: "https://evil.test", "access-control-request-method": "DELETE" },
    })
    assert.equal(preflight.status, 405)
    assert.equal(preflight.headers.get("access-control-allow-origin"), null)
  })
})

describe("make dev", () => {
  it("opens the API to the developer by the identity of Cloudflare Access, and nothing else does", async () => {
    const settings = { OWNERS: DEVELOPER }
    // `deployed` is wrangler.toml as wrangler reads it, in workerd itself: a quarter of the CPU time of `wrangler dev`.
    const starting = [startService({ settings, config: writeDevConfig() }), startWorkerd({ settings, hasFiles: true })]
    const [open, deployed] = await Promise.all(starting)
    try {
      const { status, json } = await call(open, "/api/me")
      assert.deepEqual([status, json], [200, { subject: DEVELOPER, role: "owner", via: "access" }])
      const { json: { id } } = await call(open, "/api/tokens", { method: "POST", body: { name: "a", role: "viewer" } })
      assert.deepEqual((await call(open, "/api/audit")).json.items.map(({ object }) => object), [id])
      // The configuration that is deployed has no identity.
      const refused = await call(deployed, "/api/me")
      assert.deepEqual([refused.status, refused.error.code], [401, "LG_1400"])
      // Static, beside the routes that the Worker answers.
      const openapi = await call(deployed, "/api/openapi.json")
      assert.deepEqual([openapi.status, openapi.json.openapi], [200, "3.1.1"])
    } finally {
      await Promise.all([open.stop(), deployed.stop()])
    }
  })

  it("is not part of what is deployed", () => {
    assert.ok(!readFileSync(join(root, "wrangler.toml"), "utf8").includes("[access"))
  })
})

describe("without settings of access", () => {
  it("the API answers 503 and says how to set it up, and submissions are not affected", async () => {
    const service = await startWorkerd()
    try {
      const { status, error } = await call(service, "/api/me")
      assert.deepEqual([status, error.code], [503, "LG_1901"])
      assert.match(error.details.settings[0].reason, /docs\/console\.md/)
      const health = await call(service, "/healthz")
      assert.deepEqual([health.status, health.json.api], [200, "off"])
    } finally {
      await service.stop()
    }
  })
})
