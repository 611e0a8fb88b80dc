/** Schemas of what the tax registers give. */

const TEXT = { type: 'string' }
const YEAR = { type: 'string', pattern: '^20\\d\\d$' }
const MONEY = { type: 'string', pattern: '^\\d+\\.\\d\\d$', description: 'гривні · hryvnias' }
const DAY = { type: 'string', format: 'date' }

export const vatPayerSchema = {
  type: 'object',
  required: ['number', 'annulledAt', 'annulmentReason'],
  properties: { number: { type: 'string', pattern: '^\\d{12}$' }, registeredAt: DAY, annulledAt: { ...DAY, nullable: true }, annulmentReason: { ...TEXT, nullable: true } }
}

/** Exactly the fields of resolution 688, item 10, paragraph on the tax systems. */
export const taxProfileSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    income: { type: 'array', items: { type: 'object', required: ['period', 'amount'], properties: { period: YEAR, amount: MONEY } } },
    paid: { type: 'array', items: { type: 'object', required: ['kind', 'period', 'amount'], properties: { kind: TEXT, period: YEAR, amount: MONEY } } },
    taxSystem: { type: 'object', required: ['code', 'group', 'since'], properties: { code: { type: 'string', enum: ['GENERAL', 'SIMPLIFIED'] }, group: { type: 'integer', nullable: true }, since: DAY } },
    activityPlaces: { type: 'array', items: { type: 'object', required: ['katottg', 'address'], properties: { katottg: { type: 'string', pattern: '^UA\\d{17}$' }, address: TEXT } } },
    employees: { type: 'array', items: { type: 'object', required: ['period', 'count'], properties: { period: YEAR, count: { type: 'integer', minimum: 0 } } } }
  }
}

/** What a check of a person says: never what the register has instead. */
export const checkSchema = {
  type: 'object',
  required: ['confirmed'],
  properties: { confirmed: { type: 'boolean' } }
}
