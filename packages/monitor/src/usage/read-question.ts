import { InvalidSubjectId, normaliseSubjectId, type SubjectIdType } from '@trembita/protocol/accessevent'
import { ExchangeProblem } from '../exchange/index.ts'

/** One person, as findUsage names one. */
export interface AskedPerson {
  readonly idType: SubjectIdType
  readonly id: string
  /** The same for all spellings. */
  readonly normalised: string
}

export interface UsageQuestion {
  readonly from: Date
  readonly until: Date
  readonly offset: number
  readonly limit: number
}

const INT32_MAX = 2 ** 31 - 1
const LIMIT_DEFAULT = 1000
const YEAR_MS = 365 * 86_400_000
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

type Query = Readonly<Record<string, unknown>>

/** A code, with the country before it or without. @throws {ExchangeProblem} 400 */
export function readPerson (name: string, value: unknown): AskedPerson {
  if (typeof value !== 'string' || value === '') throw new ExchangeProblem(400, `${name} is missing`)
  const id = value.replace(/^UA/i, '')
  const idType: SubjectIdType = /^\d{10}$/.test(id) ? 'RNOKPP' : /^\d{8}-?\d{5}$/.test(id) ? 'UNZR' : 'PASSPORT'
  try {
    return { idType, id, normalised: normaliseSubjectId(idType, id) }
  } catch (error) {
    if (error instanceof InvalidSubjectId) throw new ExchangeProblem(400, `${name} is no identifier of a person`)
    throw error
  }
}

/** Period, offset and limit; a year back to now where no period is given. @throws {ExchangeProblem} 400 */
export function readUsageQuestion (query: Query, now: Date): UsageQuestion {
  const until = instantOf(query, 'periodEnd') ?? now
  const from = instantOf(query, 'periodStart') ?? new Date(until.getTime() - YEAR_MS)
  if (from > until) throw new ExchangeProblem(400, 'periodStart is after periodEnd')
  return { from, until, offset: integerOf(query, 'offset', 0, 0), limit: integerOf(query, 'limit', LIMIT_DEFAULT, 1) }
}

function instantOf (query: Query, name: string): Date | undefined {
  const value = query[name]
  if (value === undefined) return undefined
  const time = typeof value === 'string' && INSTANT.test(value) ? new Date(value) : undefined
  if (time === undefined || Number.isNaN(time.getTime())) throw new ExchangeProblem(400, `${name} is no instant with a zone`)
  return time
}

function integerOf (query: Query, name: string, fallback: number, min: number): number {
  const value = query[name]
  if (value === undefined) return fallback
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : NaN
  if (!(number >= min && number <= INT32_MAX)) throw new ExchangeProblem(400, `${name} is no number that fits`)
  return number
}
