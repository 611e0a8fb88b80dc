import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { AnalysisStore } from '../analysis/store.ts'
import { toProfile } from '../analysis/to-profile.ts'
import { match, type Reason } from '../matching/match.ts'
import type { Fact, Profile } from '../matching/profile.ts'
import type { Programmes } from '../programmes/store.ts'
import type { Programme } from '../programmes/programme.ts'
import { kyivDay } from '../words.ts'

export type OfferState = 'new' | 'viewed' | 'dismissed' | 'applied'

/** A programme offered to a business, with all that led to it. */
export interface Offer {
  readonly id: string
  readonly ref: string
  readonly programmeId: string
  readonly programmeVersion: number
  readonly verdict: 'eligible' | 'notEligible' | 'cannotTell'
  readonly reasons: readonly Reason[]
  readonly state: OfferState
  readonly madeAt: string
  readonly changedAt: string
}

export interface OffersDeps {
  readonly analysis: AnalysisStore
  readonly programmes: Programmes
  readonly clock: Clock
  /** Not a register's answer but a document that the person shared. */
  readonly displaced: (ref: string) => Promise<Fact<boolean>>
  /** Whether offers go to the portal's app too: only those of entrepreneurs (UP-7c). */
  readonly portalChannel: boolean
}

interface Row {
  readonly id: string
  readonly ref: string
  readonly programme_id: string
  readonly programme_version: number
  readonly verdict: Offer['verdict']
  readonly reasons: string
  readonly state: OfferState
  readonly made_at: string
  readonly changed_at: string
}

const COLUMNS = 'id, ref, programme_id, programme_version, verdict, reasons, state, made_at, changed_at'

/** Offers of each business, made anew whenever something new is known (UP-3.4). */
export class Offers {
  readonly #deps: OffersDeps

  constructor (deps: OffersDeps) {
    this.#deps = deps
  }

  async profile (ref: string): Promise<Profile | undefined> {
    const { analysis, displaced } = this.#deps
    const subject = await analysis.subject(ref)
    if (subject === undefined) return undefined
    return toProfile(subject.kind, subject.openedAt, await analysis.answers(ref), await displaced(ref))
  }

  /**
   * Matches a business against all published programmes. One offer for each programme, whatever happens in between: a new verdict changes
   * the offer, a repetition changes nothing. What becomes eligible is due for the portal at once.
   */
  async renew (ref: string): Promise<void> {
    const { analysis, programmes, clock, portalChannel } = this.#deps
    const profile = await this.profile(ref)
    if (profile === undefined) return
    const now = clock.now()
    const published = await programmes.list()
    const matched = published.map((programme) => ({ programme, ...match(profile, programme, kyivDay(now)) }))
    const toPortal = portalChannel && profile.subjectKind.known && profile.subjectKind.value === 'FOP'
    await analysis.store.write(async (tx) => {
      // Who left meanwhile has no offers.
      if (await tx.get('SELECT ref FROM subject WHERE ref = ?', ref) === undefined) return
      const former = new Map((await tx.all<Row>(`SELECT ${COLUMNS} FROM offer WHERE ref = ?`, ref)).map((row) => [row.programme_id, row]))
      for (const { programme, verdict, reasons } of matched) {
        const row = former.get(programme.id)
        former.delete(programme.id)
        const id = row?.id ?? randomUUID()
        const changed = row === undefined || row.verdict !== verdict || row.programme_version !== programme.version
        await tx.run(`INSERT INTO offer (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, 'new', ?, ?)
          ON CONFLICT (ref, programme_id) DO UPDATE SET programme_version = excluded.programme_version, verdict = excluded.verdict, reasons = excluded.reasons,
          changed_at = excluded.changed_at`, id, ref, programme.id, programme.version, verdict, JSON.stringify(reasons), now.toISOString(), changed ? now.toISOString() : row.changed_at)
        if (verdict === 'eligible' && toPortal) {
          await tx.run("INSERT INTO delivery (offer_id, ref, state, attempts, due_at) VALUES (?, ?, 'due', 0, ?) ON CONFLICT (offer_id) DO NOTHING", id, ref, now.toISOString())
        }
      }
      // Programmes that are no more.
      for (const { id } of former.values()) {
        await tx.run('DELETE FROM delivery WHERE offer_id = ?', id)
        await tx.run('DELETE FROM offer WHERE id = ?', id)
      }
    })
  }

  /** Programmes or days have changed: everybody's offers are made anew. */
  async renewAll (): Promise<void> {
    for (const ref of await this.#deps.analysis.refs()) await this.renew(ref)
  }

  async list (ref: string): Promise<(Offer & { readonly programme: Programme })[]> {
    const rows = (await this.#deps.analysis.store.all<Row>(`SELECT ${COLUMNS} FROM offer WHERE ref = ? ORDER BY programme_id`, ref)).map(toOffer)
    const programmes = new Map((await this.#deps.programmes.list()).map((programme) => [programme.id, programme]))
    return rows.flatMap((offer) => {
      const programme = programmes.get(offer.programmeId)
      return programme === undefined ? [] : [{ ...offer, programme }]
    })
  }

  /** @returns the state it has now; undefined for somebody else's offer. */
  async feedback (ref: string, id: string, state: Exclude<OfferState, 'new'>): Promise<OfferState | undefined> {
    return await this.#deps.analysis.store.write(async (tx) => {
      const row = await tx.get<{ state: OfferState }>('SELECT state FROM offer WHERE id = ? AND ref = ?', id, ref)
      if (row === undefined) return undefined
      // Looking at an offer again takes nothing back.
      if (state === 'viewed' && row.state !== 'new') return row.state
      if (row.state !== state) {
        await tx.run('UPDATE offer SET state = ? WHERE id = ?', state, id)
        await tx.run('INSERT INTO total (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = total.value + 1', `feedback:${state}`)
      }
      return state
    })
  }

  async counts (): Promise<{ verdict: Offer['verdict'], state: OfferState, count: number }[]> {
    return await this.#deps.analysis.store.all('SELECT verdict, state, COUNT(*) AS count FROM offer GROUP BY verdict, state ORDER BY verdict, state')
  }
}

function toOffer (row: Row): Offer {
  return {
    id: row.id,
    ref: row.ref,
    programmeId: row.programme_id,
    programmeVersion: row.programme_version,
    verdict: row.verdict,
    reasons: JSON.parse(row.reasons) as Reason[],
    state: row.state,
    madeAt: row.made_at,
    changedAt: row.changed_at
  }
}
