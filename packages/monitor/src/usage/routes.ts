import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { EventReader, PersonIndexes } from '../events/index.ts'
import { callerOf, ExchangeProblem, userOf } from '../exchange/index.ts'
import { KeyServiceUnavailable } from '../index-keys/index.ts'
import { readPerson, readUsageQuestion, type AskedPerson } from './read-question.ts'

export interface UsageRoutesOptions {
  readonly store: SqlStore
  readonly clock: Clock
  readonly events: EventReader
  readonly indexes: PersonIndexes
}

const usage = {
  type: 'object',
  required: ['logtime', 'action', 'receiverCode', 'receiverSystem'],
  properties: { logtime: { type: 'string', format: 'date-time' }, action: { type: 'string' }, receiverCode: { type: 'string' }, receiverName: { type: 'string' }, receiverSystem: { type: 'string' } }
} as const
const instant = { type: 'string', format: 'date-time' } as const
const usagesSchema = {
  summary: 'Accesses to one\'s own data, newest first',
  headers: { type: 'object', required: ['X-Road-UserId'], properties: { 'X-Road-UserId': { type: 'string', description: 'Who asks, with the country before the code' } } },
  querystring: {
    type: 'object',
    required: ['userCode'],
    properties: { userCode: { type: 'string' }, periodStart: instant, periodEnd: instant, offset: { type: 'integer', default: 0 }, limit: { type: 'integer', default: 1000 } }
  },
  response: { 200: { type: 'object', properties: { totalUsages: { type: 'integer' }, usages: { type: 'array', items: usage } } } }
} as const
const periodSchema = { summary: 'Since when accesses are kept', response: { 200: { type: 'object', required: ['periodStart'], properties: { periodStart: { type: 'string', format: 'date-time' }, periodEnd: { type: 'string', format: 'date-time' } } } } } as const
const heartbeatSchema = { summary: 'Whether questions can be answered', response: { 200: { type: 'object', required: ['status'], properties: { status: { type: 'string', enum: ['OK', 'FAIL'] }, message: { type: 'string' } } } } } as const

/**
 * `findUsage` version 2, as Estonia's data tracker asks it (monitor §2.4), below `/find-usage`. The contract puts the person's code into
 * the address; nothing here writes addresses down. Whoever asks for somebody else is refused: representation has no mandates yet.
 */
export const usageRoutes: FastifyPluginAsync<UsageRoutesOptions> = async (app, { store, clock, events, indexes }) => {
  app.get('/find-usage/v2/findUsage', { schema: usagesSchema, validatorCompiler: readByHand }, async (request) => {
    const person = ownPerson(request)
    const { from, until, offset, limit } = readUsageQuestion(request.query as Record<string, unknown>, clock.now())
    const page = await events.list(await indexesOf(person), { from, until }, { offset, limit })
    return {
      totalUsages: page.total,
      usages: page.events.map(({ event }) => ({
        logtime: event.occurredAt,
        action: event.purpose.text.uk,
        receiverCode: event.recipient.code,
        receiverName: event.recipient.name.uk,
        receiverSystem: event.recipient.system
      }))
    }
  })

  app.get('/find-usage/v2/usagePeriod', { schema: periodSchema }, async (request) => {
    callerOf(request)
    const first = (await store.get<{ first: string | null }>('SELECT MIN(first_at) AS first FROM source_span'))?.first
    return { periodStart: first ?? clock.now().toISOString() }
  })

  app.get('/find-usage/v2/heartbeat', { schema: heartbeatSchema }, async () => {
    const alive = await store.get('SELECT 1 AS alive').then(() => true, () => false)
    return alive ? { status: 'OK' } : { status: 'FAIL', message: 'the store does not answer' }
  })

  async function indexesOf (person: AskedPerson): Promise<readonly string[]> {
    try {
      return await indexes.of([{ idType: person.idType, id: person.id }])
    } catch (error) {
      // An outage must not look like an empty list.
      if (error instanceof KeyServiceUnavailable) throw new ExchangeProblem(503, 'the index cannot be asked now')
      throw error
    }
  }
}

/** The description is for others; `readUsageQuestion` reads what stands in an address, which is text, and says what is wrong with it. */
const readByHand = () => () => true

function ownPerson (request: FastifyRequest): AskedPerson {
  callerOf(request)
  const asked = readPerson('userCode', (request.query as Record<string, unknown>).userCode)
  const user = readPerson('X-Road-UserId', userOf(request))
  if (asked.normalised !== user.normalised) throw new ExchangeProblem(403, 'only one\'s own accesses are shown')
  return asked
}
