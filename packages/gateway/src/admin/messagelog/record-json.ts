import { type ContainerReport, describeSeal, type Draft } from '@trembita/protocol/asic'
import { Fault } from '@trembita/protocol/fault'
import { encodeServiceId } from '@trembita/protocol/identifiers'
import { parseSignature } from '@trembita/protocol/signature'
import type { FoundRecord, RecordSeal } from '../../messagelog/index.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { flag, instant, record, text } from '../route.ts'

export const directionSchema = { type: 'string', enum: ['request', 'response'] } as const
export const sideSchema = { type: 'string', enum: ['consumer', 'provider'] } as const
export const statusSchema = { type: 'string', enum: ['waiting for time stamp', 'time-stamped', 'archived'] } as const

const columns = {
  id: { type: 'integer' },
  direction: directionSchema,
  side: sideSchema,
  query_id: text(4096, 0),
  request_id: text(4096, 0),
  client_id: text(2048),
  service_id: text(4096),
  protocol: { type: 'string', enum: ['soap', 'rest'] },
  at: instant,
  status: statusSchema,
  completeness: { type: 'string', enum: ['whole', 'omitted', 'truncated'] },
  stamped_at: instant,
  archive: text()
} as const

export const recordSchema = record(columns, ['id', 'direction', 'side', 'query_id', 'request_id', 'client_id', 'service_id', 'protocol', 'at', 'status', 'completeness'])

const sealSchema = record({
  algorithm: text(),
  signing_time: instant,
  certificate_subject: text(4096, 0),
  certificate_serial: text(),
  certificate_issuer: text(4096, 0),
  hash_chain: flag,
  bodies: { type: 'integer', description: 'REST body or SOAP attachments that are kept' }
}, ['hash_chain', 'bodies'])
const stampSchema = record({ kind: { type: 'string', enum: ['single', 'batch'] }, authority: text(), records: { type: 'integer' }, position: { type: 'integer' } }, ['kind', 'authority', 'records', 'position'])

/** A record with what is known of its seal and stamp; never what the message says. */
export const sealedRecordSchema = record({ ...columns, seal: sealSchema, stamp: stampSchema }, ['id', 'seal'])

export function recordJson (found: FoundRecord): object {
  const { id, direction, side, queryId, requestId, client, service, protocol, at, status, completeness, stampedAt, archive } = found
  return {
    id,
    direction,
    side,
    query_id: queryId,
    request_id: requestId,
    client_id: formatEncodedId(client),
    service_id: encodeServiceId(service),
    protocol,
    at: at.toISOString(),
    status,
    completeness,
    ...stampedAt === undefined ? {} : { stamped_at: stampedAt.toISOString() },
    ...archive === undefined ? {} : { archive }
  }
}

export function sealedRecordJson (found: FoundRecord, { signature, hashChain, bodies, stamp }: RecordSeal): object {
  const { algorithm, signingTime, certificate } = readSeal(signature)
  return {
    ...recordJson(found),
    seal: {
      hash_chain: hashChain,
      bodies,
      ...algorithm === undefined ? {} : { algorithm },
      ...signingTime === undefined ? {} : { signing_time: signingTime.toISOString() },
      ...certificate === undefined
        ? {}
        : { certificate_subject: certificate.subject.readable, certificate_serial: certificate.serialNumber.toString(), certificate_issuer: certificate.issuer.readable }
    },
    ...stamp === undefined ? {} : { stamp }
  }
}

/** As far as it can be read: whether it holds is for the verification to say. */
function readSeal (signature: Buffer): Partial<ContainerReport> {
  const draft: Draft = { format: 'ASiC-E', verdict: 'undecided', ocsp: [], files: [] }
  try {
    describeSeal(parseSignature(signature), draft)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
  return draft
}
