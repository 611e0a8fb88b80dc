import {
  actions, alert, confirm, dataTable, dateTime, descriptionList, emptyState, field, filterBar, form, html, identifier, linkButton, pager, results, section, statusBadge, type FieldErrors, type Html, type Lang
} from '@trembita/web'
import { historyOf } from './audit.ts'
import { after, type Console, type Visit } from './console.ts'
import { errorsOf, listingOf, type ListPage } from './listing.ts'
import type { MemberClass } from './member-form.ts'
import { memberIdOf, stateBadge, type ClientId } from './registry-marks.ts'
import { registryWordsOf as wordsOf } from './registry-texts.ts'

export interface Subsystem {
  readonly subsystem_id: ClientId
  readonly subsystem_name?: string
  readonly member_name: string
  readonly created_at: string
  readonly suspension_id?: number
  readonly used_security_servers: readonly { readonly server_code: string, readonly server_owner: string, readonly status: string, readonly encoded_id: string }[]
}

export interface Client { readonly client_id: ClientId, readonly member_name: string, readonly subsystem_name?: string, readonly created_at: string, readonly suspension_id?: number, readonly enabled?: boolean }

const OFFICER = 'XROAD_REGISTRATION_OFFICER'

/** Subsystems: found, added, renamed, taken off gateways, deleted. */
export function subsystemPages (console: Console): void {
  console.get('/subsystems', listPage)
  console.get('/subsystems/new', (visit) => newPage(visit))
  console.post('/subsystems/new', async (visit) => {
    const { form } = visit
    const name = form.optional('subsystem_name')
    const id = { member_class: form.text('member_class'), member_code: form.text('member_code'), subsystem_code: form.text('subsystem_code') }
    const done = await visit.api.post<Subsystem>('/subsystems', { subsystem_id: id, ...name === undefined ? {} : { subsystem_name: name } })
    return after(done, done.waitsForApproval ? '/subsystems' : pathOf(done.value.subsystem_id.encoded_id), 'subsystemAdded')
  }, async (visit, problem) => await newPage(visit, errorsOf(problem, wordsOf(visit.lang).problem)))
  console.get('/subsystems/:id', (visit) => subsystemPage(visit))
  console.post('/subsystems/:id/name', async (visit) => after(await visit.api.patch(pathOf(visit.params.id!), { subsystem_name: visit.form.text('subsystem_name') }), pathOf(visit.params.id!), 'subsystemSaved'), refused)
  console.post('/subsystems/:id/deletion', async (visit) => after(await visit.api.delete(pathOf(visit.params.id!)), '/subsystems', 'subsystemDeleted'), refused)
  console.post('/subsystems/:id/unregistration', async (visit) =>
    after(await visit.api.delete(`${pathOf(visit.params.id!)}/servers/${encodeURIComponent(visit.form.text('server'))}`), pathOf(visit.params.id!), 'clientUnregistered'), refused)
}

async function refused (visit: Visit, { code, message }: { readonly code: string, readonly message: string }): Promise<Html> {
  return await subsystemPage(visit, wordsOf(visit.lang).problem(code) || message)
}

function pathOf (id: string): string {
  return `/subsystems/${encodeURIComponent(id)}`
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const listing = listingOf(visit, ['q'])
  const { items, paging_metadata: { total_items: total, limit, offset } } = await api.get<ListPage<Client>>('/subsystems', listing.query)
  return visit.page({
    title: words.subsystems,
    lead: words.subsystemsLead,
    ...visit.may(OFFICER) ? { actions: linkButton({ label: words.addSubsystem, href: '/subsystems/new', kind: 'primary', sign: 'plus' }) } : {},
    body: html`${filterBar(lang, { action: '/subsystems', ...listing.filters.q === '' ? {} : { clearHref: '/subsystems' }, fields: [{ kind: 'search', name: 'q', label: words.search, value: listing.filters.q! }] })}${results(html`${dataTable(lang, {
      caption: words.subsystems,
      rows: items,
      empty: emptyState({ title: listing.filters.q === '' ? words.noSubsystems : words.none, sign: 'service' }),
      sortedBy: listing.sortedBy ?? { key: 'member_name', desc: false },
      href: listing.sorted,
      columns: [
        { key: 'subsystem_code', label: words.subsystem, sort: true, heading: true, render: (row) => html`<a href="${pathOf(row.client_id.encoded_id)}">${row.subsystem_name || row.client_id.subsystem_code}</a>` },
        { key: 'id', label: words.id, render: (row) => identifier(row.client_id.encoded_id) },
        { key: 'member_name', label: words.member, sort: true, render: (row) => html`<a href="/members/${encodeURIComponent(memberIdOf(row.client_id))}">${row.member_name}</a>` },
        { key: 'state', label: words.state, narrow: true, render: (row) => stateBadge(lang, row.suspension_id) }
      ]
    })}${pager(lang, { total, limit, offset, href: listing.at })}`)}`
  })
}

/** Subsystems of one member. */
export function subsystemTable (lang: Lang, rows: readonly Subsystem[]): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.subsystems,
    rows,
    empty: html`<p class="hint">${words.noSubsystems}</p>`,
    columns: [
      { key: 'code', label: words.subsystem, heading: true, render: (row) => html`<a href="${pathOf(row.subsystem_id.encoded_id)}">${identifier(row.subsystem_id.subsystem_code ?? '')}</a>` },
      { key: 'name', label: words.name, render: (row) => row.subsystem_name },
      { key: 'servers', label: words.servers, render: ({ used_security_servers: servers }) => servers.length === 0 ? undefined : html`${servers.map((server, index) => html`${index > 0 ? ', ' : ''}<a href="/security-servers/${encodeURIComponent(server.encoded_id)}">${identifier(server.encoded_id)}</a>`)}` },
      { key: 'state', label: words.state, narrow: true, render: (row) => stateBadge(lang, row.suspension_id) }
    ]
  })
}

async function newPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, csrf, form: sent, query } = visit
  const words = wordsOf(lang)
  const classes = await visit.api.get<MemberClass[]>('/member-classes')
  const error = (name: string): string | undefined => errors[name] ?? errors[`subsystem_id.${name}`]
  return visit.page({
    title: words.addSubsystem,
    breadcrumbs: [{ href: '/subsystems', label: words.subsystems }],
    body: form(lang, {
      action: '/subsystems/new',
      csrf,
      errors: Object.fromEntries(Object.entries(errors).map(([name, text]) => [name.replace(/^subsystem_id\./, ''), text])),
      submit: words.addSubsystem,
      cancelHref: '/subsystems',
      body: html`${[
        field(lang, { kind: 'select', name: 'member_class', label: words.memberClass, value: sent.optional('member_class') ?? query.member_class ?? '', error: error('member_class'), required: true, options: classes.map(({ code, description }) => ({ value: code, label: `${code} · ${description}` })) }),
        field(lang, { name: 'member_code', label: `${words.member}: ${words.code.toLowerCase()}`, value: sent.optional('member_code') ?? query.member_code ?? '', error: error('member_code'), required: true, code: true, width: 20 }),
        field(lang, { name: 'subsystem_code', label: words.subsystemCode, value: sent.text('subsystem_code'), error: error('subsystem_code'), required: true, code: true, width: 32 }),
        field(lang, { name: 'subsystem_name', label: words.subsystemName, value: sent.text('subsystem_name'), error: error('subsystem_name'), required: false })
      ]}`
    })
  })
}

async function subsystemPage (visit: Visit, refusal?: string): Promise<Html> {
  const { lang, api, csrf, params } = visit
  const words = wordsOf(lang)
  const path = pathOf(params.id ?? '')
  const subsystem = await api.get<Subsystem>(path)
  const id = subsystem.subsystem_id
  const officer = visit.may(OFFICER)
  const member = memberIdOf(id)
  return visit.page({
    title: subsystem.subsystem_name || id.subsystem_code || id.encoded_id,
    eyebrow: words.subsystem,
    status: stateBadge(lang, subsystem.suspension_id),
    breadcrumbs: [{ href: '/members', label: words.members }, { href: `/members/${encodeURIComponent(member)}`, label: subsystem.member_name }],
    actions: actions(
      officer
        ? confirm(lang, {
          label: words.rename,
          title: words.rename,
          kind: 'secondary',
          body: words.renameHint,
          action: `${path}/name`,
          csrf,
          submit: words.save,
          inputs: field(lang, { name: 'subsystem_name', label: words.subsystemName, value: subsystem.subsystem_name ?? '', lengthMax: 255, required: false })
        })
        : undefined,
      subsystem.suspension_id === undefined && visit.may('TREMBITA_HOLDER') ? linkButton({ label: words.suspend, href: `/suspensions/new?object_type=SUBSYSTEM&object_id=${encodeURIComponent(id.encoded_id)}`, sign: 'pause' }) : undefined,
      officer ? confirm(lang, { label: words.deleteSubsystem, title: words.deleteSubsystem, body: words.deleteSubsystemBody, action: `${path}/deletion`, csrf, submit: words.deleteSubsystem, sign: 'trash' }) : undefined
    ),
    body: html`${refusal === undefined ? undefined : alert(lang, { kind: 'bad', title: refusal })}${descriptionList(lang, [
      { term: words.id, value: identifier(id.encoded_id) },
      { term: words.subsystemName, value: subsystem.subsystem_name || undefined },
      { term: words.member, value: html`<a href="/members/${encodeURIComponent(member)}">${subsystem.member_name}</a>`, hint: identifier(member) },
      { term: words.created, value: dateTime(subsystem.created_at, lang) },
      ...subsystem.suspension_id === undefined ? [] : [{ term: words.suspension, value: html`<a href="/suspensions/${subsystem.suspension_id}">№ ${subsystem.suspension_id}</a>` }]
    ])}${section({
      title: words.servers,
      body: dataTable(lang, {
        caption: words.servers,
        rows: subsystem.used_security_servers,
        empty: html`<p class="hint">${words.noServers}</p>`,
        columns: [
          { key: 'server', label: words.server, heading: true, render: (row) => html`<a href="/security-servers/${encodeURIComponent(row.encoded_id)}">${identifier(row.encoded_id)}</a>` },
          { key: 'owner', label: words.owner, render: (row) => row.server_owner },
          { key: 'state', label: words.state, narrow: true, render: (row) => row.status === 'REGISTERED' ? statusBadge('ok', words.clientEnabled) : statusBadge('idle', words.clientDisabled) },
          ...officer
            ? [{
                key: 'unregister',
                label: words.unregister,
                narrow: true,
                render: (row: Subsystem['used_security_servers'][number]) => confirm(lang, { label: words.unregister, title: words.unregister, body: words.unregisterBody, action: `${path}/unregistration`, csrf, submit: words.unregister, fields: { server: row.encoded_id } })
              }]
            : []
        ]
      })
    })}${section({ title: words.history, body: await historyOf(api, lang, 'subsystem', [id.instance_id, id.member_class, id.member_code, id.subsystem_code].join('/')) })}`
  })
}
