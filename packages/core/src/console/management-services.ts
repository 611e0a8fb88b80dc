import {
  card, confirm, dataTable, day, descriptionList, emptyState, field, fingerprint, form, html, identifier, section, suggestionOptions, type FieldErrors, type Html
} from '@trembita/web'
import type { ApiProblem } from './api-client.ts'
import { after, type Console, type Visit } from './console.ts'
import { settingsErrors, settingsTabs } from './settings-frame.ts'
import { settingsWordsOf as wordsOf } from './settings-texts.ts'

interface CertificateInfo {
  readonly subject_distinguished_name: string
  readonly not_after: string
  readonly hash: string
  readonly certificate: string
}

interface Management {
  readonly service_provider_id?: string
  readonly service_provider_name?: string
  readonly security_servers?: readonly string[]
  readonly wsdl_address?: string
  readonly services_address?: string
  readonly certificate?: CertificateInfo
  readonly security_server_owners_global_group_code: string
  readonly client_certificates: readonly CertificateInfo[]
}

const PATH = '/settings/management-services'
const API_PATH = '/management-services-configuration'
const SUGGESTIONS = 10

/** Who gives the management services, at which gateway, and by which certificates they are called. */
export function managementServicesPages (console: Console): void {
  console.get(PATH, (visit) => page(visit))
  console.post(`${PATH}/provider`, async (visit) =>
    after(await visit.api.patch(API_PATH, { service_provider_id: visit.form.text('service_provider_id') }), PATH, 'managementProviderSet'), again)
  console.post(`${PATH}/registration`, async (visit) =>
    after(await visit.api.post(`${API_PATH}/register-provider`, { security_server_id: visit.form.text('security_server_id') }), PATH, 'managementProviderRegistered'), again)
  console.post(`${PATH}/certificates`, async (visit) => {
    const file = visit.form.file('certificate')
    if (file === undefined) return await page(visit, { certificate: wordsOf(visit.lang).fileMissing })
    const added = derOf(file.bytes)
    return after(await visit.api.put(`${API_PATH}/client-certificates`, { certificates: [...await clientCertificates(visit, (known) => known !== added), added] }), PATH, 'managementClientsChanged')
  }, (visit, problem) => page(visit, { certificate: Object.values(settingsErrors(visit, problem))[0]! }))
  console.post(`${PATH}/certificates/removal`, async (visit) => {
    const hash = visit.form.text('hash')
    const { client_certificates: known } = await visit.api.get<Management>(API_PATH)
    return after(await visit.api.put(`${API_PATH}/client-certificates`, { certificates: known.filter((one) => one.hash !== hash).map(({ certificate }) => certificate) }), PATH, 'managementClientsChanged')
  })
  console.get(`${PATH}/subsystems`, async ({ api, query }) => {
    const { items } = await api.get<{ items: readonly { client_id: { encoded_id: string }, subsystem_name?: string, member_name: string }[] }>('/subsystems', { q: query.q, limit: SUGGESTIONS })
    return suggestionOptions(items.map(({ client_id: id, subsystem_name: name, member_name: member }) => ({ value: id.encoded_id, label: name === undefined || name === '' ? member : `${member}: ${name}` })))
  })
  console.get(`${PATH}/security-servers`, async ({ api, query }) => {
    const { items } = await api.get<{ items: readonly { server_id: { encoded_id: string }, owner_name: string }[] }>('/security-servers', { q: query.q, limit: SUGGESTIONS })
    return suggestionOptions(items.map(({ server_id: id, owner_name: owner }) => ({ value: id.encoded_id, label: owner })))
  })
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return { managementProviderSet: words.providerSet, managementProviderRegistered: words.providerRegistered, managementClientsChanged: words.clientsChanged }
  })
}

async function again (visit: Visit, problem: ApiProblem): Promise<Html> {
  return await page(visit, settingsErrors(visit, problem))
}

async function clientCertificates ({ api }: Visit, keep: (der: string) => boolean): Promise<string[]> {
  const { client_certificates: known } = await api.get<Management>(API_PATH)
  return known.map(({ certificate }) => certificate).filter(keep)
}

/** A certificate file as the API takes it: DER in base64. */
function derOf (bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return text.includes('-----BEGIN') ? text.replaceAll(/-----[A-Z ]+-----|\s/g, '') : bytes.toString('base64')
}

async function page (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const known = await api.get<Management>(API_PATH)
  const may = visit.may('XROAD_SECURITY_OFFICER')
  const provider = known.service_provider_id?.replace(/^SUBSYSTEM:/, '')
  return visit.page({
    title: words.managementTab,
    breadcrumbs: [{ href: '/settings', label: words.title }],
    body: html`${settingsTabs(visit)}${provider === undefined ? missing(visit, may, errors) : html`${facts(visit, known, provider)}${may ? changes(visit, errors) : undefined}`}${certificates(visit, known, may, errors)}`
  })
}

function missing (visit: Visit, may: boolean, errors: FieldErrors): Html {
  const words = wordsOf(visit.lang)
  if (!may) return emptyState({ title: words.providerMissing, body: words.providerMissingBody, sign: 'settings' })
  return card({
    title: words.providerMissing,
    lead: words.providerMissingBody,
    body: form(visit.lang, { action: `${PATH}/provider`, csrf: visit.csrf, errors: errors.certificate === undefined ? errors : {}, submit: words.setProvider, body: providerField(visit, errors) })
  })
}

function providerField ({ lang, form: sent }: Visit, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return field(lang, { name: 'service_provider_id', label: words.provider, hint: words.providerHint, value: sent.text('service_provider_id'), error: errors.service_provider_id, required: true, code: true, suggestFrom: `${PATH}/subsystems` })
}

function facts ({ lang }: Visit, { service_provider_name: name, security_servers: servers = [], wsdl_address: wsdl, services_address: address, certificate, security_server_owners_global_group_code: owners }: Management, provider: string): Html {
  const words = wordsOf(lang)
  return section({
    title: words.provider,
    body: descriptionList(lang, [
      { term: words.providerSubsystem, value: html`<a href="/subsystems/${encodeURIComponent(provider)}">${identifier(provider)}</a>`, hint: name },
      {
        term: words.servers,
        value: servers.length === 0 ? words.noServers : html`${servers.map((id, index) => html`${index > 0 ? html`<br>` : undefined}<a href="/security-servers/${encodeURIComponent(id)}">${identifier(id)}</a>`)}`
      },
      { term: words.owners, value: html`<a href="/global-groups/${encodeURIComponent(owners)}">${identifier(owners)}</a>` },
      { term: words.wsdl, value: wsdl === undefined ? words.noListener : identifier(wsdl) },
      { term: words.services, value: address === undefined ? words.noListener : identifier(address) },
      ...certificate === undefined ? [] : [{ term: words.certificate, value: fingerprint(certificate.hash, 'SHA-256'), hint: html`${words.until}: ${day(certificate.not_after, lang)}` }]
    ])
  })
}

function changes (visit: Visit, errors: FieldErrors): Html {
  const { lang, csrf, form: sent } = visit
  const words = wordsOf(lang)
  const general = errors[''] === undefined ? undefined : errors['']
  const serverError = errors.security_server_id ?? (sent.text('security_server_id') === '' ? undefined : general)
  const providerError = errors.service_provider_id ?? (sent.text('service_provider_id') === '' ? undefined : general)
  return html`<div class="actions">${confirm(lang, {
    label: words.registerProvider,
    title: words.registerProvider,
    kind: 'primary',
    body: words.registerProviderBody,
    action: `${PATH}/registration`,
    csrf,
    submit: words.registerProvider,
    open: serverError !== undefined,
    inputs: field(lang, { name: 'security_server_id', label: words.registerServer, hint: words.registerServerHint, value: sent.text('security_server_id'), error: serverError, required: true, code: true, suggestFrom: `${PATH}/security-servers` })
  })}${confirm(lang, {
    label: words.changeProvider,
    title: words.changeProvider,
    kind: 'secondary',
    body: words.providerHint,
    action: `${PATH}/provider`,
    csrf,
    submit: words.changeProvider,
    open: providerError !== undefined,
    inputs: providerField(visit, providerError === undefined ? {} : { service_provider_id: providerError })
  })}</div>`
}

function certificates ({ lang, csrf }: Visit, { client_certificates: known }: Management, may: boolean, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return section({
    title: words.clients,
    lead: known.length === 0 ? words.clientsAny : words.clientsOnly,
    body: html`${known.length === 0
      ? undefined
      : dataTable(lang, {
        caption: words.clients,
        rows: known,
        columns: [
          { key: 'subject', label: words.subject, heading: true, render: (one) => identifier(one.subject_distinguished_name) },
          { key: 'until', label: words.until, render: (one) => day(one.not_after, lang) },
          { key: 'hash', label: words.fingerprint, render: (one) => fingerprint(one.hash) },
          ...may
            ? [{
                key: 'remove',
                label: words.remove,
                narrow: true,
                render: (one: CertificateInfo) => confirm(lang, { label: words.remove, title: words.remove, body: words.removeBody, action: `${PATH}/certificates/removal`, csrf, submit: words.remove, fields: { hash: one.hash } })
              }]
            : []
        ]
      })}${may
      ? card({
        title: words.addCertificate,
        level: 3,
        body: form(lang, {
        action: `${PATH}/certificates`,
        csrf,
        multipart: true,
        errors: errors.certificate === undefined ? {} : { certificate: errors.certificate },
        submit: words.addCertificate,
        submitKind: 'secondary',
        body: field(lang, { kind: 'file', name: 'certificate', label: words.file, accept: '.pem,.crt,.cer,.der', error: errors.certificate, required: true })
      })
      })
      : undefined}`
  })
}
