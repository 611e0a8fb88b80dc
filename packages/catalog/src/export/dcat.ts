import { createHash } from 'node:crypto'
import { PUBLIC_STATES, type Bilingual, type Interface, type InterfaceVersion, type Organisation, type Resource, type ServiceBinding, type VersionState } from '../entry/index.ts'
import type { Identifiers } from './identifiers.ts'
import { ACCESS_RIGHTS, LANGUAGE_UKRAINIAN, LIFECYCLE, STANDARDS, type Name, type Thing, type Value } from './vocabulary.ts'

/** What everybody may see: nothing else is given to an export. */
export interface PublicEntries {
  readonly instance: string
  readonly organisations: readonly Organisation[]
  readonly resources: readonly Resource[]
  readonly interfaces: readonly Interface[]
}

type Said = readonly [Name, Value]

const texts = (name: Name, text: Bilingual): Said[] => [[name, { text: text.uk, lang: 'uk' }], ...text.en === undefined || text.en === '' ? [] : [[name, { text: text.en, lang: 'en' }] as const]]
const moment = (name: Name, at: string | undefined): Said[] => at === undefined ? [] : [[name, { text: at, datatype: 'xsd:dateTime' }]]
const iri = (name: Name, value: string | undefined): Said[] => value === undefined ? [] : [[name, { iri: value }]]
/** An act by its words alone has an IRI of its text: the same act is the same thing. */
const legislation = (ids: Identifiers, words: string): string => `${ids.base}/id/legislation/${createHash('sha256').update(words).digest('hex').slice(0, 16)}`

/** The catalog by DCAT-AP 3.0.1: datasets are resources, data services are published versions of interfaces (catalog facts §9.1). */
export function dcatThings (entries: PublicEntries, ids: Identifiers, modified: string): Thing[] {
  const { instance, organisations, resources, interfaces } = entries
  const versions = interfaces.flatMap((one) => one.versions.filter(({ state }) => PUBLIC_STATES.includes(state)).map((version) => ({ one, version })))
  const owners = new Map(organisations.map((one) => [one.id, one]))
  const publisher = ids.organisation(`${instance}/CATALOG`)
  const catalog: Thing = {
    iri: ids.catalog,
    types: ['dcat:Catalog', 'dcat:Resource'],
    says: [
      ...texts('dct:title', { uk: `Каталог сервісів «Трембіта», ${instance}`, en: `Trembita catalog of services, ${instance}` }),
      ...texts('dct:description', { uk: 'Ресурси держави, що взаємодіють через «Трембіту», та їхні інтерфейси.', en: 'State information resources that interact through Trembita, and their interfaces.' }),
      ['dct:publisher', { iri: publisher }],
      ['dct:language', { iri: LANGUAGE_UKRAINIAN }],
      ['foaf:homepage', { iri: ids.base }],
      ...moment('dct:modified', modified),
      ...resources.map((one): Said => ['dcat:dataset', { iri: ids.resource(one.id) }]),
      ...versions.flatMap(({ one, version }): Said[] => [['dcat:service', { iri: ids.version(one.id, version.version) }], ['dcat:record', { iri: `${ids.version(one.id, version.version)}#record` }]])
    ]
  }
  const things = [
    catalog,
    { iri: publisher, types: ['foaf:Agent', 'cv:PublicOrganisation'], says: texts('foaf:name', { uk: `Адміністратор системи, ${instance}`, en: `Administrator of the system, ${instance}` }) } satisfies Thing,
    { iri: ids.base, types: ['foaf:Document'], says: [] } satisfies Thing,
    { iri: LANGUAGE_UKRAINIAN, types: ['dct:LinguisticSystem'], says: [] } satisfies Thing,
    ...Object.values(ACCESS_RIGHTS).map((one): Thing => ({ iri: one, types: ['dct:RightsStatement'], says: [] })),
    ...Object.values(STANDARDS).map((one): Thing => ({ iri: one, types: ['dct:Standard'], says: [] })),
    ...Object.values(LIFECYCLE).map((one): Thing => ({ iri: one, types: ['skos:Concept'], says: texts('skos:prefLabel', { uk: one.slice(one.lastIndexOf('/') + 1) }) })),
    ...organisations.map((one) => organisationThing(one, ids)),
    ...resources.flatMap((one) => resourceThings(one, ids)),
    ...versions.flatMap(({ one, version }) => versionThings(one, version, ids, owners.get(one.organisationId)))
  ]
  return [...new Map(things.map((thing) => [thing.iri, thing])).values()]
}

/** Since when the holder of the system has suspended whom it belongs to: shown, and not to be called. */
const suspendedSince = (organisation: Organisation | undefined): Said[] => moment('trembita:suspendedSince', organisation?.suspension?.since)

function organisationThing (organisation: Organisation, ids: Identifiers): Thing {
  const { id, name, code, web } = organisation
  return {
    iri: ids.organisation(id),
    types: ['foaf:Agent', 'cv:PublicOrganisation'],
    says: [...texts('foaf:name', name), ...texts('skos:prefLabel', name), ['dct:identifier', { text: code }], ...web !== undefined && URL.canParse(web) ? iri('foaf:homepage', web) : [], ...suspendedSince(organisation)]
  }
}

function resourceThings ({ id, name, purpose, ownerId, legalBasis, updatedAt }: Resource, ids: Identifiers): Thing[] {
  const page = ids.page('resources', id)
  const law = legalBasis === '' ? undefined : legislation(ids, legalBasis)
  return [
    {
      iri: ids.resource(id),
      types: ['dcat:Dataset', 'dcat:Resource'],
      says: [
        ...texts('dct:title', name), ...texts('dct:description', purpose.uk === '' ? name : purpose), ['dct:identifier', { text: id }],
        ...iri('dct:publisher', ownerId === undefined ? undefined : ids.organisation(ownerId)), ['dct:accessRights', { iri: ACCESS_RIGHTS.restricted }],
        ['dcat:landingPage', { iri: page }], ...moment('dct:modified', updatedAt), ...iri('dcatap:applicableLegislation', law)
      ]
    },
    { iri: page, types: ['foaf:Document'], says: [] },
    ...law === undefined ? [] : [lawThing(law, legalBasis)]
  ]
}

function lawThing (law: string, words: string): Thing {
  return { iri: law, types: ['eli:LegalResource'], says: texts('dct:title', { uk: words }) }
}

function versionThings (one: Interface, { version, state, card, services, publishedAt, updatedAt }: InterfaceVersion, ids: Identifiers, owner: Organisation | undefined): Thing[] {
  const id = ids.version(one.id, version)
  const page = ids.page('interfaces', one.id)
  const contact = `${id}#contact`
  const law = card.legalBasis === '' ? undefined : legislation(ids, card.legalBasis)
  const offered = state === 'published' || state === 'drifted' || state === 'deprecated'
  const descriptions = offered && card.descriptionPublic ? services.filter(({ description }) => description !== undefined).map(({ serviceId }) => ids.page('descriptions', serviceId)) : []
  return [
    {
      iri: id,
      types: ['dcat:DataService', 'dcat:Resource'],
      says: [
        ...texts('dct:title', card.name), ...texts('dct:description', card.purpose.uk === '' ? card.name : card.purpose), ['dct:identifier', { text: `${one.id}/${version}` }],
        ['dct:publisher', { iri: ids.organisation(one.organisationId) }], ['dct:accessRights', { iri: card.publicInterface ? ACCESS_RIGHTS.public : ACCESS_RIGHTS.restricted }],
        // The way to it is a gateway, so its address is its identifier: never where it listens.
        ...(services.length === 0 ? [id] : services.map(({ serviceId }) => ids.service(serviceId))).flatMap((address) => iri('dcat:endpointURL', address)),
        ...descriptions.flatMap((address) => iri('dcat:endpointDescription', address)),
        ['dcat:servesDataset', { iri: ids.resource(one.resourceId) }], ['dcat:contactPoint', { iri: contact }], ['foaf:page', { iri: page }],
        ...standardsOf(services).flatMap((standard) => iri('dct:conformsTo', standard)), ...iri('dcatap:applicableLegislation', law), ...suspendedSince(owner)
      ]
    },
    { iri: page, types: ['foaf:Document'], says: [] },
    { iri: contact, types: ['vcard:Kind', 'vcard:Organization'], says: [['vcard:fn', { text: card.contact.unit, lang: 'uk' }], ...mail(card.contact.email)] },
    ...law === undefined ? [] : [lawThing(law, card.legalBasis)],
    {
      iri: `${id}#record`,
      types: ['dcat:CatalogRecord'],
      says: [['foaf:primaryTopic', { iri: id }], ...moment('dct:modified', updatedAt), ...moment('dct:issued', publishedAt), ['adms:status', { iri: lifecycleOf(state) }]]
    }
  ]
}

function standardsOf (services: readonly ServiceBinding[]): string[] {
  return [...new Set(services.map(({ protocol }) => STANDARDS[protocol]))]
}

/** Of the unit, never of a person: the card holds no other. */
function mail (email: string | undefined): Said[] {
  return email === undefined || !/^[^\s<>"{}|\\^`]+@[^\s<>"{}|\\^`]+$/.test(email) ? [] : iri('vcard:hasEmail', `mailto:${email}`)
}

function lifecycleOf (state: VersionState): string {
  return state === 'withdrawn' || state === 'archived' ? LIFECYCLE.withdrawn : state === 'deprecated' ? LIFECYCLE.deprecated : LIFECYCLE.completed
}
