import { actions, card, dataTable, emptyState, field, form, html, identifier, linkButton, section, statusBadge, tag, type FieldErrors, type Html, type Lang, type StatusKind } from '@trembita/web'
import { type ApiProblem, type Console, errorsOf, type Visit } from '@trembita/web/console'
import { validUntil, type CertificateDetails } from './certificate-lines.ts'
import { keysWordsOf as wordsOf } from './keys-texts.ts'

export interface TokenCertificate {
  readonly ocsp_status: string
  readonly owner_id: string
  readonly active: boolean
  readonly ocsp_verify_before_activation_error?: string
  readonly certificate_details: CertificateDetails
  readonly status: string
  readonly possible_actions: readonly string[]
}

export interface Key {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly usage?: 'AUTHENTICATION' | 'SIGNING'
  readonly key_algorithm: string
  readonly certificates: readonly TokenCertificate[]
  readonly certificate_signing_requests: readonly { readonly id: string, readonly owner_id: string, readonly certificate_profile?: string }[]
  readonly possible_actions: readonly string[]
}

export const SECURITY_OFFICER = 'XROAD_SECURITY_OFFICER'
export const REGISTRATION_OFFICER = 'XROAD_REGISTRATION_OFFICER'

const STATES: Readonly<Record<string, StatusKind>> = { SAVED: 'warn', REGISTRATION_IN_PROGRESS: 'wait', REGISTERED: 'ok', DELETION_IN_PROGRESS: 'wait', GLOBAL_ERROR: 'bad' }
const OCSP_STATES: Readonly<Record<string, StatusKind>> = { OCSP_RESPONSE_GOOD: 'ok', OCSP_RESPONSE_UNKNOWN: 'bad', DISABLED: 'idle', EXPIRED: 'bad' }

/** Keys of authentication are the security officers' alone. */
export function keeps (visit: Visit, usage: Key['usage']): boolean {
  return usage === 'SIGNING' ? visit.may(SECURITY_OFFICER, REGISTRATION_OFFICER) : visit.may(SECURITY_OFFICER)
}

export function certificateState (lang: Lang, { status }: Pick<TokenCertificate, 'status'>): Html {
  return statusBadge(STATES[status] ?? 'idle', wordsOf(lang).statuses(status))
}

export function ocspState (lang: Lang, { ocsp_status: status }: Pick<TokenCertificate, 'ocsp_status'>): Html {
  return statusBadge(OCSP_STATES[status] ?? 'idle', wordsOf(lang).ocsps(status))
}

/** All keys, with where their certificates stand. */
export function keyPages (console: Console): void {
  console.get('/keys', (visit) => listPage(visit))
  console.post('/keys/certificates', async (visit) => {
    const file = visit.form.file('certificate')
    if (file === undefined) return await listPage(visit, { certificate: wordsOf(visit.lang).fileMissing })
    const { value } = await visit.api.upload<TokenCertificate>('/token-certificates', file.bytes)
    return { to: `/keys/certificates/${value.certificate_details.hash}`, said: 'certificateImported' }
  }, (visit, problem) => listPage(visit, importErrors(visit, problem)))
  console.sentences((lang) => {
    const words = wordsOf(lang)
    return {
      certificateImported: words.imported, keyCreated: words.created, requestCreated: words.requestCreated, requestForgotten: words.forgotten, keyRenamed: words.renamed, keyDeleted: words.deleted
    }
  })
}

function importErrors (visit: Visit, problem: ApiProblem): FieldErrors {
  const { '': general = '', ...fields } = errorsOf(problem, (code) => wordsOf(visit.lang).problem(code) || visit.problemText(problem))
  return { certificate: general, ...fields }
}

async function listPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const keys = (await api.get<{ keys: Key[] }[]>('/tokens'))[0]!.keys
  const keeper = visit.may(SECURITY_OFFICER, REGISTRATION_OFFICER)
  const of = (usage: Key['usage']): readonly Key[] => keys.filter((key) => key.usage === usage)
  return visit.page({
    title: words.title,
    lead: words.lead,
    ...keeper ? { actions: actions(linkButton({ label: words.newKey, href: '/keys/new', kind: 'primary', sign: 'plus' })) } : {},
    body: html`${section({ title: words.auth, body: keyTable(lang, words.auth, of('AUTHENTICATION')) })}${section({ title: words.sign, body: keyTable(lang, words.sign, of('SIGNING')) })}${of(undefined).length === 0 ? undefined : section({ title: words.other, body: keyTable(lang, words.other, of(undefined)) })}${keeper ? importCard(visit, errors) : undefined}`
  })
}

export function importCard ({ lang, csrf }: Visit, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return card({
    title: words.import,
    lead: words.importLead,
    body: form(lang, {
      action: '/keys/certificates',
      csrf,
      errors,
      multipart: true,
      submit: words.import,
      submitKind: 'secondary',
      body: field(lang, { kind: 'file', name: 'certificate', label: words.file, accept: '.pem,.crt,.cer,.der', required: true, error: errors.certificate })
    })
  })
}

interface Row { readonly key: Key, readonly certificate: TokenCertificate | undefined, readonly request: Key['certificate_signing_requests'][number] | undefined }

/** A row for each certificate, and for each key that waits for one. */
function keyTable (lang: Lang, caption: string, keys: readonly Key[]): Html {
  const words = wordsOf(lang)
  const rows: Row[] = keys.flatMap((key): Row[] => key.certificates.length === 0
    ? [{ key, certificate: undefined, request: key.certificate_signing_requests[0] }]
    : key.certificates.map((certificate) => ({ key, certificate, request: undefined })))
  return dataTable(lang, {
    caption,
    rows,
    empty: emptyState({ title: words.noKeys, sign: 'key' }),
    columns: [
      { key: 'key', label: words.key, heading: true, render: ({ key }) => html`<a href="/keys/${encodeURIComponent(key.id)}">${key.name}</a> ${tag(key.key_algorithm)}` },
      { key: 'owner', label: words.owner, render: ({ certificate, request }) => identifierOf(certificate?.owner_id ?? request?.owner_id) },
      {
        key: 'certificate',
        label: words.certificate,
        render: ({ certificate }) => certificate === undefined ? statusBadge('wait', words.noCertificates) : html`<a href="/keys/certificates/${certificate.certificate_details.hash}">${certificate.certificate_details.subject_common_name ?? certificate.certificate_details.serial}</a>`
      },
      { key: 'until', label: words.until, render: ({ certificate }) => certificate === undefined ? undefined : validUntil(lang, certificate.certificate_details.not_after) },
      { key: 'state', label: words.state, narrow: true, render: ({ certificate }) => certificate === undefined ? undefined : certificateState(lang, certificate) },
      { key: 'ocsp', label: words.ocsp, narrow: true, render: ({ certificate }) => certificate === undefined ? undefined : ocspState(lang, certificate) }
    ]
  })
}

function identifierOf (id: string | undefined): Html | undefined {
  return id === undefined || id === '' ? undefined : identifier(id)
}
