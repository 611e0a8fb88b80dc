import { bilingual } from '../words.ts'
import { CURRENCIES, PROGRAMME_KINDS, PROVIDER_KINDS, type Criteria, type ProgrammeContent } from './programme.ts'

const TEXT_MAX = 4000
const LIST_MAX = 100
const DAY = /^\d{4}-\d\d-\d\d$/
const MONEY = /^\d{1,15}(\.\d{1,2})?$/

/** What is wrong with an entry, by the name of its field. */
export type Problems = Record<string, string>

/**
 * Reads a programme from the fields of the editor's form (`text` gives one, `list` a choice of many).
 *
 * @returns the content, or what is wrong with which field, in the words of `say`.
 */
export function readProgramme (text: (name: string) => string, list: (name: string) => readonly string[], say: (problem: 'required' | 'date' | 'money' | 'number' | 'link' | 'order' | 'codes' | 'long') => string): ProgrammeContent | { readonly problems: Problems } {
  const problems: Problems = {}
  const required = (name: string): string => {
    const value = text(name)
    if (value === '') problems[name] = say('required')
    if (value.length > TEXT_MAX) problems[name] = say('long')
    return value
  }
  const matching = (name: string, pattern: RegExp, problem: 'date' | 'money' | 'number'): string | undefined => {
    const value = text(name).replace(/\s/g, '').replace(',', '.')
    if (value === '') return undefined
    if (!pattern.test(value) || (problem === 'date' && Number.isNaN(Date.parse(value)))) problems[name] = say(problem)
    return value
  }
  const codes = (name: string, pattern: RegExp): string[] | undefined => {
    const values = text(name).split(/[\s,;]+/).filter((value) => value !== '')
    if (values.length > LIST_MAX || values.some((value) => !pattern.test(value))) problems[name] = say('codes')
    return values.length === 0 ? undefined : values
  }
  const choice = <T extends string>(name: string, of: readonly T[]): T => {
    const value = of.find((one) => one === text(name))
    if (value === undefined) problems[name] = say('required')
    return value ?? of[0]!
  }
  const both = (name: string) => bilingual(required(`${name}Uk`), required(`${name}En`))
  const count = (name: string): number | undefined => {
    const value = matching(name, /^\d{1,6}$/, 'number')
    return value === undefined ? undefined : Number(value)
  }

  const from = matching('from', DAY, 'date')
  if (from === undefined) problems.from = say('required')
  const until = matching('until', DAY, 'date')
  if (from !== undefined && until !== undefined && until < from) problems.until = say('order')
  const link = required('link')
  if (link !== '' && !/^https:\/\/[^\s]+$/.test(link)) problems.link = say('link')
  const amount = { min: matching('amountMin', MONEY, 'money'), max: matching('amountMax', MONEY, 'money'), currency: choice('currency', CURRENCIES) }
  const criteria: Criteria = {
    subjectKinds: orNothing((['FOP', 'ENTITY'] as const).filter((kind) => list('subjectKinds').includes(kind))),
    territory: codes('territory', /^UA\d{0,17}$/),
    kved: kvedOf(codes('kvedInclude', /^\d{1,2}(\.\d{1,2})?$/), codes('kvedExclude', /^\d{1,2}(\.\d{1,2})?$/), text('kvedList') || 'KVED-2010'),
    taxSystems: taxSystemsOf(list('taxSystems')),
    registered: pair(matching('registeredNotBefore', DAY, 'date'), matching('registeredNotAfter', DAY, 'date'), (notBefore, notAfter) => ({ notBefore, notAfter })),
    income: pair(matching('incomeMin', MONEY, 'money'), matching('incomeMax', MONEY, 'money'), (min, max) => ({ min, max })),
    employees: pair(count('employeesMin'), count('employeesMax'), (min, max) => ({ min, max })),
    displaced: list('displaced').length > 0 ? true : undefined
  }
  const content: ProgrammeContent = {
    titles: both('title'),
    summary: both('summary'),
    conditions: both('conditions'),
    provider: { kind: choice('providerKind', PROVIDER_KINDS), name: both('provider') },
    kind: choice('kind', PROGRAMME_KINDS),
    amount: amount.min === undefined && amount.max === undefined ? undefined : amount,
    window: { from: from ?? '', until },
    link,
    criteria
  }
  return Object.keys(problems).length === 0 ? content : { problems }
}

/** Values of the editor's fields for a programme as it stands. */
export function toFields ({ titles, summary, conditions, provider, kind, amount, window, link, criteria }: ProgrammeContent): Record<string, string | readonly string[]> {
  return {
    titleUk: titles.uk,
    titleEn: titles.en,
    summaryUk: summary.uk,
    summaryEn: summary.en,
    conditionsUk: conditions.uk,
    conditionsEn: conditions.en,
    providerKind: provider.kind,
    providerUk: provider.name.uk,
    providerEn: provider.name.en,
    kind,
    amountMin: amount?.min ?? '',
    amountMax: amount?.max ?? '',
    currency: amount?.currency ?? 'UAH',
    from: window.from,
    until: window.until ?? '',
    link,
    subjectKinds: criteria.subjectKinds ?? [],
    territory: criteria.territory?.join(' ') ?? '',
    kvedInclude: criteria.kved?.include?.join(' ') ?? '',
    kvedExclude: criteria.kved?.exclude?.join(' ') ?? '',
    kvedList: criteria.kved?.list ?? 'KVED-2010',
    taxSystems: criteria.taxSystems?.flatMap(({ code, groups }) => groups === undefined ? [code] : groups.map((group) => `${code}_${group}`)) ?? [],
    registeredNotBefore: criteria.registered?.notBefore ?? '',
    registeredNotAfter: criteria.registered?.notAfter ?? '',
    incomeMin: criteria.income?.min ?? '',
    incomeMax: criteria.income?.max ?? '',
    employeesMin: String(criteria.employees?.min ?? ''),
    employeesMax: String(criteria.employees?.max ?? ''),
    displaced: criteria.displaced === true ? ['yes'] : []
  }
}

function kvedOf (include: string[] | undefined, exclude: string[] | undefined, list: string): Criteria['kved'] {
  return include === undefined && exclude === undefined ? undefined : { include, exclude, list }
}

/** `GENERAL`, `SIMPLIFIED_1` … `SIMPLIFIED_4`. */
function taxSystemsOf (chosen: readonly string[]): Criteria['taxSystems'] {
  const groups = [1, 2, 3, 4].filter((group) => chosen.includes(`SIMPLIFIED_${group}`))
  return orNothing([
    ...groups.length === 0 ? [] : [{ code: 'SIMPLIFIED', groups } as const],
    ...chosen.includes('GENERAL') ? [{ code: 'GENERAL' } as const] : []
  ])
}

function pair<V, T> (one: V | undefined, other: V | undefined, make: (one: V | undefined, other: V | undefined) => T): T | undefined {
  return one === undefined && other === undefined ? undefined : make(one, other)
}

function orNothing<T> (values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values
}
