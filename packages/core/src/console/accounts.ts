import {
  alert, card, codeBlock, confirm, dataTable, dateTime, emptyState, field, form, html, identifier, linkButton, statusBadge, tabs, tag, toKyivInput, fromKyivInput, type FieldErrors, type Html
} from '@trembita/web'
import { accountWordsOf as wordsOf } from './accounts-texts.ts'
import type { ApiProblem } from './api-client.ts'
import { after, problemText, type Console, type Visit } from './console.ts'
import { wordsOf as frameWordsOf } from './texts.ts'

interface ApiKey {
  readonly id: number
  readonly label: string
  readonly roles: readonly string[]
  readonly owner: string
  readonly created_at: string
  readonly expires_at?: string
}

interface Session {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly roles: readonly string[]
  readonly origin: string
  readonly created_at: string
  readonly seen_at: string
  readonly current: boolean
}

const KEYS = '/access'
const KEY = '/access/keys'
const SESSIONS = '/access/sessions'
/** Roles that a key may have. */
const ROLES = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_MANAGEMENT_SERVICE', 'TREMBITA_HOLDER', 'TREMBITA_AUDITOR']

/** API keys, and who is signed in. */
export function accountPages (console: Console): void {
  console.get(KEYS, (visit) => keysPage(visit))
  console.post(KEYS, async (visit) => {
    const { form } = visit
    const expiresAt = fromKyivInput(form.text('expires_at'))?.toISOString()
    const { value } = await visit.api.post<ApiKey & { key: string }>('/api-keys', {
      roles: form.texts('roles'), label: form.text('label'), ...expiresAt === undefined ? {} : { expires_at: expiresAt }
    })
    return newKeyPage(visit, value.key)
  }, (visit, problem) => keysPage(visit, errorsOf(visit, problem)))
  console.get(`${KEY}/:id`, (visit) => keyPage(visit))
  console.post(`${KEY}/:id`, async (visit) => after(await visit.api.put(keyPath(visit), visit.form.texts('roles')), KEYS, 'apiKeyChanged'), (visit, problem) => keyPage(visit, errorsOf(visit, problem)))
  console.post(`${KEY}/:id/revoke`, async (visit) => after(await visit.api.delete(keyPath(visit)), KEYS, 'apiKeyRevoked'))
  console.get(SESSIONS, sessionsPage)
  console.post(`${SESSIONS}/:id/end`, async (visit) => after(await visit.api.delete(`/sessions/${encodeURIComponent(visit.params.id ?? '')}`), SESSIONS, 'sessionEnded'))
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { apiKeyChanged: words.changed, apiKeyRevoked: words.revoked, sessionEnded: words.ended }
  })
}

function keyPath ({ params }: Visit): string {
  return `/api-keys/${encodeURIComponent(params.id ?? '')}`
}

function errorsOf ({ lang }: Visit, problem: ApiProblem): FieldErrors {
  const words = wordsOf(lang)
  // A list of roles alone is the whole body of a change.
  const fields = Object.entries(problem.fields).map(([name, text]) => [name === 'body' ? 'roles' : name, words.problem(name) || text])
  return fields.length > 0 ? Object.fromEntries(fields) as FieldErrors : { '': words.problem(problem.code) || problemText(lang, problem) }
}

function views (visit: Visit, current: string): Html {
  const words = wordsOf(visit.lang)
  return tabs(words.accounts, [
    { href: KEYS, label: words.keys, current: current === KEYS }, { href: SESSIONS, label: words.sessions, current: current === SESSIONS }
  ])
}

function rolesField ({ lang }: Visit, values: readonly string[], error: string | undefined): Html {
  const roles = frameWordsOf(lang)
  return field(lang, { kind: 'checkboxes', name: 'roles', label: wordsOf(lang).roles, values, error, options: ROLES.map((value) => ({ value, label: roles.roles(value) })) })
}

function roleTags ({ lang }: Visit, roles: readonly string[]): Html[] {
  return roles.map((role) => html`${tag(frameWordsOf(lang).roles(role))} `)
}

async function keysPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf, form: sent } = visit
  const words = wordsOf(lang)
  const keys = await api.get<ApiKey[]>('/api-keys')
  return visit.page({
    title: words.keys,
    lead: words.keysLead,
    body: html`${views(visit, KEYS)}${dataTable(lang, {
      caption: words.keys,
      rows: keys,
      empty: emptyState({ title: words.noKeys, sign: 'key' }),
      columns: [
        { key: 'label', label: words.label, heading: true, render: ({ id, label }) => html`<a href="${KEY}/${id}">${label === '' ? words.unnamed(id) : label}</a>` },
        { key: 'roles', label: words.roles, render: ({ roles }) => roleTags(visit, roles) },
        { key: 'owner', label: words.owner, render: ({ owner }) => identifier(owner) },
        { key: 'created', label: words.created, render: ({ created_at: at }) => dateTime(at, lang) },
        { key: 'expires', label: words.expires, render: ({ expires_at: at }) => at === undefined ? words.never : dateTime(at, lang) }
      ]
    })}${card({
      title: words.newKey,
      lead: words.newKeyLead,
      body: form(lang, {
        action: KEYS,
        csrf,
        errors,
        submit: words.create,
        body: html`${field(lang, { name: 'label', label: words.label, hint: words.labelHint, value: sent.text('label'), lengthMax: 200, required: false, error: errors.label })}${rolesField(visit, sent.texts('roles'), errors.roles)}${field(lang, {
          kind: 'datetime', name: 'expires_at', label: words.expires, hint: words.expiresHint, value: sent.text('expires_at'), required: false, error: errors.expires_at, min: toKyivInput(new Date())
        })}`
      })
    })}`
  })
}

/** The only page that ever shows the key: it is kept nowhere, this page neither. */
function newKeyPage (visit: Visit, key: string): Html {
  const { lang } = visit
  const words = wordsOf(lang)
  return visit.page({
    title: words.made,
    breadcrumbs: [{ href: KEYS, label: words.keys }],
    body: html`${alert(lang, { kind: 'warn', title: words.shownOnce })}${codeBlock(lang, { text: key, label: words.key })}${codeBlock(lang, {
      text: `Authorization: X-Road-ApiKey token=${key}`, label: words.header, wrap: true
    })}${linkButton({ label: words.backToKeys, href: KEYS })}`
  })
}

async function keyPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const key = await api.get<ApiKey>(keyPath(visit))
  return visit.page({
    title: key.label === '' ? words.unnamed(key.id) : key.label,
    breadcrumbs: [{ href: KEYS, label: words.keys }],
    body: html`${form(lang, { action: `${KEY}/${key.id}`, csrf, errors, submit: words.saveRoles, cancelHref: KEYS, body: rolesField(visit, key.roles, errors.roles) })}
${confirm(lang, { label: words.revoke, title: words.revokeTitle, body: words.revokeBody, action: `${KEY}/${key.id}/revoke`, csrf, submit: words.revoke })}`
  })
}

async function sessionsPage (visit: Visit): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const sessions = await api.get<Session[]>('/sessions')
  return visit.page({
    title: words.sessions,
    lead: words.sessionsLead,
    body: html`${views(visit, SESSIONS)}${dataTable(lang, {
      caption: words.sessions,
      rows: sessions,
      columns: [
        { key: 'name', label: words.person, heading: true, render: ({ name }) => name },
        { key: 'roles', label: words.roles, render: ({ roles }) => roleTags(visit, roles) },
        { key: 'origin', label: words.origin, render: ({ origin }) => identifier(origin) },
        { key: 'since', label: words.since, render: ({ created_at: at }) => dateTime(at, lang) },
        { key: 'seen', label: words.seen, render: ({ seen_at: at }) => dateTime(at, lang) },
        {
          key: 'end',
          label: words.actions,
          render: ({ id, name, current }) => current
            ? statusBadge('info', words.current)
            : confirm(lang, { label: words.end, title: words.endTitle(name), body: words.endBody, action: `${SESSIONS}/${encodeURIComponent(id)}/end`, csrf, submit: words.end })
        }
      ]
    })}`
  })
}
