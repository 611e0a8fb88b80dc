import { alert, card, codeBlock, dataTable, dateTime, descriptionList, html, identifier, linkButton, section, tag, texts, type Html, type Lang } from '@trembita/web'
import { publicOpenApi, publicOpenApiYaml, publicWsdl, readOpenApiDocument, toApiModel, toWsdlModel, type ApiModel, type ApiOperation, type Profile } from '../description/index.ts'
import { maySeeAll, type Description, type Interface, type InterfaceVersion, type Service, type ServiceBinding } from '../entry/index.ts'
import { organisationOfName } from '../service-name.ts'
import { samplesOf } from '../verification/index.ts'
import { healthBadge, pathOf, say } from './labels.ts'
import { restSnippets, soapSnippets, type Snippets } from './snippets.ts'
import { at, nothingHere, type Download, type Site, type Visit } from './site.ts'

const wordsOf = texts({
  uk: {
    one: 'Сервіс',
    interfaces: 'Інтерфейси',
    identifier: 'Ідентифікатор',
    protocol: 'Протокол',
    health: 'Роботоздатність',
    harvest: 'Збирання опису',
    seen: 'Уперше',
    history: 'Історія опису',
    contract: 'Контракт',
    from: 'З',
    to: 'До',
    operations: 'Операції',
    parameters: 'Параметри',
    name: 'Назва',
    where: 'Де',
    required: 'Обов’язковий',
    yes: 'так',
    no: 'ні',
    about: 'Опис',
    answers: 'Відповіді',
    fields: 'Поля',
    field: 'Поле',
    type: 'Тип',
    call: 'Готовий виклик',
    callHint: 'Вкажіть GATEWAY: адресу свого шлюзу, і CLIENT: свою підсистему. Значення синтетичні.',
    download: 'Завантажити опис',
    reference: 'Довідка',
    restricted: 'Опис бачать учасники системи',
    restrictedBody: 'Увійдіть, щоб прочитати його.',
    unpublished: 'Сервіс зібрано зі шлюзу, у каталозі ще не опубліковано',
    harvestName: (state: string): string => ({ ok: 'опис отримано', error: 'опису не отримано', timeout: 'шлюз не відповів', skipped: 'пропущено: шлюз мовчав', undescribed: 'опису немає' })[state] ?? state
  },
  en: {
    one: 'Service',
    interfaces: 'Interfaces',
    identifier: 'Identifier',
    protocol: 'Protocol',
    health: 'Health',
    harvest: 'Harvest of the description',
    seen: 'First seen',
    history: 'History of the description',
    contract: 'Contract',
    from: 'From',
    to: 'To',
    operations: 'Operations',
    parameters: 'Parameters',
    name: 'Name',
    where: 'Where',
    required: 'Required',
    yes: 'yes',
    no: 'no',
    about: 'About',
    answers: 'Answers',
    fields: 'Fields',
    field: 'Field',
    type: 'Type',
    call: 'A call that works',
    callHint: 'Set GATEWAY to the address of your gateway and CLIENT to your subsystem. The values are synthetic.',
    download: 'Download the description',
    reference: 'Reference',
    restricted: 'Participants of the system see the description',
    restrictedBody: 'Sign in to read it.',
    unpublished: 'Harvested from a gateway, not published in the catalog yet',
    harvestName: (state: string): string => ({ ok: 'description had', error: 'no description had', timeout: 'the gateway did not answer', skipped: 'skipped: the gateway was silent', undescribed: 'no description' })[state] ?? state
  }
})

/** A service as a viewer may see it: its description when `mayRead`. */
export interface FoundService {
  readonly service: Service
  readonly description: Description | undefined
  readonly published: { readonly one: Interface, readonly version: InterfaceVersion, readonly binding: ServiceBinding } | undefined
  readonly mayRead: boolean
}

/** `/services/…`: one service, its operations, and calls to paste. `/descriptions/…` gives the description as a file. */
export const servicePages = (site: Site): void => {
  site.get('/services/*', (visit) => onePage(site, visit))
  site.get('/descriptions/*', (visit) => download(site, visit))
}

/** Everybody sees what is published, as it was published; participants also what was harvested. */
export async function findService ({ parts: { entries } }: Site, { params, viewer, actor }: Pick<Visit, 'params' | 'viewer' | 'actor'>): Promise<FoundService> {
  const service = await entries.service(params['*'] ?? '')
  if (service === undefined) throw nothingHere()
  const all = (await entries.interfaces(viewer)).flatMap((one) => one.versions.map((version) => ({ one, version, binding: version.services.find(({ serviceId }) => serviceId === service.id) })))
  const published = all.find(({ binding, version }) => binding !== undefined && ['published', 'drifted', 'deprecated'].includes(version.state)) as FoundService['published']
  if (published === undefined && actor === undefined) throw nothingHere()
  const ref = published?.binding.description ?? service.description
  return {
    service,
    published,
    description: ref === undefined ? undefined : await entries.description(ref.documentHash),
    mayRead: actor !== undefined || published?.version.card.descriptionPublic === true
  }
}

async function download (site: Site, visit: Visit): Promise<Download> {
  const { service, description, mayRead } = await findService(site, visit)
  if (description === undefined || !mayRead) throw nothingHere()
  const name = service.id.split('/').slice(3).join('-')
  if (description.mediaType === 'application/wsdl+xml') return { bytes: publicWsdl(description.bytes), type: 'text/xml; charset=utf-8', fileName: `${name}.wsdl` }
  return visit.query.format === 'yaml'
    ? { bytes: publicOpenApiYaml(description.bytes, service.id), type: 'application/yaml; charset=utf-8', fileName: `${name}.yaml` }
    : { bytes: JSON.stringify(publicOpenApi(description.bytes, service.id), null, 2), type: 'application/json; charset=utf-8', fileName: `${name}.json` }
}

async function onePage (site: Site, visit: Visit): Promise<Html> {
  const { lang, viewer, actor } = visit
  const words = wordsOf(lang)
  const { service, description, published, mayRead } = await findService(site, visit)
  const health = (await site.parts.entries.health()).get(service.id)
  const owns = maySeeAll(viewer, organisationOfName(service.id))
  const profile = published === undefined ? { operations: [] } : (await site.parts.applications.find(published.version.id)).profile
  return visit.page({
    title: `${service.code}${service.version === undefined ? '' : `/${service.version}`}`,
    eyebrow: words.one,
    ...health === undefined ? {} : { status: healthBadge(health.state, lang) },
    breadcrumbs: published === undefined ? [{ href: at('/interfaces'), label: words.interfaces }] : [{ href: at('/interfaces'), label: words.interfaces }, { href: at(`/interfaces/${published.one.id}`), label: say(published.one.name, lang) }],
    ...description !== undefined && mayRead ? { actions: html`${linkButton({ label: words.reference, href: at(`/reference/${pathOf(service.id)}`), kind: 'primary' })}${linkButton({ label: words.download, href: at(`/descriptions/${pathOf(service.id)}`), sign: 'download', download: true })}` } : {},
    body: html`${published === undefined ? alert(lang, { kind: 'info', title: words.unpublished }) : undefined}
${card({
 title: words.one,
body: descriptionList(lang, [
  { term: words.identifier, value: identifier(service.id) },
  { term: words.protocol, value: service.protocol },
  ...actor === undefined ? [] : [{ term: words.harvest, value: words.harvestName(service.harvest), ...owns && service.harvestDetail !== undefined ? { hint: service.harvestDetail } : {} }],
  { term: words.seen, value: dateTime(service.firstSeen, lang) }
])
})}
${!mayRead ? alert(lang, { kind: 'info', title: words.restricted, body: words.restrictedBody }) : description === undefined ? undefined : described(service, description, profile, lang)}
${actor === undefined ? undefined : await history(site, service, lang)}`
  })
}

function described (service: Service, description: Description, profile: Profile, lang: Lang): Html {
  if (description.mediaType !== 'application/wsdl+xml') return restDescription(service, toApiModel(readOpenApiDocument(description.bytes)), profile, lang)
  const words = wordsOf(lang)
  const operation = toWsdlModel(description.bytes).operations.find(({ code }) => code === service.code)
  const sample = profile.operations.find(({ operation }) => operation === service.code)?.samples.find(({ expect, xml }) => expect === 'data' && xml !== undefined)
  return section({
    title: words.operations,
    body: html`${descriptionList(lang, [
      { term: words.name, value: operation?.title ?? service.code },
      { term: 'Input', value: operation?.input === undefined ? undefined : identifier(`{${operation.input.ns}}${operation.input.local}`) },
      { term: 'Output', value: operation?.output === undefined ? undefined : identifier(`{${operation.output.ns}}${operation.output.local}`) }
    ])}${sample === undefined ? undefined : calls(soapSnippets(service.id, sample.xml!), service.code, lang)}`
  })
}

function restDescription (service: Service, model: ApiModel, profile: Profile, lang: Lang): Html {
  return html`${model.operations.map((operation) => section({
    title: operation.key,
    lead: operation.summary,
    body: html`${parametersTable(operation, lang)}${answersOf(operation, lang)}${snippetsOf(service, operation, profile, lang)}`
  }))}`
}

function snippetsOf (service: Service, operation: ApiOperation, profile: Profile, lang: Lang): Html | undefined {
  const { samples } = samplesOf(operation, profile)
  const sample = samples.find(({ expect }) => expect === 'data')
  const made = sample === undefined ? undefined : restSnippets(service.id, operation, sample)
  return made === undefined ? undefined : calls(made, operation.key, lang)
}

/** @param what is called: operations of one page have blocks of their own names. */
function calls ({ curl, typescript }: Snippets, what: string, lang: Lang): Html {
  const words = wordsOf(lang)
  return section({ title: words.call, level: 3, lead: words.callHint, body: html`${codeBlock(lang, { label: `curl · ${what}`, text: curl })}${codeBlock(lang, { label: `TypeScript · ${what}`, text: typescript })}` })
}

function parametersTable ({ key, parameters }: ApiOperation, lang: Lang): Html | undefined {
  if (parameters.length === 0) return undefined
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption: `${words.parameters} · ${key}`,
    captionHidden: false,
    rows: parameters,
    columns: [
      { key: 'name', label: words.name, heading: true, render: ({ name }) => identifier(name) },
      { key: 'where', label: words.where, render: (parameter) => parameter.in },
      { key: 'required', label: words.required, render: ({ required }) => required ? words.yes : words.no },
      { key: 'about', label: words.about, render: ({ description }) => description }
    ]
  })
}

interface FieldRow { readonly path: string, readonly type: string, readonly about: string | undefined, readonly personal: boolean }

function answersOf ({ key, responses }: ApiOperation, lang: Lang): Html {
  const words = wordsOf(lang)
  return html`<p class="hint">${words.answers}: ${responses.map(({ status, description }) => html`${tag(status)} ${description} `)}</p>
${responses.filter(({ status }) => status.startsWith('2')).flatMap(({ content }) => content.slice(0, 1)).map(({ schema }) => {
  const rows = fieldsOf(schema, '', 0)
  return rows.length === 0
? undefined
: dataTable(lang, {
    caption: `${words.fields} · ${key}`,
    captionHidden: false,
    rows,
    columns: [
      { key: 'field', label: words.field, heading: true, render: ({ path, personal }) => html`${identifier(path)}${personal ? html` ${tag('ПД')}` : undefined}` },
      { key: 'type', label: words.type, render: ({ type }) => type },
      { key: 'about', label: words.about, render: ({ about }) => about }
    ]
  })
})}`
}

const FIELDS_DEPTH_MAX = 4
const FIELDS_MAX = 200

function fieldsOf (schema: unknown, path: string, depth: number): FieldRow[] {
  const { properties, items } = (schema ?? {}) as { properties?: Record<string, Record<string, unknown>>, items?: unknown }
  if (depth > FIELDS_DEPTH_MAX) return []
  if (items !== undefined) return fieldsOf(items, `${path}/*`, depth + 1)
  return Object.entries(properties ?? {}).flatMap(([name, inner]): FieldRow[] => [
    { path: `${path}/${name}`, type: [inner.type].flat().join(' | '), about: typeof inner.description === 'string' ? inner.description : undefined, personal: inner['x-personal-subject'] !== undefined || inner['x-personal-category'] !== undefined },
    ...fieldsOf(inner, `${path}/${name}`, depth + 1)
  ]).slice(0, FIELDS_MAX)
}

async function history ({ parts: { entries } }: Site, service: Service, lang: Lang): Promise<Html | undefined> {
  const words = wordsOf(lang)
  const rows = await entries.descriptionsOf(service.id)
  return rows.length === 0
    ? undefined
    : section({
      title: words.history,
      body: dataTable(lang, {
        caption: words.history,
        rows,
        columns: [
          { key: 'contract', label: words.contract, heading: true, render: ({ canonicalHash }) => identifier(canonicalHash.slice(0, 16)) },
          { key: 'from', label: words.from, render: ({ firstSeen }) => dateTime(firstSeen, lang) },
          { key: 'to', label: words.to, render: ({ lastSeen }) => dateTime(lastSeen, lang) }
        ]
      })
    })
}
