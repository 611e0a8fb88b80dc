import { actionForm, card, confirm, dataTable, dateTime, descriptionList, emptyState, field, html, identifier, linkButton, section, steps, type FieldErrors, type Html, type StepState } from '@trembita/web'
import { actsFor } from '../catalog-actor.ts'
import { maySeeAll, PUBLIC_STATES, type Interface, type InterfaceVersion, type Resource, type Service } from '../entry/index.ts'
import { organisationOfName } from '../service-name.ts'
import { countVerdicts, runsOf } from '../verification/index.ts'
import { draftForm, draftOf } from './application-form.ts'
import { applicationWordsOf as wordsOf } from './application-texts.ts'
import { pathOf, runBadge, say, versionBadge } from './labels.ts'
import { ownOrganisations } from './own.ts'
import { at, nothingHere, type Site, type Visit } from './site.ts'

/** `/my`, `/publish` and `/versions/…`: an organisation's own applications, from draft to publication. */
export const applicationPages = (site: Site): void => {
  const { applications, verifications } = site.parts
  site.get('/my', (visit) => myPage(site, visit), 'signed-in')
  site.get('/publish', (visit) => publishPage(site, visit), 'signed-in')
  site.post('/publish', async ({ actor, form, query }) => {
    const interfaceId = query.interface
    const draft = draftOf(form)
    const versionId = interfaceId === undefined ? (await applications.create(actor, form.text('resourceId'), draft)).versionId : await applications.createVersion(actor, interfaceId, draft)
    return { to: `/versions/${versionId}`, said: 'created' }
  }, (visit, errors) => publishPage(site, visit, errors))
  site.get('/versions/:id', (visit) => versionPage(site, visit), 'signed-in')
  site.get('/versions/:id/edit', (visit) => editPage(site, visit), 'signed-in')
  site.post('/versions/:id/edit', async ({ actor, params, form }) => {
    await applications.edit(actor, params.id!, draftOf(form))
    return { to: `/versions/${params.id!}`, said: 'saved' }
  }, (visit, errors) => editPage(site, visit, errors))
  site.post('/versions/:id/verify', async ({ actor, params }) => ({ to: `/runs/${await verifications.start(actor, params.id!)}` }), (visit, errors) => versionPage(site, visit, errors))
  for (const [name, said, act] of [
    ['submit', 'submitted', applications.submit.bind(applications)],
    ['approve', 'published', applications.publish.bind(applications)],
    ['reject', 'rejected', applications.reject.bind(applications)],
    ['withdraw', 'withdrawn', applications.withdraw.bind(applications)],
    ['deprecate', 'deprecated', applications.deprecate.bind(applications)]
  ] as const) {
    site.post(`/versions/:id/${name}`, async ({ actor, params, form }) => {
      await act(actor, params.id!, form.text('reason'))
      return { to: `/versions/${params.id!}`, said }
    }, (visit, errors) => versionPage(site, visit, errors))
  }
}

async function ownServices ({ parts: { entries } }: Site, visit: Visit): Promise<Service[]> {
  return (await entries.services()).filter(({ id, removedAt }) => removedAt === undefined && maySeeAll(visit.viewer, organisationOfName(id)))
}

async function myPage (site: Site, visit: Visit): Promise<Html> {
  const { entries, access } = site.parts
  const { lang, viewer, actor } = visit
  const words = wordsOf(lang)
  const own = await ownOrganisations(entries, actor!)
  const interfaces = (await entries.interfaces(viewer)).filter(({ organisationId }) => maySeeAll(viewer, organisationId))
  const published = new Set(interfaces.flatMap(({ versions }) => versions.filter(({ state }) => PUBLIC_STATES.includes(state)).flatMap(({ services }) => services.map(({ serviceId }) => serviceId))))
  const missing = (await ownServices(site, visit)).filter(({ id }) => !published.has(id))
  const requests = await access.list(viewer)
  const rows = interfaces.flatMap((one) => one.versions.map((version) => ({ one, version })))
  return visit.page({
    title: words.my,
    lead: words.myLead,
    eyebrow: own.map(({ name }) => say(name, lang)).slice(0, 3).join(', '),
    actions: linkButton({ label: words.publish, href: at('/publish'), kind: 'primary', sign: 'plus' }),
    body: html`${own.length === 0 ? emptyState({ title: words.noOrganisation }) : undefined}
${section({ title: words.applications, body: versionsTable(rows, visit) })}
${section({ title: words.unpublished, body: missing.length === 0 ? emptyState({ title: words.allPublished }) : html`<ul class="plain">${missing.slice(0, 50).map(({ id }) => html`<li><a href="${at(`/services/${pathOf(id)}`)}">${id.split('/').slice(3).join('/')}</a> ${identifier(id)}</li>`)}</ul>` })}
${section({ title: words.requests, actions: html`<a href="${at('/access')}">${words.allRequests}</a>`, body: requests.length === 0 ? emptyState({ title: words.none }) : html`<ul class="plain">${requests.slice(0, 5).map(({ id, consumerId }) => html`<li><a href="${at(`/access/${id}`)}">${consumerId}</a></li>`)}</ul>` })}`
  })
}

function versionsTable (rows: readonly { readonly one: Interface, readonly version: InterfaceVersion }[], { lang }: Visit): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: words.applications,
    rows,
    empty: emptyState({ title: words.none }),
    columns: [
      { key: 'name', label: words.name, heading: true, render: ({ version }) => html`<a href="${at(`/versions/${version.id}`)}">${say(version.card.name, lang)}</a>` },
      { key: 'version', label: words.version, render: ({ version }) => version.version },
      { key: 'score', label: words.score, align: 'end', render: ({ version }) => `${version.score} %` },
      { key: 'updated', label: words.updated, render: ({ version }) => dateTime(version.updatedAt, lang) },
      { key: 'state', label: words.state, render: ({ version }) => versionBadge(version.state, lang) }
    ]
  })
}

async function publishPage (site: Site, visit: Visit, errors?: FieldErrors): Promise<Html> {
  const { entries } = site.parts
  const { lang, viewer, csrf, query, form: sent } = visit
  const words = wordsOf(lang)
  const interfaceId = query.interface
  const former = interfaceId === undefined ? undefined : await entries.interface(interfaceId, viewer)
  const [newest] = former?.versions ?? []
  const services = await ownServices(site, visit)
  const resources = (await entries.resources()).filter(({ ownerId }) => ownerId === undefined ? viewer.admin : maySeeAll(viewer, ownerId))
  return visit.page({
    title: words.publish,
    lead: words.publishLead,
    breadcrumbs: [{ href: at('/my'), label: words.my }],
    body: services.length === 0
      ? emptyState({ title: words.noServices, body: words.noServicesHint })
      : draftForm({
        lang,
        csrf,
        action: at(interfaceId === undefined ? '/publish' : `/publish?interface=${encodeURIComponent(interfaceId)}`),
        cancelHref: at('/my'),
        draft: newest === undefined ? undefined : { version: newest.version, card: newest.card, serviceIds: newest.services.map(({ serviceId }) => serviceId), profile: (await site.parts.applications.find(newest.id)).profile },
        sent,
        errors,
        services,
        resources,
        resourceId: query.resource ?? resourceGuess(resources, services),
        askResource: interfaceId === undefined
      })
  })
}

function resourceGuess (resources: readonly Resource[], services: readonly Service[]): string | undefined {
  return resources.find(({ subsystemIds }) => services.some(({ subsystemId }) => subsystemIds.includes(subsystemId)))?.id
}

async function editPage (site: Site, visit: Visit, errors?: FieldErrors): Promise<Html> {
  const { lang, csrf, params, form: sent } = visit
  const { one, version, profile } = await site.parts.applications.find(params.id!)
  if (!maySeeAll(visit.viewer, one.organisationId)) throw nothingHere()
  return visit.page({
    title: wordsOf(lang).edit,
    breadcrumbs: [{ href: at('/my'), label: wordsOf(lang).my }, { href: at(`/versions/${version.id}`), label: `${say(version.card.name, lang)} ${version.version}` }],
    body: draftForm({
      lang, csrf, action: at(`/versions/${version.id}/edit`), cancelHref: at(`/versions/${version.id}`), draft: { version: version.version, card: version.card, serviceIds: version.services.map(({ serviceId }) => serviceId), profile }, sent, errors, services: await ownServices(site, visit), resources: [], askResource: false
    })
  })
}

async function versionPage (site: Site, visit: Visit, errors?: FieldErrors): Promise<Html> {
  const { lang, params, viewer, csrf, actor } = visit
  const words = wordsOf(lang)
  const { one, version } = await site.parts.applications.find(params.id!)
  if (!maySeeAll(viewer, one.organisationId)) throw nothingHere()
  const runs = await runsOf(site.parts.store, version.id)
  const path = `/versions/${version.id}`
  const reasonForm = (name: 'reject' | 'withdraw' | 'deprecate', body: string): Html => confirm(lang, {
    label: words[name], title: words[name], body, action: at(`${path}/${name}`), csrf, submit: words[name], kind: name === 'deprecate' ? 'secondary' : 'danger', inputs: field(lang, { kind: 'textarea', name: 'reason', label: words.reason, required: true, rows: 2, id: `f-${name}-reason` })
  })
  const acts = actsFor(actor!, one.organisationId)
  const editable = acts && ['draft', 'verified', 'verificationFailed', 'rejected'].includes(version.state)
  const live = ['published', 'drifted', 'deprecated'].includes(version.state)
  return visit.page({
    title: `${say(version.card.name, lang)} ${version.version}`,
    eyebrow: words.application,
    status: versionBadge(version.state, lang),
    breadcrumbs: [{ href: at('/my'), label: words.my }],
    ...version.state === 'verifying' ? { refreshSeconds: 3 } : {},
    actions: html`${editable ? linkButton({ label: words.edit, href: at(`${path}/edit`), sign: 'edit' }) : undefined}
${acts && (editable || version.state === 'published' || version.state === 'drifted') ? actionForm({ action: at(`${path}/verify`), csrf, label: words.verify, kind: version.state === 'verified' ? 'secondary' : 'primary', sign: 'check' }) : undefined}
${acts && version.state === 'verified' ? actionForm({ action: at(`${path}/submit`), csrf, label: words.submit, kind: 'primary' }) : undefined}
${actor!.admin && version.state === 'awaitingApproval' ? html`${actionForm({ action: at(`${path}/approve`), csrf, label: words.approve, kind: 'primary' })}${reasonForm('reject', words.rejectBody)}` : undefined}
${acts && live ? html`${version.state === 'deprecated' ? undefined : reasonForm('deprecate', words.deprecateBody)}${reasonForm('withdraw', words.withdrawBody)}` : undefined}`,
    body: html`${errors === undefined ? undefined : html`<div class="error-summary" role="alert" tabindex="-1"><ul>${Object.values(errors).map((text) => html`<li>${text}</li>`)}</ul></div>`}
${card({ title: words.steps, body: html`${steps(lang, stepsOf(version, words))}${version.reason === undefined ? undefined : html`<p>${words.reason}: ${version.reason}</p>`}` })}
${section({
 title: words.runs,
body: dataTable(lang, {
  caption: words.runs,
  rows: runs,
  empty: emptyState({ title: words.noRuns }),
  columns: [
    { key: 'started', label: words.started, heading: true, render: ({ id, startedAt }) => html`<a href="${at(`/runs/${id}`)}">${dateTime(startedAt, lang)}</a>` },
    { key: 'fails', label: words.fails, align: 'end', render: ({ checks }) => countVerdicts(checks).fail },
    { key: 'valid', label: words.validUntil, render: ({ validUntil }) => validUntil === undefined ? undefined : dateTime(validUntil, lang) },
    { key: 'outcome', label: words.outcome, render: ({ state }) => runBadge(state, lang) }
  ]
})
})}
${card({
 title: words.card,
body: descriptionList(lang, [
  { term: words.score, value: `${version.score} %` },
  { term: words.purposeUk, value: version.card.purpose.uk },
  { term: words.legalBasis, value: version.card.legalBasis },
  { term: words.services, value: version.services.map(({ serviceId }) => html`<a href="${at(`/services/${pathOf(serviceId)}`)}">${identifier(serviceId)}</a> `) },
  { term: words.contact, value: [version.card.contact.unit, version.card.contact.email].filter((part) => part !== undefined).join(', ') }
])
})}`
  })
}

function stepsOf ({ state }: InterfaceVersion, words: ReturnType<typeof wordsOf>): { label: string, state: StepState }[] {
  const order = ['draft', 'verification', 'approval', 'published'] as const
  const reached = { draft: 0, verificationFailed: 1, verifying: 1, verified: 2, rejected: 2, awaitingApproval: 2 }[state as string] ?? 4
  const failed = state === 'verificationFailed' || state === 'rejected'
  const labels = { draft: words.stepDraft, verification: words.stepVerification, approval: words.stepApproval, published: words.stepPublished }
  return order.map((name, index) => ({ label: labels[name], state: index < reached || (state === 'draft' && index === 0) ? 'done' : index === reached ? (failed ? 'failed' : 'current') : 'todo' }))
}
