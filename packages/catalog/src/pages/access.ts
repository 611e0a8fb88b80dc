import { actionForm, alert, card, codeBlock, confirm, dataTable, dateTime, descriptionList, emptyState, field, form, html, identifier, section, statusBadge, steps, texts, type FieldErrors, type FormBody, type Html, type Lang, type StepState } from '@trembita/web'
import { rightsPath, type AccessRequest, type AccessTerms } from '../access/index.ts'
import { actsFor } from '../catalog-actor.ts'
import { maySeeAll, type InterfaceVersion } from '../entry/index.ts'
import { organisationOfName } from '../service-name.ts'
import { say } from './labels.ts'
import { at, nothingHere, type Site, type Visit } from './site.ts'

const wordsOf = texts({
  uk: {
    title: 'Запити на доступ',
    lead: 'Хто в кого просить дані: від запиту до чинного договору й права на шлюзі.',
    none: 'Запитів ще немає',
    consumer: 'Споживач',
    provider: 'Постачальник',
    state: 'Стан',
    asked: 'Надіслано',
    new: 'Запит на доступ',
    newLead: 'Просіть лише те, що потрібно для завдання: обсяг стане межею договору.',
    consumerId: 'Ваша підсистема',
    noSubsystems: 'У вашої організації немає зареєстрованої підсистеми',
    purposeCode: 'Код мети',
    purposeName: 'Мета',
    purposeGround: 'Правова підстава мети',
    fields: 'Поля відповіді',
    fieldsHint: 'Вказівники, по одному на рядок: /data/name, /items/*/code. Порожній рядок не потрібен; увесь зміст: /',
    justification: 'Навіщо потрібні дані',
    volume: 'Очікувана кількість запитів',
    contact: 'Контактний підрозділ',
    send: 'Надіслати запит',
    one: 'Запит на доступ',
    interface: 'Інтерфейс',
    purposes: 'Мета',
    stepAsked: 'Запит',
    stepDecided: 'Рішення постачальника',
    stepAgreement: 'Договір із печатками обох сторін',
    stepRight: 'Право на шлюзі постачальника',
    approve: 'Погодити',
    refuse: 'Відхилити',
    refuseBody: 'Споживач побачить причину.',
    reason: 'Причина',
    agreement: 'Договір у ядрі',
    agreementNone: 'ще не створено',
    sealHint: 'Кожна сторона підписує документ договору печаткою на своєму шлюзі й передає його ядру.',
    right: 'Право на шлюзі',
    rightYes: 'надано',
    rightNo: 'ще не надано',
    grant: 'Надати право зараз',
    grantCall: 'Виклик, що надає право',
    confirmRight: 'Право надано',
    refresh: 'Оновити стан',
    stateName: (state: string): string => ({ asked: 'очікує рішення', refused: 'відхилено', approved: 'погоджено', agreementDrafted: 'договір створено' })[state] ?? state,
    agreementName: (state: string): string => ({ draft: 'проєкт: чекає печаток', sealed_by_consumer: 'підписав споживач', sealed_by_provider: 'підписав постачальник', concluded: 'укладено', in_force: 'чинний', suspended: 'зупинено', ended: 'припинено', expired: 'строк минув', replaced: 'замінено' })[state] ?? state
  },
  en: {
    title: 'Requests for access',
    lead: 'Who asks whom for data: from the request to an agreement in force and a right at the gateway.',
    none: 'There are no requests yet',
    consumer: 'Consumer',
    provider: 'Provider',
    state: 'State',
    asked: 'Sent',
    new: 'Request for access',
    newLead: 'Ask for no more than the task needs: this scope becomes the bound of the agreement.',
    consumerId: 'Your subsystem',
    noSubsystems: 'Your organisation has no registered subsystem',
    purposeCode: 'Code of the purpose',
    purposeName: 'Purpose',
    purposeGround: 'Legal ground of the purpose',
    fields: 'Fields of the answer',
    fieldsHint: 'Pointers, one a line: /data/name, /items/*/code. No empty line is needed; the whole content: /',
    justification: 'What the data are needed for',
    volume: 'Requests expected',
    contact: 'Contact unit',
    send: 'Send the request',
    one: 'Request for access',
    interface: 'Interface',
    purposes: 'Purpose',
    stepAsked: 'Request',
    stepDecided: 'Decision of the provider',
    stepAgreement: 'Agreement sealed by both sides',
    stepRight: 'Right at the provider\'s gateway',
    approve: 'Approve',
    refuse: 'Refuse',
    refuseBody: 'The consumer sees the reason.',
    reason: 'Reason',
    agreement: 'Agreement in the core',
    agreementNone: 'not made yet',
    sealHint: 'Each side has its gateway seal the document of the agreement and hands it to the core.',
    right: 'Right at the gateway',
    rightYes: 'given',
    rightNo: 'not given yet',
    grant: 'Give the right now',
    grantCall: 'Call that gives the right',
    confirmRight: 'The right was given',
    refresh: 'Refresh the state',
    stateName: (state: string): string => ({ asked: 'awaiting a decision', refused: 'refused', approved: 'approved', agreementDrafted: 'agreement drafted' })[state] ?? state,
    agreementName: (state: string): string => ({ draft: 'draft: waits for seals', sealed_by_consumer: 'sealed by the consumer', sealed_by_provider: 'sealed by the provider', concluded: 'concluded', in_force: 'in force', suspended: 'suspended', ended: 'ended', expired: 'expired', replaced: 'replaced' })[state] ?? state
  }
})

/** `/access`: requests of consumers, decisions of providers, and what comes of them. */
export const accessPages = (site: Site): void => {
  const { access } = site.parts
  site.get('/access', (visit) => listPage(site, visit), 'signed-in')
  site.get('/access/new', (visit) => newPage(site, visit), 'signed-in')
  site.post('/access/new', async ({ actor, form, query }) => ({ to: `/access/${await access.ask(actor, query.version ?? '', form.text('consumerId'), termsOf(form))}`, said: 'asked' }), (visit, errors) => newPage(site, visit, errors))
  site.get('/access/:id', (visit) => onePage(site, visit), 'signed-in')
  for (const [name, said, act] of [
    ['approve', 'approved', access.approve.bind(access)],
    ['refuse', 'refused', access.refuse.bind(access)],
    ['grant', 'granted', access.grant.bind(access)],
    ['confirm-right', 'granted', access.confirmRight.bind(access)]
  ] as const) {
    site.post(`/access/:id/${name}`, async ({ actor, params, form }) => {
      await act(actor, params.id!, form.text('reason'))
      return { to: `/access/${params.id!}`, said }
    }, (visit, errors) => onePage(site, visit, errors))
  }
  site.post('/access/:id/refresh', async ({ params }) => {
    await access.follow()
    return { to: `/access/${params.id!}` }
  })
}

function termsOf (form: FormBody): AccessTerms {
  return {
    purposes: [{ code: form.text('purposeCode'), name: form.text('purposeName'), ground: form.text('purposeGround') }],
    fields: form.text('fields').split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '').map((line) => line === '/' ? '' : line),
    justification: form.text('justification'),
    volume: form.optional('volume'),
    contact: form.text('contact')
  }
}

async function versionOf ({ parts: { entries } }: Site, versionId: string): Promise<InterfaceVersion | undefined> {
  return (await entries.interfaces()).flatMap(({ versions }) => versions).find(({ id }) => id === versionId)
}

function stateBadge ({ state, rightGranted, agreementState }: AccessRequest, lang: Lang): Html {
  const words = wordsOf(lang)
  if (rightGranted && agreementState === 'in_force') return statusBadge('ok', words.rightYes)
  return statusBadge(state === 'refused' ? 'bad' : 'wait', words.stateName(state))
}

async function listPage (site: Site, visit: Visit): Promise<Html> {
  const { lang, viewer } = visit
  const words = wordsOf(lang)
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: dataTable(lang, {
      caption: words.title,
      rows: await site.parts.access.list(viewer),
      empty: emptyState({ title: words.none }),
      columns: [
        { key: 'consumer', label: words.consumer, heading: true, render: ({ id, consumerId }) => html`<a href="${at(`/access/${id}`)}">${consumerId}</a>` },
        { key: 'provider', label: words.provider, render: ({ providerId }) => identifier(providerId) },
        { key: 'asked', label: words.asked, render: ({ createdAt }) => dateTime(createdAt, lang) },
        { key: 'state', label: words.state, render: (request) => stateBadge(request, lang) }
      ]
    })
  })
}

async function newPage (site: Site, visit: Visit, errors?: FieldErrors): Promise<Html> {
  const { lang, csrf, query, viewer, form: sent } = visit
  const words = wordsOf(lang)
  const version = await versionOf(site, query.version ?? '')
  if (version === undefined) throw nothingHere()
  const subsystems = (await site.parts.entries.subsystems()).filter(({ organisationId, removedAt }) => removedAt === undefined && maySeeAll(viewer, organisationId))
  const line = (name: string, label: string, required: boolean, more: object = {}): Html => field(lang, { name, label, required, value: sent.text(name), error: errors?.[name], lengthMax: 500, ...more })
  return visit.page({
    title: words.new,
    eyebrow: say(version.card.name, lang),
    lead: words.newLead,
    breadcrumbs: [{ href: at(`/interfaces/${version.interfaceId}`), label: say(version.card.name, lang) }],
    body: subsystems.length === 0
      ? emptyState({ title: words.noSubsystems })
      : form(lang, {
        action: at(`/access/new?version=${encodeURIComponent(version.id)}`),
        csrf,
        submit: words.send,
        cancelHref: at(`/interfaces/${version.interfaceId}`),
        ...errors === undefined ? {} : { errors },
        body: html`${field(lang, { kind: 'select', name: 'consumerId', label: words.consumerId, required: true, value: sent.optional('consumerId'), error: errors?.consumerId, options: subsystems.map(({ id, name }) => ({ value: id, label: name === undefined ? id : `${name} (${id})` })) })}
${line('purposeCode', words.purposeCode, true, { width: 20, code: true })}
${line('purposeName', words.purposeName, true)}
${line('purposeGround', words.purposeGround, true)}
${field(lang, { kind: 'textarea', name: 'fields', label: words.fields, hint: words.fieldsHint, required: true, value: sent.text('fields'), error: errors?.fields, code: true, rows: 6 })}
${field(lang, { kind: 'textarea', name: 'justification', label: words.justification, required: true, value: sent.text('justification'), error: errors?.justification })}
${line('volume', words.volume, false)}
${line('contact', words.contact, true)}`
      })
  })
}

async function onePage (site: Site, visit: Visit, errors?: FieldErrors): Promise<Html> {
  const { access } = site.parts
  const { lang, params, viewer, csrf, actor } = visit
  const words = wordsOf(lang)
  const request = await access.find(viewer, params.id!)
  const version = await versionOf(site, request.versionId)
  const decides = actsFor(actor!, organisationOfName(request.providerId))
  const path = `/access/${request.id}`
  const { terms, decision } = request
  return visit.page({
    title: words.one,
    eyebrow: version === undefined ? request.providerId : say(version.card.name, lang),
    status: stateBadge(request, lang),
    breadcrumbs: [{ href: at('/access'), label: words.title }],
    actions: html`${decides && request.state === 'asked'
      ? html`${actionForm({ action: at(`${path}/approve`), csrf, label: words.approve, kind: 'primary' })}${confirm(lang, { label: words.refuse, title: words.refuse, body: words.refuseBody, action: at(`${path}/refuse`), csrf, submit: words.refuse, inputs: field(lang, { kind: 'textarea', name: 'reason', label: words.reason, required: true, rows: 2 }) })}`
      : undefined}${actionForm({ action: at(`${path}/refresh`), csrf, label: words.refresh })}`,
    body: html`${errors === undefined ? undefined : Object.values(errors).map((title) => alert(lang, { kind: 'bad', title }))}
${card({ title: words.state, body: html`${steps(lang, stepsOf(request, lang))}${decision?.reason === undefined ? undefined : html`<p>${words.reason}: ${decision.reason}</p>`}` })}
${card({
 title: words.one,
body: descriptionList(lang, [
  { term: words.interface, value: version === undefined ? undefined : html`<a href="${at(`/interfaces/${version.interfaceId}`)}">${say(version.card.name, lang)}</a>` },
  { term: words.consumer, value: identifier(request.consumerId) },
  { term: words.provider, value: identifier(request.providerId) },
  { term: words.purposes, value: terms.purposes.map(({ code, name, ground }) => html`${identifier(code)} ${name} (${ground})`) },
  { term: words.fields, value: terms.fields.map((one) => html`${identifier(one === '' ? '/' : one)} `) },
  { term: words.justification, value: terms.justification },
  { term: words.volume, value: terms.volume },
  { term: words.contact, value: terms.contact },
  { term: words.agreement, value: request.agreementId === undefined ? words.agreementNone : html`${identifier(request.agreementId)} ${words.agreementName(request.agreementState ?? 'draft')}`, hint: words.sealHint },
  { term: words.right, value: request.rightGranted ? words.rightYes : words.rightNo }
])
})}
${decides && request.state === 'agreementDrafted' && !request.rightGranted ? await rightSection(site, visit, request) : undefined}`
  })
}

async function rightSection ({ parts: { access } }: Site, { lang, csrf }: Visit, request: AccessRequest): Promise<Html> {
  const words = wordsOf(lang)
  const path = `/access/${request.id}`
  if (access.gatewayOf(request) !== undefined) return section({ title: words.right, body: actionForm({ action: at(`${path}/grant`), csrf, label: words.grant, kind: 'primary', sign: 'key' }) })
  const calls = (await access.servicesOf(request)).map((serviceId) => [
    `curl --silent --show-error --fail-with-body "$GATEWAY_CONSOLE/api/v1${rightsPath(serviceId)}" \\`,
    '  --header "Authorization: X-Road-ApiKey token=$GATEWAY_KEY" --header \'Content-Type: application/json\' \\',
    `  --data '${JSON.stringify({ items: [{ id: request.consumerId.replaceAll('/', ':') }] })}'`
  ].join('\n')).join('\n')
  return section({ title: words.right, body: html`${codeBlock(lang, { label: words.grantCall, text: calls })}${actionForm({ action: at(`${path}/confirm-right`), csrf, label: words.confirmRight })}` })
}

function stepsOf ({ state, agreementState, rightGranted }: AccessRequest, lang: Lang): { label: string, state: StepState }[] {
  const words = wordsOf(lang)
  const decided = state !== 'asked'
  const agreed = agreementState === 'in_force'
  return [
    { label: words.stepAsked, state: 'done' },
    { label: words.stepDecided, state: state === 'refused' ? 'failed' : decided ? 'done' : 'current' },
    { label: words.stepAgreement, state: agreed ? 'done' : decided && state !== 'refused' ? 'current' : 'todo' },
    { label: words.stepRight, state: rightGranted ? 'done' : agreed ? 'current' : 'todo' }
  ]
}
