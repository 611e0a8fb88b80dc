import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** How surely the identity provider knows the person (regulation 2015/1502, law on electronic identification). */
export type Assurance = 'low' | 'substantial' | 'high'

/** Who a signed-in person is, as the identity provider told: scope `ua.identity`. */
export interface Identity {
  /** Subject at the provider: opaque, never a code. */
  readonly subject: string
  readonly name: string
  readonly givenName?: string | undefined
  readonly familyName?: string | undefined
  readonly patronymicName?: string | undefined
  /** Registration number of the taxpayer; those who refused it have none. */
  readonly rnokpp?: string | undefined
  /** `YYYY-MM-DD` */
  readonly birthDate?: string | undefined
  readonly email?: string | undefined
  readonly assurance: Assurance
}

const LEVELS: readonly Assurance[] = ['low', 'substantial', 'high']
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Is `level` as sure as `least`, or surer? */
export function isAssured (level: Assurance, least: Assurance): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least)
}

/** Claims of a checked ID token and of its user info. A level that is not known counts as the lowest. */
export function identityOf (claims: Readonly<Record<string, unknown>> & { readonly sub: string }, name: string): Identity {
  const text = (claim: string): string | undefined => {
    const value = claims[claim]
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
  }
  const acr = text('acr')
  return {
    subject: claims.sub,
    name,
    givenName: text('given_name'),
    familyName: text('family_name'),
    patronymicName: text('middle_name'),
    rnokpp: text('rnokpp'),
    birthDate: text('birthdate'),
    email: text('email'),
    assurance: LEVELS.find((level) => level === acr) ?? 'low'
  }
}

/**
 * Identities as the store keeps them: sealed (AES-256-GCM) under a key that is not in the store and bound to their session, so
 * that who reads the store learns nobody's name or code, and no row can be given to another session.
 */
export class IdentitySeal {
  readonly #key: Uint8Array

  /** @param key 32 bytes. @throws {RangeError} for another length. */
  constructor (key: Uint8Array) {
    if (key.length !== 32) throw new RangeError('the key of identities has 32 bytes')
    this.#key = key
  }

  seal (identity: Identity, session: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(session))
    const sealed = Buffer.concat([cipher.update(JSON.stringify(identity), 'utf8'), cipher.final()])
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64')
  }

  /** @returns undefined for what was sealed under another key or for another session: that person signs in again. */
  open (sealed: string, session: string): Identity | undefined {
    const bytes = Buffer.from(sealed, 'base64')
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(session)).setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      return JSON.parse(text) as Identity
    } catch {
      // The tag does not fit.
      return undefined
    }
  }
}
