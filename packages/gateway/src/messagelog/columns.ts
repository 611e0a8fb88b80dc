import { encodeIdentifierPart, type ClientId, type ServiceId } from '@trembita/protocol/identifiers'
import type { RecordRow } from './row.ts'
import type { FoundRecord } from './types.ts'

export function clientText (id: ClientId): string {
  const member = `${encodeIdentifierPart(id.instance)}/${encodeIdentifierPart(id.memberClass)}/${encodeIdentifierPart(id.memberCode)}`
  return id.subsystemCode === undefined ? member : `${member}/${encodeIdentifierPart(id.subsystemCode)}`
}

/** Always six parts, so that a member's own service and a subsystem's cannot be mistaken for one another. */
export function serviceText (id: ServiceId): string {
  return [id.instance, id.memberClass, id.memberCode, id.subsystemCode ?? '', id.serviceCode, id.serviceVersion ?? ''].map(encodeIdentifierPart).join('/')
}

export function clientOf (text: string): ClientId {
  const [instance, memberClass, memberCode, subsystemCode] = text.split('/').map(decodeURIComponent) as [string, string, string, string?]
  return { instance, memberClass, memberCode, ...subsystemCode === undefined ? {} : { subsystemCode } }
}

export function serviceOf (text: string): ServiceId {
  const [instance, memberClass, memberCode, subsystemCode, serviceCode, serviceVersion] = text.split('/').map(decodeURIComponent) as [string, string, string, string, string, string]
  return {
    instance,
    memberClass,
    memberCode,
    serviceCode,
    ...subsystemCode === '' ? {} : { subsystemCode },
    ...serviceVersion === '' ? {} : { serviceVersion }
  }
}

export function foundRecord (row: RecordRow): FoundRecord {
  return {
    id: row.id,
    direction: row.direction,
    side: row.side,
    queryId: row.queryId,
    requestId: row.requestId,
    party: clientOf(row.party),
    client: clientOf(row.client),
    service: serviceOf(row.service),
    protocol: row.protocol,
    at: new Date(row.created),
    completeness: row.completeness,
    status: row.archiveFile !== null ? 'archived' : row.stampedAt !== null ? 'time-stamped' : 'waiting for time stamp',
    stampedAt: row.stampedAt === null ? undefined : new Date(row.stampedAt),
    archive: row.archiveFile ?? undefined
  }
}
