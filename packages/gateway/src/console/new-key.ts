import { descriptionList, field, form, html, identifier, type FieldErrors, type Html, type Option } from '@trembita/web'
import { type ApiProblem, type Console, errorsOf, type Visit } from '@trembita/web/console'
import { keysWordsOf as wordsOf } from './keys-texts.ts'
import { SECURITY_OFFICER, type Key } from './keys.ts'

interface Authority { readonly name: string, readonly top_ca: boolean, readonly authentication_only: boolean }
interface SubjectField { readonly id: string, readonly label?: string, readonly default_value?: string, readonly read_only: boolean }
interface Client { readonly id: string, readonly member_name?: string }

const NEW = '/keys/new'
/** Of form fields that the certification service asks for. */
const SUBJECT = 'subject.'

/** A key with its certificate request: first for what and from whom, then what the certificate will say. */
export function newKeyPages (console: Console): void {
  console.get(NEW, (visit) => visit.query.use === undefined ? choicePage(visit) : subjectPage(visit, visit.query))
  console.post('/keys', async ({ api, form }) => {
    const body = requestOf(form.entries())
    const key = form.text('key')
    if (key !== '') {
      await api.post(`/keys/${encodeURIComponent(key)}/csrs`, body)
      return { to: `/keys/${encodeURIComponent(key)}`, said: 'requestCreated' }
    }
    const { value } = await api.post<{ key: Key }>('/tokens/0/keys-with-csrs', { key_label: form.text('label'), key_algorithm: form.text('algorithm'), csr_generate_request: body })
    return { to: `/keys/${encodeURIComponent(value.key.id)}`, said: 'keyCreated' }
  }, (visit, problem) => subjectPage(visit, visit.form.entries(), problem))
}

function requestOf (sent: Readonly<Record<string, string>>): object {
  const { use = '', ca = '', member = '' } = sent
  const values = Object.entries(sent).filter(([name]) => name.startsWith(SUBJECT)).map(([name, value]) => [name.slice(SUBJECT.length), value])
  return { key_usage_type: use, ca_name: ca, csr_format: 'PEM', ...use === 'SIGNING' ? { member_id: member } : {}, subject_field_values: Object.fromEntries(values) }
}

async function choicePage (visit: Visit): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const [authorities, clients] = await Promise.all([api.get<Authority[]>('/certificate-authorities', { include_intermediate_cas: false }), api.get<Client[]>('/clients')])
  const key = visit.query.key === undefined ? undefined : await api.get<Key>(`/keys/${encodeURIComponent(visit.query.key)}`)
  const uses: Option[] = [
    { value: 'AUTHENTICATION', label: words.useAuth, hint: words.useAuthHint, disabled: !visit.may(SECURITY_OFFICER) || key?.usage === 'SIGNING' },
    { value: 'SIGNING', label: words.useSign, hint: words.useSignHint, disabled: key?.usage === 'AUTHENTICATION' }
  ]
  const chosen = key?.usage ?? (visit.may(SECURITY_OFFICER) ? 'AUTHENTICATION' : 'SIGNING')
  return visit.page({
    title: key === undefined ? words.newKey : words.newRequest,
    lead: words.newKeyLead,
    breadcrumbs: [{ href: '/keys', label: words.title }],
    body: html`<form class="form" method="get" action="${NEW}">${key === undefined ? undefined : field(lang, { kind: 'hidden', name: 'key', value: key.id })}
${field(lang, { kind: 'radios', name: 'use', label: words.use, value: chosen, options: uses, required: true })}
${field(lang, { kind: 'select', name: 'ca', label: words.ca, options: authorities.map(({ name }) => ({ value: name, label: name })), required: true })}
${field(lang, { kind: 'select', name: 'member', label: words.member, hint: words.memberHint, options: membersOf(clients), required: false })}
${key === undefined ? html`${field(lang, { kind: 'radios', name: 'algorithm', label: words.algorithm, value: 'RSA', inline: true, options: [{ value: 'RSA', label: 'RSA 2048' }, { value: 'EC', label: 'EC P-256' }] })}${field(lang, { name: 'label', label: words.label, hint: words.labelHint, lengthMax: 255, required: false })}` : undefined}
<div class="actions"><button class="button button--primary" type="submit">${words.next}</button><a class="button button--quiet" href="/keys">${words.title}</a></div></form>`
  })
}

/** A seal is a member's, not a subsystem's. */
function membersOf (clients: readonly Client[]): Option[] {
  const members = new Map(clients.map(({ id, member_name: name }) => [id.split(':').slice(0, 3).join(':'), name]))
  return [...members].map(([value, name]) => ({ value, label: name === undefined ? value : `${name} (${value})` }))
}

async function subjectPage (visit: Visit, chosen: Readonly<Record<string, string>>, problem?: ApiProblem): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const { use = '', ca = '', member = '', key = '', algorithm = 'RSA', label = '' } = chosen
  const fields = await api.get<SubjectField[]>(`/certificate-authorities/${encodeURIComponent(ca)}/csr-subject-fields`, { key_usage_type: use, ...use === 'SIGNING' ? { member_id: member } : {} })
  const errors: FieldErrors = problem === undefined ? {} : errorsOf(problem, (code) => words.problem(code) || visit.problemText(problem))
  return visit.page({
    title: words.subject,
    breadcrumbs: [{ href: '/keys', label: words.title }, { href: key === '' ? NEW : `${NEW}?key=${encodeURIComponent(key)}`, label: key === '' ? words.newKey : words.newRequest }],
    body: html`${descriptionList(lang, [
      { term: words.use, value: use === 'AUTHENTICATION' ? words.useAuth : words.useSign },
      { term: words.ca, value: ca },
      ...use === 'SIGNING' ? [{ term: words.member, value: identifier(member) }] : []
    ])}${form(lang, {
      action: '/keys',
      csrf,
      errors,
      submit: key === '' ? words.create : words.createRequest,
      cancelHref: '/keys',
      fields: { use, ca, member, key, algorithm, label },
      body: fields.map(({ id, label: name, default_value: value, read_only: fixed }) => fixed
        ? html`${field(lang, { name: `shown.${id}`, label: name ?? id, value: value ?? '', disabled: true })}`
        : field(lang, { name: `${SUBJECT}${id}`, label: name ?? id, value: chosen[`${SUBJECT}${id}`] ?? value ?? '', required: true }))
    })}`
  })
}
