import { card, field, form, fromKyivInput, html, toKyivInput, type FieldErrors, type Html } from '@trembita/web'
import type { AgreementDetails } from './agreement-page.ts'
import { formatPurposes, formatServices, LineProblem, parsePurposes, parseServices } from './agreement-lines.ts'
import { agreementWordsOf as wordsOf } from './agreement-texts.ts'
import type { ApiProblem } from './api-client.ts'
import { after, type Answer, type Visit } from './console.ts'

/** What is wrong with a field, found before the API is asked. */
class FormProblem extends Error {
  readonly fields: FieldErrors

  constructor (fields: FieldErrors) {
    super('form')
    this.fields = fields
  }
}

const FIELDS = ['id', 'number', 'date', 'consumer_id', 'provider_id', 'from', 'until', 'price', 'purposes', 'services'] as const
type Values = Readonly<Record<typeof FIELDS[number], string>>

/** The form for a draft; `?after=ID` fills it from the agreement that a new version is to follow. */
export async function newAgreementPage (visit: Visit): Promise<Html> {
  const { query, api } = visit
  if (query.after === undefined) return formPage(visit, { price: '0.00' })
  const last = await api.get<AgreementDetails>(`/agreements/${encodeURIComponent(query.after)}`)
  return formPage(visit, {
    id: last.id,
    number: last.number,
    date: last.date,
    consumer_id: last.consumer_id,
    provider_id: last.provider_id,
    from: toKyivInput(new Date(last.from)),
    until: toKyivInput(new Date(last.until)),
    price: last.price.amount,
    purposes: formatPurposes(last.purposes),
    services: formatServices(last.services)
  })
}

/** Makes the draft of what the form says, or of the file that came with it. */
export async function createAgreement (visit: Visit): Promise<Answer> {
  const file = visit.form.file('document')
  try {
    const body = file === undefined ? termsOf(visit) : { document: file.bytes.toString('base64') }
    const done = await visit.api.post<AgreementDetails>('/agreements', body)
    return after(done, done.waitsForApproval ? '/agreements' : `/agreements/${encodeURIComponent(done.value.id)}/${done.value.version}`, 'agreementCreated')
  } catch (thrown) {
    if (thrown instanceof FormProblem) return formPage(visit, visit.form.entries(), thrown.fields)
    throw thrown
  }
}

/** The form once more, with what the API found. */
export async function agreementFormAgain (visit: Visit, problem: ApiProblem): Promise<Html> {
  const words = wordsOf(visit.lang)
  const said = words.problem(problem.code) || problem.message
  const named = Object.keys(problem.fields).filter((name) => (FIELDS as readonly string[]).includes(name))
  return formPage(visit, visit.form.entries(), named.length === 0 ? { '': said } : Object.fromEntries(named.map((name) => [name, words.problem(problem.code) || problem.fields[name]!])))
}

function termsOf ({ form, lang }: Visit): object {
  const words = wordsOf(lang)
  const errors: Record<string, string> = {}
  const instantOf = (name: string): string => {
    const at = fromKyivInput(form.text(name))
    if (at === undefined) errors[name] = words.dateProblem
    return at?.toISOString() ?? ''
  }
  const linesOf = <T>(name: string, parse: (text: string) => T, problem: string): T | undefined => {
    try {
      return parse(form.text(name))
    } catch (thrown) {
      if (!(thrown instanceof LineProblem)) throw thrown
      errors[name] = words.lineProblem(thrown.line, problem)
      return undefined
    }
  }
  const terms = {
    id: form.text('id'),
    number: form.text('number'),
    date: form.text('date'),
    consumer_id: form.text('consumer_id'),
    provider_id: form.text('provider_id'),
    from: instantOf('from'),
    until: instantOf('until'),
    price: { amount: form.text('price'), currency: 'UAH' },
    purposes: linesOf('purposes', parsePurposes, words.linePurpose),
    services: linesOf('services', parseServices, words.lineService)
  }
  if (Object.keys(errors).length > 0) throw new FormProblem(errors)
  return terms
}

function formPage (visit: Visit, values: Partial<Values>, errors: FieldErrors = {}): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const input = (name: keyof Values, label: string, more: object = {}): Html => field(lang, { name, label, value: values[name], error: errors[name], required: true, ...more })
  return visit.page({
    title: words.create,
    breadcrumbs: [{ href: '/agreements', label: words.title }],
    body: html`${card({
      title: words.byForm,
      body: form(lang, {
        action: '/agreements/new',
        csrf,
        errors,
        submit: words.take,
        cancelHref: '/agreements',
        body: html`${input('id', words.id, { hint: words.idHint, code: true, width: 20 })}
${input('number', words.number, { width: 20 })}
${input('date', words.date, { kind: 'date' })}
${input('consumer_id', words.consumer, { hint: words.subsystemHint, code: true })}
${input('provider_id', words.provider, { hint: words.subsystemHint, code: true })}
${input('from', words.from, { kind: 'datetime' })}
${input('until', words.until, { kind: 'datetime' })}
${input('price', words.price, { hint: words.priceHint, width: 12, suffix: 'UAH' })}
${input('purposes', words.purposes, { kind: 'textarea', hint: words.purposesHint, rows: 4 })}
${input('services', words.services, { kind: 'textarea', hint: words.servicesHint, rows: 8, code: true })}`
      })
    })}
${card({
  title: words.byFile,
  lead: words.byFileHint,
  body: form(lang, {
    action: '/agreements/new', csrf, multipart: true, submit: words.takeFile, submitKind: 'secondary', body: field(lang, { kind: 'file', name: 'document', label: words.file, accept: '.xml', required: true })
  })
})}`
  })
}
