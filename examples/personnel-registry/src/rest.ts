import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answerResponses, describeAnswer, describeApi, operation, Problem, purposeHeader } from '@trembita/example-information-system'
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
  })

  app.get<{ Querystring: { code?: string, name?: string } }>('/bodies', {
    schema: { querystring: { type: 'object', additionalProperties: true, properties: { code, name: { type: 'string', maxLength: 200 } } } },
    ...operation({ operationId: 'bodies', summary: 'Державні органи · Bodies', parameters: [purposeHeader], responses: answering(listOf(bodySchema)) })
  }, async (request) => {
    const { answer, source } = register.bodies(request.query)
    return describeAnswer(request, answer, source)
  })

  app.get<{ Params: { code: string } }>('/body-structure/:code', {
    schema: byCode,
    ...operation({ operationId: 'bodyStructure', summary: 'Структура органу · Structure of a body', parameters: [purposeHeader], responses: answering({ type: 'object', nullable: true, properties: { body: bodySchema, units: { type: 'array', items: unitSchema } } }) })
  }, async (request) => {
    const { answer, source } = register.structure(request.params.code)
    return describeAnswer(request, answer, source)
  })

  app.get<{ Params: { code: string } }>('/staff-list/:code', {
    schema: byCode,
    ...operation({ operationId: 'staffList', summary: 'Штатний розпис · Staff list', parameters: [purposeHeader], responses: answering(listOf(staffSchema)) })
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
    ...operation({ operationId: 'officials', summary: 'Посадові особи · Officials', parameters: [purposeHeader], responses: answering(listOf(officialSchema)) })
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
        properties: { rnokpp: rnokppSchema, body: code, surname: { type: 'string', minLength: 1, maxLength: 200, 'x-personal-category': 'NAME' } }
      }
    },
    ...operation({
      operationId: 'officialStatus',
      summary: 'Чи служить особа в органі · Whether a person serves in a body',
      parameters: [purposeHeader],
      responses: answering({ ...statusSchema, nullable: true }),
      'x-processing': { operation: 'consult', purpose: 'Доступ посадової особи до Дія.Офіс · Access of an official to Diia.Office' }
    } as Parameters<typeof operation>[0])
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

/** The common envelope, with what stands in `data`. */
function answering (data: object): Record<string, object> {
  const { 200: answer, ...others } = answerResponses as Record<string, DescribedResponse>
  const { schema } = answer!.content['application/json']
  return { ...others, 200: { ...answer, content: { 'application/json': { schema: { ...schema, properties: { ...schema.properties, data } } } } } }
}

interface DescribedResponse {
  readonly content: { readonly 'application/json': { readonly schema: { readonly properties: object } } }
}
