import { codesOf } from '../words.ts'
import type { Programme, ProgrammeKind, ProviderKind, SubjectKind } from './programme.ts'

export interface ProgrammeQuery {
  /** Words; a programme has all of them, as parts, in any case, in either language. */
  readonly q?: string | undefined
  readonly kind?: ProgrammeKind | undefined
  readonly provider?: ProviderKind | undefined
  readonly subject?: SubjectKind | undefined
  /** Day, `YYYY-MM-DD`: only those that take applications then. */
  readonly openOn?: string | undefined
}

const WORDS_MAX = 10

/** Which programmes a visitor means. Pure; a few hundred programmes are looked through in no time. */
export function findProgrammes (programmes: readonly Programme[], { q = '', kind, provider, subject, openOn }: ProgrammeQuery): Programme[] {
  const words = normal(q).split(' ').filter((word) => word !== '').slice(0, WORDS_MAX)
  return programmes.filter((programme) => {
    const { criteria, window } = programme
    if (kind !== undefined && programme.kind !== kind) return false
    if (provider !== undefined && programme.provider.kind !== provider) return false
    if (subject !== undefined && criteria.subjectKinds !== undefined && !criteria.subjectKinds.includes(subject)) return false
    if (openOn !== undefined && (openOn < window.from || (window.until !== undefined && openOn > window.until))) return false
    const text = textOf(programme)
    return words.every((word) => text.includes(stem(word)))
  })
}

function textOf ({ titles, summary, conditions, provider, kind }: Programme): string {
  const kinds = { uk: codesOf('uk').kind(kind), en: codesOf('en').kind(kind) }
  return normal([titles, summary, conditions, provider.name, kinds].map(({ uk, en }) => `${uk} ${en}`).join(' '))
}

function normal (text: string): string {
  return text.toLocaleLowerCase('uk').replace(/[’ʼ`]/g, "'").replace(/[^\p{L}\p{N}'%-]+/gu, ' ').trim()
}

/** Enough of a long word that its other endings are found: `кредиту` finds `кредити`. */
function stem (word: string): string {
  return word.length > 5 ? word.slice(0, -2) : word
}
