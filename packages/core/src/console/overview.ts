import { alert, dateTime, descriptionList, html, section, statusBadge, stats, texts, type Html } from '@trembita/web'
import type { Console, Visit } from './console.ts'

const wordsOf = texts({
  uk: {
    title: 'Огляд',
    lead: (instance: string) => instance === '' ? 'Ядро ще не ініціалізовано.' : `Середовище ${instance}`,
    members: 'Суб’єкти взаємодії',
    subsystems: 'Підсистеми',
    servers: 'Шлюзи',
    clients: 'Клієнти шлюзів',
    services: 'Надавачі довірчих послуг',
    servicesHint: (cas: number, tsas: number) => `сертифікації ${cas}, позначок часу ${tsas}`,
    configuration: 'Підписана конфігурація',
    published: 'Опубліковано',
    expires: 'Чинна до',
    valid: 'чинна',
    invalid: 'не опубліковано',
    attention: 'Потребує уваги',
    allWell: 'Нічого не потребує уваги',
    warning: (code: string, subject: string, message: string): string => (({
      generation_failed: `Конфігурацію не вдалося створити: ${message}`,
      configuration_expired: 'Чинної конфігурації немає: шлюзи припиняють обмін.',
      certificate_expires: `${subject}: спливає строк дії сертифіката`,
      signing_key_expires: `${subject}: спливає строк дії ключа підпису`
    }) as Record<string, string>)[code] ?? `${subject}: ${message}`
  },
  en: {
    title: 'Overview',
    lead: (instance: string) => instance === '' ? 'The core is not initialised yet.' : `Environment ${instance}`,
    members: 'Members',
    subsystems: 'Subsystems',
    servers: 'Gateways',
    clients: 'Clients of gateways',
    services: 'Trust services',
    servicesHint: (cas: number, tsas: number) => `certification ${cas}, timestamping ${tsas}`,
    configuration: 'Signed configuration',
    published: 'Published',
    expires: 'Valid until',
    valid: 'valid',
    invalid: 'not published',
    attention: 'Wants attention',
    allWell: 'Nothing wants attention',
    warning: (code: string, subject: string, message: string): string => (({
      generation_failed: `The configuration could not be made: ${message}`,
      configuration_expired: 'There is no valid configuration: gateways stop exchanging.',
      certificate_expires: `${subject}: its certificate expires soon`,
      signing_key_expires: `${subject}: its signing key expires soon`
    }) as Record<string, string>)[code] ?? `${subject}: ${message}`
  }
})

interface Overview {
  readonly instance: string
  readonly counts: Readonly<Record<'members' | 'subsystems' | 'security_servers' | 'clients' | 'certification_services' | 'timestamping_services', number>>
  readonly configuration: { readonly published_at?: string, readonly expires_at?: string, readonly failure?: string }
  readonly warnings: readonly { readonly code: string, readonly subject: string, readonly message: string, readonly href?: string }[]
}

/** The first page: figures of the instance, and what wants somebody. */
export function overviewPages (console: Console): void {
  console.get('/', async (visit) => {
    const words = wordsOf(visit.lang)
    const overview = await visit.api.get<Overview>('/overview')
    const { counts } = overview
    return visit.page({
      title: words.title,
      lead: words.lead(overview.instance),
      body: html`${attention(visit, overview)}
${stats([
  { label: words.members, value: counts.members, href: '/members' },
  { label: words.subsystems, value: counts.subsystems, href: '/subsystems' },
  { label: words.servers, value: counts.security_servers, href: '/security-servers' },
  { label: words.clients, value: counts.clients },
  { label: words.services, value: counts.certification_services + counts.timestamping_services, hint: words.servicesHint(counts.certification_services, counts.timestamping_services), href: '/trust-services' }
])}
${publication(visit, overview)}`
    })
  })
}

function attention ({ lang }: Visit, { warnings }: Overview): Html {
  const words = wordsOf(lang)
  if (warnings.length === 0) return alert(lang, { kind: 'ok', title: words.allWell })
  return alert(lang, {
    kind: 'warn',
    title: words.attention,
    body: html`<ul>${warnings.map(({ code, subject, message, href }) => {
      const text = words.warning(code, subject, message)
      return html`<li>${href === undefined ? text : html`<a href="${href}">${text}</a>`}</li>`
    })}</ul>`
  })
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
