import type { Interface, InterfaceVersion, Organisation, Resource, Service } from '../entry/index.ts'

/** Entries as the API gives them: no person's contact to whoever is not signed in, no detail of a harvest to others than the owner. */

export function organisationJson ({ id, code, name, kind, status, suspension, firstSeen, lastSeen }: Organisation): object {
  return { id, code, name, kind, status, ...suspension === undefined ? {} : { suspension: { ground: suspension.ground, since: suspension.since } }, first_seen: firstSeen, last_seen: lastSeen }
}

export function resourceJson ({ id, name, purpose, ownerId, ownerName, priority, status, legalBasis, dataObjects, subsystemIds, reviewedAt, updatedAt }: Resource): object {
  return { id, name, purpose, owner_id: ownerId, owner_name: ownerName, priority, status, legal_basis: legalBasis, data_objects: dataObjects, subsystem_ids: subsystemIds, reviewed_at: reviewedAt, updated_at: updatedAt }
}

export function interfaceJson ({ id, resourceId, organisationId, name, versions }: Interface, signedIn: boolean): object {
  return { id, resource_id: resourceId, organisation_id: organisationId, name, versions: versions.map((version) => versionJson(version, signedIn)) }
}

export function versionJson ({ id, interfaceId, version, state, card, services, score, verification, publishedAt, reason, updatedAt }: InterfaceVersion, signedIn: boolean): object {
  const { contact, ...rest } = card
  return {
    id,
    interface_id: interfaceId,
    version,
    state,
    card: { ...rest, contact: signedIn ? contact : { unit: contact.unit } },
    services: services.map(({ serviceId, role, protocol, description }) => ({ id: serviceId, role, protocol, canonical_hash: description?.canonicalHash, document_hash: description?.documentHash })),
    score,
    verification: verification === undefined ? undefined : { at: verification.at, valid_until: verification.validUntil, outcome: verification.outcome },
    published_at: publishedAt,
    reason: signedIn || state !== 'drifted' ? reason : undefined,
    updated_at: updatedAt
  }
}

export function serviceJson ({ id, protocol, code, version, allowed, harvest, description, firstSeen, lastSeen, removedAt }: Service): object {
  return { id, protocol, code, version, allowed, harvest, canonical_hash: description?.canonicalHash, document_hash: description?.documentHash, first_seen: firstSeen, last_seen: lastSeen, removed_at: removedAt }
}
