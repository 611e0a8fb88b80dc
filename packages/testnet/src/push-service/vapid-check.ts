import { createPublicKey, verify } from 'node:crypto'

/** Why an `Authorization` is refused (RFC 8292); undefined when it is good. */
export type VapidProblem = 'missing' | 'malformed' | 'signature' | 'audience' | 'expired' | 'too-long' | 'contact' | 'other-key'

const SECONDS_MAX = 24 * 3600

export interface VapidExpectation {
  /** Origin of this push service. */
  readonly audience: string
  /** Base64url of the application server's key that the subscription was made with; any when undefined. */
  readonly subscribedKey?: string | undefined
  readonly now: Date
}

/** Checks `Authorization: vapid t=<JWT>, k=<key>`. */
export function vapidProblem (authorization: string | undefined, { audience, subscribedKey, now }: VapidExpectation): VapidProblem | undefined {
  if (authorization === undefined) return 'missing'
  const [, token, key] = /^vapid\s+t=([\w-]+\.[\w-]+\.[\w-]+)\s*,\s*k=([\w-]+)$/.exec(authorization) ?? []
  if (token === undefined || key === undefined) return 'malformed'
  if (subscribedKey !== undefined && subscribedKey !== key) return 'other-key'
  const [head, claims, signature] = token.split('.') as [string, string, string]
  const point = Buffer.from(key, 'base64url')
  if (point.length !== 65 || jsonOf(head)?.alg !== 'ES256') return 'malformed'
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }
  const good = verify('sha256', Buffer.from(`${head}.${claims}`), { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  if (!good) return 'signature'
  const { aud, exp, sub } = jsonOf(claims) ?? {}
  if (aud !== audience) return 'audience'
  const seconds = now.getTime() / 1000
  if (typeof exp !== 'number' || exp <= seconds) return 'expired'
  if (exp > seconds + SECONDS_MAX) return 'too-long'
  return typeof sub === 'string' && /^(mailto:|https:)/.test(sub) ? undefined : 'contact'
}

function jsonOf (part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  } catch {
    // Not JSON: malformed.
    return undefined
  }
}
