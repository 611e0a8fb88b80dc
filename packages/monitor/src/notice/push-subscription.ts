import { createECDH } from 'node:crypto'

/** A browser's push subscription. The endpoint is a capability: whoever knows it can send. Kept sealed, never logged, never in an address. */
export interface PushSubscription {
  readonly endpoint: string
  /** Base64url of the 65 bytes of a P-256 point. */
  readonly p256dh: string
  /** Base64url of 16 bytes. */
  readonly auth: string
  /** For the person's list of devices: `Firefox`, `Chrome`. */
  readonly agent: string
}

/** A subscription that cannot be taken. The message repeats nothing of it. */
export class BadSubscription extends Error {
  override readonly name = 'BadSubscription'
}

const ENDPOINT_CHARACTERS_MAX = 2048
const POINT_BYTES = 65
const AUTH_BYTES = 16

/**
 * Reads what `PushSubscription.toJSON()` of a browser gives. Whether the endpoint may be called is `EndpointPolicy`'s matter.
 *
 * @throws {BadSubscription} for another shape, a key that is not a point of the curve, an authentication secret of another length.
 */
export function parsePushSubscription (value: unknown, agent: string): PushSubscription {
  const { endpoint, keys } = objectOf(value)
  const { p256dh, auth } = objectOf(keys)
  if (typeof endpoint !== 'string' || endpoint.length > ENDPOINT_CHARACTERS_MAX || !URL.canParse(endpoint)) throw new BadSubscription('the endpoint is no address')
  const point = bytesOf(p256dh, 'the key', POINT_BYTES)
  if (point[0] !== 4 || !isOnCurve(point)) throw new BadSubscription('the key is no point of P-256')
  return { endpoint, p256dh: point.toString('base64url'), auth: bytesOf(auth, 'the authentication secret', AUTH_BYTES).toString('base64url'), agent: agent.slice(0, 40) }
}

function objectOf (value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new BadSubscription('not a subscription')
  return value as Record<string, unknown>
}

function bytesOf (value: unknown, what: string, length: number): Buffer {
  const bytes = typeof value === 'string' && value.length <= 2 * POINT_BYTES ? Buffer.from(value, 'base64url') : undefined
  if (bytes?.length !== length) throw new BadSubscription(`${what} has not ${length} bytes`)
  return bytes
}

function isOnCurve (point: Buffer): boolean {
  const own = createECDH('prime256v1')
  own.generateKeys()
  try {
    own.computeSecret(point)
    return true
  } catch {
    // OpenSSL refuses what is not on the curve.
    return false
  }
}

/** Family of a browser by its user agent text, for the person's own list. */
export function agentFamily (userAgent: string | undefined): string {
  const families: ReadonlyArray<readonly [RegExp, string]> = [[/\bEdg\//, 'Edge'], [/\bOPR\//, 'Opera'], [/\bFirefox\//, 'Firefox'], [/Chrom(e|ium)\//, 'Chrome'], [/\bSafari\//, 'Safari']]
  return families.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1] ?? ''
}
