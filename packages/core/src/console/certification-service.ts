import {
  card, confirm, dataTable, descriptionList, field, fieldGroup, form, html, identifier, section, type FieldErrors, type Html
} from '@trembita/web'
import { certificateTerms, validUntil, type CertificateInfo } from './certificate-lines.ts'
import { after, type Answer, type Console, type Visit } from './console.ts'
import { ignoreField, profileField, trustErrors, urlFields } from './trust-fields.ts'
import { trustWordsOf as wordsOf } from './trust-texts.ts'

export interface CertificationService extends CertificateInfo {
  readonly id: number
  readonly name: string
  readonly certificate_profile_info: string
  readonly tls_auth: boolean
  readonly default_csr_format?: string
  readonly acme_server_directory_url?: string
  readonly acme_server_ip_address?: string
  readonly authentication_certificate_profile_id?: string
  readonly signing_certificate_profile_id?: string
  readonly ocsp_responders: number
  readonly intermediate_cas: number
}

interface Intermediate extends CertificateInfo { readonly id: number, readonly certification_service_id: number, readonly ocsp_responders: number }
interface Responder { readonly id: number, readonly url: string, readonly cost_type: string, readonly has_certificate: boolean }

/** What was refused on a page with several forms. */
interface Refused { readonly what: 'settings' | 'intermediate' | 'responder' | 'removal', readonly errors: FieldErrors }

const ADMINISTRATOR = 'XROAD_SYSTEM_ADMINISTRATOR'
const ACME = ['acme_server_directory_url', 'acme_server_ip_address', 'authentication_certificate_profile_id', 'signing_certificate_profile_id'] as const

/** One certification service: settings, intermediate authorities, OCSP responders. */
export function certificationServicePages (console: Console): void {
  console.get('/trust-services/certification/:id', (visit) => servicePage(visit))
  const again = (what: Refused['what']) => async (visit: Visit, problem: Parameters<typeof trustErrors>[1]): Promise<Answer> => await servicePage(visit, { what, errors: trustErrors(visit, problem) })
  console.post('/trust-services/certification/:id/settings', async (visit) => {
    const { form } = visit
    const settings = { certificate_profile_info: form.text('certificate_profile_info'), tls_auth: form.flag('tls_auth'), default_csr_format: form.text('default_csr_format'), ...Object.fromEntries(ACME.map((name) => [name, form.text(name)])) }
    return after(await visit.api.patch(apiPathOf(visit), settings), pathOf(visit), 'caSaved')
  }, again('settings'))
  console.post('/trust-services/certification/:id/removal', async (visit) => after(await visit.api.delete(`${apiPathOf(visit)}${ignoring(visit)}`), '/trust-services', 'caRemoved'), again('removal'))
  console.post('/trust-services/certification/:id/intermediates', async (visit) => {
    const file = visit.form.file('intermediate')
    if (file === undefined) return await servicePage(visit, { what: 'intermediate', errors: { certificate: wordsOf(visit.lang).fileMissing } })
    return after(await visit.api.post(`${apiPathOf(visit)}/intermediate-cas`, { certificate: file.bytes.toString('base64'), ignore_warnings: visit.form.flag('ignore_warnings') }), pathOf(visit), 'intermediateAdded')
  }, again('intermediate'))
  console.post('/trust-services/certification/:id/responders', async (visit) => after(await addResponder(visit, `${apiPathOf(visit)}/ocsp-responders`), pathOf(visit), 'responderAdded'), again('responder'))
  console.post('/trust-services/responders/:id/removal', async (visit) =>
    after(await visit.api.delete(`/ocsp-responders/${encodeURIComponent(visit.params.id!)}`), backOf(visit), 'responderRemoved'))

  console.get('/trust-services/intermediates/:id', (visit) => intermediatePage(visit))
  console.post('/trust-services/intermediates/:id/responders', async (visit) => after(await addResponder(visit, `/intermediate-cas/${encodeURIComponent(visit.params.id!)}/ocsp-responders`), `/trust-services/intermediates/${visit.params.id!}`, 'responderAdded'),
    async (visit, problem) => await intermediatePage(visit, { what: 'responder', errors: trustErrors(visit, problem) }))
  console.post('/trust-services/intermediates/:id/removal', async (visit) => after(await visit.api.delete(`/intermediate-cas/${encodeURIComponent(visit.params.id!)}${ignoring(visit)}`), backOf(visit), 'intermediateRemoved'),
    async (visit, problem) => await intermediatePage(visit, { what: 'removal', errors: trustErrors(visit, problem) }))
}

function pathOf ({ params }: Visit): string {
  return `/trust-services/certification/${encodeURIComponent(params.id ?? '')}`
}

function apiPathOf ({ params }: Visit): string {
  return `/certification-services/${encodeURIComponent(params.id ?? '')}`
}

function ignoring ({ form }: Visit): string {
  return form.flag('ignore_warnings') ? '?ignore_warnings=true' : ''
}

/** The page that a form stood on, named by its number only. */
function backOf ({ form }: Visit): string {
  const [, kind, id] = /^(certification|intermediates)\/(\d+)$/.exec(form.text('back')) ?? []
  return kind === undefined ? '/trust-services' : `/trust-services/${kind}/${id}`
}

async function addResponder ({ api, form }: Visit, path: string) {
  const file = form.file('responder_certificate')
  return await api.post(path, { url: form.text('url'), cost_type: form.text('cost_type'), ...file === undefined ? {} : { certificate: file.bytes.toString('base64') }, ignore_warnings: form.flag('ignore_warnings') })
}

async function servicePage (visit: Visit, refused?: Refused): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const path = apiPathOf(visit)
  const [service, intermediates, responders] = await Promise.all([
    api.get<CertificationService>(path), api.get<Intermediate[]>(`${path}/intermediate-cas`), api.get<Responder[]>(`${path}/ocsp-responders`)
  ])
  const may = visit.may(ADMINISTRATOR)
  const errorsIn = (what: Refused['what']): FieldErrors => refused?.what === what ? refused.errors : {}
  return visit.page({
    title: service.name,
    eyebrow: words.ca,
    breadcrumbs: [{ href: '/trust-services', label: words.title }],
    ...may ? { actions: removal(visit, words.removeCaTitle, words.removeCaBody, `${pathOf(visit)}/removal`, errorsIn('removal')) } : {},
    body: html`${descriptionList(lang, [
      { term: words.purposes, value: service.tls_auth ? words.purposeTls : words.purposeAll },
      { term: words.profile, value: identifier(service.certificate_profile_info.split('.').at(-1)!) },
      ...may ? [] : [{ term: words.acme, value: service.acme_server_directory_url ? identifier(service.acme_server_directory_url) : undefined }]
    ])}${section({ title: words.certificate, body: descriptionList(lang, certificateTerms(lang, service)) })}
${section({ title: words.respondersOf(service.name), body: html`${responderTable(visit, responders, `certification/${service.id}`)}${may ? responderForm(visit, `${pathOf(visit)}/responders`, errorsIn('responder')) : undefined}` })}
${section({ title: words.intermediates, body: html`${intermediateTable(visit, intermediates)}${may ? intermediateForm(visit, errorsIn('intermediate')) : undefined}` })}
${may ? settingsForm(visit, service, errorsIn('settings')) : undefined}`
  })
}

function removal ({ lang, csrf }: Visit, title: string, body: string, action: string, errors: FieldErrors, fields: Readonly<Record<string, string>> = {}): Html {
  const words = wordsOf(lang)
  const problem = Object.values(errors).join(' ')
  return confirm(lang, {
    label: words.remove,
    title,
    body: html`<p>${problem === '' ? body : problem}</p>`,
    action,
    csrf,
    submit: words.remove,
    sign: 'trash',
    fields,
    open: problem !== '',
    inputs: problem === '' ? undefined : field(lang, { kind: 'checkbox', name: 'ignore_warnings', id: 'f-ignore-removal', label: words.ignoreRemoval, value: 'true' })
  })
}

function responderTable ({ lang, csrf, may }: Visit, rows: readonly Responder[], back: string): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.responders,
    rows,
    empty: html`<p class="hint">${words.noResponders}</p>`,
    columns: [
      { key: 'url', label: words.url, heading: true, render: ({ url }) => identifier(url) },
      { key: 'cost', label: words.cost, render: (row) => words.costs(row.cost_type) },
      { key: 'certificate', label: words.certificate, render: (row) => row.has_certificate ? words.ownCertificate : undefined },
      ...may(ADMINISTRATOR)
        ? [{
            key: 'remove',
            label: words.remove,
            narrow: true,
            render: (row: Responder) => confirm(lang, { label: words.remove, title: words.removeResponderTitle, body: words.removeResponderBody, action: `/trust-services/responders/${row.id}/removal`, csrf, submit: words.remove, fields: { back } })
          }]
        : []
    ]
  })
}

function responderForm (visit: Visit, action: string, errors: FieldErrors): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  return card({
    title: words.addResponder,
    level: 3,
    body: form(lang, {
      action,
      csrf,
      multipart: true,
      errors: Object.fromEntries(Object.entries(errors).map(([name, text]) => [name === 'certificate' ? 'responder_certificate' : name, text])),
      submit: words.addResponder,
      submitKind: 'secondary',
      body: html`${urlFields(visit, errors)}${field(lang, { kind: 'file', name: 'responder_certificate', label: words.responderCertificate, accept: '.pem,.crt,.cer,.der', error: errors.certificate, required: false })}${ignoreField(visit, errors)}`
    })
  })
}

function intermediateTable ({ lang }: Visit, rows: readonly Intermediate[]): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.intermediates,
    rows,
    empty: html`<p class="hint">${words.noIntermediates}</p>`,
    columns: [
      { key: 'name', label: words.subject, heading: true, render: (row) => html`<a href="/trust-services/intermediates/${row.id}">${row.subject_common_name ?? row.subject_distinguished_name}</a>` },
      { key: 'responders', label: words.responders, align: 'end', narrow: true, render: (row) => row.ocsp_responders },
      { key: 'until', label: words.until, render: (row) => validUntil(lang, row) }
    ]
  })
}

function intermediateForm (visit: Visit, errors: FieldErrors): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  return card({
    title: words.addIntermediate,
    level: 3,
    body: form(lang, {
      action: `${pathOf(visit)}/intermediates`,
      csrf,
      multipart: true,
      errors: Object.fromEntries(Object.entries(errors).map(([name, text]) => [name === 'certificate' ? 'intermediate' : name, text])),
      submit: words.addIntermediate,
      submitKind: 'secondary',
      body: html`${field(lang, { kind: 'file', name: 'intermediate', label: words.certificateFile, accept: '.pem,.crt,.cer,.der', error: errors.certificate, required: true })}${Object.keys(errors).length === 0 ? undefined : field(lang, { kind: 'checkbox', name: 'ignore_warnings', id: 'f-ignore-intermediate', label: words.ignore, value: 'true' })}`
    })
  })
}

function settingsForm (visit: Visit, service: CertificationService, errors: FieldErrors): Html {
  const { lang, csrf, form: sent } = visit
  const words = wordsOf(lang)
  const again = Object.keys(errors).length > 0
  const value = (name: typeof ACME[number]): string => again ? sent.text(name) : service[name] ?? ''
  return card({
    title: words.settings,
    body: form(lang, {
      action: `${pathOf(visit)}/settings`,
      csrf,
      errors,
      submit: words.saveSettings,
      submitKind: 'secondary',
      body: html`${profileField(visit, again ? sent.text('certificate_profile_info') : service.certificate_profile_info, errors)}${[
        field(lang, { kind: 'checkbox', name: 'tls_auth', label: words.tlsOnly, checked: again ? sent.flag('tls_auth') : service.tls_auth }),
        field(lang, { kind: 'radios', name: 'default_csr_format', label: words.csr, value: again ? sent.text('default_csr_format') : service.default_csr_format ?? 'PEM', options: ['PEM', 'DER'].map((one) => ({ value: one, label: one })), inline: true })
      ]}${fieldGroup(words.acme, [
        field(lang, { kind: 'url', name: 'acme_server_directory_url', label: words.acmeUrl, value: value('acme_server_directory_url'), error: errors.acme_server_directory_url, code: true }),
        field(lang, { name: 'acme_server_ip_address', label: words.acmeIp, value: value('acme_server_ip_address'), error: errors.acme_server_ip_address, code: true, width: 32 }),
        field(lang, { name: 'authentication_certificate_profile_id', label: words.acmeAuth, value: value('authentication_certificate_profile_id'), code: true, width: 20 }),
        field(lang, { name: 'signing_certificate_profile_id', label: words.acmeSign, value: value('signing_certificate_profile_id'), code: true, width: 20 })
      ], words.acmeHint)}`
    })
  })
}

async function intermediatePage (visit: Visit, refused?: Refused): Promise<Html> {
  const { lang, api, params } = visit
  const words = wordsOf(lang)
  const path = `/intermediate-cas/${encodeURIComponent(params.id ?? '')}`
  const [intermediate, responders] = await Promise.all([api.get<Intermediate>(path), api.get<Responder[]>(`${path}/ocsp-responders`)])
  const own = `/trust-services/intermediates/${intermediate.id}`
  const service = await api.get<CertificationService>(`/certification-services/${intermediate.certification_service_id}`)
  const may = visit.may(ADMINISTRATOR)
  return visit.page({
    title: intermediate.subject_common_name ?? intermediate.subject_distinguished_name,
    eyebrow: words.intermediate,
    breadcrumbs: [{ href: '/trust-services', label: words.title }, { href: `/trust-services/certification/${service.id}`, label: service.name }],
    ...may ? { actions: removal(visit, words.removeIntermediateTitle, words.removeCaBody, `${own}/removal`, refused?.what === 'removal' ? refused.errors : {}, { back: `certification/${service.id}` }) } : {},
    body: html`${descriptionList(lang, certificateTerms(lang, intermediate))}${section({
      title: words.responders, body: html`${responderTable(visit, responders, `intermediates/${intermediate.id}`)}${may ? responderForm(visit, `${own}/responders`, refused?.what === 'responder' ? refused.errors : {}) : undefined}`
    })}`
  })
}
