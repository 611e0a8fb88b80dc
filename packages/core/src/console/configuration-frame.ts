import { tabs, type Html } from '@trembita/web'
import { configurationWordsOf as wordsOf } from './configuration-texts.ts'
import type { Visit } from './console.ts'

export const OFFICER = 'XROAD_SECURITY_OFFICER'
export const SOURCE_KINDS = ['INTERNAL', 'EXTERNAL'] as const

/** The parts of the configuration's pages, above each of them. */
export function configurationTabs ({ lang, path }: Visit): Html {
  const words = wordsOf(lang)
  const items = [
    { href: '/configuration', label: words.publication },
    { href: '/configuration/keys', label: words.keys },
    { href: '/configuration/history', label: words.history },
    { href: '/configuration/downloads', label: words.downloads }
  ]
  const current = items.slice(1).find(({ href }) => path.startsWith(href)) ?? items[0]
  return tabs(words.tabs, items.map((item) => ({ ...item, current: item === current })))
}

/** What was refused, in words. */
export function refusalOf ({ lang }: Visit, { code, message, fields }: { readonly code: string, readonly message: string, readonly fields: Readonly<Record<string, string>> }): string {
  const known = wordsOf(lang).problem(code)
  return [known || message, known === '' ? undefined : Object.values(fields)[0]].filter(Boolean).join(' ')
}
