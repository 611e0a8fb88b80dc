import { actionForm, dataTable, dateTime, emptyState, html, identifier, section, texts, type Html } from '@trembita/web'
import { checkAdmin } from '../catalog-actor.ts'
import { availabilityOf, upcomingMaintenance } from '../health/index.ts'
import { healthBadge, pathOf, say } from './labels.ts'
import { at, type Site, type Visit } from './site.ts'

const wordsOf = texts({
  uk: {
    title: 'Стан сервісів',
    lead: 'Опубліковані сервіси каталог перевіряє викликом через шлюз. «Невідомо» означає, що перевірити не вдалося, і не означає збою.',
    service: 'Сервіс',
    state: 'Стан',
    since: 'З',
    checked: 'Перевірено',
    availability: 'Доступність за 30 днів',
    cause: 'Причина',
    none: 'Опублікованих сервісів ще немає',
    maintenance: 'Оголошені роботи',
    until: 'до',
    probe: 'Перевірити зараз',
    harvest: 'Зібрати описи зараз',
    runs: 'Збирання описів',
    started: 'Початок',
    outcome: 'Підсумок',
    counted: (up: number, counted: number) => counted === 0 ? 'ще немає даних' : `${(100 * up / counted).toFixed(2)} % (${Math.round(up / 60)} з ${Math.round(counted / 60)} хв)`,
    causeName: (cause: string): string => ({ network: 'мережа', gateway: 'шлюз', service: 'сервіс', contract: 'відповідь не за описом', latency: 'повільно', notAllowed: 'немає права', own: 'власний шлюз каталогу', notRegistered: 'не зареєстровано', configuration: 'немає конфігурації', description: 'опис не читається' })[cause] ?? cause
  },
  en: {
    title: 'Status of services',
    lead: 'The catalog tries published services by calls through a gateway. “Unknown” means that it could not try, not that something failed.',
    service: 'Service',
    state: 'State',
    since: 'Since',
    checked: 'Looked at',
    availability: 'Availability of 30 days',
    cause: 'Cause',
    none: 'No service is published yet',
    maintenance: 'Announced work',
    until: 'until',
    probe: 'Look now',
    harvest: 'Harvest now',
    runs: 'Harvests',
    started: 'Begun',
    outcome: 'Outcome',
    counted: (up: number, counted: number) => counted === 0 ? 'no data yet' : `${(100 * up / counted).toFixed(2)} % (${Math.round(up / 60)} of ${Math.round(counted / 60)} min)`,
    causeName: (cause: string): string => ({ network: 'network', gateway: 'gateway', service: 'service', contract: 'answer not as described', latency: 'slow', notAllowed: 'no right', own: 'the catalog\'s own gateway', notRegistered: 'not registered', configuration: 'no configuration', description: 'description cannot be read' })[cause] ?? cause
  }
})

/** `/status`: how services do. Administrators harvest and probe from here. */
export const statusPages = (site: Site): void => {
  site.get('/status', (visit) => statusPage(site, visit))
  site.post('/status/probe', async ({ actor }) => {
    checkAdmin(actor)
    await site.parts.probes.run()
    return { to: '/status', said: 'probed' }
  })
  site.post('/status/harvest', async ({ actor }) => {
    checkAdmin(actor)
    await site.parts.harvest.run()
    await site.parts.resources.takeStatus()
    return { to: '/status', said: 'harvested' }
  })
}

async function statusPage ({ parts: { entries, store, clock } }: Site, visit: Visit): Promise<Html> {
  const { lang, actor, csrf } = visit
  const words = wordsOf(lang)
  const published = new Set((await entries.interfaces()).flatMap(({ versions }) => versions.filter(({ state }) => state === 'published' || state === 'drifted').flatMap(({ services }) => services.map(({ serviceId }) => serviceId))))
  const rows = await Promise.all([...(await entries.health()).values()].filter(({ serviceId }) => published.has(serviceId)).map(async (one) => ({ ...one, availability: await availabilityOf(store, one.serviceId, clock.now(), 30) })))
  const names = new Map((await entries.interfaces()).map(({ id, name }) => [id, name]))
  const maintenance = (await upcomingMaintenance(store, clock.now())).filter(({ interfaceId }) => names.has(interfaceId))
  return visit.page({
    title: words.title,
    lead: words.lead,
    ...actor?.admin === true ? { actions: html`${actionForm({ action: at('/status/harvest'), csrf, label: words.harvest })}${actionForm({ action: at('/status/probe'), csrf, label: words.probe })}` } : {},
    refreshSeconds: 60,
    body: html`${dataTable(lang, {
      caption: words.title,
      rows,
      empty: emptyState({ title: words.none }),
      columns: [
        { key: 'service', label: words.service, heading: true, render: ({ serviceId }) => html`<a href="${at(`/services/${pathOf(serviceId)}`)}">${serviceId.split('/').slice(4).join('/')}</a><br>${identifier(serviceId.split('/').slice(0, 4).join('/'))}` },
        { key: 'state', label: words.state, render: ({ state }) => healthBadge(state, lang) },
        { key: 'cause', label: words.cause, render: ({ cause }) => cause === undefined ? undefined : words.causeName(cause) },
        { key: 'since', label: words.since, render: ({ since }) => dateTime(since, lang) },
        { key: 'checked', label: words.checked, render: ({ checkedAt }) => dateTime(checkedAt, lang) },
        { key: 'availability', label: words.availability, render: ({ availability }) => words.counted(availability.upSeconds, availability.countedSeconds) }
      ]
    })}
${maintenance.length === 0 ? undefined : section({ title: words.maintenance, body: html`<ul class="plain">${maintenance.map(({ interfaceId, startsAt, endsAt, notice }) => html`<li><a href="${at(`/interfaces/${interfaceId}`)}">${say(names.get(interfaceId)!, lang)}</a>: ${dateTime(startsAt, lang)} ${words.until} ${dateTime(endsAt, lang)}. ${notice}</li>`)}</ul>` })}
${actor?.admin === true ? await harvests(store, lang) : undefined}`
  })
}

async function harvests (store: Site['parts']['store'], lang: Visit['lang']): Promise<Html> {
  const words = wordsOf(lang)
  const rows = await store.all<{ id: string, started_at: string, outcome: string, summary: string }>('SELECT id, started_at, outcome, summary FROM harvest_run ORDER BY started_at DESC LIMIT 10')
  return section({
    title: words.runs,
    body: dataTable(lang, {
      caption: words.runs,
      rows,
      columns: [
        { key: 'started', label: words.started, heading: true, render: (row) => dateTime(row.started_at, lang) },
        { key: 'outcome', label: words.outcome, render: ({ outcome, summary }) => html`${outcome} ${identifier(summary)}` }
      ]
    })
  })
}
