import { actionForm, card, dataTable, descriptionList, emptyState, field, filterBar, form, html, linkButton, results, section, tag, type FieldErrors, type FormBody, type Html } from '@trembita/web'
import { checkActsFor, type CatalogActor } from '../catalog-actor.ts'
import type { ResourceCard } from '../application/index.ts'
import { maySeeAll, type Resource, type ResourceStatus } from '../entry/index.ts'
import { pathOf, resourceBadge, say, versionBadge } from './labels.ts'
import { ownOrganisations } from './own.ts'
import { resourceWordsOf as wordsOf } from './resource-texts.ts'
import { at, nothingHere, type Site, type Visit } from './site.ts'

const STATUSES: readonly ResourceStatus[] = ['planned', 'establishing', 'inUse', 'closing', 'closed']

/** `/resources`: information resources, the twenty of the annex first. */
export const resourcePages = (site: Site): void => {
  const { resources, entries } = site.parts
  site.get('/resources', (visit) => listPage(site, visit))
  site.get('/resources/new', (visit) => formPage(site, visit, undefined), 'signed-in')
  site.post('/resources/new', async ({ actor, form }) => {
    const ownerId = form.text('ownerId')
    checkActsFor(actor, ownerId)
    return { to: `/resources/${await resources.create(actor, ownerId, cardOf(form))}`, said: 'saved' }
  }, (visit, errors) => formPage(site, visit, undefined, errors))
  site.get('/resources/:id', (visit) => onePage(site, visit))
  site.get('/resources/:id/edit', async (visit) => await formPage(site, visit, await found(site, visit)), 'signed-in')
  site.post('/resources/:id/edit', async (visit) => {
    await resources.edit(visit.actor, (await found(site, visit)).id, cardOf(visit.form), visit.form.optional('ownerId'))
    return { to: `/resources/${visit.params.id!}`, said: 'saved' }
  }, async (visit, errors) => await formPage(site, visit, await entries.resource(visit.params.id!), errors))
  site.post('/resources/:id/review', async ({ actor, params }) => {
    await resources.review(actor, params.id!)
    return { to: `/resources/${params.id!}`, said: 'reviewed' }
  })
}

async function found ({ parts: { entries } }: Site, { params }: Pick<Visit, 'params'>): Promise<Resource> {
  const resource = await entries.resource(params.id ?? '')
  if (resource === undefined) throw nothingHere()
  return resource
}

function cardOf (form: FormBody): ResourceCard {
  const lines = (name: string): string[] => form.text(name).split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
  return {
    name: { uk: form.text('nameUk'), en: form.optional('nameEn') },
    purpose: { uk: form.text('purposeUk'), en: form.optional('purposeEn') },
    ownerName: form.optional('ownerName'),
    status: STATUSES.find((status) => status === form.text('status')) ?? 'planned',
    legalBasis: form.text('legalBasis'),
    dataObjects: lines('dataObjects'),
    subsystemIds: lines('subsystemIds')
  }
}

async function listPage ({ parts: { entries } }: Site, visit: Visit): Promise<Html> {
  const { lang, query, viewer, actor } = visit
  const words = wordsOf(lang)
  const asked = (query.q ?? '').trim().toLocaleLowerCase('uk')
  const interfaces = await entries.interfaces(viewer)
  const rows = (await entries.resources()).filter(({ name, ownerName, priority, status, dataObjects }) =>
    `${name.uk} ${name.en ?? ''} ${ownerName ?? ''} ${dataObjects.join(' ')}`.toLocaleLowerCase('uk').includes(asked) &&
    (query.priority !== '1' || priority !== undefined) && (!query.status || status === query.status))
  const filtered = asked !== '' || query.priority === '1' || Boolean(query.status)
  return visit.page({
    title: words.title,
    lead: words.lead,
    actions: actor === undefined ? undefined : linkButton({ label: words.add, href: at('/resources/new'), sign: 'plus' }),
    body: html`${filterBar(lang, {
      action: at('/resources'),
      ...filtered ? { clearHref: at('/resources') } : {},
      fields: [
        { kind: 'search', name: 'q', label: words.search, value: query.q, lengthMax: 200 },
        { kind: 'select', name: 'status', label: words.status, value: query.status, empty: words.any, options: STATUSES.map((value) => ({ value, label: words.statusName(value) })) },
        { kind: 'checkbox', name: 'priority', value: '1', label: words.priorityOnly, checked: query.priority === '1' }
      ]
    })}
${results(html`<p class="hint">${words.covered(rows.filter(({ priority, status }) => priority !== undefined && status === 'inUse').length, rows.filter(({ priority }) => priority !== undefined).length)}</p>${dataTable(lang, {
  caption: words.title,
  rows,
  empty: emptyState({ title: words.none, sign: 'search' }),
  columns: [
    { key: 'name', label: words.name, heading: true, render: ({ id, name, priority }) => html`${priority === undefined ? undefined : html`${tag(`№ ${priority}`)} `}<a href="${at(`/resources/${id}`)}">${say(name, lang)}</a>` },
    { key: 'owner', label: words.owner, render: ({ ownerName, ownerId }) => ownerName ?? ownerId },
    { key: 'interfaces', label: words.interfaces, align: 'end', render: ({ id }) => interfaces.filter(({ resourceId }) => resourceId === id).length },
    { key: 'status', label: words.status, render: ({ status }) => resourceBadge(status, lang) }
  ]
})}`)}`
  })
}

async function onePage (site: Site, visit: Visit): Promise<Html> {
  const { lang, viewer, actor, csrf } = visit
  const words = wordsOf(lang)
  const resource = await found(site, visit)
  const interfaces = await site.parts.entries.interfacesOf(resource.id, viewer)
  const owner = resource.ownerId === undefined ? undefined : await site.parts.entries.organisation(resource.ownerId)
  const mayEdit = actor !== undefined && (actor.admin || (actor.publisher && maySeeAll(viewer, resource.ownerId)))
  return visit.page({
    title: say(resource.name, lang),
    eyebrow: resource.priority === undefined ? words.one : words.priorityOne(resource.priority),
    status: resourceBadge(resource.status, lang),
    breadcrumbs: [{ href: at('/resources'), label: words.title }],
    lead: say(resource.purpose, lang),
    ...mayEdit ? { actions: html`${linkButton({ label: words.edit, href: at(`/resources/${resource.id}/edit`), sign: 'edit' })}${actionForm({ action: at(`/resources/${resource.id}/review`), csrf, label: words.review, sign: 'check' })}${linkButton({ label: words.publish, href: at(`/publish?resource=${resource.id}`), kind: 'primary', sign: 'plus' })}` } : {},
    body: html`${card({
 title: words.card,
body: descriptionList(lang, [
      { term: words.owner, value: owner === undefined ? resource.ownerName : html`<a href="${at(`/organisations/${pathOf(owner.id)}`)}">${say(owner.name, lang)}</a>` },
      { term: words.legalBasis, value: resource.legalBasis },
      { term: words.dataObjects, value: resource.dataObjects.join(' · ') },
      { term: words.subsystems, value: resource.subsystemIds.map((id) => html`<code class="identifier">${id}</code> `) },
      { term: words.reviewed, value: resource.reviewedAt?.slice(0, 10) ?? words.never }
    ])
})}
${section({
 title: words.interfaces,
body: interfaces.length === 0
  ? emptyState({ title: words.noInterfaces, body: resource.status === 'planned' ? words.planned : undefined })
  : html`<ul class="plain">${interfaces.map(({ id, name, versions: [newest] }) => html`<li><a href="${at(`/interfaces/${id}`)}">${say(name, lang)}</a> ${versionBadge(newest!.state, lang)}<br><span class="hint">${say(newest!.card.purpose, lang)}</span></li>`)}</ul>`
})}`
  })
}

async function formPage ({ parts: { entries } }: Site, visit: Visit & { readonly actor?: CatalogActor | undefined }, resource: Resource | undefined, errors?: FieldErrors): Promise<Html> {
  const { lang, csrf, actor, form: sent } = visit
  const words = wordsOf(lang)
  const own = await ownOrganisations(entries, actor!)
  const value = (name: string, kept: string | undefined): string => errors === undefined ? kept ?? '' : sent.text(name)
  const needOwner = resource?.ownerId === undefined
  return visit.page({
    title: resource === undefined ? words.add : words.edit,
    breadcrumbs: [{ href: at('/resources'), label: words.title }],
    body: form(lang, {
      action: at(resource === undefined ? '/resources/new' : `/resources/${resource.id}/edit`),
      csrf,
      submit: words.save,
      cancelHref: at(resource === undefined ? '/resources' : `/resources/${resource.id}`),
      ...errors === undefined ? {} : { errors },
      body: html`${needOwner ? field(lang, { kind: 'select', name: 'ownerId', label: words.owner, required: resource === undefined, ...resource === undefined ? {} : { empty: words.any }, value: value('ownerId', own[0]?.id), options: own.map(({ id, name }) => ({ value: id, label: say(name, lang) })) }) : undefined}
${field(lang, { name: 'nameUk', label: words.nameUk, required: true, value: value('nameUk', resource?.name.uk), error: errors?.nameUk, lengthMax: 500 })}
${field(lang, { name: 'nameEn', label: words.nameEn, required: false, value: value('nameEn', resource?.name.en), lengthMax: 500 })}
${field(lang, { kind: 'textarea', name: 'purposeUk', label: words.purposeUk, required: true, value: value('purposeUk', resource?.purpose.uk), error: errors?.purposeUk })}
${field(lang, { kind: 'textarea', name: 'purposeEn', label: words.purposeEn, required: false, value: value('purposeEn', resource?.purpose.en) })}
${field(lang, { name: 'ownerName', label: words.ownerName, required: false, value: value('ownerName', resource?.ownerName), lengthMax: 500 })}
${field(lang, { kind: 'select', name: 'status', label: words.status, value: value('status', resource?.status), options: STATUSES.map((status) => ({ value: status, label: words.statusName(status) })) })}
${field(lang, { name: 'legalBasis', label: words.legalBasis, required: true, value: value('legalBasis', resource?.legalBasis), error: errors?.legalBasis, lengthMax: 1000 })}
${field(lang, { kind: 'textarea', name: 'dataObjects', label: words.dataObjects, hint: words.lines, required: false, value: value('dataObjects', resource?.dataObjects.join('\n')), error: errors?.dataObjects })}
${field(lang, { kind: 'textarea', code: true, name: 'subsystemIds', label: words.subsystems, hint: words.lines, required: false, value: value('subsystemIds', resource?.subsystemIds.join('\n')) })}`
    })
  })
}
