import { createPublicKey } from 'node:crypto'

/** What a browser gives for being reached (Push API); the address is a capability: whoever has it can send. */
export interface Subscription {
  readonly endpoint: string
  /** Browser's P-256 point, uncompressed, base64url. */
  readonly p256dh: string
  /** 16 bytes, base64url. */
  readonly auth: string
}

const ENDPOINT_CHARACTERS_MAX = 1000
const POINT_BYTES = 65
const AUTH_BYTES = 16
const COORDINATE_BYTES = 32

/** A subscription that is none, or leads where we do not send. Its text does not repeat the address. */
export class BadSubscription extends Error {
  override readonly name = 'BadSubscription'
}

/**
 * Checks what a browser sent before anything is sent to it.
 *
 * @param origins that push services may have: an address of somebody's own choosing would make us ask servers inside (SSRF).
 * @throws {BadSubscription}
 */
export function checkSubscription (value: unknown, origins: readonly string[]): Subscription {
  const { endpoint, keys } = (typeof value === 'object' && value !== null ? value : {}) as { endpoint?: unknown, keys?: { p256dh?: unknown, auth?: unknown } | null }
  const { p256dh, auth } = keys ?? {}
  if (typeof endpoint !== 'string' || typeof p256dh !== 'string' || typeof auth !== 'string') throw new BadSubscription('a subscription has endpoint, keys.p256dh and keys.auth')
  if (endpoint.length > ENDPOINT_CHARACTERS_MAX || !URL.canParse(endpoint)) throw new BadSubscription('the endpoint is no address')
  const url = new URL(endpoint)
  if (!origins.includes(url.origin) || url.username !== '' || url.password !== '') throw new BadSubscription('the endpoint is of no push service that is known here')
  if (Buffer.from(auth, 'base64url').length !== AUTH_BYTES) throw new BadSubscription('auth has 16 bytes')
  checkPoint(Buffer.from(p256dh, 'base64url'))
  return { endpoint: url.href, p256dh, auth }
}

/** A point off the curve would give away our key (invalid-curve attack). */
function checkPoint (point: Buffer): void {
  const isUncompressed = point.length === POINT_BYTES && point[0] === 4
  try {
    if (!isUncompressed) throw new RangeError('not an uncompressed point')
    const [x, y] = [point.subarray(1, 1 + COORDINATE_BYTES), point.subarray(1 + COORDINATE_BYTES)].map((part) => part.toString('base64url'))
    createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x!, y: y! } })
  } catch (error) {
    throw new BadSubscription('p256dh is no point of P-256', { cause: error })
  }
}
