import { alert, card, dateTime, descriptionList, field, form, html, identifier, type AlertKind, type Html, type Lang, type Page } from '@trembita/web'
import type { Outcome } from '@trembita/example-information-system'
import type { CheckResult, FieldError, Question, WrongQuestion } from './check.ts'
import { wordsOf } from './texts.ts'

/** The one page: the question, and what was answered. */
export function checkPage (lang: Lang, { errors = {}, values = {}, result }: Partial<WrongQuestion> & { readonly result?: CheckResult }): Page {
  const words = wordsOf(lang)
  const input = (name: keyof Question, label: string, hint?: string, autocomplete = 'off'): Html => field(lang, {
    name, label, required: true, autocomplete, ...hint === undefined ? {} : { hint }, ...values[name] === undefined ? {} : { value: values[name] }, ...errors[name] === undefined ? {} : { error: errorText(lang, errors[name]) }
  })
  return {
    title: words.title,
    lead: words.lead,
    body: html`${result === undefined ? undefined : resultCard(lang, result)}
${form(lang, {
  action: '/',
  csrf: undefined,
  body: html`${input('rnokpp', words.rnokpp, words.rnokppHint)}${input('familyName', words.familyName)}${input('givenName', words.givenName)}${input('application', words.application, words.applicationHint)}`,
  submit: words.submit,
  errors: Object.fromEntries(Object.entries(errors).map(([name, error]) => [name, errorText(lang, error)]))
})}`
  }
}

function errorText (lang: Lang, error: FieldError): string {
  const words = wordsOf(lang)
  return { missing: words.missing, rnokpp: words.wrongNumber, application: words.wrongApplication, long: words.long }[error]
}

const KINDS: Readonly<Record<Outcome, AlertKind>> = { FOUND: 'ok', PARTIAL: 'warn', NO_DATA: 'info', DISCREPANCY: 'warn' }

function resultCard (lang: Lang, result: CheckResult): Html {
  const words = wordsOf(lang)
  const exchange = { term: words.exchange, value: identifier(result.exchangeId) }
  if (result.kind === 'outage') return card({ title: words.result, body: html`${alert(lang, { kind: 'bad', title: words.outage, body: words.outageBody })}${descriptionList(lang, [exchange])}` })
  if (result.kind === 'refused') return card({ title: words.result, body: html`${alert(lang, { kind: 'bad', title: words.refused, body: words.refusedBy(result.by, result.code) })}${descriptionList(lang, [exchange])}` })
  const said = { FOUND: words.found, PARTIAL: words.partial, NO_DATA: words.noData, DISCREPANCY: words.discrepancy }[result.outcome]
  return card({
    title: words.result,
    body: html`${alert(lang, { kind: KINDS[result.outcome], title: said })}${descriptionList(lang, [{ term: words.register, value: result.register }, { term: words.asOf, value: dateTime(result.asOf, lang) }, exchange])}<p class="hint">${words.kept}</p>`
  })
}
