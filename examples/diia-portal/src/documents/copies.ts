import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { Identity } from '@trembita/daemon/accounts'
import type { DocumentSeal } from './seal.ts'
import type { PersonDocument } from './types.ts'

/** A copy is good for so long: what it says may change at its source. */
const GOOD_DAYS = 30
const DAY_SECONDS = 86_400

/** Who issues copies, as members are named in the exchange. */
const ISSUER = 'GOV/90000067/PORTAL'

export interface SignedCopy {
  /** Id of the copy. */
  readonly id: string
  readonly type: string
  readonly issuedAt: string
  /** Compact JWS. */
  readonly content: string
}

/** Signs a copy of a document: who says it of whom, from where, true for which moment. */
export function signCopy (seal: DocumentSeal, clock: Clock, { type, data, missing, source }: PersonDocument, { rnokpp, name }: Identity): SignedCopy {
  const now = clock.now()
  const iat = Math.floor(now.getTime() / 1000)
  const id = randomUUID()
  const issuedAt = new Date(iat * 1000).toISOString()
  const content = seal.sign({
    iss: ISSUER,
    jti: id,
    iat,
    exp: iat + GOOD_DAYS * DAY_SECONDS,
    type,
    issuedAt,
    asOf: source.asOf,
    subject: { ...rnokpp === undefined ? {} : { rnokpp }, name },
    source,
    data,
    ...missing.length === 0 ? {} : { missing }
  })
  return { id, type, issuedAt, content }
}
