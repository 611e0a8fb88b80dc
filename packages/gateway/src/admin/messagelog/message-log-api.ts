import type { FastifyPluginAsync } from 'fastify'
import { ASICE_TYPE, readContainer, reasonOf, verifyContainer } from '@trembita/protocol/asic'
import { Fault } from '@trembita/protocol/fault'
import { type ServiceId, parseServiceId } from '@trembita/protocol/identifiers'
import type { Direction, FoundRecord, MessageLog, NamedContainer, RecordPosition, RecordStatus, Side } from '../../messagelog/index.ts'
import { runningOf, snapshotOf, type AdminDeps } from '../deps.ts'
import { parseEncodedClientId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { LOG_KEEPERS, READERS } from '../roles.ts'
import { described, instant, listOf, note, pathOf, record, text } from '../route.ts'
import { fileAnswer } from '../upload.ts'
import { directionSchema, recordJson, recordSchema, sealedRecordJson, sealedRecordSchema, sideSchema, statusSchema } from './record-json.ts'
import { unreadableJson, verificationJson, verificationSchema } from './verification-json.ts'

interface Query {
  readonly query_id?: string
  readonly request_id?: string
  readonly client_id?: string
  readonly service_id?: string
  readonly direction?: Direction
  readonly side?: Side
  readonly status?: RecordStatus
  readonly from?: string
  readonly to?: string
  readonly before?: string
  readonly limit: number
}
interface ById { Params: { id: string } }

const tag = 'message-log'
const params = pathOf('id')
const LIMIT_MAX = 200
/** Requests and responses of one exchange: two, four where both gateways are this one; more only if somebody gives ids twice. */
const EXCHANGE_RECORDS_MAX = 100

/** What was exchanged: found, shown without its content, proved. */
export const messageLogApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  const messagelog = (): MessageLog => runningOf(deps).messagelog
  const find = async (id: string): Promise<FoundRecord> => {
    const found = /^\d{1,15}$/.test(id) ? await messagelog().record(Number(id)) : undefined
    if (found === undefined) throw new Refusal('notFound', 'message_record_not_found', 'the message log has no such record')
    return found
  }
  const tellSealed = async (found: FoundRecord): Promise<object> => {
    const seal = await sound(found.id, async () => await messagelog().seal(found.id))
    // Archived and removed between the two looks.
    if (seal === undefined) throw new Refusal('notFound', 'message_record_not_found', 'the message log has no such record')
    return sealedRecordJson(found, seal)
  }
  const containerOf = async ({ id, status }: FoundRecord): Promise<NamedContainer> => {
    if (status === 'waiting for time stamp') throw new Refusal('conflict', 'message_record_not_timestamped', 'the record has no time stamp yet')
    const [container] = await sound(id, async () => await messagelog().containers([id]))
    return container!
  }
  /** What cannot be opened was changed on disk, or has lost a part. */
  async function sound<T> (id: number, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof Fault) throw cause
      deps.log.error({ err: cause, record: id }, 'a record of the message log cannot be read')
      throw new Refusal('conflict', 'message_record_damaged', 'the record was damaged on disk', { cause })
    }
  }

  app.get<{ Querystring: Query }>('/message-log/records', described({
    tag,
    summary: 'Search records, newest first; a page may be short and have a next one all the same',
    access: READERS,
    query: record({
      query_id: text(4096),
      request_id: text(4096),
      client_id: text(2048),
      service_id: { ...text(4096), description: 'INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE, with /VERSION where it has one' },
      direction: directionSchema,
      side: sideSchema,
      status: statusSchema,
      from: instant,
      to: instant,
      before: { type: 'string', pattern: '^\\d{1,15}-\\d{1,15}$', description: 'next of the page before' },
      limit: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: 50 }
    }),
    answer: record({ items: listOf(recordSchema, LIMIT_MAX), next: text() }, ['items'])
  }), async ({ query }) => {
    const { client_id: clientId, service_id: serviceId, from, to, before } = query
    const { records, next } = await messagelog().page({
      queryId: query.query_id,
      requestId: query.request_id,
      client: clientId === undefined ? undefined : parseEncodedClientId('client_id', clientId),
      service: serviceId === undefined ? undefined : serviceIdOf(serviceId),
      direction: query.direction,
      side: query.side,
      status: query.status,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
      before: before === undefined ? undefined : positionOf(before),
      limit: query.limit
    })
    return { items: records.map(recordJson), ...next === undefined ? {} : { next: `${next.at.getTime()}-${next.id}` } }
  })

  app.get<{ Params: { request_id: string } }>('/message-log/exchanges/:request_id',
    described({ tag, summary: 'Records of one exchange, oldest first, with their seals', access: READERS, params: pathOf('request_id'), answer: record({ request_id: text(4096), records: listOf(sealedRecordSchema, EXCHANGE_RECORDS_MAX) }, ['request_id', 'records']) }),
    async ({ params }) => {
      const { records } = await messagelog().page({ requestId: params.request_id, limit: EXCHANGE_RECORDS_MAX })
      if (records.length === 0) throw new Refusal('notFound', 'exchange_not_found', 'the message log has no such exchange')
      return { request_id: params.request_id, records: await Promise.all(records.toReversed().map(tellSealed)) }
    })

  app.get<ById>('/message-log/records/:id', described({ tag, summary: 'One record with its seal', access: READERS, params, answer: sealedRecordSchema }),
    async ({ params }) => await tellSealed(await find(params.id)))

  app.get<ById>('/message-log/records/:id/container',
    described({ tag, summary: 'The record as a signed container (ASiC-E), with the message in it', access: LOG_KEEPERS, audit: 'Download message container', params, answer: fileAnswer }),
    async (request, reply) => {
      const found = await find(request.params.id)
      note(request, { record: found.id, requestId: found.requestId })
      const { name, bytes } = await containerOf(found)
      return await reply.type(ASICE_TYPE).header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`).send(bytes)
    })

  app.get<ById>('/message-log/records/:id/verification',
    described({ tag, summary: 'Verifies the record with the configuration in force', access: READERS, params, answer: verificationSchema }), async ({ params }) => {
      const found = await find(params.id)
      const snapshot = snapshotOf(deps)
      const { bytes } = await containerOf(found)
      const until = snapshot.expiresAt === undefined ? {} : { configuration_until: snapshot.expiresAt.toISOString() }
      try {
        const timestampers = snapshot.timestampers().map(({ certificate }) => certificate)
        return { ...verificationJson(verifyContainer(await readContainer(bytes), (instance) => snapshot.trustOf(instance), { timestampers })), ...until }
      } catch (thrown) {
        return { ...unreadableJson(reasonOf(thrown)), ...until }
      }
    })

  app.put<ById>('/message-log/records/:id/timestamp',
    described({ tag, summary: 'Asks for the time stamp now', access: LOG_KEEPERS, audit: 'Timestamp message record', params }), async (request, reply) => {
      const { id } = await find(request.params.id)
      note(request, { record: id })
      await messagelog().stamp([id])
      return await reply.code(204).send()
    })
}

function serviceIdOf (text: string): ServiceId {
  try {
    return parseServiceId(text, 'service_id', true)
  } catch (cause) {
    throw new Refusal('invalid', 'validation_failure', 'service_id is no identifier', { fields: { service_id: 'expected INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE[/VERSION]' }, cause })
  }
}

function positionOf (text: string): RecordPosition {
  const [at, id] = text.split('-').map(Number) as [number, number]
  return { at: new Date(at), id }
}
