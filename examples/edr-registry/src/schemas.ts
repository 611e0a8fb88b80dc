import { FIELDS } from './register.ts'

/** Schemas of what the register gives, with what the values mean (Core Business and Core Location vocabularies). */

const CBV = 'http://data.europa.eu/m8g/'
const LEGAL = 'http://www.w3.org/ns/legal#'
const LOCN = 'http://www.w3.org/ns/locn#'
const TEXT = { type: 'string' }

const address = {
  type: 'object',
  required: ['zip', 'country', 'text', 'katottg', 'parts'],
  'x-jsonld-type': `${LOCN}Address`,
  'x-jsonld-context': { text: `${LOCN}fullAddress`, zip: `${LOCN}postCode`, country: `${LOCN}adminUnitL1`, katottg: `${CBV}code`, parts: null },
  properties: {
    zip: TEXT,
    country: TEXT,
    text: { ...TEXT, 'x-personal-category': 'address' },
    katottg: { type: 'string', pattern: '^UA\\d{17}$' },
    parts: { type: 'object', required: ['atu', 'street', 'house'], properties: { atu: TEXT, street: TEXT, house: TEXT, building: TEXT, num: TEXT } }
  }
}

const activityKind = {
  type: 'object',
  required: ['code', 'name', 'list', 'isPrimary'],
  properties: { code: { type: 'string', pattern: '^\\d{2}\\.\\d{2}$' }, name: TEXT, list: { type: 'string', enum: ['KVED-2010', 'NACE-2.1-UA'] }, isPrimary: { type: 'boolean' } }
}

const termination = {
  type: 'object',
  nullable: true,
  required: ['date', 'recordNumber', 'recordDate', 'cause'],
  properties: { date: { type: 'string', format: 'date' }, recordNumber: TEXT, recordDate: { type: 'string', format: 'date' }, cause: TEXT }
}

export const subjectSchema = {
  type: 'object',
  required: ['id', 'code'],
  'x-jsonld-type': `${LEGAL}LegalEntity`,
  'x-jsonld-context': {
    code: `${LEGAL}legalIdentifier`,
    names: `${LEGAL}legalName`,
    legalForm: `${LEGAL}companyType`,
    activityKinds: `${LEGAL}companyActivity`,
    address: `${CBV}registeredAddress`,
    registration: `${CBV}registrationDate`,
    stateText: `${LEGAL}companyStatus`,
    contacts: `${CBV}contactPoint`
  },
  properties: {
    id: TEXT,
    code: { ...TEXT, 'x-personal-category': 'identifier' },
    state: { type: 'integer', enum: [1, 2, 3] },
    stateText: TEXT,
    names: { type: 'object', required: ['name'], properties: { name: { ...TEXT, 'x-personal-category': 'name' }, short: TEXT, nameEn: TEXT } },
    legalForm: { type: 'object', required: ['code', 'name'], properties: { code: TEXT, name: TEXT } },
    address,
    activityKinds: { type: 'array', items: activityKind },
    heads: { type: 'array', items: { type: 'object', required: ['name', 'post'], properties: { name: TEXT, post: TEXT } } },
    founders: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: TEXT, share: TEXT } } },
    registration: { type: 'object', required: ['date', 'recordNumber', 'recordDate'], properties: { date: { type: 'string', format: 'date' }, recordNumber: TEXT, recordDate: { type: 'string', format: 'date' } } },
    termination,
    contacts: { type: 'object', properties: { phone: { ...TEXT, 'x-personal-category': 'contact' }, email: { ...TEXT, 'x-personal-category': 'contact' } } }
  }
}

export const searchSchema = {
  type: 'object',
  required: ['items', 'total', 'page'],
  properties: {
    items: {
      type: 'array',
      items: { type: 'object', required: ['code', 'name', 'state', 'katottg'], properties: { code: TEXT, name: TEXT, state: { type: 'integer' }, katottg: { type: 'string', nullable: true } } }
    },
    total: { type: 'integer' },
    page: { type: 'integer' }
  }
}

/** Exactly the fields of resolution 688, item 10, paragraph on the register, and no more. */
export const supportProfileSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    mainKved: {
      type: 'object', required: ['code', 'list', 'version'], properties: { code: { type: 'string', pattern: '^\\d{2}\\.\\d{2}$' }, list: TEXT, version: TEXT }
    },
    location: { type: 'object', required: ['katottg', 'precision'], properties: { katottg: { type: 'string', pattern: '^UA\\d{17}$' }, precision: { type: 'string', enum: ['hromada'] } } },
    registrationDate: { type: 'string', format: 'date' },
    terminationRecordDate: { type: 'string', format: 'date', nullable: true }
  }
}

export const FIELDS_TEXT = `Поля · Fields: ${FIELDS.join(', ')}`
