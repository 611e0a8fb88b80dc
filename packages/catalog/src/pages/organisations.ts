import { alert, card, dataTable, descriptionList, emptyState, filterBar, html, identifier, results, section, texts, type Html } from '@trembita/web'
import { maySeeAll } from '../entry/index.ts'
import { groundWordsOf, organisationBadge, pathOf, resourceBadge, say, versionBadge } from './labels.ts'
import { at, nothingHere, type Site, type Visit } from './site.ts'

const wordsOf = texts({
  uk: {
    title: 'Організації',
    lead: 'Учасники системи, як їх називає підписана конфігурація.',
    search: 'Назва або код',
    name: 'Назва',
    code: 'Код',
    state: 'Стан',
    offers: 'Надає',
    none: 'Нікого не знайдено',
    one: 'Організація',
    identifier: 'Ідентифікатор',
    kind: 'Вид',
    since: 'У каталозі з',
    subsystems: 'Підсистеми',
    noSubsystems: 'Підсистем немає',
    resources: 'Ресурси',
    interfaces: 'Інтерфейси',
    nothing: 'Поки що нічого',
    services: 'Сервісів на шлюзі',
    unpublished: 'не опубліковано в каталозі',
    suspended: 'Доступ зупинено рішенням держателя',
    kinds: (kind: string): string => ({ authority: 'державний орган', localGovernment: 'місцеве самоврядування', enterprise: 'підприємство' })[kind] ?? ''
  },
  en: {
    title: 'Organisations',
    lead: 'Participants of the system, as the signed configuration names them.',
    search: 'Name or code',
    name: 'Name',
    code: 'Code',
    state: 'State',
    offers: 'Offers',
    none: 'Nobody found',
    one: 'Organisation',
    identifier: 'Identifier',
    kind: 'Kind',
    since: 'In the catalog since',
    subsystems: 'Subsystems',
    noSubsystems: 'There are no subsystems',
    resources: 'Resources',
    interfaces: 'Interfaces',
    nothing: 'Nothing yet',
    services: 'Services at the gateway',
    unpublished: 'not published in the catalog',
    suspended: 'The holder has stopped its access',
    kinds: (kind: string): string => ({ authority: 'state authority', localGovernment: 'local government', enterprise: 'enterprise' })[kind] ?? ''
  }
})

/** `/organisations`: participants, each with what it offers. */
export const organisationPages = (site: Site): void => {
  site.get('/organisations', (visit) => listPage(site, visit))
  site.get('/organisations/*', (visit) => onePage(site, visit))
}

async function listPage ({ parts: { entries } }: Site, visit: Visit): Promise<Html> {
  const { lang, query, viewer } = visit
  const words = wordsOf(lang)
  const asked = (query.q ?? '').trim().toLocaleLowerCase('uk')
  const interfaces = await entries.interfaces(viewer)
  const rows = (await entries.organisations()).filter(({ name, code }) => `${name.uk} ${name.en ?? ''} ${code}`.toLocaleLowerCase('uk').includes(asked))
    .toSorted((a, b) => a.name.uk.localeCompare(b.name.uk, 'uk'))
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${filterBar(lang, { action: at('/organisations'), ...asked === '' ? {} : { clearHref: at('/organisations') }, fields: [{ kind: 'search', name: 'q', label: words.search, value: query.q, lengthMax: 200 }] })}
${results(dataTable(lang, {
  caption: words.title,
  rows,
  empty: emptyState({ title: words.none, sign: 'search' }),
  columns: [
    { key: 'name', label: words.name, heading: true, render: ({ id, name }) => html`<a href="${at(`/organisations/${pathOf(id)}`)}">${say(name, lang)}</a>` },
    { key: 'code', label: words.code, render: ({ code }) => identifier(code) },
    { key: 'offers', label: words.offers, align: 'end', render: ({ id }) => interfaces.filter(({ organisationId }) => organisationId === id).length },
    { key: 'state', label: words.state, render: ({ status }) => organisationBadge(status, lang) }
  ]
}))}`
  })
}

async function onePage ({ parts: { entries } }: Site, visit: Visit): Promise<Html> {
  const { lang, params, viewer } = visit
  const words = wordsOf(lang)
  const organisation = await entries.organisation(params['*'] ?? '')
  if (organisation === undefined) throw nothingHere()
  const { id, name, suspension } = organisation
  const [resources, interfaces, subsystems, services] = [await entries.resources(), await entries.interfaces(viewer), await entries.subsystems(id), await entries.services()]
  const own = interfaces.filter(({ organisationId }) => organisationId === id)
  const bound = new Set(own.flatMap(({ versions }) => versions.flatMap(({ services }) => services.map(({ serviceId }) => serviceId))))
  return visit.page({
    title: say(name, lang),
    eyebrow: words.one,
    status: organisationBadge(organisation.status, lang),
    breadcrumbs: [{ href: at('/organisations'), label: words.title }],
    body: html`${suspension === undefined ? undefined : alert(lang, { kind: 'bad', title: words.suspended, body: html`${groundWordsOf(lang)[suspension.ground as 'law'] ?? suspension.ground}, ${suspension.actNumber}` })}
${card({
 title: words.one,
body: descriptionList(lang, [
  { term: words.identifier, value: identifier(id) },
  { term: words.kind, value: words.kinds(organisation.kind) },
  { term: words.since, value: organisation.firstSeen.slice(0, 10) }
])
})}
${section({ title: words.interfaces, body: own.length === 0 ? emptyState({ title: words.nothing }) : html`<ul class="plain">${own.map(({ id, name, versions }) => html`<li><a href="${at(`/interfaces/${id}`)}">${say(name, lang)}</a> ${versionBadge(versions[0]!.state, lang)}</li>`)}</ul>` })}
${section({ title: words.resources, body: html`<ul class="plain">${resources.filter(({ ownerId }) => ownerId === id).map(({ id, name, status }) => html`<li><a href="${at(`/resources/${id}`)}">${say(name, lang)}</a> ${resourceBadge(status, lang)}</li>`)}</ul>` })}
${section({ title: words.subsystems, body: subsystems.length === 0 ? emptyState({ title: words.noSubsystems }) : html`<ul class="plain">${subsystems.filter(({ removedAt }) => removedAt === undefined).map((subsystem) => html`<li>${identifier(subsystem.id)} ${subsystem.name}${maySeeAll(viewer, id) || visit.actor !== undefined ? html`<ul>${services.filter(({ subsystemId, removedAt }) => subsystemId === subsystem.id && removedAt === undefined).map((service) => html`<li><a href="${at(`/services/${pathOf(service.id)}`)}">${service.code}${service.version === undefined ? undefined : `/${service.version}`}</a>${bound.has(service.id) ? undefined : html` <span class="hint">${words.unpublished}</span>`}</li>`)}</ul>` : undefined}</li>`)}</ul>` })}`
  })
}
