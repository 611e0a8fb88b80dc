import {
  actions, alert, confirm, dataTable, dateTime, day, descriptionList, emptyState, field, filterBar, fingerprint, html, identifier, linkButton, pager, results, section, statusBadge, type Html, type Lang
} from '@trembita/web'
import { historyOf } from './audit.ts'
import { after, type Console, type Visit } from './console.ts'
import { listingOf, type ListPage } from './listing.ts'
import { memberIdOf, stateBadge, type ClientId } from './registry-marks.ts'
import { registryWordsOf as wordsOf } from './registry-texts.ts'

export interface Server {
  readonly server_id: { readonly instance_id: string, readonly member_class: string, readonly member_code: string, readonly server_code: string, readonly encoded_id: string }
  readonly owner_name: string
  readonly server_address?: string
  readonly in_maintenance_mode: boolean
  readonly maintenance_mode_message?: string
  readonly created_at: string
  readonly suspension_id?: number
}

interface AuthCertificate {
  readonly id: number
  readonly registered_at: string
  readonly issuer_common_name?: string
  readonly issuer_distinguished_name: string
  readonly serial: string
  readonly not_after: string
  readonly hash: string
}

interface ServerClient { readonly client_id: ClientId, readonly member_name: string, readonly subsystem_name?: string, readonly enabled: boolean }

const OFFICER = 'XROAD_REGISTRATION_OFFICER'
const NOTICE_MS = 30 * 24 * 60 * 60 * 1000

/** Gateways: found, their certificates and clients, address, deletion. */
export function serverPages (console: Console): void {
  console.get('/security-servers', listPage)
  console.get('/security-servers/:id', (visit) => serverPage(visit))
  console.post('/security-servers/:id/address', async (visit) => after(await visit.api.patch(pathOf(visit.params.id!), { server_address: visit.form.text('server_address') }), pathOf(visit.params.id!), 'serverSaved'), refused)
  console.post('/security-servers/:id/deletion', async (visit) => after(await visit.api.delete(pathOf(visit.params.id!)), '/security-servers', 'serverDeleted'), refused)
  console.post('/security-servers/:id/certificates/deletion', async (visit) =>
    after(await visit.api.delete(`${pathOf(visit.params.id!)}/authentication-certificates/${encodeURIComponent(visit.form.text('certificate'))}`), pathOf(visit.params.id!), 'certificateDeleted'), refused)
  console.post('/security-servers/:id/clients/unregistration', async (visit) => {
    const client = visit.form.text('client')
    const kind = client.split(':').length === 4 ? 'subsystems' : 'members'
    return after(await visit.api.delete(`/${kind}/${encodeURIComponent(client)}/servers/${encodeURIComponent(visit.params.id!)}`), pathOf(visit.params.id!), 'clientUnregistered')
  }, refused)
}

async function refused (visit: Visit, { code, message }: { readonly code: string, readonly message: string }): Promise<Html> {
  return await serverPage(visit, wordsOf(visit.lang).problem(code) || message)
}

function pathOf (id: string): string {
  return `/security-servers/${encodeURIComponent(id)}`
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const listing = listingOf(visit, ['q'])
  const { items, paging_metadata: { total_items: total, limit, offset } } = await api.get<ListPage<Server>>('/security-servers', listing.query)
  return visit.page({
    title: words.servers,
    lead: words.serversLead,
    body: html`${filterBar(lang, { action: '/security-servers', ...listing.filters.q === '' ? {} : { clearHref: '/security-servers' }, fields: [{ kind: 'search', name: 'q', label: words.search, value: listing.filters.q! }] })}${results(html`${dataTable(lang, {
      caption: words.servers,
      rows: items,
      empty: emptyState({ title: listing.filters.q === '' ? words.noServers : words.none, sign: 'gateway' }),
      sortedBy: listing.sortedBy ?? { key: 'owner_name', desc: false },
      href: listing.sorted,
      columns: [
        { key: 'server_code', label: words.server, sort: true, heading: true, render: (row) => html`<a href="${pathOf(row.server_id.encoded_id)}">${identifier(row.server_id.encoded_id)}</a>` },
        { key: 'owner_name', label: words.owner, sort: true, render: (row) => html`<a href="/members/${encodeURIComponent(memberIdOf(row.server_id))}">${row.owner_name}</a>` },
        { key: 'address', label: words.address, render: ({ server_address: address }) => address === undefined ? undefined : identifier(address) },
        { key: 'state', label: words.state, narrow: true, render: (row) => stateBadge(lang, row.suspension_id, row.in_maintenance_mode) }
      ]
    })}${pager(lang, { total, limit, offset, href: listing.at })}`)}`
  })
}

/** Gateways of one member. */
export function serverTable (lang: Lang, rows: readonly Server[], { caption, withOwner }: { readonly caption: string, readonly withOwner: boolean }): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption,
    rows,
    empty: html`<p class="hint">${words.noServers}</p>`,
    columns: [
      { key: 'id', label: words.server, heading: true, render: (row) => html`<a href="${pathOf(row.server_id.encoded_id)}">${identifier(row.server_id.encoded_id)}</a>` },
      ...withOwner ? [{ key: 'owner', label: words.owner, render: (row: Server) => row.owner_name }] : [],
      { key: 'address', label: words.address, render: ({ server_address: address }) => address === undefined ? undefined : identifier(address) },
      { key: 'state', label: words.state, narrow: true, render: (row) => stateBadge(lang, row.suspension_id, row.in_maintenance_mode) }
    ]
  })
}

async function serverPage (visit: Visit, refusal?: string): Promise<Html> {
  const { lang, api, csrf, params } = visit
  const words = wordsOf(lang)
  const path = pathOf(params.id ?? '')
  const [server, certificates, clients] = await Promise.all([
    api.get<Server>(path), api.get<AuthCertificate[]>(`${path}/authentication-certificates`), api.get<ServerClient[]>(`${path}/clients`)
  ])
  const { server_id: id } = server
  const officer = visit.may(OFFICER)
  const owner = memberIdOf(id)
  return visit.page({
    title: id.server_code,
    eyebrow: words.server,
    status: stateBadge(lang, server.suspension_id, server.in_maintenance_mode),
    breadcrumbs: [{ href: '/security-servers', label: words.servers }],
    actions: actions(
      officer
        ? confirm(lang, {
          label: words.changeAddress,
          title: words.changeAddress,
          kind: 'secondary',
          body: words.changeAddressBody,
          action: `${path}/address`,
          csrf,
          submit: words.save,
          inputs: field(lang, { name: 'server_address', label: words.address, value: server.server_address ?? '', required: true, code: true })
        })
        : undefined,
      server.suspension_id === undefined && visit.may('TREMBITA_HOLDER') ? linkButton({ label: words.suspend, href: `/suspensions/new?object_type=SERVER&object_id=${encodeURIComponent(id.encoded_id)}`, sign: 'pause' }) : undefined,
      officer ? confirm(lang, { label: words.deleteServer, title: words.deleteServer, body: words.deleteServerBody, action: `${path}/deletion`, csrf, submit: words.deleteServer, sign: 'trash' }) : undefined
    ),
    body: html`${refusal === undefined ? undefined : alert(lang, { kind: 'bad', title: refusal })}${descriptionList(lang, [
      { term: words.id, value: identifier(id.encoded_id) },
      { term: words.owner, value: html`<a href="/members/${encodeURIComponent(owner)}">${server.owner_name}</a>`, hint: identifier(owner) },
      { term: words.address, value: server.server_address === undefined ? words.noAddress : identifier(server.server_address) },
      { term: words.registered, value: dateTime(server.created_at, lang) },
      ...server.in_maintenance_mode ? [{ term: words.maintenanceMessage, value: server.maintenance_mode_message }] : [],
      ...server.suspension_id === undefined ? [] : [{ term: words.suspension, value: html`<a href="/suspensions/${server.suspension_id}">№ ${server.suspension_id}</a>` }]
    ])}${section({ title: words.certificates, body: certificateTable(visit, path, certificates, officer) })}${section({ title: words.clients, body: clientTable(visit, path, clients, officer) })}${section({
      title: words.history, body: await historyOf(api, lang, 'server', [id.instance_id, id.member_class, id.member_code, id.server_code].join('/'))
    })}`
  })
}

function certificateTable ({ lang, csrf }: Visit, path: string, rows: readonly AuthCertificate[], officer: boolean): Html {
  const words = wordsOf(lang)
  const soon = (until: string): boolean => new Date(until).getTime() - Date.now() < NOTICE_MS
  return dataTable(lang, {
    caption: words.certificates,
    rows,
    empty: html`<p class="hint">${words.noCertificates}</p>`,
    columns: [
      { key: 'issuer', label: words.issuer, heading: true, render: (row) => row.issuer_common_name ?? row.issuer_distinguished_name },
      { key: 'until', label: words.until, render: (row) => soon(row.not_after) ? html`${statusBadge('warn', words.until)} ${day(row.not_after, lang)}` : day(row.not_after, lang) },
      { key: 'registered', label: words.registered, render: (row) => dateTime(row.registered_at, lang) },
      { key: 'hash', label: words.fingerprint, render: (row) => fingerprint(row.hash) },
      ...officer
        ? [{
            key: 'delete',
            label: words.delete,
            narrow: true,
            render: (row: AuthCertificate) => confirm(lang, { label: words.delete, title: words.deleteCertificate, body: words.deleteCertificateBody, action: `${path}/certificates/deletion`, csrf, submit: words.deleteCertificate, fields: { certificate: String(row.id) } })
          }]
        : []
    ]
  })
}

function clientTable ({ lang, csrf }: Visit, path: string, rows: readonly ServerClient[], officer: boolean): Html {
  const words = wordsOf(lang)
  const href = ({ client_id: id }: ServerClient): string => `/${id.subsystem_code === undefined ? 'members' : 'subsystems'}/${encodeURIComponent(id.encoded_id)}`
  return dataTable(lang, {
    caption: words.clients,
    rows,
    empty: html`<p class="hint">${words.noClients}</p>`,
    columns: [
      { key: 'id', label: words.id, heading: true, render: (row) => html`<a href="${href(row)}">${identifier(row.client_id.encoded_id)}</a>` },
      { key: 'member', label: words.member, render: (row) => row.member_name },
      { key: 'name', label: words.subsystem, render: (row) => row.subsystem_name },
      { key: 'state', label: words.state, narrow: true, render: ({ enabled }) => enabled ? statusBadge('ok', words.clientEnabled) : statusBadge('idle', words.clientDisabled) },
      ...officer
        ? [{
            key: 'unregister',
            label: words.unregister,
            narrow: true,
            render: (row: ServerClient) => confirm(lang, { label: words.unregister, title: words.unregister, body: words.unregisterBody, action: `${path}/clients/unregistration`, csrf, submit: words.unregister, fields: { client: row.client_id.encoded_id } })
          }]
        : []
    ]
  })
}
