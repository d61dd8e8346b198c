// An issuer of JSON Web Tokens: signs them, and serves its keys, well or badly.

import { createHmac, generateKeyPairSync, sign } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"

const KEYS = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
}

export const AUDIENCE = "formgate-test"

export const base64url = (part) => Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url")

export async function startIssuer() {
  const server = createServer((request, response) => issuer.serve(request, response))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${server.address().port}`

  const issuer = {
    url,
    settings: { JWT_ISSUER: url, JWT_AUDIENCE: AUDIENCE, JWT_JWKS_URL: `${url}/keys` },
    keys: {},
    // How often the keys were fetched.
    fetches: 0,
    // How to answer instead: (request, response).
    lie: undefined,

    // A new key, published as `kid`.
    addKey(kid, algorithm = "RS256") {
      issuer.keys[kid] = { algorithm, ...KEYS[algorithm]() }
    },

    jwks: () => ({
      keys: Object.entries(issuer.keys).map(([kid, { algorithm, publicKey }]) => ({
        ...publicKey.export({ format: "jwk" }), kid, alg: algorithm, use: "sig",
      })),
    }),

    async serve(request, response) {
      issuer.fetches += 1
      if (issuer.lie !== undefined) return issuer.lie(request, response)
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify(issuer.jwks()))
    },

    claims: (changed = {}) => {
      const now = Math.floor(Date.now() / 1000)
      return { iss: url, aud: [AUDIENCE], iat: now, nbf: now, exp: now + 600, email: "ann@example.com", sub: "1", ...changed }
    },

    // A token by the key `kid`; `header` changes members of the header.
    token(kid, claims = issuer.claims(), header = {}) {
      const { algorithm } = issuer.keys[kid]
      const signed = `${base64url({ alg: algorithm, kid, typ: "JWT", ...header })}.${base64url(claims)}`
      return `${signed}.${issuer.sign(kid, signed).toString("base64url")}`
    },

    sign(kid, text) {
      const { algorithm, privateKey } = issuer.keys[kid]
      if (algorithm === "EdDSA") return sign(null, Buffer.from(text), privateKey)
      return sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" })
    },

    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
  return issuer
}

// Signed with a secret, as if the algorithm was an HMAC.
export function hmacToken(header, claims, secret) {
  const signed = `${base64url(header)}.${base64url(claims)}`
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`
}

// Answers that are no set of keys.
export const lies = {
  down: (_request, response) => response.socket.destroy(),
  error: (_request, response) => response.writeHead(500).end("{\"keys\":[]}"),
  html: (_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>"),
  noKeys: (_request, response) => response.end("{}"),
  // A set of keys, and then a megabyte of spaces.
  huge: (jwks) => (_request, response) => response.end(JSON.stringify(jwks()) + " ".repeat(1 << 20)),
  slow: (ms) => async (_request, response) => {
    await sleep(ms, undefined, { ref: false })
    response.end("{\"keys\":[]}")
  },
  // The head, and never the end.
  stalled: (_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" })
    response.write("{")
  },
  redirect: (to) => (_request, response) => response.writeHead(302, { location: to }).end(),
}
