import { card, dataTable, dateTime, descriptionList, field, html, identifier, linkButton, section, statusBadge, button, alert, day, type Html, type Lang, type StatusKind } from '@trembita/web'
import { ApiProblem, type Console, type Visit } from '@trembita/web/console'
import type { Overview } from './overview.ts'
import { diagnosticsWordsOf as wordsOf } from './diagnostics-texts.ts'

interface Outcome { readonly status_class: 'OK' | 'WAITING' | 'FAIL', readonly error?: { readonly code: string, readonly metadata?: readonly string[] } }
interface ConfigurationState extends Outcome { readonly instance_id?: string, readonly version?: number, readonly prev_update_at?: string, readonly valid_until?: string, readonly last_successful_url?: string }
interface CertificateState extends Outcome { readonly hash: string, readonly subject: string, readonly usage?: string, readonly produced_at?: string, readonly next_update_at?: string }
interface Responders { readonly distinguished_name: string, readonly ocsp_responders: readonly (Outcome & { readonly url: string, readonly prev_update_at?: string })[] }
interface Stamper extends Outcome { readonly url: string, readonly name?: string }
interface PeerState extends Outcome { readonly address?: string, readonly certificate_subject?: string, readonly certificate_until?: string, readonly protocol?: string, readonly cipher?: string, readonly milliseconds?: number }
interface Server { readonly id: string, readonly server_address?: string }

const PATH = '/diagnostics'
const KEY_READERS = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR', 'XROAD_SECURITYSERVER_OBSERVER']
const BADGES: Readonly<Record<Outcome['status_class'], StatusKind>> = { OK: 'ok', WAITING: 'idle', FAIL: 'bad' }

/** How everything that exchange depends on looks from here; each test is asked for by a button. */
export function diagnosticsPages (console: Console): void {
  console.get(PATH, async (visit) => {
    const { lang, api } = visit
    const words = wordsOf(lang)
    const overview = await api.get<Overview>('/overview')
    return visit.page({
      title: words.title,
      lead: words.lead,
      body: html`${overview.anchor_imported ? await configuration(visit) : undefined}${overview.initialized
        ? html`${await certificates(visit)}${await responders(visit)}${await stampers(visit)}${await core(visit)}${await peers(visit, overview.server_id ?? '')}${await listeners(visit, overview)}`
        : alert(lang, { kind: 'info', title: words.notInitialised })}${await versions(visit)}`
    })
  })
}

function state (lang: Lang, { status_class: status, error }: Outcome): Html {
  const words = wordsOf(lang)
  const text = { OK: words.ok, WAITING: words.waiting, FAIL: words.fail }[status]
  return html`${statusBadge(BADGES[status], text)}${error === undefined ? undefined : html`<div class="hint">${error.metadata?.join('; ') ?? error.code}</div>`}`
}

/** The button of a test; the page that it leads to has its outcome. */
function testButton ({ lang, query }: Visit, what: string): Html {
  const words = wordsOf(lang)
  return linkButton({ label: query.test === what ? words.testAgain : words.test, href: `${PATH}?test=${what}#${what}`, sign: 'search' })
}

async function configuration ({ lang, api }: Visit): Promise<Html> {
  const words = wordsOf(lang)
  const found = await api.get<ConfigurationState>('/diagnostics/globalconf')
  return section({
    title: words.configuration,
    body: descriptionList(lang, [
      { term: words.state, value: state(lang, found) },
      { term: words.instance, value: found.instance_id },
      { term: words.version, value: found.version },
      { term: words.updated, value: dateTime(found.prev_update_at, lang) },
      { term: words.until, value: dateTime(found.valid_until, lang) },
      { term: words.source, value: found.last_successful_url === undefined ? undefined : identifier(found.last_successful_url) }
    ])
  })
}

async function certificates (visit: Visit): Promise<Html | undefined> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  if (!visit.may(...KEY_READERS)) return undefined
  const rows = query.test === 'ocsp' ? await api.get<CertificateState[]>('/diagnostics/ocsp-certificates') : undefined
  return section({
    id: 'ocsp',
    title: words.ocsp,
    lead: words.ocspLead,
    actions: testButton(visit, 'ocsp'),
    body: rows === undefined
      ? ''
      : dataTable(lang, {
        caption: words.ocsp,
        rows,
        columns: [
          { key: 'subject', label: words.certificate, heading: true, render: ({ hash, subject }) => html`<a href="/keys/certificates/${hash}">${subject}</a>` },
          { key: 'use', label: words.use, render: ({ usage = '' }) => words.uses(usage) },
          { key: 'produced', label: words.produced, render: ({ produced_at: at }) => at === undefined ? undefined : dateTime(at, lang) },
          { key: 'state', label: words.state, render: (row) => state(lang, row) }
        ]
      })
  })
}

async function responders ({ lang, api }: Visit): Promise<Html> {
  const words = wordsOf(lang)
  const found = await asked(async () => await api.get<Responders[]>('/diagnostics/ocsp-responders'))
  const rows = (found ?? []).flatMap(({ distinguished_name: name, ocsp_responders: all }) => all.map((one) => ({ ...one, name })))
  return section({
    title: words.responders,
    lead: words.respondersLead,
    body: dataTable(lang, {
      caption: words.responders,
      rows,
      empty: html`<p class="hint">${words.noServices}</p>`,
      columns: [
        { key: 'name', label: words.authority, heading: true, render: ({ name }) => name },
        { key: 'url', label: words.url, render: ({ url }) => identifier(url) },
        { key: 'last', label: words.last, render: ({ prev_update_at: at }) => at === undefined ? undefined : dateTime(at, lang) },
        { key: 'state', label: words.state, render: (row) => state(lang, row) }
      ]
    })
  })
}

async function stampers (visit: Visit): Promise<Html> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  const rows: readonly Stamper[] = await asked(async () => query.test === 'timestamps'
    ? await api.get<Stamper[]>('/diagnostics/timestamping-services')
    : (await api.get<{ name: string, url: string }[]>('/timestamping-services')).map((one) => ({ ...one, status_class: 'WAITING' as const }))) ?? []
  return section({
    id: 'timestamps',
    title: words.timestamps,
    lead: words.timestampsLead,
    actions: testButton(visit, 'timestamps'),
    body: dataTable(lang, {
      caption: words.timestamps,
      rows,
      empty: html`<p class="hint">${words.noServices}</p>`,
      columns: [
        { key: 'name', label: words.name, heading: true, render: ({ name, url }) => name ?? url },
        { key: 'url', label: words.url, render: ({ url }) => identifier(url) },
        { key: 'state', label: words.state, render: (row) => state(lang, row) }
      ]
    })
  })
}

async function core (visit: Visit): Promise<Html> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  const found: Outcome = query.test === 'core' ? await api.get<Outcome>('/diagnostics/auth-cert-req-status') : { status_class: 'WAITING' }
  return section({ id: 'core', title: words.core, lead: words.coreLead, actions: testButton(visit, 'core'), body: html`<p>${state(lang, found)}</p>` })
}

async function peers (visit: Visit, own: string): Promise<Html> {
  const { lang, query } = visit
  const words = wordsOf(lang)
  const servers = (await asked(async () => await visit.api.get<Server[]>('/security-servers')) ?? []).filter(({ id }) => id !== own)
  const wanted = query.peer?.trim() ?? ''
  const outcome = wanted === '' ? undefined : await knock(visit, wanted)
  return section({
    id: 'peers',
    title: words.peers,
    lead: words.peersLead,
    body: html`<form class="form" method="get" action="${PATH}#peers">${field(lang, {
      name: 'peer', label: words.peer, hint: words.peerHint, value: wanted, required: true, code: true, suggestions: servers.slice(0, 200).map(({ id, server_address: address = '' }) => ({ value: id, label: address })), ...typeof outcome === 'string' ? { error: outcome } : {}
    })}<div class="actions">${button({ label: words.test, sign: 'search' })}</div></form>${outcome === undefined || typeof outcome === 'string'
      ? undefined
      : card({
 title: wanted,
level: 3,
body: descriptionList(lang, [
        { term: words.state, value: state(lang, outcome) },
        { term: words.address, value: outcome.address === undefined ? undefined : identifier(outcome.address) },
        ...outcome.protocol === undefined ? [] : [{ term: words.tls, value: `${outcome.protocol}, ${outcome.cipher ?? ''}`, hint: words.took(outcome.milliseconds ?? 0) }],
        ...outcome.certificate_subject === undefined ? [] : [{ term: words.certificate, value: identifier(outcome.certificate_subject) }, { term: words.certificateUntil, value: day(outcome.certificate_until, lang) }]
      ])
})}`
  })
}

/** @returns the outcome, or what is wrong with the identifier. */
async function knock (visit: Visit, server: string): Promise<PeerState | string> {
  try {
    return await visit.api.get<PeerState>('/diagnostics/peer-status', { server_id: server })
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.status >= 500) throw thrown
    return wordsOf(visit.lang).problem(thrown.code) || visit.problemText(thrown)
  }
}

async function listeners ({ lang, api }: Visit, { address }: Overview): Promise<Html> {
  const words = wordsOf(lang)
  const found = await api.get<{ consumer_http?: string, consumer_https?: string, messages: string, ocsp: string }>('/system/listeners')
  return section({
    title: words.listeners,
    body: descriptionList(lang, [
      { term: words.published, value: address === undefined ? undefined : identifier(address) },
      { term: words.messages, value: identifier(found.messages) },
      { term: words.ocspPort, value: identifier(found.ocsp) },
      ...found.consumer_http === undefined ? [] : [{ term: words.consumerHttp, value: identifier(found.consumer_http) }],
      ...found.consumer_https === undefined ? [] : [{ term: words.consumerHttps, value: identifier(found.consumer_https) }]
    ])
  })
}

async function versions ({ lang, api }: Visit): Promise<Html> {
  const words = wordsOf(lang)
  const found = await api.get<{ info: string, protocol_version?: string, global_configuration_version?: number }>('/system/version')
  return section({
    title: words.versions,
    body: descriptionList(lang, [
      { term: words.program, value: found.info },
      { term: words.protocol, value: found.protocol_version },
      { term: words.configuration, value: found.global_configuration_version }
    ])
  })
}

/** What needs a valid configuration is left out without one: the page says so above. */
async function asked<T> (work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof ApiProblem && thrown.status === 409) return undefined
    throw thrown
  }
}
