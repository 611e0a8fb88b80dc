import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answersOf, describeAnswer, describeApi, operation, Problem, purposeHeader } from '@trembita/example-information-system'
import type { OfficialsQuestion, PersonnelRegister, StatusQuestion } from './register.ts'
import { bodySchema, listOf, officialSchema, rnokppSchema, staffSchema, statusSchema, unitSchema } from './schemas.ts'

const code = { type: 'string', pattern: '^\\d{8}$', description: 'ЄДРПОУ органу · Code of the body' }
const byCode = { params: { type: 'object', required: ['code'], properties: { code } }, querystring: { type: 'object', additionalProperties: true } }

/** REST: `bodies`, `bodyStructure`, `staffList` by GET; `officials` and `officialStatus` by POST, for they carry names and codes of persons. */
export function addRest (app: FastifyInstance, register: PersonnelRegister): void {
  describeApi(app, {
    title: 'Кадрова система державної служби: приклад · Personnel system of the civil service: an example',
    version: '1.0.0',
    description: 'Синтетичні дані: жодна особа тут не існує. · Synthetic data: nobody here exists.'
  }, {
    bodies: { title: 'Державні органи · Bodies', base: '/bodies' },
    bodyStructure: { title: 'Структура органу · Structure of a body', base: '/body-structure' },
    staffList: { title: 'Штатний розпис · Staff list', base: '/staff-list' },
    officials: { title: 'Посадові особи · Officials', base: '/officials' },
    officialStatus: { title: 'Стан служби · Status of service', base: '/official-status' }
  })

  app.get<{ Querystring: { code?: string, name?: string } }>('/bodies', {
    schema: { querystring: { type: 'object', additionalProperties: true, properties: { code, name: { type: 'string', maxLength: 200 } } } },
    ...operation({ operationId: 'bodies', services: ['bodies'], summary: 'Державні органи · Bodies', parameters: [purposeHeader], responses: answersOf(listOf(bodySchema)) })
  }, async (request) => {
    const { answer, source } = register.bodies(request.query)
    return describeAnswer(request, answer, source)
  })

  app.get<{ Params: { code: string } }>('/body-structure/:code', {
    schema: byCode,
    ...operation({ operationId: 'bodyStructure', services: ['bodyStructure'], summary: 'Структура органу · Structure of a body', parameters: [purposeHeader], responses: answersOf({ type: 'object', properties: { body: bodySchema, units: { type: 'array', items: unitSchema } } }) })
  }, async (request) => {
    const { answer, source } = register.structure(request.params.code)
    return describeAnswer(request, answer, source)
  })

  app.get<{ Params: { code: string } }>('/staff-list/:code', {
    schema: byCode,
    ...operation({ operationId: 'staffList', services: ['staffList'], summary: 'Штатний розпис · Staff list', parameters: [purposeHeader], responses: answersOf(listOf(staffSchema)) })
  }, async (request) => {
    const { answer, source } = register.staff(request.params.code)
    return describeAnswer(request, answer, source)
  })

  app.post<{ Body: OfficialsQuestion }>('/officials', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        properties: {
          body: code,
          words: { type: 'string', maxLength: 200, description: 'Частини слів імені, посади чи підрозділу · Parts of words of name, post or unit' },
          unit: { type: 'string', maxLength: 40 },
          id: { type: 'string', maxLength: 40 },
          page: { type: 'integer', minimum: 1, maximum: 10_000 }
        }
      }
    },
    ...operation({ operationId: 'officials', services: ['officials'], summary: 'Посадові особи · Officials', parameters: [purposeHeader], responses: answersOf(listOf(officialSchema)) })
  }, async (request) => {
    const { answer, source } = register.officials(request.body)
    return describeAnswer(request, answer, source)
  })

  app.post<{ Body: StatusQuestion }>('/official-status', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['rnokpp', 'body'],
        properties: { rnokpp: rnokppSchema, body: code, surname: { type: 'string', minLength: 1, maxLength: 200, 'x-personal-category': 'name' } }
      }
    },
    ...operation({
      operationId: 'officialStatus',
      services: ['officialStatus'],
      summary: 'Чи служить особа в органі · Whether a person serves in a body',
      parameters: [purposeHeader],
      responses: answersOf({ ...statusSchema }),
      'x-processing': { operation: 'consult', purpose: 'OFFICE-ACCESS', legalBasis: 'Порядок функціонування Дія.Офіс, пункти 2, 3' }
    })
  }, async (request) => {
    checkOwnPeople(request, request.body.body)
    const { answer, source } = register.status(request.body)
    return describeAnswer(request, answer, source)
  })
}

/** A body asks about its own people only. The gateway vouches for the header; a question without one came from this machine. */
function checkOwnPeople (request: FastifyRequest, body: string): void {
  const client = request.headers['x-road-client']
  if (client === undefined || String(client).split('/')[2] === body) return
  throw new Problem('invalid-request', 'Орган запитує лише про власних працівників', 'A body asks about its own people only')
}
