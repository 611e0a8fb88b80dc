import type { FastifyInstance } from 'fastify'
import {
  answersOf, describeAnswer, describeApi, itemsOf, operation, Problem, purposeHeader, purposeOf, type PseudonymIndex
} from '@trembita/example-information-system'
import { EdrRegister, FIELDS, type Question, type SearchQuestion } from './register.ts'
import { FIELDS_TEXT, searchSchema, subjectSchema, supportProfileSchema } from './schemas.ts'
import { SUPPORT_FIELDS, type SupportQuestion } from './support-profile.ts'

/** Pseudonyms in one question (facts on pseudonymised exchange). */
const PSEUDONYMS_MAX = 1000

const fields = { type: 'string', maxLength: 400, description: FIELDS_TEXT }
const name = { type: 'string', minLength: 1, maxLength: 500, description: 'Назва, якою її знає запитувач · The name as the asker knows it' }

/**
 * REST side: `subjectByCode` (GET /subjects/{code}, by personal code POST /subjects/by-code), `searchSubjects` (GET /subjects),
 * `supportProfile` (POST /support-profiles).
 */
export function addRest (app: FastifyInstance, register: EdrRegister, pseudonyms: PseudonymIndex): void {
  describeApi(app, {
    title: 'ЄДР: приклад реєстру · EDR: an example register',
    version: '1.0.0',
    description: 'Синтетичні дані: жодна особа чи організація тут не існує. · Synthetic data: nobody here exists.'
  }, {
    subjectByCode: { title: 'ЄДР: суб’єкт за кодом · EDR: a subject by its code', base: '/subjects' },
    supportProfile: { title: 'ЄДР: знеособлений профіль для підтримки · EDR: depersonalised profile for support', base: '/support-profiles' }
  })
  addSubjects(app, register)
  addSearch(app, register)
  addSupportProfiles(app, register, pseudonyms)
}

function addSubjects (app: FastifyInstance, register: EdrRegister): void {
  app.get<{ Params: { code: string }, Querystring: { name?: string, fields?: string } }>('/subjects/:code', {
    schema: {
      params: { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 32, description: 'ЄДРПОУ', example: '91000033' } } },
      querystring: { type: 'object', additionalProperties: true, properties: { name, fields } }
    },
    ...operation({
      operationId: 'subjectByCode',
      summary: 'Юридична особа за кодом · A legal entity by its code',
      services: ['subjectByCode'],
      parameters: [purposeHeader],
      'x-samples': [
        { name: 'found', expect: 'data', parameters: { code: '91000033' } },
        { name: 'partial', expect: 'partial', parameters: { code: '91000046' } },
        { name: 'absent', expect: 'noData', parameters: { code: '91000112' } },
        { name: 'refused', expect: 'badRequest', parameters: { code: '91000018' } }
      ],
      responses: answersOf(subjectSchema)
    })
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
          code: { type: 'string', maxLength: 32, description: 'ЄДРПОУ або РНОКПП', 'x-personal-subject': { type: 'RNOKPP', role: 'main' } },
          passport: { type: 'string', maxLength: 32, description: 'Серія і номер, якщо РНОКПП немає · Series and number of a person without РНОКПП', 'x-personal-subject': { type: 'PASSPORT', role: 'main' } },
          name,
          fields: { type: 'array', maxItems: FIELDS.length, items: { type: 'string', maxLength: 40 } }
        }
      }
    },
    ...operation({
      operationId: 'subjectByPersonalCode',
      summary: 'Суб’єкт за кодом у тілі запиту · A subject by a code in the body',
      services: ['subjectByCode'],
      parameters: [purposeHeader],
      'x-processing': { operation: 'retrieve' },
      'x-safe': true,
      'x-samples': [
        { name: 'found', expect: 'data', body: { code: '91000033' } },
        { name: 'absent', expect: 'noData', body: { code: '7000500534' } },
        { name: 'discrepancy', expect: 'discrepancy', body: { code: '91000033', name: 'ТОВ «Інше»' } },
        { name: 'refused', expect: 'badRequest', body: { code: '9000100013' } }
      ],
      requestExamples: { found: { summary: 'FOUND', value: { code: '7000100119' } }, absent: { summary: 'NO_DATA', value: { code: '7000500534' } } },
      responses: answersOf(subjectSchema)
    })
  }, async (request) => {
    const { answer, source } = register.subject(request.body)
    return describeAnswer(request, answer, source)
  })
}

function addSearch (app: FastifyInstance, register: EdrRegister): void {
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
    ...operation({ operationId: 'searchSubjects', summary: 'Пошук юридичних осіб · Search of legal entities', parameters: [purposeHeader], responses: answersOf(searchSchema) })
  }, async (request) => {
    const { answer, source } = register.search(request.query)
    return describeAnswer(request, answer, source)
  })
}

function addSupportProfiles (app: FastifyInstance, register: EdrRegister, pseudonyms: PseudonymIndex): void {
  app.post<{ Body: SupportQuestion }>('/support-profiles', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['agreement', 'epoch', 'kid', 'pseudonyms'],
        properties: {
          agreement: { type: 'string', maxLength: 40 },
          epoch: { type: 'string', pattern: '^20\\d\\dQ[1-4]$', description: 'Квартал · Quarter' },
          kid: { type: 'string', maxLength: 40 },
          pseudonyms: { type: 'array', minItems: 1, maxItems: PSEUDONYMS_MAX, uniqueItems: true, items: { type: 'string', maxLength: 80 } },
          fields: { type: 'array', maxItems: SUPPORT_FIELDS.length, items: { type: 'string', maxLength: 40 } }
        }
      }
    },
    ...operation({
      operationId: 'supportProfile',
      summary: 'Знеособлені відомості для програм підтримки · Depersonalised data for programmes of support',
      services: ['supportProfile'],
      parameters: [purposeHeader],
      'x-processing': { operation: 'match' },
      responses: itemsOf({ p: { type: 'string' } }, supportProfileSchema, { checksum: { type: 'string', nullable: true } })
    })
  }, async (request) => {
    const { items, source } = register.supportProfiles(request.body, pseudonyms)
    request.outcome = [...new Set(items.map(({ outcome }) => outcome))].join(' ')
    return { requestId: request.id, items, source, agreement: request.body.agreement, purpose: purposeOf(request) }
  })
}
