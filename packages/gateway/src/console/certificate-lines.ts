import { day, fingerprint, html, identifier, statusBadge, texts, type Html, type Lang, type Term } from '@trembita/web'

/** A certificate as the API tells it. */
export interface CertificateDetails {
  readonly issuer_distinguished_name: string
  readonly issuer_common_name?: string
  readonly subject_distinguished_name: string
  readonly subject_common_name?: string
  readonly not_before: string
  readonly not_after: string
  readonly serial: string
  readonly signature_algorithm?: string
  readonly public_key_algorithm?: string
  readonly hash: string
  readonly key_usages?: readonly string[]
}

const wordsOf = texts({
  uk: {
    subject: 'Кому видано', issuer: 'Ким видано', serial: 'Серійний номер', key: 'Ключ', from: 'Чинний з', until: 'Чинний до', fingerprint: 'Відбиток SHA-256', usages: 'Призначення', expired: 'строк минув', soon: 'невдовзі спливає', algorithm: 'Підпис видавця'
  },
  en: {
    subject: 'Issued to', issuer: 'Issued by', serial: 'Serial number', key: 'Key', from: 'Valid from', until: 'Valid until', fingerprint: 'SHA-256 fingerprint', usages: 'For', expired: 'expired', soon: 'expires soon', algorithm: 'Issuer’s signature'
  }
})

/** What a certificate is called in a list. */
export function certificateNameOf ({ subject_common_name: name, subject_distinguished_name: whole }: CertificateDetails): string {
  return name === undefined || name === '' ? whole : name
}

/** A certificate takes days to be had and registered; the API warns as early. */
const NOTICE_MS = 30 * 24 * 3600 * 1000

/** Until when; a word beside it when that is soon or over. */
export function validUntil (lang: Lang, until: string): Html {
  const words = wordsOf(lang)
  const left = new Date(until).getTime() - Date.now()
  if (left > NOTICE_MS) return day(until, lang)
  return html`${day(until, lang)} ${left < 0 ? statusBadge('bad', words.expired) : statusBadge('warn', words.soon)}`
}

export function certificateTerms (lang: Lang, certificate: CertificateDetails): Term[] {
  const words = wordsOf(lang)
  return [
    { term: words.subject, value: identifier(certificate.subject_distinguished_name) },
    { term: words.issuer, value: identifier(certificate.issuer_distinguished_name) },
    { term: words.serial, value: identifier(certificate.serial) },
    { term: words.from, value: day(certificate.not_before, lang) },
    { term: words.until, value: validUntil(lang, certificate.not_after) },
    { term: words.key, value: certificate.public_key_algorithm },
    { term: words.algorithm, value: certificate.signature_algorithm },
    { term: words.usages, value: certificate.key_usages?.join(', ') },
    { term: words.fingerprint, value: fingerprint(certificate.hash) }
  ]
}
