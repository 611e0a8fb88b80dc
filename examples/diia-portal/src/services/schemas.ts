const twoTexts = (maxLength: number): object => ({
  type: 'object',
  required: ['uk', 'en'],
  additionalProperties: false,
  properties: { uk: { type: 'string', minLength: 1, maxLength }, en: { type: 'string', minLength: 1, maxLength } }
})

const link = { type: 'string', maxLength: 1000, description: 'Адреса в системі, яку портал знає · An address of a system that the portal knows', example: 'http://127.0.0.1:4310/offers' }

const parameters = { type: 'object', maxProperties: 50, propertyNames: { maxLength: 50 }, additionalProperties: { type: 'string', maxLength: 1000 } }

/** How a person is named: by the provider's subject, or by the number where a body knows nothing else. */
const person = {
  subject: { type: 'string', minLength: 1, maxLength: 100, description: 'Непрозорий ідентифікатор особи від постачальника ідентифікації · Opaque subject of the identity provider', example: 'f-1Qm6cB2m0vJk8xYt3uLw' },
  rnokpp: { type: 'string', pattern: '^\\d{10}$', description: 'РНОКПП', 'x-personal-subject': { type: 'RNOKPP', role: 'main' }, 'x-personal-category': 'identifier' }
}
const named = [{ required: ['subject'] }, { required: ['rnokpp'] }]

export const offerBody = {
  type: 'object',
  required: ['offerId', 'title', 'body', 'link'],
  additionalProperties: false,
  anyOf: named,
  properties: {
    offerId: { type: 'string', minLength: 1, maxLength: 100 },
    ...person,
    recipientKind: { type: 'string', enum: ['soleEntrepreneur', 'legalEntity'], default: 'soleEntrepreneur' },
    title: twoTexts(300),
    body: twoTexts(4000),
    reasons: { type: 'array', maxItems: 30, items: twoTexts(500) },
    template: { type: 'string', maxLength: 100 },
    parameters,
    link,
    validUntil: { type: 'string', format: 'date-time' }
  }
}

export const offerAnswer = {
  type: 'object',
  required: ['status'],
  properties: {
    deliveryId: { type: 'string' },
    status: { type: 'string', enum: ['accepted', 'recipient-not-reachable', 'channel-off', 'refused'] },
    reason: { type: 'string', enum: ['legal-entity', 'no-rnokpp', 'expired'] }
  }
}

export const templateBody = {
  type: 'object',
  required: ['code', 'title', 'body'],
  additionalProperties: false,
  properties: { code: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }, title: twoTexts(200), body: twoTexts(2000), link }
}

export const templateAnswer = { type: 'object', required: ['code', 'version'], properties: { code: { type: 'string' }, version: { type: 'integer' } } }

/** Recipients of one request: a body of many more is several requests. */
const RECIPIENTS_MAX = 1000

export const pushBody = {
  type: 'object',
  required: ['template', 'recipients'],
  additionalProperties: false,
  properties: {
    template: { type: 'string', maxLength: 64 },
    recipients: { type: 'array', minItems: 1, maxItems: RECIPIENTS_MAX, items: { type: 'object', additionalProperties: false, anyOf: named, properties: { ...person, parameters } } },
    parameters,
    link
  }
}

export const pushAnswer = {
  type: 'object',
  required: ['distributionId', 'accepted', 'notReachable'],
  properties: { distributionId: { type: 'string' }, accepted: { type: 'integer' }, notReachable: { type: 'integer' } }
}

const count = { type: 'integer' }

export const statusAnswer = {
  type: 'object',
  required: ['template', 'createdAt', 'states'],
  properties: {
    template: { type: 'string' },
    createdAt: { type: 'string', format: 'date-time' },
    deletedAt: { type: 'string', format: 'date-time' },
    states: { type: 'object', properties: { inbox: count, pushed: count, read: count, 'not-reachable': count } }
  }
}

export const recipientsAnswer = {
  type: 'object',
  required: ['recipients'],
  properties: {
    recipients: {
      type: 'array',
      items: {
        type: 'object',
        required: ['position', 'state'],
        properties: {
          position: { type: 'integer' },
          state: { type: 'string', enum: ['inbox', 'pushed', 'read', 'not-reachable'] },
          pushedAt: { type: 'string', format: 'date-time' },
          readAt: { type: 'string', format: 'date-time' }
        }
      }
    }
  }
}

export const idParam = { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } }

export const pageQuery = {
  type: 'object',
  properties: { offset: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 }, limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } }
}

/** Of an answer, and of refusals. */
export function answers (status: 200 | 201 | 202, schema: object): Readonly<Record<string, object>> {
  const problem = { description: 'Відмова · Refusal (RFC 9457)', content: { 'application/problem+json': { schema: { type: 'object', properties: { code: { type: 'string' }, detail: { type: 'string' } } } } } }
  return { [status]: { description: 'Відповідь · Answer', content: { 'application/json': { schema } } }, 400: problem, 403: problem, 404: problem, 409: problem }
}
