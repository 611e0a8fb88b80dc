import {
  alert, card, codeBlock, confirm, dataTable, dateTime, emptyState, field, form, html, identifier, linkButton, statusBadge, tabs, tag, toKyivInput, fromKyivInput, type FieldErrors, type Html
} from '../index.ts'
import { accountWordsOf as wordsOf } from './accounts-texts.ts'
import type { ApiProblem } from './api-client.ts'
import { after, type Console, type Visit } from './console.ts'

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

/**
 * Area of API keys and of who is signed in, over the routes of `daemon/accounts`.
 *
 * @param roles that a key may have.
 */
export const accountPages = (roles: readonly string[]) => (console: Console): void => {
  const keysPage = async (visit: Visit, errors?: FieldErrors): Promise<Html> => await keysPageOf(visit, roles, errors)
  const keyPage = async (visit: Visit, errors?: FieldErrors): Promise<Html> => await keyPageOf(visit, roles, errors)
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

function errorsOf (visit: Visit, problem: ApiProblem): FieldErrors {
  const words = wordsOf(visit.lang)
  // A list of roles alone is the whole body of a change.
  const fields = Object.entries(problem.fields).map(([name, text]) => [name === 'body' ? 'roles' : name, words.problem(name) || text])
  return fields.length > 0 ? Object.fromEntries(fields) as FieldErrors : { '': words.problem(problem.code) || visit.problemText(problem) }
}

function views (visit: Visit, current: string): Html {
  const words = wordsOf(visit.lang)
  return tabs(words.accounts, [
    { href: KEYS, label: words.keys, current: current === KEYS }, { href: SESSIONS, label: words.sessions, current: current === SESSIONS }
  ])
}

function rolesField ({ lang, roleName }: Visit, roles: readonly string[], values: readonly string[], error: string | undefined): Html {
  return field(lang, { kind: 'checkboxes', name: 'roles', label: wordsOf(lang).roles, values, error, options: roles.map((value) => ({ value, label: roleName(value) })) })
}

function roleTags ({ roleName }: Visit, roles: readonly string[]): Html[] {
  return roles.map((role) => html`${tag(roleName(role))} `)
}

async function keysPageOf (visit: Visit, roles: readonly string[], errors: FieldErrors = {}): Promise<Html> {
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
        body: html`${field(lang, { name: 'label', label: words.label, hint: words.labelHint, value: sent.text('label'), lengthMax: 200, required: false, error: errors.label })}${rolesField(visit, roles, sent.texts('roles'), errors.roles)}${field(lang, {
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

async function keyPageOf (visit: Visit, roles: readonly string[], errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const key = await api.get<ApiKey>(keyPath(visit))
  return visit.page({
    title: key.label === '' ? words.unnamed(key.id) : key.label,
    breadcrumbs: [{ href: KEYS, label: words.keys }],
    body: html`${form(lang, { action: `${KEY}/${key.id}`, csrf, errors, submit: words.saveRoles, cancelHref: KEYS, body: rolesField(visit, roles, key.roles, errors.roles) })}
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
