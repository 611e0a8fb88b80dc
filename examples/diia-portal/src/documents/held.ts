import { createHash } from 'node:crypto'
import type { Identity } from '@trembita/daemon/accounts'
import type { DocumentData, DocumentState, DocumentType, PersonDocument } from './types.ts'

/** What the portal itself holds of persons in this model: synthetic, of ranges that nobody has. */
interface Exception {
  readonly noForeignPassport?: true
  readonly foreignPassportExpired?: true
}

/** By number: who differs from everybody else. */
const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  7000400442: { foreignPassportExpired: true },
  7000500534: { noForeignPassport: true },
  7001101139: { noForeignPassport: true }
}

const HELD_SINCE = '2026-01-01T00:00:00.000Z'

/** Passports and the card of the number; synchronous, since nobody is asked. */
export function heldDocument (type: Extract<DocumentType, 'internal-passport' | 'foreign-passport' | 'taxpayer-card'>, identity: Identity): DocumentState {
  const source = { register: type === 'taxpayer-card' ? 'DRFO' : 'EDDR', asOf: HELD_SINCE }
  const found = (data: DocumentData): DocumentState => ({ type, state: 'ready', document: { type, data, missing: [], source } satisfies PersonDocument })
  const birthDate = identity.birthDate
  if (type === 'taxpayer-card') {
    return identity.rnokpp === undefined ? { type, state: 'noRnokpp' } : found({ rnokpp: identity.rnokpp, ...birthDate === undefined ? {} : { birthDate } })
  }
  if (identity.rnokpp === undefined) return type === 'foreign-passport' ? { type, state: 'none', source } : found({ ...booklet(), birthDate })
  const number = digitsOf(identity.rnokpp)
  if (type === 'internal-passport') {
    return found({
      number: `999${number}`, issuedAt: '2021-05-14', expiresAt: '2031-05-14', issuer: '9901', recordNumber: `20910415-${number.slice(0, 5)}`, citizenship: 'UKR', birthDate, status: 'active'
    })
  }
  const { noForeignPassport, foreignPassportExpired } = EXCEPTIONS[identity.rnokpp] ?? {}
  if (noForeignPassport === true) return { type, state: 'none', source }
  const [issuedAt, expiresAt] = foreignPassportExpired === true ? ['2014-08-20', '2024-08-20'] : ['2023-02-03', '2033-02-03']
  return found({ number: `ZZ${number}`, issuedAt, expiresAt, issuer: '9902', citizenship: 'UKR', birthDate, status: foreignPassportExpired === true ? 'expired' : 'active' })
}

/** Of the one person that has no number. */
function booklet (): DocumentData {
  return { number: 'ЯЯ000001', issuedAt: '1994-03-11', issuer: 'Вигаданий РВ УМВС', citizenship: 'UKR', status: 'active' }
}

/** Six digits that stay the same, and from which the number cannot be told. */
function digitsOf (rnokpp: string): string {
  return String(createHash('sha256').update(`synthetic document of ${rnokpp}`).digest().readUInt32BE(0) % 1_000_000).padStart(6, '0')
}
