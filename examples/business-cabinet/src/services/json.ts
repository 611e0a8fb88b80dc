import { describeGap, registerName } from '../matching/describe-gap.ts'
import { describeCriteria } from '../matching/describe-criteria.ts'
import type { Criterion } from '../matching/match.ts'
import type { Offer } from '../offers/offers.ts'
import type { Programme } from '../programmes/programme.ts'
import { bilingual, type Bilingual } from '../words.ts'

/** A programme as others get it: with its criteria both for programs and in words. */
export function programmeJson (programme: Programme): object {
  const { id, version, titles, summary, conditions, provider, kind, amount, window, link, criteria } = programme
  const words = describeCriteria(programme)
  const named = Object.entries(criteria).filter(([, value]) => value !== undefined).map(([name]) => CRITERION[name]!)
  return { id, version, titles, summary, conditions, provider, kind, amount: amount ?? null, window, link, criteria, requirements: named.map((criterion) => ({ criterion, text: words[criterion] })) }
}

const CRITERION: Readonly<Record<string, Criterion>> = {
  subjectKinds: 'subjectKind', territory: 'territory', kved: 'kved', taxSystems: 'taxSystem', registered: 'registered', income: 'income', employees: 'employees', displaced: 'displaced'
}

export function offerJson ({ id, programme, verdict, reasons, state }: Offer & { readonly programme: Programme }, publicUrl: URL): object {
  return {
    offerId: id,
    programme: { id: programme.id, version: programme.version, title: programme.titles, provider: programme.provider.name, kind: programme.kind, until: programme.window.until ?? null },
    verdict,
    reasons: reasons.map((reason) => ({
      criterion: reason.criterion,
      verdict: reason.verdict,
      text: reason.value === null ? join(reason.required, describeGap(reason.gap!)) : join(reason.required, reason.value),
      register: reason.source.register,
      asOf: reason.source.asOf ?? null
    })),
    state,
    link: new URL(`/cabinet/offers/${id}`, publicUrl).href
  }
}

/** Which answers are missing for offers that cannot be judged, each once. */
export function missingOf (offers: readonly Offer[]): object[] {
  const gaps = new Map<string, object>()
  for (const { reasons } of offers) {
    for (const { source: { register }, gap, criterion } of reasons) {
      if (gap !== undefined) gaps.set(`${register} ${criterion}`, { register, criterion, what: join(registerName(register), describeGap(gap)) })
    }
  }
  return [...gaps.values()]
}

function join (one: Bilingual, other: Bilingual): Bilingual {
  return bilingual(`${one.uk}: ${other.uk}`, `${one.en}: ${other.en}`)
}
