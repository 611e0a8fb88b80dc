import { alert, dateTime, descriptionList, formatDateTime, formatNumber, html, section, statusBadge, stats, type Html, type Lang } from '@trembita/web'
import type { Console, Visit } from './console.ts'
import { firstSteps } from './first-steps.ts'
import { overviewWordsOf as wordsOf } from './overview-texts.ts'

interface Overview {
  readonly instance: string
  readonly counts: Readonly<Record<'members' | 'subsystems' | 'security_servers' | 'clients' | 'certification_services' | 'timestamping_services' | 'waiting_requests' | 'agreements' | 'suspensions', number>>
  readonly configuration: { readonly published_at?: string, readonly expires_at?: string, readonly failure?: string }
  readonly warnings: readonly { readonly code: string, readonly subject: string, readonly message: string, readonly href?: string }[]
}

/** What stops exchange now, not some day. */
const URGENT = new Set(['generation_failed', 'configuration_expired', 'node_not_publishing', 'trust_certificate_expired', 'gateway_certificate_expired'])

/** The first page: what wants somebody, the way of a new core to its first gateway, figures of the instance. */
export function overviewPages (console: Console): void {
  console.get('/', async (visit) => {
    const { lang, api } = visit
    const words = wordsOf(lang)
    const overview = await api.get<Overview>('/overview')
    const { counts, instance } = overview
    const way = await firstSteps(api, lang, overview)
    return visit.page({
      title: words.title,
      lead: words.lead(instance),
      body: html`${instance === '' ? undefined : attention(visit, overview)}${way}
${instance === '' ? undefined : html`${figures(visit, counts)}${publication(visit, overview)}`}`
    })
  })
}

function figures ({ lang }: Visit, counts: Overview['counts']): Html {
  const words = wordsOf(lang)
  return stats([
    { label: words.requests, value: formatNumber(counts.waiting_requests, lang), href: '/management-requests', ...counts.waiting_requests > 0 ? { status: 'wait' } : {} },
    { label: words.members, value: formatNumber(counts.members, lang), href: '/members' },
    { label: words.subsystems, value: formatNumber(counts.subsystems, lang), href: '/subsystems' },
    { label: words.servers, value: formatNumber(counts.security_servers, lang), hint: words.clients(counts.clients), href: '/security-servers' },
    { label: words.agreements, value: formatNumber(counts.agreements, lang), href: '/agreements' },
    { label: words.suspensions, value: formatNumber(counts.suspensions, lang), href: '/suspensions', ...counts.suspensions > 0 ? { status: 'warn' } : {} },
    { label: words.services, value: counts.certification_services + counts.timestamping_services, hint: words.servicesHint(counts.certification_services, counts.timestamping_services), href: '/trust-services' }
  ])
}

function attention ({ lang }: Visit, { warnings }: Overview): Html {
  const words = wordsOf(lang)
  if (warnings.length === 0) return alert(lang, { kind: 'ok', title: words.allWell })
  const urgent = warnings.filter(({ code }) => URGENT.has(code))
  const later = warnings.filter(({ code }) => !URGENT.has(code))
  return html`${urgent.length === 0 ? undefined : alert(lang, { kind: 'bad', title: words.urgent, body: warningList(lang, urgent) })}${later.length === 0 ? undefined : alert(lang, { kind: 'warn', title: words.attention, body: warningList(lang, later) })}`
}

function warningList (lang: Lang, warnings: Overview['warnings']): Html {
  return html`<ul>${warnings.map(({ code, subject, message, href }) => {
    const text = wordsOf(lang).warning(code, subject, instantOf(lang, message), message)
    return html`<li>${href === undefined ? text : html`<a href="${href}">${text}</a>`}</li>`
  })}</ul>`
}

/** The API says when in words of its own, with the instant in them. */
function instantOf (lang: Lang, message: string): string {
  const [found] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(message) ?? []
  return found === undefined ? '' : formatDateTime(found, lang)
}

function publication ({ lang }: Visit, { configuration: { published_at: publishedAt, expires_at: expiresAt, failure } }: Overview): Html {
  const words = wordsOf(lang)
  return section({
    title: words.configuration,
    body: descriptionList(lang, [
      { term: words.published, value: dateTime(publishedAt, lang) },
      { term: words.expires, value: dateTime(expiresAt, lang), hint: expiresAt === undefined ? statusBadge('bad', words.invalid) : statusBadge(failure === undefined ? 'ok' : 'warn', words.valid) }
    ])
  })
}
