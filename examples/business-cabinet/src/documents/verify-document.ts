import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isRnokpp } from '@trembita/example-information-system'

/** Copies that an entrepreneur passes through the portal (order 688, item 8). */
export const DOCUMENT_TYPES = ['internal-passport', 'foreign-passport', 'taxpayer-card', 'income-sources', 'displaced-certificate'] as const
export type DocumentType = typeof DOCUMENT_TYPES[number]

/** What the portal signed. */
export interface DocumentCopy {
  readonly iss: string
  /** Number of the copy. */
  readonly jti: string
  /** Seconds since 1970. */
  readonly iat: number
  readonly exp?: number | undefined
  readonly type: DocumentType
  readonly subject: { readonly rnokpp: string, readonly name?: string | undefined }
  readonly source: { readonly register: string, readonly asOf?: string | undefined, readonly exchangeId?: string | undefined }
  readonly data: Readonly<Record<string, unknown>>
  readonly missing?: readonly { readonly field: string, readonly reason: string }[] | undefined
}

export type DocumentRefusal = 'BAD_SIGNATURE' | 'UNKNOWN_KEY' | 'UNKNOWN_TYPE' | 'FOREIGN_DOCUMENT' | 'EXPIRED' | 'MALFORMED'

/** Public key of the portal by its id. */
export type PortalKeys = (kid: string) => KeyObject | undefined

const CONTENT_CHARACTERS_MAX = 200_000
const SKEW_SECONDS = 300

/** Keys of a JWKS file, read anew when a key is not known: the portal may have changed it. */
export function portalKeysIn (path: string | undefined): PortalKeys {
  let known = new Map<string, KeyObject>()
  return (kid) => {
    if (!known.has(kid) && path !== undefined) known = readKeys(path)
    return known.get(kid)
  }
}

function readKeys (path: string): Map<string, KeyObject> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    // The portal has not written it yet: no document can be verified, and none is taken.
    return new Map()
  }
  const { keys } = JSON.parse(text) as { keys: (JsonWebKey & { kid?: string })[] }
  return new Map(keys.filter(({ kid, kty, crv }) => kid !== undefined && kty === 'EC' && crv === 'P-256').map((key) => [key.kid!, createPublicKey({ key, format: 'jwk' })]))
}

/**
 * Checks a copy: signature of the portal (JWS, ES256 alone), whose it is, of what kind, whether still good.
 *
 * @param rnokpp of the person who passes it: another person's document is refused (UP-3.2).
 */
export function verifyDocument (content: string, type: string, rnokpp: string, keys: PortalKeys, now: Date): DocumentCopy | DocumentRefusal {
  if (!(DOCUMENT_TYPES as readonly string[]).includes(type)) return 'UNKNOWN_TYPE'
  const parts = content.split('.')
  if (content.length > CONTENT_CHARACTERS_MAX || parts.length !== 3) return 'MALFORMED'
  const [header, payload] = [readPart(parts[0]!), readPart(parts[1]!)] as [{ alg?: unknown, kid?: unknown } | undefined, DocumentCopy | undefined]
  // `none` and every other way of signing are no signature of the portal.
  if (header?.alg !== 'ES256' || typeof header.kid !== 'string' || payload === undefined) return 'MALFORMED'
  const key = keys(header.kid)
  if (key === undefined) return 'UNKNOWN_KEY'
  const signature = Buffer.from(parts[2]!, 'base64url')
  if (!verify('sha256', Buffer.from(`${parts[0]}.${parts[1]}`), { key, dsaEncoding: 'ieee-p1363' }, signature)) return 'BAD_SIGNATURE'
  if (!isCopy(payload) || payload.type !== type) return 'MALFORMED'
  if (payload.subject.rnokpp !== rnokpp) return 'FOREIGN_DOCUMENT'
  const seconds = now.getTime() / 1000
  if (payload.iat > seconds + SKEW_SECONDS || (payload.exp !== undefined && payload.exp < seconds)) return 'EXPIRED'
  return payload
}

function readPart (text: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    // Not JSON.
    return undefined
  }
}

function isCopy ({ jti, iat, subject, source, data, type }: DocumentCopy): boolean {
  return typeof jti === 'string' && jti.length <= 200 && typeof iat === 'number' && typeof subject?.rnokpp === 'string' && isRnokpp(subject.rnokpp) &&
    typeof source?.register === 'string' && typeof data === 'object' && data !== null && !(type === 'taxpayer-card' && typeof data.rnokpp === 'string' && !isRnokpp(data.rnokpp))
}
