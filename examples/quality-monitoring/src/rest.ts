import type { FastifyInstance } from 'fastify'
import { describeApi, operation, problemResponse } from '@trembita/example-information-system'
import { SCORES, type Rating, type Ratings } from './ratings.ts'

/** Of one batch. */
export const RATINGS_MAX = 500

const centre = { type: 'string', pattern: '^[a-z0-9-]{1,60}$' }
const id = { type: 'string', pattern: '^[\\w-]{8,100}$' }
const day = { type: 'string', format: 'date' }
const score = { type: 'integer', minimum: 1, maximum: 5 }
const scoresOf = (one: object): object => ({ type: 'object', additionalProperties: false, required: SCORES, properties: Object.fromEntries(SCORES.map((name) => [name, one])) })
const ok = (description: string, schema: object): Record<string, object> => ({ 200: { description, content: { 'application/json': { schema } } }, 400: problemResponse, 409: problemResponse, 503: problemResponse })

/** REST: `submitRatings` (POST /ratings) and `indicators` (POST /indicators). */
export function addRest (app: FastifyInstance, ratings: Ratings): void {
  describeApi(app, {
    title: 'Моніторинг якості адміністративних послуг: приклад · Monitoring of the quality of administrative services: an example',
    version: '1.0.0',
    description: 'Синтетичні дані. Оцінки безособові. · Synthetic data. Ratings have no identity.'
  }, {
    submitRatings: { title: 'Приймання оцінок · Receiving ratings', base: '/ratings' },
    indicators: { title: 'Показники якості · Indicators of quality', base: '/indicators' }
  })

  app.post<{ Body: { batchId: string, ratings: Rating[] } }>('/ratings', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['batchId', 'ratings'],
        properties: {
          batchId: { ...id, description: 'Повтор має ту саму квитанцію · A repetition has the same receipt' },
          ratings: {
            type: 'array',
            minItems: 1,
            maxItems: RATINGS_MAX,
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['ratingId', 'centre', 'scores', 'channel', 'ratedOn'],
              properties: { ratingId: id, centre, service: { type: 'string', pattern: '^\\d{5}$' }, scores: scoresOf(score), remark: { type: 'string', maxLength: 2000 }, channel: { type: 'string', enum: ['visit', 'page'] }, ratedOn: day }
            }
          }
        }
      }
    },
    bodyLimit: 8 * 1024 * 1024,
    ...operation({
      operationId: 'submitRatings',
      summary: 'Прийняти пакет оцінок рівно один раз · Take a batch of ratings exactly once',
      services: ['submitRatings'],
      responses: ok('Квитанція · A receipt', { type: 'object', required: ['batchId', 'accepted', 'duplicates', 'rejected', 'receivedAt'], properties: { batchId: id, accepted: { type: 'integer' }, duplicates: { type: 'integer' }, rejected: { type: 'array', items: { type: 'object', required: ['ratingId', 'code'], properties: { ratingId: id, code: { type: 'string' } } } }, receivedAt: { type: 'string', format: 'date-time' } } })
    })
  }, async (request) => {
    const receipt = await ratings.submit(String(request.headers['x-road-client'] ?? ''), request.body.batchId, request.body.ratings)
    request.outcome = `accepted ${receipt.accepted}, duplicates ${receipt.duplicates}`
    return receipt
  })

  app.post<{ Body: { centre?: string, from?: string, until?: string } }>('/indicators', {
    schema: { body: { type: 'object', additionalProperties: false, properties: { centre, from: day, until: day } } },
    ...operation({
      operationId: 'indicators',
      summary: 'Середні оцінки центрів · Mean scores of centres',
      services: ['indicators'],
      requestExamples: { all: { summary: 'Усі центри · All centres', value: {} } },
      responses: ok('Показники · Indicators', { type: 'object', required: ['items', 'asOf'], properties: { items: { type: 'array', items: { type: 'object', required: ['centre', 'count', 'means', 'remarks'], properties: { centre, count: { type: 'integer' }, remarks: { type: 'integer' }, means: scoresOf({ type: 'number' }) } } }, asOf: { type: 'string', format: 'date-time' } } })
    })
  }, async (request) => await ratings.indicators(request.body))
}
