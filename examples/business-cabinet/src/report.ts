import type { Cabinet } from './cabinet.ts'

export type Figure = readonly [name: string, count: number]

/** Results of the project (resolution 688, item 6). Nobody can be recognised in it: counts alone, and ids of exchanges to reconcile them. */
export interface Report {
  readonly madeAt: string
  readonly project: { readonly from: string, readonly until: string }
  readonly participation: readonly Figure[]
  /** `EDR answered`, `TAX unavailable`, `JOIN answered`. */
  readonly exchanges: readonly Figure[]
  readonly outcomes: readonly Figure[]
  readonly offers: readonly Figure[]
  readonly feedback: readonly Figure[]
  readonly deliveries: readonly Figure[]
  readonly documents: number
  /** Exchanges about profiles that were answered: the gateway's log has each. */
  readonly exchangeIds: readonly string[]
}

export async function reportOf ({ participations, analysis, checks, offers, deliveries, inbox, clock, project }: Cabinet): Promise<Report> {
  const joins = new Map<string, number>()
  for (const { result, count } of await checks.exchangeCounts()) joins.set(result, (joins.get(result) ?? 0) + count)
  return {
    madeAt: clock.now().toISOString(),
    project: { from: project.from, until: project.until },
    participation: (await participations.counts()).map(({ state, kind, count }) => [`${kind} ${state}`, count]),
    exchanges: [
      ...[...joins].map(([result, count]): Figure => [`JOIN ${result}`, count]),
      ...(await analysis.exchangeCounts()).map(({ register, result, count }): Figure => [`${register} ${result}`, count])
    ],
    outcomes: [
      ...(await checks.exchangeCounts()).filter(({ outcome }) => outcome !== null).map(({ outcome, count }): Figure => [`JOIN ${outcome}`, count]),
      ...(await analysis.outcomeCounts()).map(({ register, outcome, count }): Figure => [`${register} ${outcome}`, count])
    ],
    offers: (await offers.counts()).map(({ verdict, state, count }) => [`${verdict} ${state}`, count]),
    feedback: (await analysis.totals()).map(({ name, value }) => [name.replace('feedback:', ''), value]),
    deliveries: (await deliveries.counts()).map(({ state, count }) => [state, count]),
    documents: await inbox.total(),
    exchangeIds: await analysis.exchangeIds()
  }
}
