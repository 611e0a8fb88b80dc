import type { ClassifierFormat, ClassifierItem } from './types.ts'

/** Section, division, group, class. */
const KVED = /^([A-U]|\d{2}|\d{2}\.\d|\d{2}\.\d{2})$/
/** Region, district, community, settlement, city district, and a number of its own. */
const KATOTTG = /^UA\d{17}$/
/** Printed in Latin letters by the list itself. */
const KATOTTG_CATEGORIES = 'OKPHMTCXB'
const CODE_CHARACTERS_MAX = 64
const NAME_CHARACTERS_MAX = 1000

/** What is wrong with the items of a version, by line; empty when nothing is. */
export function problemsOf (format: ClassifierFormat, items: readonly ClassifierItem[]): string[] {
  const problems: string[] = []
  const codes = new Set<string>()
  for (const [index, item] of items.entries()) {
    const problem = problemOf(format, item) ?? (codes.has(item.code) ? 'the code stands twice' : undefined)
    if (problem !== undefined) problems.push(`line ${index + 1}, ${item.code}: ${problem}`)
    codes.add(item.code)
  }
  for (const [index, { code, parent }] of items.entries()) {
    if (parent !== undefined && !codes.has(parent)) problems.push(`line ${index + 1}, ${code}: its parent ${parent} is not in the list`)
    if (parent === code) problems.push(`line ${index + 1}, ${code}: is its own parent`)
  }
  return problems
}

function problemOf (format: ClassifierFormat, { code, category, nameUk }: ClassifierItem): string | undefined {
  if (code === '' || code.length > CODE_CHARACTERS_MAX) return `a code has 1 to ${CODE_CHARACTERS_MAX} characters`
  if (nameUk === '' || nameUk.length > NAME_CHARACTERS_MAX) return `a name has 1 to ${NAME_CHARACTERS_MAX} characters`
  if (format === 'kved' && !KVED.test(code)) return 'КВЕД is a section letter, dd, dd.d or dd.dd'
  if (format === 'katottg' && !KATOTTG.test(code)) return 'КАТОТТГ is UA and 17 digits'
  if (format === 'katottg' && (category === undefined || category.length !== 1 || !KATOTTG_CATEGORIES.includes(category))) return `the category is one of ${[...KATOTTG_CATEGORIES].join(' ')}`
  return undefined
}

/** Where a КВЕД code stands: `62.01` below `62.0` below `62`. Sections are told by the list, not by the code. */
export function parentOf (format: ClassifierFormat, code: string): string | undefined {
  if (format !== 'kved') return undefined
  if (/^\d{2}\.\d{2}$/.test(code)) return code.slice(0, 4)
  return /^\d{2}\.\d$/.test(code) ? code.slice(0, 2) : undefined
}
