import { setImmediate as turn } from 'node:timers/promises'
import { PUBLIC_STATES, SYSTEM_VIEWER, type Bilingual, type Entries, type Interface, type InterfaceVersion, type Organisation, type Resource, type Service } from '../entry/index.ts'
import { organisationOfName } from '../service-name.ts'
import { descriptionWords } from './description-words.ts'
import type { SearchDocument } from './search-document.ts'

/** States in which a service is offered: its page is public. */
const OFFERED: readonly string[] = ['published', 'drifted', 'deprecated']

/** Services whose descriptions are read before others get their turn. */
const BATCH = 20

interface Known {
  readonly organisations: ReadonlyMap<string, Organisation>
  readonly resources: ReadonlyMap<string, Resource>
  /** Words of a description by its document hash. */
  wordsOf (documentHash: string): Promise<string>
}

/** Every document of the catalog, each with those who may find it. `words` keeps those of descriptions between two readings. */
export async function readDocuments (entries: Entries, words: Map<string, string>): Promise<SearchDocument[]> {
  const [organisations, resources, interfaces, services] = [await entries.organisations(), await entries.resources(), await entries.interfaces(SYSTEM_VIEWER), await entries.services()]
  const used = new Set<string>()
  const known: Known = {
    organisations: new Map(organisations.map((one) => [one.id, one])),
    resources: new Map(resources.map((one) => [one.id, one])),
    wordsOf: async (documentHash) => {
      used.add(documentHash)
      const kept = words.get(documentHash)
      if (kept !== undefined) return kept
      const description = await entries.description(documentHash)
      const read = description === undefined ? '' : descriptionWords(description)
      words.set(documentHash, read)
      return read
    }
  }
  const offers = new Map(interfaces.flatMap((one) => one.versions.filter(({ state }) => OFFERED.includes(state)).toReversed().flatMap((version) => version.services.map(({ serviceId }) => [serviceId, { one, version }] as const))))
  const documents = [...organisations.map(organisationDocument), ...resources.map((one) => resourceDocument(one, known)), ...interfaces.flatMap((one) => interfaceDocuments(one, known))]
  for (const [number, service] of services.entries()) {
    documents.push(...await serviceDocuments(service, offers.get(service.id), known))
    if (number % BATCH === BATCH - 1) await turn()
  }
  for (const hash of words.keys()) if (!used.has(hash)) words.delete(hash)
  return documents
}

function textOf (...parts: readonly (Bilingual | string | undefined)[]): string {
  return parts.flatMap((part) => part === undefined ? [] : typeof part === 'string' ? [part] : [part.uk, part.en ?? '']).filter((part) => part !== '').join('\n')
}

const everybody = { from: 'public', to: 'owner' } as const

function organisationDocument ({ id, code, name, status, kind, address }: Organisation): SearchDocument {
  return {
    ...everybody,
    kind: 'organisation',
    id,
    organisationId: id,
    title: name.uk,
    titleEn: name.en,
    fields: { title: textOf(name), codes: `${id} ${code}`, purpose: '', content: '', organisation: '', text: textOf(address, kind) },
    facets: { kind: ['organisation'], organisation: [id], status: [status] }
  }
}

function resourceDocument ({ id, name, purpose, ownerId, ownerName, legalBasis, dataObjects, subsystemIds, status }: Resource, { organisations }: Known): SearchDocument {
  const owner = ownerId === undefined ? undefined : organisations.get(ownerId)
  return {
    ...everybody,
    kind: 'resource',
    id,
    organisationId: ownerId,
    title: name.uk,
    titleEn: name.en,
    fields: { title: textOf(name), codes: textOf(...subsystemIds), purpose: textOf(purpose), content: textOf(...dataObjects), organisation: textOf(owner?.name, ownerName, owner?.code), text: textOf(legalBasis) },
    facets: { kind: ['resource'], ...ownerId === undefined ? {} : { organisation: [ownerId] }, status: [status] }
  }
}

/** What everybody sees, and where the organisation sees other versions, that beside it. */
function interfaceDocuments (one: Interface, known: Known): SearchDocument[] {
  const open = one.versions.filter(({ state }) => PUBLIC_STATES.includes(state))
  const make = (versions: readonly InterfaceVersion[], audience: Pick<SearchDocument, 'from' | 'to'>): SearchDocument => interfaceDocument(one, versions, audience, known)
  if (open.length === one.versions.length) return [make(open, everybody)]
  const own = make(one.versions, { from: 'owner', to: 'owner' })
  return open.length === 0 ? [own] : [make(open, { from: 'public', to: 'participant' }), own]
}

function interfaceDocument ({ id, name, organisationId, resourceId }: Interface, versions: readonly InterfaceVersion[], audience: Pick<SearchDocument, 'from' | 'to'>, { organisations, resources }: Known): SearchDocument {
  const { card, services, state } = versions[0]!
  const organisation = organisations.get(organisationId)
  const { processed, categories, subjects, legalBasis } = card.personalData
  return {
    ...audience,
    kind: 'interface',
    id,
    organisationId,
    title: name.uk,
    titleEn: name.en,
    fields: {
      title: textOf(name, card.name),
      codes: textOf(...services.flatMap(({ serviceId }) => [serviceId, serviceId.split('/')[4]])),
      purpose: textOf(card.purpose),
      content: textOf(categories, subjects, resources.get(resourceId)?.name, ...resources.get(resourceId)?.dataObjects ?? []),
      organisation: textOf(organisation?.name, organisation?.code),
      text: textOf(card.restrictions, card.callSequence, card.legalBasis, legalBasis, card.contact.unit)
    },
    facets: { kind: ['interface'], organisation: [organisationId], protocol: [...new Set(services.map(({ protocol }) => protocol))], status: [organisation?.status === 'suspended' ? 'suspended' : state], personalData: [processed ? 'yes' : 'no'] }
  }
}

async function serviceDocuments (service: Service, offer: { readonly one: Interface, readonly version: InterfaceVersion } | undefined, known: Known): Promise<SearchDocument[]> {
  if (offer === undefined && service.removedAt !== undefined) return []
  const binding = offer?.version.services.find(({ serviceId }) => serviceId === service.id)
  const hash = (binding?.description ?? service.description)?.documentHash
  const content = hash === undefined ? '' : await known.wordsOf(hash)
  const make = (content: string, audience: Pick<SearchDocument, 'from' | 'to'>): SearchDocument => serviceDocument(service, offer, content, audience, known)
  if (offer === undefined) return [make(content, { from: 'participant', to: 'owner' })]
  if (offer.version.card.descriptionPublic) return [make(content, everybody)]
  return [make('', { from: 'public', to: 'public' }), make(content, { from: 'participant', to: 'owner' })]
}

function serviceDocument (service: Service, offer: { readonly one: Interface, readonly version: InterfaceVersion } | undefined, content: string, audience: Pick<SearchDocument, 'from' | 'to'>, { organisations }: Known): SearchDocument {
  const organisationId = organisationOfName(service.id)
  const organisation = organisations.get(organisationId)
  return {
    ...audience,
    kind: 'service',
    id: service.id,
    organisationId,
    title: service.code,
    fields: {
      title: '',
      codes: textOf(service.id, service.code, service.subsystemId),
      purpose: textOf(offer?.one.name, offer?.version.card.purpose),
      content,
      organisation: textOf(organisation?.name, organisation?.code),
      text: ''
    },
    facets: {
      kind: ['service'],
      organisation: [organisationId],
      protocol: [service.protocol],
      ...offer === undefined ? {} : { status: [organisation?.status === 'suspended' ? 'suspended' : offer.version.state], personalData: [offer.version.card.personalData.processed ? 'yes' : 'no'] }
    }
  }
}
