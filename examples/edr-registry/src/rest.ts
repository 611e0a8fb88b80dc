import type { FastifyInstance } from 'fastify'
import { answerResponses, describeAnswer, describeApi, operation, Problem, purposeHeader } from '@trembita/example-information-system'
import { EdrRegister, FIELDS, type Question, type SearchQuestion } from './register.ts'

const fields = { type: 'string', maxLength: 400, description: `Поля через кому · Fields, comma-separated: ${FIELDS.join(', ')}` }
const name = { type: 'string', minLength: 1, maxLength: 500, description: 'Назва, якою її знає запитувач · The name as the asker knows it' }

/** REST side: `subjectByCode` (GET /subjects/{code}), `searchSubjects` (GET /subjects), and by personal code (POST /subjects/by-code). */
export function addRest (app: FastifyInstance, register: EdrRegister): void {
  describeApi(app, {
    title: 'ЄДР: приклад реєстру · EDR: an example register',
    version: '1.0.0',
    description: 'Синтетичні дані: жодна особа чи організація тут не існує. · Synthetic data: nobody here exists.'
  })

  app.get<{ Params: { code: string }, Querystring: { name?: string, fields?: string } }>('/subjects/:code', {
    schema: {
      params: { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 32, description: 'ЄДРПОУ' } } },
      querystring: { type: 'object', additionalProperties: true, properties: { name, fields } }
    },
    ...operation({ operationId: 'subjectByCode', summary: 'Юридична особа за кодом · A legal entity by its code', parameters: [purposeHeader], responses: answerResponses })
  }, async (request) => {
    const { code } = request.params
    // An address ends up in the log of every hop; a person's code must not.
    if (/^\d{10}$/.test(code)) {
      throw new Problem('personal-identifier-in-address', 'Код особи передають у тілі: POST /subjects/by-code', 'A personal code goes in the body: POST /subjects/by-code')
    }
    const { answer, source } = register.subject({ code, name: request.query.name, fields: request.query.fields?.split(',') })
    return describeAnswer(request, answer, source)
  })

  app.post<{ Body: Question }>('/subjects/by-code', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        properties: {
          code: { type: 'string', maxLength: 32, description: 'ЄДРПОУ або РНОКПП' },
          passport: { type: 'string', maxLength: 32, description: 'Серія і номер, якщо РНОКПП немає · Series and number of a person without РНОКПП' },
          name,
          fields: { type: 'array', maxItems: FIELDS.length, items: { type: 'string', maxLength: 40 } }
        }
      }
    },
    ...operation({ operationId: 'subjectByPersonalCode', summary: 'Суб’єкт за кодом у тілі запиту · A subject by a code in the body', parameters: [purposeHeader], responses: answerResponses })
  }, async (request) => {
    const { answer, source } = register.subject(request.body)
    return describeAnswer(request, answer, source)
  })

  app.get<{ Querystring: SearchQuestion }>('/subjects', {
    schema: {
      querystring: {
        type: 'object',
        additionalProperties: true,
        properties: {
          name: { type: 'string', maxLength: 200, description: 'Частина назви · A part of the name' },
          katottg: { type: 'string', pattern: '^UA\\d{17}$' },
          state: { type: 'integer', enum: [1, 2, 3] },
          page: { type: 'integer', minimum: 1, maximum: 10_000 }
        }
      }
    },
    ...operation({ operationId: 'searchSubjects', summary: 'Пошук юридичних осіб · Search of legal entities', parameters: [purposeHeader], responses: answerResponses })
  }, async (request) => {
    const { answer, source } = register.search(request.query)
    return describeAnswer(request, answer, source)
  })
}
