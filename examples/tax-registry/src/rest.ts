import type { FastifyInstance } from 'fastify'
import {
  answersOf, describeAnswer, describeApi, itemsOf, operation, Problem, purposeHeader, purposeOf, type PseudonymIndex
} from '@trembita/example-information-system'
import type { CheckQuestion, IndividualsRegister } from './individuals-register.ts'
import type { TaxRegister } from './register.ts'
import { checkSchema, taxProfileSchema, vatPayerSchema } from './schemas.ts'
import type { SupportQuestion } from './support-profile.ts'

/** Pseudonyms in one question. */
const PSEUDONYMS_MAX = 1000

const subject = { 'x-personal-subject': { type: 'RNOKPP', role: 'main' } }
const code = { type: 'string', maxLength: 32, description: 'ЄДРПОУ або РНОКПП' }
const year = { type: 'string', pattern: '^20\\d\\d$' }
const name = { type: 'string', minLength: 1, maxLength: 200 }

export interface TaxRegisters {
  readonly taxes: TaxRegister
  readonly individuals: IndividualsRegister
  readonly pseudonyms: PseudonymIndex
}

/**
 * REST: `vatPayerByCode` (GET /vat-payers/{code}, persons by POST /vat-payers/by-code), `supportTaxProfile` (POST /tax-profiles),
 * `checkRnokpp` (POST /rnokpp-checks).
 */
export function addRest (app: FastifyInstance, registers: TaxRegisters): void {
  describeApi(app, {
    title: 'Податкові реєстри: приклад · Tax registers: an example',
    version: '1.0.0',
    description: 'Синтетичні дані: жодна особа чи організація тут не існує. · Synthetic data: nobody here exists.'
  }, {
    vatPayerByCode: { title: 'Платник ПДВ за кодом · A VAT payer by its code', base: '/vat-payers' },
    supportTaxProfile: { title: 'Знеособлений податковий профіль для підтримки · Depersonalised tax profile for support', base: '/tax-profiles' },
    checkRnokpp: { title: 'Перевірка особи за РНОКПП · Check of a person by number', base: '/rnokpp-checks' }
  })
  addVatPayers(app, registers.taxes)
  addSupportProfiles(app, registers)
  addChecks(app, registers.individuals)
}

function addVatPayers (app: FastifyInstance, register: TaxRegister): void {
  app.get<{ Params: { code: string } }>('/vat-payers/:code', {
    schema: { params: { type: 'object', required: ['code'], properties: { code: { ...code, example: '91000033' } } }, querystring: { type: 'object', additionalProperties: true } },
    ...operation({
      operationId: 'vatPayerByCode',
      summary: 'Платник ПДВ за кодом · A VAT payer by its code',
      services: ['vatPayerByCode'],
      parameters: [purposeHeader],
      'x-samples': [
        { name: 'found', expect: 'data', parameters: { code: '91000033' } },
        { name: 'partial', expect: 'partial', parameters: { code: '91000046' } },
        { name: 'absent', expect: 'noData', parameters: { code: '91000106' } },
        { name: 'refused', expect: 'badRequest', parameters: { code: '91000018' } }
      ],
      responses: answersOf(vatPayerSchema)
    })
  }, async (request) => {
    // An address ends up in the log of every hop; a person's code must not.
    if (/^\d{10}$/.test(request.params.code)) {
      throw new Problem('personal-identifier-in-address', 'Код особи передають у тілі: POST /vat-payers/by-code', 'A personal code goes in the body: POST /vat-payers/by-code')
    }
    const { answer, source } = register.vatPayer(request.params.code)
    return describeAnswer(request, answer, source)
  })

  app.post<{ Body: { code: string } }>('/vat-payers/by-code', {
    schema: { body: { type: 'object', additionalProperties: false, required: ['code'], properties: { code: { ...code, ...subject } } } },
    ...operation({
      operationId: 'vatPayerByPersonalCode',
      summary: 'Платник ПДВ за кодом у тілі запиту · A VAT payer by a code in the body',
      services: ['vatPayerByCode'],
      parameters: [purposeHeader],
      'x-processing': { operation: 'retrieve' },
      'x-safe': true,
      'x-samples': [
        { name: 'found', expect: 'data', body: { code: '7000100119' } },
        { name: 'absent', expect: 'noData', body: { code: '7000500534' } },
        { name: 'refused', expect: 'badRequest', body: { code: '9000100013' } }
      ],
      requestExamples: { found: { summary: 'FOUND', value: { code: '7000100119' } }, absent: { summary: 'NO_DATA', value: { code: '7000500534' } } },
      responses: answersOf(vatPayerSchema)
    })
  }, async (request) => {
    const { answer, source } = register.vatPayer(request.body.code)
    return describeAnswer(request, answer, source)
  })
}

function addSupportProfiles (app: FastifyInstance, { taxes, pseudonyms }: TaxRegisters): void {
  app.post<{ Body: SupportQuestion }>('/tax-profiles', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['agreement', 'epoch', 'kid', 'pseudonyms', 'period'],
        properties: {
          agreement: { type: 'string', maxLength: 40 },
          epoch: { type: 'string', pattern: '^20\\d\\dQ[1-4]$', description: 'Квартал · Quarter' },
          kid: { type: 'string', maxLength: 40 },
          pseudonyms: { type: 'array', minItems: 1, maxItems: PSEUDONYMS_MAX, uniqueItems: true, items: { type: 'string', maxLength: 80 } },
          period: { type: 'object', additionalProperties: false, required: ['from', 'to'], properties: { from: year, to: year } }
        }
      }
    },
    ...operation({
      operationId: 'supportTaxProfile',
      summary: 'Знеособлені податкові профілі за період · Depersonalised tax profiles for a period',
      services: ['supportTaxProfile'],
      parameters: [purposeHeader],
      'x-processing': { operation: 'match' },
      responses: itemsOf({ p: { type: 'string' } }, taxProfileSchema, { checksum: { type: 'string', nullable: true } })
    })
  }, async (request) => {
    const { items, source } = taxes.supportProfiles(request.body, pseudonyms)
    request.outcome = [...new Set(items.map(({ outcome }) => outcome))].join(' ')
    return { requestId: request.id, items, source, agreement: request.body.agreement, purpose: purposeOf(request) }
  })
}

function addChecks (app: FastifyInstance, register: IndividualsRegister): void {
  app.post<{ Body: CheckQuestion }>('/rnokpp-checks', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['rnokpp', 'familyName', 'givenName'],
        properties: {
          rnokpp: { type: 'string', maxLength: 32, description: 'РНОКПП', 'x-personal-category': 'identifier', ...subject },
          familyName: { ...name, 'x-personal-category': 'name', description: 'Прізвище · Surname' },
          givenName: { ...name, 'x-personal-category': 'name', description: 'Власне ім’я · Given name' },
          patronymicName: { ...name, 'x-personal-category': 'name', description: 'По батькові, якщо є · Patronymic, if any' },
          birthDate: { type: 'string', format: 'date' }
        }
      }
    },
    ...operation({
      operationId: 'checkRnokpp',
      summary: 'Чи належить РНОКПП цій особі · Whether the number is this person’s',
      services: ['checkRnokpp'],
      parameters: [purposeHeader],
      'x-processing': { operation: 'match' },
      'x-safe': true,
      'x-samples': [
        { name: 'found', expect: 'data', body: { rnokpp: '7000100119', familyName: 'Ґонта', givenName: "Дем'ян" } },
        { name: 'absent', expect: 'noData', body: { rnokpp: '9000100012', familyName: 'Нікого', givenName: 'Немає' } },
        { name: 'discrepancy', expect: 'discrepancy', body: { rnokpp: '7000100119', familyName: 'Інша', givenName: 'Особа' } },
        { name: 'refused', expect: 'badRequest', body: { rnokpp: '9000100013', familyName: 'Нікого', givenName: 'Немає' } }
      ],
      requestExamples: {
        found: { summary: 'FOUND', value: { rnokpp: '7000100119', familyName: 'Ґонта', givenName: "Дем'ян", patronymicName: 'Євгенович' } },
        discrepancy: { summary: 'DISCREPANCY', value: { rnokpp: '7000100119', familyName: 'Інша', givenName: 'Особа' } },
        absent: { summary: 'NO_DATA', value: { rnokpp: '9000100012', familyName: 'Нікого', givenName: 'Немає' } }
      },
      responses: answersOf(checkSchema)
    })
  }, async (request) => {
    const { answer, source } = register.check(request.body)
    return describeAnswer(request, answer, source)
  })
}
