import {
  actions, alert, card, changeList, changesBetween, codeBlock, confirm, dateTime, day, descriptionList, field, fingerprint, formatBytes, grid, html, identifier, linkButton, section, statusBadge,
  type FieldErrors, type Html
} from '@trembita/web'
import { historyOf } from './audit.ts'
import type { Visit } from './console.ts'
import { OFFICER, requestProblem, requestStatus, type RequestItem } from './request-lines.ts'
import { requestWordsOf as wordsOf } from './request-texts.ts'

interface CertificateDetails {
  readonly subject_distinguished_name?: string
  readonly issuer_distinguished_name?: string
  readonly serial?: string
  readonly not_before?: string
  readonly not_after?: string
  readonly public_key_algorithm?: string
  readonly hash: string
}

interface Signature {
  readonly by: 'auth' | 'owner'
  readonly algorithm: string
  readonly valid: boolean
  readonly member_id?: string
  readonly certificate?: CertificateDetails
  readonly ocsp?: { readonly status: string, readonly this_update: string }
}

interface Change { readonly action: string, readonly object: { readonly kind: string, readonly id: string }, readonly before?: unknown, readonly after?: unknown }

interface RequestDetails extends RequestItem {
  readonly server_address?: string
  readonly subsystem_name?: string
  readonly message?: string
  readonly comments?: string
  readonly certificate_details?: CertificateDetails
  readonly decision?: { readonly at: string, readonly by: string, readonly reason?: string }
  readonly complementary: readonly RequestItem[]
  readonly original?: { readonly received_by: 'registration' | 'management', readonly sender: string, readonly message_id: string, readonly size: number, readonly hash: string, readonly signed_text: string }
  readonly signatures?: readonly Signature[]
  readonly verification?: { readonly valid: boolean, readonly code?: string, readonly message?: string }
  readonly prospect?: { readonly changes?: readonly Change[], readonly obstacle?: { readonly code: string, readonly message: string } }
}

/** One request: what it asks, what approving it would change, and what proves that it was asked. */
export async function requestPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, params, may } = visit
  const words = wordsOf(lang)
  const request = await api.get<RequestDetails>(`/management-requests/${encodeURIComponent(params.id!)}`)
  const { id, prospect, original } = request
  const decides = prospect !== undefined && may(OFFICER)
  return visit.page({
    title: `${words.request(id)}. ${words.typeName(request.type)}`,
    breadcrumbs: [{ href: '/management-requests', label: words.title }],
    lead: requestStatus(visit, request.status),
    actions: actions(
      decides ? approval(visit, request) : undefined,
      decides ? refusal(visit, request) : undefined,
      original === undefined ? undefined : linkButton({ label: words.original, href: `/management-requests/${id}/original`, sign: 'download', download: true })
    ),
    body: html`${errors[''] === undefined ? undefined : alert(lang, { kind: 'bad', title: errors[''] })}
${prospect?.obstacle === undefined ? undefined : alert(lang, { kind: 'warn', title: words.approveBlocked, body: requestProblem(visit, prospect.obstacle) })}
${facts(visit, request)}
${prospect?.changes === undefined ? undefined : section({ title: words.prospect, lead: words.prospectLead, body: changes(visit, prospect.changes) })}
${request.certificate_details === undefined ? undefined : section({ title: words.certificate, body: certificate(visit, request.certificate_details) })}
${section({ title: words.proof, body: proof(visit, request) })}
${section({ title: words.history, body: await historyOf(api, lang, 'management-request', String(id)) })}`
  })
}

function facts (visit: Visit, request: RequestDetails): Html {
  const { lang } = visit
  const words = wordsOf(lang)
  const { decision, client_id: client, server_address: address, subsystem_name: name } = request
  return descriptionList(lang, [
    { term: words.server, value: identifier(request.security_server_id), hint: request.security_server_owner ?? words.notMember },
    ...client === undefined ? [] : [{ term: words.client, value: identifier(client) }],
    ...address === undefined ? [] : [{ term: words.address, value: identifier(address) }],
    ...name === undefined ? [] : [{ term: words.subsystemName, value: name }],
    ...request.message === undefined ? [] : [{ term: words.message, value: request.message }],
    { term: words.origin, value: words.originName(request.origin) },
    { term: words.requestedBy, value: request.requested_by, hint: dateTime(request.created_at, lang) },
    ...request.comments === undefined ? [] : [{ term: words.comments, value: request.comments }],
    ...request.complementary.map((other) => ({ term: words.complementary, value: html`<a href="/management-requests/${other.id}">${words.request(other.id)}</a>`, hint: words.originName(other.origin) })),
    ...decision === undefined ? [] : [{ term: words.decision, value: html`${dateTime(decision.at, lang)} · ${words.decidedBy(decision.by)}`, hint: decision.reason }]
  ])
}

function approval ({ lang, csrf }: Visit, { id, prospect }: RequestDetails): Html | undefined {
  const words = wordsOf(lang)
  if (prospect?.obstacle !== undefined) return undefined
  return confirm(lang, {
    label: words.approve,
    kind: 'primary',
    sign: 'check',
    title: words.approveTitle(id),
    body: words.approveBody,
    action: `/management-requests/${id}/approve`,
    csrf,
    submit: words.approve,
    inputs: field(lang, { name: 'reason', id: 'approve-reason', label: words.reason, hint: words.reasonHint, lengthMax: 1000 })
  })
}

function refusal ({ lang, csrf }: Visit, { id }: RequestDetails): Html {
  const words = wordsOf(lang)
  return confirm(lang, {
    label: words.decline,
    sign: 'close',
    title: words.declineTitle(id),
    body: words.declineBody,
    action: `/management-requests/${id}/decline`,
    csrf,
    submit: words.decline,
    inputs: field(lang, { name: 'reason', id: 'decline-reason', label: words.declineReason, required: true, lengthMax: 1000 })
  })
}

/** What the approval would do, one thing after the other; what stands in two histories is told once. */
function changes ({ lang }: Visit, all: readonly Change[]): Html {
  const words = wordsOf(lang)
  const told = all.filter(({ action, object: { kind } }, index) => kind === 'server' ? action !== 'server.owner.change' || all.findIndex((one) => one.action === action) === index : !action.startsWith('client.'))
  if (told.length === 0) return html`<p>${words.nothingChanges}</p>`
  return html`<ol class="timeline">${told.map(({ action, object, before, after }) => html`<li><p class="timeline__what">${words.actionName(action)} ${identifier(object.id)}</p>${
    changeList(lang, changesBetween(before, after).filter(({ field }) => field !== 'certificate').map((change) => ({ ...change, field: words.fieldName(change.field) })))}</li>`)}</ol>`
}

function certificate ({ lang }: Visit, it: CertificateDetails): Html {
  const words = wordsOf(lang)
  return descriptionList(lang, [
    ...it.subject_distinguished_name === undefined
      ? []
      : [
          { term: words.subject, value: identifier(it.subject_distinguished_name) },
          { term: words.issuer, value: identifier(it.issuer_distinguished_name ?? '') },
          { term: words.serial, value: identifier(it.serial ?? '') },
          { term: words.validity, value: html`${day(it.not_before, lang)} – ${day(it.not_after, lang)}` },
          { term: words.key, value: it.public_key_algorithm }
        ],
    { term: words.hash, value: fingerprint(it.hash, 'SHA-256') }
  ])
}

/** Exactly what was signed, by which certificates, and whether it still verifies. */
function proof (visit: Visit, { original, signatures = [], verification }: RequestDetails): Html {
  const { lang } = visit
  const words = wordsOf(lang)
  if (original === undefined) return html`<p>${words.ofCentre}</p>`
  return html`${verification === undefined
    ? undefined
    : alert(lang, { kind: verification.valid ? 'ok' : 'bad', title: verification.valid ? words.verified : words.notVerified, body: verification.valid ? words.verifiedHint : html`${words.verifiedHint} ${identifier(verification.code ?? '')} ${verification.message}` })}
${signatures.length === 0 ? html`<p>${words.unsigned}</p>` : grid(...signatures.map((one) => signature(visit, one)))}
${section({
  title: words.sent,
  level: 3,
  body: html`${descriptionList(lang, [
    { term: words.sender, value: identifier(original.sender), hint: words.receivedBy(original.received_by) },
    { term: words.messageId, value: identifier(original.message_id) },
    { term: words.size, value: formatBytes(original.size, lang) },
    { term: words.hash, value: fingerprint(original.hash, 'SHA-256') }
  ])}${codeBlock(lang, { label: words.signedText, text: original.signed_text, wrap: true })}`
})}`
}

function signature (visit: Visit, { by, algorithm, valid, member_id: member, certificate: of, ocsp }: Signature): Html {
  const { lang } = visit
  const words = wordsOf(lang)
  return card({
    title: words.signatureBy(by),
    level: 3,
    actions: statusBadge(valid ? 'ok' : 'bad', valid ? words.signatureValid : words.signatureInvalid),
    body: html`${descriptionList(lang, [
      ...member === undefined ? [] : [{ term: words.signer, value: identifier(member) }],
      { term: words.algorithm, value: identifier(algorithm) },
      ...ocsp === undefined ? [] : [{ term: words.ocsp, value: statusBadge(ocsp.status === 'good' ? 'ok' : 'bad', words.ocspStatus(ocsp.status)), hint: dateTime(ocsp.this_update, lang) }]
    ])}${of === undefined ? undefined : certificate(visit, of)}`
  })
}
