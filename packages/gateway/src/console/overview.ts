import { alert, card, dateTime, descriptionList, formatBytes, formatDateTime, formatNumber, html, identifier, section, stats, steps, type Html, type Lang, type Step } from '@trembita/web'
import type { Console, Visit } from '@trembita/web/console'
import { overviewWordsOf as wordsOf } from './overview-texts.ts'

interface Attention { readonly code: string, readonly severity: 'urgent' | 'later', readonly subject: string, readonly message?: string, readonly ref?: string }

export interface Overview {
  readonly initialized: boolean
  readonly anchor_imported: boolean
  readonly server_id?: string
  readonly owner_name?: string
  readonly address?: string
  readonly configuration_until?: string
  readonly attention: readonly Attention[]
  readonly counts: Readonly<Record<'clients' | 'clients_registered' | 'descriptions' | 'services' | 'keys' | 'certificates_registered' | 'agreements', number>>
  readonly message_log?: { readonly waiting_for_timestamp: number, readonly last_timestamp_at?: string, readonly free_bytes?: number }
}

interface Token {
  readonly keys: readonly { readonly usage?: string, readonly certificates: readonly { readonly status: string }[] }[]
}

const KEY_READERS = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITYSERVER_OBSERVER']

/** The first page: what wants somebody, the way of a new gateway to its first exchange, figures. */
export function overviewPages (console: Console): void {
  console.get('/', async (visit) => {
    const { lang, api } = visit
    const words = wordsOf(lang)
    const overview = await api.get<Overview>('/overview')
    const way = await firstSteps(visit, overview)
    return visit.page({
      title: words.title,
      lead: overview.initialized ? words.lead(overview.owner_name ?? '') : words.leadNew,
      body: html`${overview.initialized ? attention(lang, overview.attention) : undefined}${way}${overview.initialized ? html`${figures(lang, overview)}${state(lang, overview)}` : undefined}`
    })
  })
}

function attention (lang: Lang, found: readonly Attention[]): Html {
  const words = wordsOf(lang)
  if (found.length === 0) return alert(lang, { kind: 'ok', title: words.allWell })
  const urgent = found.filter(({ severity }) => severity === 'urgent')
  const later = found.filter(({ severity }) => severity === 'later')
  return html`${urgent.length === 0 ? undefined : alert(lang, { kind: 'bad', title: words.urgent, body: list(lang, urgent) })}${later.length === 0 ? undefined : alert(lang, { kind: 'warn', title: words.attention, body: list(lang, later) })}`
}

function list (lang: Lang, found: readonly Attention[]): Html {
  return html`<ul>${found.map((one) => {
    const text = wordsOf(lang).warning(one.code, one.subject, instantsIn(lang, one.message ?? ''))
    const href = hrefOf(one)
    return html`<li>${href === undefined ? text : html`<a href="${href}">${text}</a>`}</li>`
  })}</ul>`
}

/** The API says when in RFC 3339. */
function instantsIn (lang: Lang, message: string): string {
  return message.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => formatDateTime(at, lang))
}

function hrefOf ({ code, ref }: Attention): string | undefined {
  if (code === 'certificate_awaited') return `/keys/${encodeURIComponent(ref!)}`
  if (ref !== undefined && /^(certificate|ocsp_response)/.test(code)) return `/keys/certificates/${encodeURIComponent(ref)}`
  if (ref !== undefined && code.startsWith('client_')) return `/clients/${encodeURIComponent(ref)}`
  if (ref !== undefined && code.startsWith('description_')) return `/services/descriptions/${encodeURIComponent(ref)}`
  if (/^(configuration|ocsp_responder|timestamping)/.test(code)) return '/diagnostics'
  return code === 'maintenance_mode' ? '/settings' : undefined
}

/** The way of a new gateway, one step after the other; nothing once it has been gone. */
async function firstSteps ({ lang, api, may }: Visit, { initialized, anchor_imported: anchor, counts }: Overview): Promise<Html | undefined> {
  const words = wordsOf(lang)
  const keys = initialized && may(...KEY_READERS) ? (await api.get<Token[]>('/tokens'))[0]!.keys : []
  // Whoever may not look at keys cannot be told how far they are.
  if (initialized && !may(...KEY_READERS)) return undefined
  const statuses = (use: string): string[] => keys.filter(({ usage }) => usage === use).flatMap(({ certificates }) => certificates.map(({ status }) => status))
  const auth = statuses('AUTHENTICATION')
  const toKeys = html`<a href="/keys">${words.toKeys}</a>`
  const known: readonly (Omit<Step, 'state'> & { readonly done: boolean })[] = [
    { label: words.stepAnchor, done: anchor, detail: html`<a href="/setup/anchor">${words.toAnchor}</a>` },
    { label: words.stepName, done: initialized, detail: html`<a href="/setup/name">${words.toName}</a>` },
    { label: words.stepSeal, done: statuses('SIGNING').includes('REGISTERED'), detail: toKeys },
    { label: words.stepAuth, done: auth.length > 0, detail: toKeys },
    { label: words.stepRegister, done: auth.includes('REGISTERED'), detail: auth.includes('REGISTRATION_IN_PROGRESS') ? words.waitsForCore : toKeys },
    { label: words.stepClient, done: counts.clients_registered > 1, detail: html`<a href="/clients">${words.toClients}</a>` }
  ]
  const current = known.findIndex(({ done }) => !done)
  if (current === -1) return undefined
  return card({
    title: words.steps,
    lead: words.stepsLead,
    body: steps(lang, known.map(({ done, detail, ...step }, index) => ({
      ...step, state: done ? 'done' : index === current ? 'current' : 'todo', ...index === current ? { detail } : {}
    })))
  })
}

function figures (lang: Lang, { counts, message_log: log }: Overview): Html {
  const words = wordsOf(lang)
  return section({
    title: words.figures,
    body: stats([
      { label: words.clients, value: formatNumber(counts.clients, lang), hint: words.registered(counts.clients_registered), href: '/clients' },
      { label: words.services, value: formatNumber(counts.services, lang), hint: words.descriptions(counts.descriptions), href: '/services' },
      { label: words.agreements, value: formatNumber(counts.agreements, lang), href: '/agreements' },
      { label: words.certificates, value: formatNumber(counts.certificates_registered, lang), hint: words.keys(counts.keys) },
      ...log === undefined
        ? []
        : [
            { label: words.waiting, value: formatNumber(log.waiting_for_timestamp, lang), hint: words.waitingHint, href: '/messages?status=waiting+for+time+stamp' },
            ...log.free_bytes === undefined ? [] : [{ label: words.freeSpace, value: formatBytes(log.free_bytes, lang) }]
          ]
    ])
  })
}

function state (lang: Lang, { server_id: id, address, configuration_until: until, message_log: log }: Overview): Html {
  const words = wordsOf(lang)
  return section({
    title: words.state,
    body: descriptionList(lang, [
      ...id === undefined ? [] : [{ term: words.identifier, value: identifier(id) }],
      { term: words.address, value: address === undefined ? words.noAddress : identifier(address) },
      { term: words.configuration, value: dateTime(until, lang) },
      { term: words.lastStamp, value: dateTime(log?.last_timestamp_at, lang) }
    ])
  })
}
