import { card, dataTable, emptyState, filterBar, html, linkButton, results, section, stats, texts, type Html, type Lang } from '@trembita/web'
import { describeEntry, type Known } from './names.ts'
import { at, type Site, type Visit } from './site.ts'
import { healthBadge, pathOf, resourceBadge, say, versionBadge } from './labels.ts'
import type { EntryKind, FoundEntry } from '../entry/index.ts'

export const frontWordsOf = texts({
  uk: {
    title: 'Каталог сервісів',
    lead: 'Які ресурси держави взаємодіють через «Трембіту», що вони надають і як цим користуватися.',
    search: 'Пошук',
    searchHint: 'Назва, код організації, код сервісу або слово з призначення',
    kind: 'Що шукати',
    everything: 'Усе',
    organisation: 'Організація',
    resource: 'Ресурс',
    interface: 'Інтерфейс',
    service: 'Сервіс',
    published: 'Інтерфейсів опубліковано',
    working: 'Сервісів працює',
    participants: 'Учасників',
    coverage: 'Пріоритетних ресурсів у роботі',
    of: (a: number, b: number) => `${a} з ${b}`,
    found: 'Знайдено',
    nothing: 'Нічого не знайдено',
    nothingHint: 'Спробуйте інше слово або частину слова.',
    name: 'Назва',
    about: 'Про що',
    state: 'Стан',
    newest: 'Опубліковані інтерфейси',
    none: 'Ще нічого не опубліковано',
    all: 'Усі інтерфейси',
    publish: 'Опублікувати інтерфейс',
    howTo: 'Як опублікувати',
    howToBody: 'Увійдіть як представник організації, оберіть сервіси зі свого шлюзу, заповніть картку й запустіть перевірку: каталог викличе сервіс через шлюз і порівняє відповіді з описом.',
    use: 'Як скористатися',
    useBody: 'Знайдіть інтерфейс, прочитайте опис полів, скопіюйте готовий виклик і подайте запит на доступ: погодження стане проєктом договору.'
  },
  en: {
    title: 'Catalog of services',
    lead: 'Which state resources interact through Trembita, what they offer, and how to use it.',
    search: 'Search',
    searchHint: 'Name, code of an organisation or service, or a word of the purpose',
    kind: 'What to look for',
    everything: 'Everything',
    organisation: 'Organisation',
    resource: 'Resource',
    interface: 'Interface',
    service: 'Service',
    published: 'Interfaces published',
    working: 'Services up',
    participants: 'Participants',
    coverage: 'Priority resources in use',
    of: (a: number, b: number) => `${a} of ${b}`,
    found: 'Found',
    nothing: 'Nothing found',
    nothingHint: 'Try another word, or part of one.',
    name: 'Name',
    about: 'About',
    state: 'State',
    newest: 'Published interfaces',
    none: 'Nothing has been published yet',
    all: 'All interfaces',
    publish: 'Publish an interface',
    howTo: 'How to publish',
    howToBody: 'Sign in for your organisation, choose services of your gateway, fill in the card and start the verification: the catalog calls the service through the gateway and holds the answers to the description.',
    use: 'How to use',
    useBody: 'Find an interface, read what its fields mean, copy a call that works, and ask for access: an approval becomes the draft of an agreement.'
  }
})

/** `/`: search, figures, what is new. */
export const frontPages = (site: Site): void => {
  site.get('', async (visit) => await frontPage(site, visit))
  site.get('/', async () => ({ to: at('') }))
}

async function frontPage ({ parts: { entries, search } }: Site, visit: Visit): Promise<Html> {
  const { lang, query, viewer } = visit
  const words = frontWordsOf(lang)
  const asked = query.q?.trim() ?? ''
  const kind = (['organisation', 'resource', 'interface', 'service'] as const).find((one) => one === query.kind)
  const [interfaces, resources, organisations, health] = [await entries.interfaces(viewer), await entries.resources(), await entries.organisations(), await entries.health()]
  const priority = resources.filter(({ priority }) => priority !== undefined)
  const published = interfaces.filter(({ versions }) => versions.some(({ state }) => state === 'published' || state === 'drifted'))
  return visit.page({
    title: words.title,
    lead: words.lead,
    actions: linkButton({ label: words.publish, href: at('/publish'), kind: 'primary', sign: 'plus' }),
    body: html`${filterBar(lang, {
      action: at(''),
      ...asked === '' && kind === undefined ? {} : { clearHref: at('') },
      fields: [
        { kind: 'search', name: 'q', label: words.search, hint: words.searchHint, value: asked, lengthMax: 200 },
        { kind: 'select', name: 'kind', label: words.kind, value: kind, empty: words.everything, options: (['interface', 'resource', 'organisation', 'service'] as const).map((value) => ({ value, label: words[value] })) }
      ]
    })}
${results(asked === ''
  ? html`${stats([
      { label: words.published, value: published.length, href: at('/interfaces') },
      { label: words.working, value: words.of([...health.values()].filter(({ state }) => state === 'up').length, health.size), href: at('/status') },
      { label: words.participants, value: organisations.filter(({ status }) => status !== 'left').length, href: at('/organisations') },
      { label: words.coverage, value: words.of(priority.filter(({ status }) => status === 'inUse').length, priority.length), href: at('/resources?priority=1') }
    ])}
${section({
      title: words.newest,
      actions: html`<a href="${at('/interfaces')}">${words.all}</a>`,
      body: published.length === 0
        ? emptyState({ title: words.none })
        : html`<ul class="plain">${published.slice(0, 6).map(({ id, name, versions: [newest] }) => html`<li><a href="${at(`/interfaces/${id}`)}">${say(name, lang)}</a> ${versionBadge(newest!.state, lang)}<br><span class="hint">${say(newest!.card.purpose, lang)}</span></li>`)}</ul>`
    })}
<div class="grid">${card({ title: words.use, body: html`<p>${words.useBody}</p>` })}${card({ title: words.howTo, body: html`<p>${words.howToBody}</p>` })}</div>`
  : foundList(await search.search(asked, viewer, kind), visit, { interfaces, resources, organisations, health }))}`
  })
}

function foundList (found: readonly FoundEntry[], { lang }: Visit, known: Known): Html {
  const words = frontWordsOf(lang)
  return dataTable(lang, {
    caption: words.found,
    rows: found.slice(0, 100),
    empty: emptyState({ title: words.nothing, body: words.nothingHint, sign: 'search' }),
    columns: [
      { key: 'name', label: words.name, heading: true, render: (entry) => html`<a href="${entryHref(entry)}">${describeEntry(known, entry, lang).name}</a>` },
      { key: 'kind', label: words.kind, render: ({ kind }) => words[kind] },
      { key: 'about', label: words.about, render: (entry) => describeEntry(known, entry, lang).about },
      { key: 'state', label: words.state, render: (entry) => stateOf(entry, known, lang) }
    ]
  })
}

function entryHref ({ kind, id }: FoundEntry): string {
  const folder: Record<EntryKind, string> = { organisation: 'organisations', resource: 'resources', interface: 'interfaces', service: 'services' }
  return at(`/${folder[kind]}/${pathOf(id)}`)
}

function stateOf ({ kind, id }: FoundEntry, { interfaces, resources, health }: Known, lang: Lang): Html | undefined {
  if (kind === 'interface') {
    const state = interfaces.find((one) => one.id === id)?.versions[0]?.state
    return state === undefined ? undefined : versionBadge(state, lang)
  }
  if (kind === 'resource') {
    const status = resources.find((one) => one.id === id)?.status
    return status === undefined ? undefined : resourceBadge(status, lang)
  }
  const known = health.get(id)
  return known === undefined ? undefined : healthBadge(known.state, lang)
}
