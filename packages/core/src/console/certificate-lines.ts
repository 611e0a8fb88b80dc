import { day, fingerprint, html, identifier, statusBadge, type Html, type Lang, type Term } from '@trembita/web'
import { trustWordsOf as wordsOf } from './trust-texts.ts'

/** A certificate as the API tells it. */
export interface CertificateInfo {
  readonly subject_distinguished_name: string
  readonly subject_common_name?: string
  readonly issuer_distinguished_name: string
  readonly serial: string
  readonly not_before: string
  readonly not_after: string
  readonly public_key_algorithm: string
  readonly hash: string
}

const NOTICE_MS = 60 * 24 * 60 * 60 * 1000

/** Until when; a word beside it when that is soon or over. */
export function validUntil (lang: Lang, { not_after: until }: Pick<CertificateInfo, 'not_after'>): Html {
  const words = wordsOf(lang)
  const left = new Date(until).getTime() - Date.now()
  if (left > NOTICE_MS) return day(until, lang)
  return html`${day(until, lang)} ${left < 0 ? statusBadge('bad', words.expired) : statusBadge('warn', words.soon)}`
}

export function certificateTerms (lang: Lang, certificate: CertificateInfo): Term[] {
  const words = wordsOf(lang)
  return [
    { term: words.subject, value: identifier(certificate.subject_distinguished_name) },
    { term: words.issuer, value: identifier(certificate.issuer_distinguished_name) },
    { term: words.serial, value: identifier(certificate.serial) },
    { term: words.key, value: certificate.public_key_algorithm },
    { term: words.until, value: validUntil(lang, certificate) },
    { term: words.fingerprint, value: fingerprint(certificate.hash) }
  ]
}
