import {
  actions, alert, confirm, dataTable, dateTime, descriptionList, emptyState, filterBar, formatDate, formatNumber, html, identifier, linkButton, pager, results, section, tag, type Html, type Lang
} from '@trembita/web'
import { historyOf } from './audit.ts'
import { after, type Console, type Visit } from './console.ts'
import { errorsOf, listingOf, type ListPage } from './listing.ts'
import { memberForm, sentMember, type Accession, type Contact, type MemberClass } from './member-form.ts'
import { stateBadge } from './registry-marks.ts'
import { REGISTRY_SENTENCES, registryWordsOf as wordsOf } from './registry-texts.ts'
import { subsystemTable, type Subsystem } from './subsystems.ts'
import { serverTable, type Server } from './servers.ts'

interface MemberInList {
  readonly client_id: { readonly member_class: string, readonly member_code: string, readonly instance_id: string, readonly encoded_id: string }
  readonly member_name: string
  readonly kind?: string
  readonly roles: readonly string[]
  readonly subsystem_count: number
  readonly server_count: number
  readonly created_at: string
  readonly suspension_id?: number
}

export interface Member extends MemberInList {
  readonly contacts: readonly Contact[]
  readonly accession?: Accession
  readonly warnings: readonly { readonly code: string, readonly message: string }[]
}

interface Dependents {
  readonly subsystems: readonly string[]
  readonly security_servers: readonly string[]
  readonly hosted_clients: readonly string[]
  readonly used_servers: readonly string[]
  readonly global_groups: readonly string[]
}

const OFFICER = 'XROAD_REGISTRATION_OFFICER'
const FILTERS = ['q', 'member_class', 'kind', 'role', 'state'] as const

/** Members: found, added, changed, deleted; what each has (TR-5bis, TR-6.2). */
export function memberPages (console: Console): void {
  console.get('/members', listPage)
  console.get('/members/new', (visit) => newPage(visit))
  console.post('/members/new', async (visit) => {
    const { form } = visit
    const id = { member_class: form.text('member_class'), member_code: form.text('member_code') }
    const done = await visit.api.post<Member>('/members', { member_id: id, ...sentMember(visit) })
    return after(done, done.waitsForApproval ? '/members' : pathOf(done.value.client_id.encoded_id), 'memberAdded')
  }, async (visit, problem) => await newPage(visit, errorsOf(problem, wordsOf(visit.lang).problem)))
  console.get('/members/:id', memberPage)
  console.get('/members/:id/edit', (visit) => editPage(visit))
  console.post('/members/:id/edit', async (visit) => after(await visit.api.patch(apiPathOf(visit), sentMember(visit)), pathOf(visit.params.id!), 'memberSaved'),
    async (visit, problem) => await editPage(visit, errorsOf(problem, wordsOf(visit.lang).problem)))
  console.post('/members/:id/deletion', async (visit) => after(await visit.api.delete(apiPathOf(visit)), '/members', 'memberDeleted'),
    async (visit, problem) => await memberPage(visit, wordsOf(visit.lang).problem(problem.code) || problem.message))
  console.sentences((lang) => Object.fromEntries(REGISTRY_SENTENCES.map((said) => [said, wordsOf(lang).said(said)])))
}

function pathOf (id: string): string {
  return `/members/${encodeURIComponent(id)}`
}

function apiPathOf ({ params }: Visit): string {
  return pathOf(params.id ?? '')
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const listing = listingOf(visit, FILTERS)
  const [classes, { items, paging_metadata: { total_items: total, limit, offset } }] = await Promise.all([
    api.get<MemberClass[]>('/member-classes'), api.get<ListPage<MemberInList>>('/members', listing.query)
  ])
  const choice = (name: typeof FILTERS[number], label: string, options: readonly { value: string, label: string }[]) => ({ kind: 'select' as const, name, label, value: listing.filters[name]!, empty: words.any, options })
  const filtered = Object.values(listing.filters).some((value) => value !== '')
  const add = visit.may(OFFICER) ? linkButton({ label: words.addMember, href: '/members/new', kind: 'primary', sign: 'plus' }) : undefined
  return visit.page({
    title: words.members,
    lead: words.membersLead,
    actions: add,
    body: html`${filterBar(lang, {
      action: '/members',
      ...filtered ? { clearHref: '/members' } : {},
      fields: [
        { kind: 'search', name: 'q', label: words.search, value: listing.filters.q! },
        choice('member_class', words.memberClass, classes.map(({ code }) => ({ value: code, label: code }))),
        choice('kind', words.kind, ['authority', 'localGovernment', 'enterprise', 'unknown'].map((value) => ({ value, label: words.kinds(value) }))),
        choice('role', words.roles, ['holder', 'administrator', 'participant', 'subject'].map((value) => ({ value, label: words.roleNames(value) }))),
        choice('state', words.state, [{ value: 'active', label: words.active }, { value: 'suspended', label: words.suspended }])
      ]
    })}${results(html`${dataTable(lang, {
      caption: words.members,
      rows: items,
      empty: emptyState({ title: filtered ? words.none : words.noMembers, sign: 'organisation' }),
      sortedBy: listing.sortedBy ?? { key: 'member_name', desc: false },
      href: listing.sorted,
      columns: [
        { key: 'member_name', label: words.name, sort: true, heading: true, render: (row) => html`<a href="${pathOf(row.client_id.encoded_id)}">${row.member_name}</a>` },
        { key: 'member_code', label: words.id, sort: true, render: (row) => identifier(row.client_id.encoded_id) },
        { key: 'kind', label: words.kind, render: ({ kind }) => kind === undefined ? undefined : words.kinds(kind) },
        { key: 'subsystems', label: words.subsystemCount, align: 'end', narrow: true, render: (row) => formatNumber(row.subsystem_count, lang) },
        { key: 'servers', label: words.serverCount, align: 'end', narrow: true, render: (row) => formatNumber(row.server_count, lang) },
        { key: 'state', label: words.state, narrow: true, render: (row) => stateBadge(lang, row.suspension_id) }
      ]
    })}${pager(lang, { total, limit, offset, href: listing.at })}`)}`
  })
}

async function newPage (visit: Visit, errors: Readonly<Record<string, string>> = {}): Promise<Html> {
  const words = wordsOf(visit.lang)
  return visit.page({
    title: words.addMember,
    breadcrumbs: [{ href: '/members', label: words.members }],
    body: memberForm(visit, { action: '/members/new', submit: words.addMember, cancelHref: '/members', errors, classes: await visit.api.get<MemberClass[]>('/member-classes') })
  })
}

async function editPage (visit: Visit, errors: Readonly<Record<string, string>> = {}): Promise<Html> {
  const words = wordsOf(visit.lang)
  const member = await visit.api.get<Member>(apiPathOf(visit))
  const path = pathOf(member.client_id.encoded_id)
  return visit.page({
    title: words.profile,
    eyebrow: member.client_id.encoded_id,
    breadcrumbs: [{ href: '/members', label: words.members }, { href: path, label: member.member_name }],
    body: memberForm(visit, { action: `${path}/edit`, submit: words.save, cancelHref: path, errors, member })
  })
}

async function memberPage (visit: Visit, refusal?: string): Promise<Html> {
  const { lang, api, csrf } = visit
  const words = wordsOf(lang)
  const path = apiPathOf(visit)
  const officer = visit.may(OFFICER)
  const [member, subsystems, owned, used, groups, dependents] = await Promise.all([
    api.get<Member>(path),
    api.get<Subsystem[]>(`${path}/subsystems`),
    api.get<Server[]>(`${path}/owned-servers`),
    api.get<Server[]>(`${path}/used-servers`),
    api.get<readonly { group_code: string, subsystem?: string, added_to_group: string }[]>(`${path}/global-groups`),
    officer ? api.get<Dependents>(`${path}/dependents`) : undefined
  ])
  const id = member.client_id
  return visit.page({
    title: member.member_name,
    eyebrow: words.member,
    status: stateBadge(lang, member.suspension_id),
    breadcrumbs: [{ href: '/members', label: words.members }],
    actions: actions(
      officer ? linkButton({ label: words.edit, href: `${path}/edit`, sign: 'edit' }) : undefined,
      member.suspension_id === undefined && visit.may('TREMBITA_HOLDER') ? linkButton({ label: words.suspend, href: `/suspensions/new?object_type=MEMBER&object_id=${encodeURIComponent(id.encoded_id)}`, sign: 'pause' }) : undefined,
      dependents === undefined ? undefined : confirm(lang, { label: words.deleteMember, title: words.deleteMember, body: dependentList(lang, dependents), action: `${path}/deletion`, csrf, submit: words.deleteMember, sign: 'trash' })
    ),
    body: html`${refusal === undefined ? undefined : alert(lang, { kind: 'bad', title: refusal })}${member.warnings.map(({ code, message }) => alert(lang, { kind: 'warn', title: words.warning(code, message) }))}
${facts(lang, member)}
${section({ title: words.contacts, body: contactTable(lang, member.contacts) })}
${section({
  title: words.subsystems,
  ...officer ? { actions: linkButton({ label: words.addSubsystem, href: `/subsystems/new?member_class=${encodeURIComponent(id.member_class)}&member_code=${encodeURIComponent(id.member_code)}`, sign: 'plus' }) } : {},
  body: subsystemTable(lang, subsystems)
})}
${section({ title: words.ownedServers, body: serverTable(lang, owned, { caption: words.ownedServers, withOwner: false }) })}
${used.length === 0 ? undefined : section({ title: words.usedServers, body: serverTable(lang, used, { caption: words.usedServers, withOwner: true }) })}
${groups.length === 0
  ? undefined
  : section({
    title: words.inGroups,
    body: dataTable(lang, {
      caption: words.inGroups,
      rows: groups,
      columns: [
        { key: 'group', label: words.group, render: ({ group_code: code }) => html`<a href="/global-groups/${encodeURIComponent(code)}">${identifier(code)}</a>` },
        { key: 'subsystem', label: words.subsystem, render: ({ subsystem }) => subsystem === undefined ? words.asMember : identifier(subsystem) },
        { key: 'added', label: words.added, render: ({ added_to_group: at }) => dateTime(at, lang) }
      ]
    })
  })}
${section({ title: words.history, body: await historyOf(api, lang, 'member', [id.instance_id, id.member_class, id.member_code].join('/')) })}`
  })
}

function facts (lang: Lang, { client_id: id, kind, roles, accession, created_at: created, suspension_id: suspension }: Member): Html {
  const words = wordsOf(lang)
  return descriptionList(lang, [
    { term: words.id, value: identifier(id.encoded_id) },
    { term: words.kind, value: words.kinds(kind ?? 'unknown') },
    { term: words.roles, value: roles.length === 0 ? undefined : html`${roles.map((role) => html`${tag(words.roleNames(role))} `)}` },
    {
      term: words.accession,
      value: accession === undefined
        ? words.accessionNone
        : words.accessionValue(words.accessionKinds(accession.kind), accession.number, formatDate(accession.signed_on, lang), accession.ends_on === undefined ? '' : formatDate(accession.ends_on, lang))
    },
    { term: words.created, value: dateTime(created, lang) },
    ...suspension === undefined ? [] : [{ term: words.suspension, value: html`<a href="/suspensions/${suspension}">№ ${suspension}</a>` }]
  ])
}

function contactTable (lang: Lang, contacts: readonly Contact[]): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.contacts,
    rows: contacts,
    empty: html`<p class="hint">${words.noContacts}</p>`,
    columns: [
      { key: 'purpose', label: words.purpose, render: ({ purpose }) => words.purposes(purpose) },
      { key: 'name', label: words.person, render: ({ name }) => name },
      { key: 'email', label: words.email, render: ({ email }) => email === undefined ? undefined : html`<a href="mailto:${email}">${email}</a>` },
      { key: 'phone', label: words.phone, render: ({ phone }) => phone }
    ]
  })
}

function dependentList (lang: Lang, dependents: Dependents): Html {
  const words = wordsOf(lang)
  const groups = [
    [words.subsystems, dependents.subsystems], [words.servers, dependents.security_servers], [words.clients, dependents.hosted_clients], [words.usedServers, dependents.used_servers], [words.inGroups, dependents.global_groups]
  ] as const
  const present = groups.filter(([, ids]) => ids.length > 0)
  if (present.length === 0) return html`${words.deleteNothing}`
  return html`${words.deleteMemberBody}<ul>${present.map(([label, ids]) => html`<li>${label}: ${ids.slice(0, 10).map((id, index) => html`${index > 0 ? ', ' : ''}${identifier(id)}`)}${ids.length > 10 ? ' …' : undefined}</li>`)}</ul>`
}
