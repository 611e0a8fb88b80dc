import { alert, dateTime, day, descriptionList, fingerprint, html, identifier, statusBadge, steps, type Html, type Lang, type StepState, type Term } from '@trembita/web'
import { messagesWordsOf as wordsOf } from './messages-texts.ts'

/** What the API found out about a record. */
export interface Verification {
  readonly verdict: 'verified' | 'failed' | 'undecided'
  readonly reason?: { readonly code: string, readonly message: string }
  readonly steps: readonly { readonly step: string, readonly outcome: 'passed' | 'failed' | 'undecided' | 'not_reached' }[]
  readonly judged_at?: string
  readonly configuration_until?: string
  readonly signer_id?: string
  readonly algorithm?: string
  readonly signing_time?: string
  readonly certificate?: { readonly subject: string, readonly issuer: string, readonly serial: string, readonly not_before: string, readonly not_after: string, readonly hash: string }
  readonly ocsp: readonly { readonly serial: string, readonly status: string, readonly produced_at: string, readonly responder: string }[]
  readonly timestamp?: { readonly kind: string, readonly at: string, readonly authority: string, readonly serial: string }
  readonly files: readonly { readonly name: string, readonly status: string, readonly digest?: string, readonly digest_method?: string }[]
}

const STATES: Readonly<Record<Verification['steps'][number]['outcome'], StepState>> = { passed: 'done', failed: 'failed', undecided: 'failed', not_reached: 'todo' }

/** The verdict in words, each step, and what was found out on the way. */
export function verificationLines (lang: Lang, found: Verification): Html {
  const words = wordsOf(lang)
  const kind = { verified: 'ok', failed: 'bad', undecided: 'warn' } as const
  const { reason } = found
  return html`${alert(lang, {
    kind: kind[found.verdict],
    title: words.verdicts(found.verdict),
    body: reason === undefined ? words.verifiedBody : html`${words.reason}: ${reason.message} ${identifier(reason.code)}`
  })}${steps(lang, found.steps.map(({ step, outcome }) => ({ label: words.steps(step), state: STATES[outcome] })))}${descriptionList(lang, facts(lang, found))}`
}

function facts (lang: Lang, { certificate, ocsp, timestamp, files, ...found }: Verification): Term[] {
  const words = wordsOf(lang)
  return [
    ...found.signer_id === undefined ? [] : [{ term: words.signer, value: identifier(found.signer_id) }],
    ...found.algorithm === undefined ? [] : [{ term: words.algorithm, value: found.algorithm }],
    ...certificate === undefined
      ? []
      : [
          { term: words.certificate, value: identifier(certificate.subject), hint: html`${words.serial} ${identifier(certificate.serial)}<br>${fingerprint(certificate.hash, 'SHA-256')}` },
          { term: words.issuer, value: identifier(certificate.issuer) },
          { term: words.validity, value: html`${day(certificate.not_before, lang)} – ${day(certificate.not_after, lang)}` }
        ],
    ...ocsp.map(({ status, produced_at: at, responder, serial }) => ({
      term: words.ocsp,
      value: html`${statusBadge(status === 'good' ? 'ok' : 'bad', words.ocspOf(status))} ${dateTime(at, lang)}`,
      hint: html`${words.serial} ${identifier(serial)}<br>${words.responder}: ${identifier(responder)}`
    })),
    ...timestamp === undefined ? [] : [{ term: words.stampTime, value: dateTime(timestamp.at, lang), hint: html`${identifier(timestamp.authority)}<br>${words.serial} ${identifier(timestamp.serial)}` }],
    ...found.judged_at === undefined ? [] : [{ term: words.judgedAt, value: dateTime(found.judged_at, lang) }],
    ...found.configuration_until === undefined ? [] : [{ term: words.configuration, value: dateTime(found.configuration_until, lang) }],
    ...files.length === 0
      ? []
      : [{ term: words.files, value: files.map(({ name, status, digest, digest_method: method }) => html`<div>${identifier(name)} ${words.fileStates(status)}${digest === undefined ? undefined : html`<br>${fingerprint(digest, method)}`}</div>`) }]
  ]
}
