import type { SqlReader } from '@trembita/daemon/store'
import type { Clock } from '@trembita/daemon'
import { AGREEMENTS_FILE, AGREEMENTS_PART, listedOf, parseAgreement, writeAgreementList, type Agreement, type ListedAgreement } from '@trembita/protocol/agreement'
import type { OptionalPart } from '../globalconf/index.ts'
import { readParameters } from '../registry/index.ts'
import { documentOf, publishedRows } from './rows.ts'
import type { AgreementRow } from './types.ts'

/** So long gateways can still tell a caller that its agreement ended, and not merely that there is none. */
const TOLD_AFTER_END_DAYS = 90
const DAY_MS = 24 * 60 * 60 * 1000

/** Makes the configuration part AGREEMENTS. A document never changes, so each is read once in the life of the process. */
export class AgreementsPart {
  readonly #clock: Clock
  /** By hash of the container: rows come and go, with a restored backup too, and what is in a container stays. */
  readonly #terms = new Map<string, Agreement>()

  constructor (clock: Clock) {
    this.#clock = clock
  }

  /** Nothing while no agreement was ever concluded: then gateways know of none. */
  async read (reader: SqlReader): Promise<OptionalPart[]> {
    const rows = await publishedRows(reader, new Date(this.#clock.now().getTime() - TOLD_AFTER_END_DAYS * DAY_MS))
    if (rows.length === 0) return []
    const { instance } = await readParameters(reader)
    const agreements: ListedAgreement[] = []
    for (const row of rows) {
      const listed = listedRow(row, await this.#termsOf(reader, row))
      if (listed !== undefined) agreements.push(listed)
    }
    const published = new Set(rows.map((row) => row.container_hash))
    for (const hash of this.#terms.keys()) if (!published.has(hash)) this.#terms.delete(hash)
    return [{ contentIdentifier: AGREEMENTS_PART, fileName: AGREEMENTS_FILE, content: writeAgreementList({ instance, agreements }) }]
  }

  async #termsOf (reader: SqlReader, { id, container_hash: hash }: AgreementRow): Promise<Agreement> {
    let terms = this.#terms.get(hash)
    if (terms === undefined) this.#terms.set(hash, terms = parseAgreement(await documentOf(reader, id)))
    return terms
  }
}

/** Undefined for a version that was replaced before it began. */
function listedRow (row: AgreementRow, terms: Agreement): ListedAgreement | undefined {
  const listed = listedOf(terms, row.stopped ?? 'inForce', row.container_hash)
  if (row.replaced_from === null || row.replaced_from >= row.valid_until) return listed
  const until = new Date(row.replaced_from)
  until.setUTCMilliseconds(0)
  return until > terms.term.from ? { ...listed, term: { from: terms.term.from, until } } : undefined
}
