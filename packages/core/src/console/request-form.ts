import { errorSummary, field, form, html, type Field, type FieldErrors, type Html, type Lang } from '@trembita/web'
import type { ApiProblem } from './api-client.ts'
import { after, type Answer, type Visit } from './console.ts'
import { requestProblem } from './request-lines.ts'
import { requestWordsOf as wordsOf } from './request-texts.ts'

/** What each kind of request asks for beside the gateway, in the order of asking. */
const FIELDS = {
  CLIENT_REGISTRATION_REQUEST: ['client_id', 'subsystem_name'],
  AUTH_CERT_REGISTRATION_REQUEST: ['authentication_certificate', 'server_address'],
  OWNER_CHANGE_REQUEST: ['client_id'],
  CLIENT_DELETION_REQUEST: ['client_id'],
  AUTH_CERT_DELETION_REQUEST: ['authentication_certificate'],
  ADDRESS_CHANGE_REQUEST: ['server_address'],
  CLIENT_DISABLE_REQUEST: ['client_id'],
  CLIENT_ENABLE_REQUEST: ['client_id'],
  CLIENT_RENAME_REQUEST: ['client_id', 'subsystem_name'],
  MAINTENANCE_MODE_ENABLE_REQUEST: ['message'],
  MAINTENANCE_MODE_DISABLE_REQUEST: []
} as const satisfies Record<string, readonly string[]>

const TYPES = Object.keys(FIELDS) as (keyof typeof FIELDS)[]
const OPTIONAL = new Set(['subsystem_name', 'message'])

/** Choice among the kinds of requests. */
export function typeField (lang: Lang, value: string | undefined, empty?: string): Field {
  const words = wordsOf(lang)
  return { kind: 'select', name: 'type', label: words.type, value, ...empty === undefined ? {} : { empty }, options: TYPES.map((one) => ({ value: one, label: words.typeName(one) })) }
}

/** First the kind, then what it asks for: each step is a page, so that it works without scripts. */
export async function newRequestPage (visit: Visit, problem?: ApiProblem): Promise<Html> {
  const { lang, query, csrf } = visit
  const words = wordsOf(lang)
  const sent = visit.form.entries()
  const type = TYPES.find((one) => one === (sent.type ?? query.type))
  const frame = { title: words.newTitle, breadcrumbs: [{ href: '/management-requests', label: words.title }], lead: words.newLead }
  if (type === undefined) {
    return visit.page({
      ...frame,
      body: html`<form class="form" method="get" action="/management-requests/new">${field(lang, typeField(lang, undefined))}<div class="actions"><button class="button button--primary" type="submit">${words.chooseType}</button></div></form>`
    })
  }
  const errors = problem === undefined ? undefined : errorsOf(visit, problem)
  const values = { security_server_id: query.server, client_id: query.client, ...sent }
  return visit.page({
    ...frame,
    title: words.typeName(type),
    body: html`${errors === undefined ? undefined : errorSummary(lang, errors)}${form(lang, {
      action: `/management-requests/new?type=${type}`,
      csrf,
      fields: { type },
      submit: words.save,
      cancelHref: '/management-requests',
      body: html`${field(lang, { name: 'security_server_id', label: words.server, hint: words.serverHint, value: values.security_server_id, required: true, code: true, error: errors?.security_server_id })}
${FIELDS[type].map((name) => field(lang, questionOf(lang, name, values, errors)))}
${field(lang, { kind: 'textarea', name: 'comments', label: words.comments, hint: words.reasonHint, value: sent.comments, rows: 2, lengthMax: 1000 })}`
    })}`
  })
}

function questionOf (lang: Lang, name: typeof FIELDS[keyof typeof FIELDS][number], values: Readonly<Record<string, string | undefined>>, errors: FieldErrors = {}): Field {
  const words = wordsOf(lang)
  const shared = { name, value: values[name], error: errors[name], required: !OPTIONAL.has(name) }
  switch (name) {
    case 'client_id': return { ...shared, label: words.client, hint: words.idHint, code: true }
    case 'subsystem_name': return { ...shared, label: words.subsystemName, lengthMax: 255 }
    case 'server_address': return { ...shared, label: words.address, code: true }
    case 'message': return { ...shared, label: words.message, lengthMax: 255 }
    case 'authentication_certificate': return { ...shared, kind: 'textarea', label: words.authCertificate, hint: words.authCertificateHint, rows: 6, code: true }
  }
}

export async function addRequest (visit: Visit): Promise<Answer> {
  const { type, comments, ...rest } = visit.form.entries()
  const known = TYPES.find((one) => one === type)
  if (known === undefined) return await newRequestPage(visit)
  const names = ['security_server_id', ...FIELDS[known]]
  const body = Object.fromEntries(names.map((name) => [name, rest[name]?.trim()]).filter(([, value]) => value !== undefined && value !== ''))
  const done = await visit.api.post<{ id: number }>('/management-requests', { type, ...body, ...comments === undefined || comments === '' ? {} : { comments } })
  return after(done, done.waitsForApproval ? '/management-requests' : `/management-requests/${done.value.id}`, 'requestAdded')
}

/** Beside the fields where the API names them, above the form else. */
function errorsOf (visit: Visit, problem: ApiProblem): FieldErrors {
  const text = requestProblem(visit, problem)
  const names = Object.keys(problem.fields)
  return names.length === 0 ? { '': text } : Object.fromEntries(names.map((name) => [name, text]))
}
