import { dataTable, emptyState, field, filterBar, form, html, identifier, linkButton, results, statusBadge, tag, alert, type FieldErrors, type Html, type Lang, type StatusKind } from '@trembita/web'
import { type ApiProblem, type Console, errorsOf, type Visit } from '@trembita/web/console'
import { clientsWordsOf as wordsOf } from './clients-texts.ts'

export interface Client {
  readonly id: string
  readonly member_class: string
  readonly member_code: string
  readonly subsystem_code?: string
  readonly member_name?: string
  readonly subsystem_name?: string
  readonly owner?: boolean
  readonly has_valid_local_sign_cert?: boolean
  readonly connection_type?: string
  readonly status?: string
}

export const CONNECTIONS = ['HTTPS', 'HTTPS_NO_AUTH', 'HTTP'] as const
const REGISTRATION_OFFICER = 'XROAD_REGISTRATION_OFFICER'
const STATES: Readonly<Record<string, StatusKind>> = {
  SAVED: 'warn', REGISTRATION_IN_PROGRESS: 'wait', REGISTERED: 'ok', DELETION_IN_PROGRESS: 'wait', GLOBAL_ERROR: 'bad', DISABLED: 'idle', DISABLING_IN_PROGRESS: 'wait', ENABLING_IN_PROGRESS: 'wait'
}

export function clientPath (id: string): string {
  return `/clients/${encodeURIComponent(id)}`
}

export function clientState (lang: Lang, { status = '', owner }: Pick<Client, 'status' | 'owner'>): Html {
  return html`${statusBadge(STATES[status] ?? 'idle', wordsOf(lang).statuses(status))}${owner === true ? html` ${tag(wordsOf(lang).owner)}` : undefined}`
}

export function nameOf ({ subsystem_name: subsystem, subsystem_code: code, member_name: member, id }: Client): string {
  return subsystem ?? code ?? member ?? id
}

export function connectionField (lang: Lang, value: string): Html {
  const words = wordsOf(lang)
  return field(lang, { kind: 'radios', name: 'connection_type', label: words.connectionTitle, hint: words.connectionHint, value, options: CONNECTIONS.map((kind) => ({ value: kind, label: words.connections(kind), hint: words.connectionHints(kind) })) })
}

/** Members and subsystems that the gateway serves: found, added. */
export function clientPages (console: Console): void {
  console.get('/clients', listPage)
  console.get('/clients/new', (visit) => newPage(visit))
  console.post('/clients', async ({ api, form }) => {
    const code = form.optional('subsystem_code')
    const { value } = await api.post<Client>('/clients', {
      client: {
        member_class: form.text('member_class'),
        member_code: form.text('member_code'),
        ...code === undefined ? {} : { subsystem_code: code },
        ...form.optional('subsystem_name') === undefined ? {} : { subsystem_name: form.text('subsystem_name') },
        connection_type: form.text('connection_type')
      },
      ignore_warnings: form.flag('ignore_warnings')
    })
    return { to: clientPath(value.id), said: 'clientAdded' }
  }, newPage)
  console.sentences((lang) => ({ clientAdded: wordsOf(lang).added }))
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  const q = (query.q ?? '').toLocaleLowerCase('uk')
  const clients = (await api.get<Client[]>('/clients')).filter((client) => q === '' || [client.id, client.member_name, client.subsystem_name].some((text) => text?.toLocaleLowerCase('uk').includes(q)))
  return visit.page({
    title: words.title,
    lead: words.lead,
    ...visit.may(REGISTRATION_OFFICER) ? { actions: linkButton({ label: words.add, href: '/clients/new', kind: 'primary', sign: 'plus' }) } : {},
    body: html`${filterBar(lang, { action: '/clients', ...q === '' ? {} : { clearHref: '/clients' }, fields: [{ kind: 'search', name: 'q', label: words.search, value: query.q ?? '' }] })}${results(dataTable(lang, {
      caption: words.title,
      rows: clients,
      empty: emptyState({ title: words.none, sign: 'organisation' }),
      columns: [
        { key: 'name', label: words.name, heading: true, render: (row) => html`<a href="${clientPath(row.id)}">${nameOf(row)}</a>` },
        { key: 'id', label: words.id, render: ({ id }) => identifier(id) },
        { key: 'member', label: words.member, render: ({ member_name: name }) => name },
        { key: 'connection', label: words.connection, render: ({ connection_type: kind = '' }) => words.connections(kind) },
        { key: 'seal', label: words.seal, narrow: true, render: ({ has_valid_local_sign_cert: ready }) => ready === true ? statusBadge('ok', words.sealReady) : statusBadge('warn', words.sealMissing) },
        { key: 'state', label: words.state, narrow: true, render: (row) => clientState(lang, row) }
      ]
    }))}`
  })
}

async function newPage (visit: Visit, problem?: ApiProblem): Promise<Html> {
  const { lang, api, csrf, form: sent } = visit
  const words = wordsOf(lang)
  const classes = await api.get<string[]>('/member-classes')
  const warnings = problem?.warnings ?? []
  const errors: FieldErrors = problem === undefined || warnings.length > 0 ? {} : errorsOf(problem, (code) => words.problem(code) || visit.problemText(problem))
  return visit.page({
    title: words.add,
    lead: words.addLead,
    breadcrumbs: [{ href: '/clients', label: words.title }],
    body: html`${warnings.length === 0 ? undefined : alert(lang, { kind: 'warn', title: warnings.map(({ code, metadata }) => words.warnings(code, metadata.join(', '))).join(' ') })}${form(lang, {
      action: '/clients',
      csrf,
      errors,
      submit: words.add,
      cancelHref: '/clients',
      body: html`${field(lang, { kind: 'select', name: 'member_class', label: words.memberClass, value: sent.text('member_class'), options: classes.map((value) => ({ value, label: value })), required: true })}
${field(lang, { name: 'member_code', label: words.memberCode, value: sent.text('member_code'), required: true, code: true, width: 20, error: errors.member_code })}
${field(lang, { name: 'subsystem_code', label: words.subsystemCode, hint: words.subsystemCodeHint, value: sent.text('subsystem_code'), required: false, code: true, width: 32, error: errors.subsystem_code })}
${field(lang, { name: 'subsystem_name', label: words.subsystemName, value: sent.text('subsystem_name'), required: false, error: errors.subsystem_name })}
${connectionField(lang, sent.text('connection_type') || 'HTTPS')}
${warnings.length === 0 ? undefined : field(lang, { kind: 'checkbox', name: 'ignore_warnings', label: words.ignore })}`
    })}`
  })
}
