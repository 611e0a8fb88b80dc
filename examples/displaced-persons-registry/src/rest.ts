import type { FastifyInstance } from 'fastify'
import { answersOf, describeAnswer, describeApi, operation, purposeHeader } from '@trembita/example-information-system'
import type { DisplacedPersonsRegister, Question } from './register.ts'

const name = { type: 'string', minLength: 1, maxLength: 200 }
const day = { type: 'string', format: 'date' }
const place = {
  type: 'object',
  required: ['katottg', 'text'],
  'x-jsonld-type': 'http://www.w3.org/ns/locn#Address',
  'x-jsonld-context': { text: 'http://www.w3.org/ns/locn#fullAddress', katottg: 'http://data.europa.eu/m8g/code' },
  properties: { katottg: { type: 'string', pattern: '^UA\\d{17}$' }, text: { type: 'string', 'x-personal-category': 'address' } }
}

const certificateSchema = {
  type: 'object',
  required: ['number', 'status', 'statusDate'],
  properties: {
    number: { type: 'string', pattern: '^\\d{4}-\\d{10}$', 'x-personal-category': 'displacement' },
    issuedAt: day,
    issuer: { type: 'string' },
    registeredAddress: place,
    actualAddress: place,
    status: { type: 'string', enum: ['active', 'cancelled'] },
    statusDate: day
  }
}

/** REST: `idpCertificate` (POST /certificates). */
export function addRest (app: FastifyInstance, register: DisplacedPersonsRegister): void {
  describeApi(app, {
    title: 'База внутрішньо переміщених осіб: приклад · Database of internally displaced persons: an example',
    version: '1.0.0',
    description: 'Синтетичні дані: жодна особа тут не існує. · Synthetic data: nobody here exists.'
  }, { idpCertificate: { title: 'Довідка про взяття на облік ВПО · Certificate of a displaced person', base: '/certificates' } })

  app.post<{ Body: Question }>('/certificates', {
    schema: {
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['rnokpp', 'familyName', 'givenName'],
        properties: {
          rnokpp: { type: 'string', maxLength: 32, description: 'РНОКПП', 'x-personal-subject': { type: 'RNOKPP', role: 'main' } },
          familyName: { ...name, description: 'Прізвище · Surname' },
          givenName: { ...name, description: 'Власне ім’я · Given name' },
          patronymicName: { ...name, description: 'По батькові, якщо є · Patronymic, if any' }
        }
      }
    },
    ...operation({
      operationId: 'idpCertificate',
      summary: 'Довідка за РНОКПП · A certificate by the number',
      services: ['idpCertificate'],
      parameters: [purposeHeader],
      'x-processing': { operation: 'retrieve' },
      'x-safe': true,
      'x-samples': [
        { name: 'found', expect: 'data', body: { rnokpp: '7000800822', familyName: 'Яворська', givenName: 'Ксенія' } },
        { name: 'partial', expect: 'partial', body: { rnokpp: '7001001060', familyName: "Прип'ять", givenName: 'Олена' } },
        { name: 'absent', expect: 'noData', body: { rnokpp: '7000100119', familyName: 'Ґонта', givenName: "Дем'ян" } },
        { name: 'refused', expect: 'badRequest', body: { rnokpp: '9000100013', familyName: 'Нікого', givenName: 'Немає' } }
      ],
      requestExamples: {
        found: { summary: 'FOUND', value: { rnokpp: '7000800822', familyName: 'Яворська', givenName: 'Ксенія' } },
        partial: { summary: 'PARTIAL', value: { rnokpp: '7001001060', familyName: "Прип'ять", givenName: 'Олена' } },
        discrepancy: { summary: 'DISCREPANCY', value: { rnokpp: '7000800822', familyName: 'Інша', givenName: 'Особа' } },
        absent: { summary: 'NO_DATA', value: { rnokpp: '7000100119', familyName: 'Ґонта', givenName: "Дем'ян" } }
      },
      responses: answersOf(certificateSchema)
    })
  }, async (request) => {
    const { answer, source } = register.certificate(request.body)
    return describeAnswer(request, answer, source)
  })
}
