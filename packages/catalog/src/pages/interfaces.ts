import {
  alert, card, confirm, dataTable, dateTime, descriptionList, emptyState, field, filterBar, fromKyivInput, html, identifier, linkButton, results, section, texts, type Html, type Lang
} from '@trembita/web'
import { maySeeAll, PUBLIC_STATES, VERSION_STATES, type Interface, type InterfaceVersion, type Organisation, type ServiceHealth } from '../entry/index.ts'
import { announceMaintenance, upcomingMaintenance } from '../health/index.ts'
import { interfaceWordsOf as wordsOf } from './interface-texts.ts'
import { groundWordsOf, healthBadge, pathOf, say, versionBadge, versionState } from './labels.ts'
import { at, nothingHere, type Site, type Visit } from './site.ts'

/** `/interfaces`: what can be used. */
export const interfacePages = (site: Site): void => {
  site.get('/interfaces', (visit) => listPage(site, visit))
  site.get('/interfaces/:id', (visit) => onePage(site, visit))
  site.post('/interfaces/:id/maintenance', async ({ actor, params, form }) => {
    const [startsAt, endsAt] = [fromKyivInput(form.text('startsAt')), fromKyivInput(form.text('endsAt'))]
    await announceMaintenance(site.parts.store, site.parts.clock, actor, {
      interfaceId: params.id!, startsAt: startsAt?.toISOString() ?? '', endsAt: endsAt?.toISOString() ?? '', urgent: form.flag('urgent'), notice: form.text('notice')
    })
    return { to: `/interfaces/${params.id!}`, said: 'announced' }
  }, (visit, errors) => onePage(site, visit, Object.values(errors)[0]))
}

async function listPage ({ parts: { entries } }: Site, visit: Visit): Promise<Html> {
  const { lang, query, viewer } = visit
  const words = wordsOf(lang)
  const asked = (query.q ?? '').trim().toLocaleLowerCase('uk')
  const organisations = new Map((await entries.organisations()).map((one) => [one.id, one]))
  const health = await entries.health()
  const rows = (await entries.interfaces(viewer)).filter(({ name, versions: [newest] }) =>
    `${name.uk} ${name.en ?? ''} ${newest!.card.purpose.uk}`.toLocaleLowerCase('uk').includes(asked) &&
    (!query.state || newest!.state === query.state) &&
    (!query.protocol || newest!.services.some(({ protocol }) => protocol === query.protocol)) &&
    (!query.personal || newest!.card.personalData.processed === (query.personal === 'yes')))
  const filtered = asked !== '' || Boolean(query.state) || Boolean(query.protocol) || Boolean(query.personal)
  const states = visit.actor === undefined ? PUBLIC_STATES : VERSION_STATES
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${filterBar(lang, {
      action: at('/interfaces'),
      ...filtered ? { clearHref: at('/interfaces') } : {},
      fields: [
        { kind: 'search', name: 'q', label: words.search, value: query.q, lengthMax: 200 },
        { kind: 'select', name: 'state', label: words.state, value: query.state, empty: words.any, options: states.map((value) => ({ value, label: versionState(value, lang) })) },
        { kind: 'select', name: 'protocol', label: words.protocol, value: query.protocol, empty: words.any, options: ['REST', 'SOAP'].map((value) => ({ value, label: value })) },
        { kind: 'select', name: 'personal', label: words.personal, value: query.personal, empty: words.any, options: [{ value: 'yes', label: words.yes }, { value: 'no', label: words.no }] }
      ]
    })}
${results(dataTable(lang, {
  caption: words.title,
  rows,
  empty: emptyState({ title: words.none, sign: 'search' }),
  columns: [
    { key: 'name', label: words.name, heading: true, render: ({ id, name }) => html`<a href="${at(`/interfaces/${id}`)}">${say(name, lang)}</a>` },
    { key: 'organisation', label: words.organisation, render: ({ organisationId }) => organisationLink(organisations.get(organisationId), lang) },
    { key: 'protocol', label: words.protocol, render: ({ versions: [newest] }) => [...new Set(newest!.services.map(({ protocol }) => protocol))].join(', ') },
    { key: 'health', label: words.health, render: ({ versions: [newest] }) => healthOf(newest!, health, lang) },
    { key: 'state', label: words.state, render: ({ versions: [newest] }) => versionBadge(newest!.state, lang) }
  ]
}))}`
  })
}

function organisationLink (organisation: Organisation | undefined, lang: Lang): Html | undefined {
  return organisation === undefined ? undefined : html`<a href="${at(`/organisations/${pathOf(organisation.id)}`)}">${say(organisation.name, lang)}</a>`
}

function healthOf (version: InterfaceVersion, health: ReadonlyMap<string, ServiceHealth>, lang: Lang): Html | undefined {
  const found = version.services.map(({ serviceId }) => health.get(serviceId)).filter((one) => one !== undefined)
  const order = ['suspended', 'down', 'maintenance', 'degraded', 'unknown', 'up'] as const
  const worst = order.find((state) => found.some((one) => one.state === state))
  return worst === undefined ? undefined : healthBadge(worst, lang)
}

async function onePage (site: Site, visit: Visit, problem?: string): Promise<Html> {
  const { entries, store, clock } = site.parts
  const { lang, params, query, viewer, actor } = visit
  const words = wordsOf(lang)
  const one = await entries.interface(params.id ?? '', viewer)
  const shown = one?.versions.find(({ version }) => version === query.version) ?? one?.versions.find(({ state }) => PUBLIC_STATES.includes(state)) ?? one?.versions[0]
  if (one === undefined || shown === undefined) throw nothingHere()
  const [organisation, resource, health] = [await entries.organisation(one.organisationId), await entries.resource(one.resourceId), await entries.health()]
  const maintenance = (await upcomingMaintenance(store, clock.now())).filter(({ interfaceId }) => interfaceId === one.id)
  const owns = actor !== undefined && maySeeAll(viewer, one.organisationId)
  const { card: about } = shown
  return visit.page({
    title: say(about.name, lang),
    eyebrow: words.one,
    status: versionBadge(shown.state, lang),
    breadcrumbs: [{ href: at('/interfaces'), label: words.title }],
    lead: say(about.purpose, lang),
    actions: html`${owns ? html`${linkButton({ label: words.newVersion, href: at(`/publish?interface=${one.id}`), sign: 'plus' })}` : undefined}${shown.state === 'published' || shown.state === 'drifted' ? linkButton({ label: words.request, href: at(`/access/new?version=${shown.id}`), kind: 'primary', sign: 'key' }) : undefined}`,
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: problem })}${banners(shown, organisation, lang)}
${maintenance.map((work) => alert(lang, { kind: 'info', title: `${words.maintenance}${work.urgent ? ` (${words.urgent})` : ''}`, body: html`${dateTime(work.startsAt, lang)} ${words.until} ${dateTime(work.endsAt, lang)}. ${work.notice}` }))}
${card({
 title: words.access,
body: descriptionList(lang, [
  { term: words.organisation, value: organisationLink(organisation, lang) },
  { term: words.resource, value: resource === undefined ? undefined : html`<a href="${at(`/resources/${resource.id}`)}">${say(resource.name, lang)}</a>` },
  { term: words.access, value: about.publicInterface ? words.publicInterface : words.bilateral },
  { term: words.restrictions, value: about.restrictions },
  { term: words.callSequence, value: about.callSequence },
  { term: words.legalBasis, value: about.legalBasis },
  ...about.responseTargetMs === undefined ? [] : [{ term: words.target, value: words.ms(about.responseTargetMs) }],
  { term: words.contact, value: actor === undefined ? about.contact.unit : [about.contact.unit, about.contact.email, about.contact.phone].filter((part) => part !== undefined).join(', '), ...actor === undefined ? { hint: words.signInForContact } : {} }
])
})}
${card({
 title: words.personal,
body: about.personalData.processed
  ? descriptionList(lang, [
    { term: words.categories, value: about.personalData.categories },
    { term: words.subjects, value: about.personalData.subjects },
    { term: words.legalBasis, value: about.personalData.legalBasis },
    { term: words.retention, value: about.personalData.retention },
    { term: words.monitored, value: about.personalData.monitored === undefined ? undefined : html`${words.monitoredName(about.personalData.monitored)} ${about.personalData.exceptionGround}` }
  ])
  : html`<p>${words.notProcessed}</p>`
})}
${section({ title: words.services, body: servicesTable(shown, health, lang) })}
${section({ title: words.versions, body: versionsTable(one, owns, lang) })}
${owns ? announceForm(visit, one) : undefined}`
  })
}

function banners (version: InterfaceVersion, organisation: Organisation | undefined, lang: Lang): Html {
  const words = wordsOf(lang)
  const suspension = organisation?.suspension
  return html`${suspension === undefined ? undefined : alert(lang, { kind: 'bad', title: words.suspended, body: groundWordsOf(lang)[suspension.ground as 'law'] ?? suspension.ground })}
${version.state === 'drifted' ? alert(lang, { kind: 'warn', title: words.drifted, body: words.driftedBody }) : undefined}
${version.state === 'deprecated' ? alert(lang, { kind: 'warn', title: words.deprecated, body: version.reason }) : undefined}
${version.state === 'withdrawn' ? alert(lang, { kind: 'info', title: words.withdrawn, body: version.reason }) : undefined}`
}

function servicesTable (version: InterfaceVersion, health: ReadonlyMap<string, ServiceHealth>, lang: Lang): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.services,
    rows: version.services,
    columns: [
      { key: 'service', label: words.service, heading: true, render: ({ serviceId }) => html`<a href="${at(`/services/${pathOf(serviceId)}`)}">${serviceId.split('/').slice(4).join('/')}</a><br>${identifier(serviceId)}` },
      { key: 'role', label: words.role, render: ({ role }) => words[role] },
      { key: 'protocol', label: words.protocol, render: ({ protocol }) => protocol },
      { key: 'health', label: words.health, render: ({ serviceId }) => { const found = health.get(serviceId); return found === undefined ? undefined : healthBadge(found.state, lang) } }
    ]
  })
}

function versionsTable (one: Interface, owns: boolean, lang: Lang): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.versions,
    rows: one.versions,
    columns: [
      { key: 'version', label: words.version, heading: true, render: ({ id, version }) => owns ? html`<a href="${at(`/versions/${id}`)}">${version}</a>` : html`<a href="${at(`/interfaces/${one.id}?version=${version}`)}">${version}</a>` },
      { key: 'state', label: words.state, render: ({ state }) => versionBadge(state, lang) },
      { key: 'verified', label: words.verified, render: ({ verification }) => verification === undefined ? undefined : dateTime(verification.at, lang) },
      { key: 'published', label: words.publishedAt, render: ({ publishedAt }) => publishedAt === undefined ? undefined : dateTime(publishedAt, lang) },
      { key: 'score', label: words.score, align: 'end', render: ({ score }) => `${score} %` }
    ]
  })
}

function announceForm ({ lang, csrf }: Visit, { id }: Interface): Html {
  const words = wordsOf(lang)
  return confirm(lang, {
    label: words.announce,
    title: words.announce,
    body: announceWordsOf(lang).body,
    action: at(`/interfaces/${id}/maintenance`),
    csrf,
    submit: words.announce,
    kind: 'secondary',
    sign: 'calendar',
    inputs: html`${field(lang, { kind: 'datetime', name: 'startsAt', label: words.startsAt, required: true })}${field(lang, { kind: 'datetime', name: 'endsAt', label: words.endsAt, required: true })}${field(lang, { kind: 'textarea', name: 'notice', label: words.notice, required: true, rows: 2, lengthMax: 1000 })}${field(lang, { kind: 'checkbox', name: 'urgent', label: words.urgent })}`
  })
}

const announceWordsOf = texts({
  uk: { body: 'Планові роботи оголошують щонайменше за три дні; інші позначають терміновими.' },
  en: { body: 'Planned work is announced three days ahead; any other is marked urgent.' }
})
