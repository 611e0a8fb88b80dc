import type { FastifyInstance } from 'fastify'
import { answerResponses, describeAnswer, describeApi, operation, Problem, purposeHeader, purposeOf } from '@trembita/example-information-system'
import type { ProfileQuestion, TaxRegister } from './register.ts'

/** Subjects in one question. */
const SUBJECTS_MAX = 1000

const code = { type: 'string', maxLength: 32, description: 'ЄДРПОУ або РНОКПП' }
const year = { type: 'string', pattern: '^20\\d\\d$' }

/** REST: `vatPayerByCode` (GET /vat-payers/{code}, persons by POST /vat-payers/by-code) and `supportTaxProfile` (POST /tax-profiles). */
export function addRest (app: FastifyInstance, register: TaxRegister): void {
  describeApi(app, {
    title: 'Податкові реєстри: приклад · Tax registers: an example',
    version: '1.0.0',
    description: 'Синтетичні дані: жодна особа чи організація тут не існує. · Synthetic data: nobody here exists.'
  })

  app.get<{ Params: { code: string } }>('/vat-payers/:code', {
    schema: { params: { type: 'object', required: ['code'], properties: { code } }, querystring: { type: 'object', additionalProperties: true } },
    ...operation({ operationId: 'vatPayerByCode', summary: 'Платник ПДВ за кодом · A VAT payer by its code', parameters: [purposeHeader], responses: answerResponses })
  }, async (request) => {
    // An address ends up in the log of every hop; a person's code must not.
    if (/^\d{10}$/.test(request.params.code)) {
      throw new Problem('personal-identifier-in-address', 'Код особи передають у тілі: POST /vat-payers/by-code', 'A personal code goes in the body: POST /vat-payers/by-code')
    }
    const { answer, source } = register.vatPayer(request.params.code)
    return describeAnswer(request, answer, source)
  })

  app.post<{ Body: { code: string } }>('/vat-payers/by-code', {
    schema: { body: { type: 'object', additionalProperties: false, required: ['code'], properties: { code } } },
    ...operation({ operationId: 'vatPayerByPersonalCode', summary: 'Платник ПДВ за кодом у тілі запиту · A VAT payer by a code in the body', parameters: [purposeHeader], responses: answerResponses })
  }, async (request) => {
    const { answer, source } = register.vatPayer(request.body.code)
    return describeAnswer(request, answer, source)
  })

  app.post<{ Body: ProfileQuestion }>('/tax-profiles', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['period', 'subjects'],
        properties: {
          period: { type: 'object', additionalProperties: false, required: ['from', 'to'], properties: { from: year, to: year } },
          subjects: {
            type: 'array',
            minItems: 1,
            maxItems: SUBJECTS_MAX,
            items: { type: 'object', additionalProperties: false, required: ['code'], properties: { code, name: { type: 'string', minLength: 1, maxLength: 500 } } }
          }
        }
      }
    },
    ...operation({
      operationId: 'supportTaxProfile',
      summary: 'Податкові профілі за період · Tax profiles for a period',
      parameters: [purposeHeader],
      responses: { ...answerResponses, 200: profilesResponse }
    })
  }, async (request) => {
    const { items, source } = register.profiles(request.body)
    request.outcome = [...new Set(items.map(({ outcome }) => outcome))].join(' ')
    return { requestId: request.id, items, source, agreement: null, purpose: purposeOf(request) }
  })
}

const profilesResponse = {
  description: 'Кожен суб’єкт має власний підсумок · Each subject has an outcome of its own',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['requestId', 'items', 'source', 'agreement', 'purpose'],
        properties: {
          requestId: { type: 'string' },
          items: {
            type: 'array',
            items: {
              type: 'object',
              required: ['code', 'outcome', 'data', 'missing', 'discrepancies'],
              properties: {
                code: { type: 'string' },
                outcome: { type: 'string', enum: ['FOUND', 'PARTIAL', 'NO_DATA', 'DISCREPANCY'] },
                data: { type: 'object', nullable: true },
                missing: { type: 'array', items: { type: 'object' } },
                discrepancies: { type: 'array', items: { type: 'object' } }
              }
            }
          },
          source: { type: 'object' },
          agreement: { type: 'string', nullable: true },
          purpose: { type: 'string', nullable: true }
        }
      }
    }
  }
}
