import { field, html, type FieldErrors, type Html } from '@trembita/web'
import { CERTIFICATE_PROFILES } from '@trembita/protocol/pki'
import type { ApiProblem } from './api-client.ts'
import type { Visit } from './console.ts'
import { errorsOf } from './listing.ts'
import { trustWordsOf as wordsOf } from './trust-texts.ts'

const COSTS = ['UNDEFINED', 'FREE', 'PAID']

/** What was refused, beside the fields. */
export function trustErrors ({ lang }: Visit, problem: ApiProblem): FieldErrors {
  const words = wordsOf(lang)
  // What a service answered is told in the words of the check: an operator sends it on to the provider.
  if (problem.code.endsWith('_check_failed')) return Object.fromEntries(Object.entries(problem.fields).map(([name, text]) => [name, words.checkFailed(text)]))
  return errorsOf(problem, words.problem)
}

/** Offered once a check has failed: the operator may know better. */
export function ignoreField ({ lang }: Visit, errors: FieldErrors): Html | undefined {
  return Object.keys(errors).length === 0 ? undefined : field(lang, { kind: 'checkbox', name: 'ignore_warnings', id: 'f-ignore', label: wordsOf(lang).ignore, value: 'true' })
}

/** Which profile a service issues by. */
export function profileField ({ lang }: Visit, value: string, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  const names = CERTIFICATE_PROFILES.map((name) => ({ value: name, label: name.replace(/CertificateProfileInfoProvider$/, '') }))
  return field(lang, { kind: 'select', name: 'certificate_profile_info', label: words.profile, hint: words.profileHint, value: value.split('.').at(-1) ?? '', error: errors.certificate_profile_info, required: true, options: names })
}

/** Where a service answers, and what it costs. */
export function urlFields ({ lang, form: sent }: Visit, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return html`${field(lang, { kind: 'url', name: 'url', label: words.url, hint: words.checkedFirst, value: sent.text('url'), error: errors.url, required: true, code: true })}${
    field(lang, { kind: 'select', name: 'cost_type', label: words.cost, value: sent.optional('cost_type') ?? 'UNDEFINED', options: COSTS.map((value) => ({ value, label: words.costs(value) })) })}`
}
