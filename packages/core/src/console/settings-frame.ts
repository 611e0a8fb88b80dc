import { tabs, type FieldErrors, type Html } from '@trembita/web'
import type { ApiProblem } from './api-client.ts'
import type { Visit } from './console.ts'
import { settingsWordsOf as wordsOf } from './settings-texts.ts'

/** What the API refused, in words, beside the field it names. */
export function settingsErrors ({ lang }: Visit, { code, message, fields }: ApiProblem): FieldErrors {
  const words = wordsOf(lang)
  const known = code === 'validation_failure' ? words.outOfRange : words.problem(code)
  const names = Object.keys(fields)
  return names.length === 0 ? { '': known || message } : Object.fromEntries(names.map((name) => [name, known || fields[name]!]))
}

/** The parts of the settings, above each of them. */
export function settingsTabs ({ lang, path }: Visit): Html {
  const words = wordsOf(lang)
  return tabs(words.tabs, [
    { href: '/settings', label: words.instanceTab },
    { href: '/settings/parameters', label: words.parametersTab },
    { href: '/settings/management-services', label: words.managementTab }
  ].map((tab) => ({ ...tab, current: tab.href === '/settings' ? !/parameters|management/.test(path) : path.startsWith(tab.href) })))
}
