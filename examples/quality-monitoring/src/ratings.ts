import { createHash } from 'node:crypto'
import { systemClock, type Clock } from '@trembita/daemon'
import type { SqlStore, SqlValue } from '@trembita/daemon/store'
import { canonicalJson, Problem } from '@trembita/example-information-system'

export const QUALITY_SCHEMA = `
CREATE TABLE batches (batch_id TEXT NOT NULL, sender TEXT NOT NULL, hash TEXT NOT NULL, receipt TEXT NOT NULL, received_at TEXT NOT NULL, PRIMARY KEY (sender, batch_id));
CREATE TABLE ratings (
  rating_id TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  centre TEXT NOT NULL,
  service TEXT,
  waiting INTEGER NOT NULL,
  politeness INTEGER NOT NULL,
  clarity INTEGER NOT NULL,
  result INTEGER NOT NULL,
  remark TEXT,
  channel TEXT NOT NULL,
  rated_on TEXT NOT NULL,
  received_at TEXT NOT NULL
);
CREATE INDEX ratings_centre ON ratings (centre, rated_on);
`

export const SCORES = ['waiting', 'politeness', 'clarity', 'result'] as const
export type Scores = Readonly<Record<typeof SCORES[number], number>>

/** What somebody thought of a visit. Has no identity, by its shape. */
export interface Rating {
  readonly ratingId: string
  readonly centre: string
  readonly service?: string | undefined
  readonly scores: Scores
  readonly remark?: string | undefined
  readonly channel: 'visit' | 'page'
  /** Day: a moment could be laid beside a booking's. */
  readonly ratedOn: string
}

export interface Receipt {
  readonly batchId: string
  readonly accepted: number
  /** Known already, with the same content. */
  readonly duplicates: number
  /** Ids known already with another content: nothing of them was changed. */
  readonly rejected: readonly { readonly ratingId: string, readonly code: 'rating-conflict' }[]
  readonly receivedAt: string
}

export interface Indicators {
  readonly centre: string
  readonly count: number
  readonly means: Scores
  readonly remarks: number
}

export class Ratings {
  readonly #store: SqlStore
  readonly #clock: Clock

  constructor (store: SqlStore, clock: Clock = systemClock) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * Takes a batch once: a repetition has the first receipt, and a rating that came in another batch is counted once.
   *
   * @param sender who sends, as its gateway told.
   * @throws {Problem} `request-conflict` for a batch id known with another content.
   */
  async submit (sender: string, batchId: string, ratings: readonly Rating[]): Promise<Receipt> {
    const hash = hashOf(ratings)
    const receivedAt = this.#clock.now().toISOString()
    return await this.#store.write(async (tx) => {
      const known = await tx.get<{ hash: string, receipt: string }>('SELECT hash, receipt FROM batches WHERE sender = ? AND batch_id = ?', sender, batchId)
      if (known !== undefined) {
        if (known.hash !== hash) throw new Problem('request-conflict', 'Пакет із цим ідентифікатором уже прийнято, з іншим змістом', 'A batch with this id was taken, with another content')
        return JSON.parse(known.receipt) as Receipt
      }
      let [accepted, duplicates] = [0, 0]
      const rejected: Receipt['rejected'][number][] = []
      for (const rating of ratings) {
        const { ratingId, centre, service, scores, remark, channel, ratedOn } = rating
        const own = hashOf(rating)
        const before = await tx.get<{ hash: string }>('SELECT hash FROM ratings WHERE rating_id = ?', ratingId)
        if (before !== undefined) {
          if (before.hash === own) duplicates++
          else rejected.push({ ratingId, code: 'rating-conflict' })
          continue
        }
        await tx.run(
          'INSERT INTO ratings (rating_id, hash, centre, service, waiting, politeness, clarity, result, remark, channel, rated_on, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          ratingId, own, centre, service ?? null, scores.waiting, scores.politeness, scores.clarity, scores.result, remark ?? null, channel, ratedOn, receivedAt
        )
        accepted++
      }
      const receipt: Receipt = { batchId, accepted, duplicates, rejected, receivedAt }
      await tx.run('INSERT INTO batches (batch_id, sender, hash, receipt, received_at) VALUES (?, ?, ?, ?, ?)', batchId, sender, hash, JSON.stringify(receipt), receivedAt)
      return receipt
    })
  }

  /** Means and counts by centre. @param from,until days, both included. */
  async indicators ({ centre, from, until }: { readonly centre?: string | undefined, readonly from?: string | undefined, readonly until?: string | undefined }): Promise<{ readonly items: readonly Indicators[], readonly asOf: string }> {
    const conditions: [string, SqlValue][] = []
    if (centre !== undefined) conditions.push(['centre = ?', centre])
    if (from !== undefined) conditions.push(['rated_on >= ?', from])
    if (until !== undefined) conditions.push(['rated_on <= ?', until])
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([text]) => text).join(' AND ')}`
    const rows = await this.#store.all<Scores & { centre: string, count: number, remarks: number }>(
      `SELECT centre, COUNT(*) AS count, COUNT(remark) AS remarks, ${SCORES.map((name) => `AVG(${name}) AS ${name}`).join(', ')} FROM ratings ${where} GROUP BY centre ORDER BY centre`,
      ...conditions.map(([, value]) => value)
    )
    return {
      items: rows.map((row) => ({ centre: row.centre, count: row.count, remarks: row.remarks, means: Object.fromEntries(SCORES.map((name) => [name, Math.round(row[name] * 100) / 100])) as unknown as Scores })),
      asOf: this.#clock.now().toISOString()
    }
  }
}

function hashOf (value: object): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
