import { Seal } from '../seal.ts'

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
 * Identities as the store keeps them: sealed under a key that is not in the store and bound to their session, so that who reads the store
 * learns nobody's name or code, and no row can be given to another session.
 */
export class IdentitySeal {
  readonly #seal: Seal

  /** @param key 32 bytes. @throws {RangeError} for another length. */
  constructor (key: Uint8Array) {
    this.#seal = new Seal(key)
  }

  seal (identity: Identity, session: string): string {
    return this.#seal.seal(JSON.stringify(identity), session)
  }

  /** @returns undefined for what was sealed under another key or for another session: that person signs in again. */
  open (sealed: string, session: string): Identity | undefined {
    try {
      return JSON.parse(this.#seal.open(sealed, session)) as Identity
    } catch {
      return undefined
    }
  }
}
