import { errorSchema, listQuery } from '../../admin/index.ts'
import { TEXT_CHARACTERS_MAX } from '../codes.ts'
import { ACCESSION_KINDS, CONTACT_PURPOSES, CONTACTS_MAX, GIVEN_ROLES, MEMBER_KINDS } from '../profile.ts'

/** Shapes of the registry's API: X-Road's names where it has them (xroad-trust §6.4). */
export const text = { type: 'string', maxLength: TEXT_CHARACTERS_MAX } as const
export const code = { type: 'string', minLength: 1, maxLength: TEXT_CHARACTERS_MAX } as const
const instant = { type: 'string' } as const
const date = { type: 'string', format: 'date' } as const

/** Answers of a route, with what every route may answer besides. */
export function answers<T extends object> (answer: T) {
  return { ...answer, '4xx': errorSchema }
}

export const nothing = { type: 'null', description: 'done' } as const

/** Path parameter by its name: an identifier with its parts joined by colons, or a code. */
export function pathOf<Name extends string> (...names: readonly Name[]) {
  return { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string', minLength: 1, maxLength: 1100 }])) }
}

export const clientId = {
  type: 'object',
  required: ['instance_id', 'type', 'member_class', 'member_code', 'encoded_id'],
  properties: { instance_id: text, type: { type: 'string', enum: ['MEMBER', 'SUBSYSTEM'] }, member_class: text, member_code: text, subsystem_code: text, encoded_id: { type: 'string' } }
} as const

export const serverId = {
  type: 'object',
  required: ['instance_id', 'type', 'member_class', 'member_code', 'server_code', 'encoded_id'],
  properties: { instance_id: text, type: { type: 'string', enum: ['SERVER'] }, member_class: text, member_code: text, server_code: text, encoded_id: { type: 'string' } }
} as const

export const kind = { type: 'string', enum: MEMBER_KINDS, description: 'What the organisation is; prices and papers follow from it' } as const
export const contact = {
  type: 'object',
  required: ['purpose'],
  additionalProperties: false,
  properties: { purpose: { type: 'string', enum: CONTACT_PURPOSES }, name: text, email: text, phone: text },
  description: 'Official channel of the organisation: e-mail or telephone or both'
} as const
export const accession = {
  type: 'object',
  required: ['kind', 'number', 'signed_on'],
  additionalProperties: false,
  properties: { kind: { type: 'string', enum: ACCESSION_KINDS }, number: code, signed_on: date, ends_on: date },
  description: 'Agreement of accession, or contract, on which the member takes part'
} as const
export const givenRoles = { type: 'array', maxItems: GIVEN_ROLES.length, items: { type: 'string', enum: GIVEN_ROLES } } as const
export const contacts = { type: 'array', maxItems: CONTACTS_MAX, items: contact } as const

const memberProperties = {
  client_id: clientId,
  member_name: text,
  kind,
  roles: { type: 'array', items: { type: 'string', enum: [...GIVEN_ROLES, 'participant', 'subject'] } },
  subsystem_count: { type: 'integer' },
  server_count: { type: 'integer' },
  created_at: instant,
  suspension_id: { type: 'integer', description: 'The suspension in force' }
} as const

export const memberInList = { type: 'object', required: ['client_id', 'member_name', 'roles'], properties: memberProperties } as const
export const member = {
  type: 'object',
  required: ['client_id', 'member_name', 'roles', 'contacts', 'warnings'],
  properties: {
    ...memberProperties,
    contacts: { type: 'array', items: contact },
    accession,
    warnings: { type: 'array', items: { type: 'object', properties: { code: text, message: { type: 'string' } } } }
  }
} as const

export const client = {
  type: 'object',
  required: ['client_id', 'member_name'],
  properties: { client_id: clientId, member_name: text, subsystem_name: text, created_at: instant, suspension_id: { type: 'integer' }, enabled: { type: 'boolean' } }
} as const

export const usedServer = {
  type: 'object',
  properties: { server_code: text, server_owner: text, status: { type: 'string', enum: ['REGISTERED', 'DISABLED'] }, encoded_id: { type: 'string' } }
} as const
export const subsystem = {
  type: 'object',
  required: ['subsystem_id', 'used_security_servers'],
  properties: { subsystem_id: clientId, subsystem_name: text, member_name: text, created_at: instant, suspension_id: { type: 'integer' }, used_security_servers: { type: 'array', items: usedServer } }
} as const

export const server = {
  type: 'object',
  required: ['server_id', 'in_maintenance_mode'],
  properties: {
    server_id: serverId,
    owner_name: text,
    server_address: text,
    in_maintenance_mode: { type: 'boolean' },
    maintenance_mode_message: text,
    created_at: instant,
    suspension_id: { type: 'integer' }
  }
} as const

export const group = {
  type: 'object',
  required: ['code', 'description', 'member_count', 'built_in'],
  properties: { code: text, description: text, member_count: { type: 'integer' }, built_in: { type: 'boolean' }, created_at: instant, updated_at: instant }
} as const
export const groupMember = {
  type: 'object',
  required: ['id', 'client_id', 'created_at'],
  properties: { id: { type: 'integer' }, client_id: clientId, name: text, created_at: instant }
} as const

export const memberClass = { type: 'object', required: ['code', 'description'], properties: { code: text, description: text } } as const

/** What went, or would go, along. */
export const dependents = {
  type: 'object',
  properties: {
    subsystems: { type: 'array', items: { type: 'string' } },
    security_servers: { type: 'array', items: { type: 'string' } },
    hosted_clients: { type: 'array', items: { type: 'string' }, description: 'Clients of others on those security servers' },
    used_servers: { type: 'array', items: { type: 'string' } },
    global_groups: { type: 'array', items: { type: 'string' } }
  }
} as const

const { limit, offset } = listQuery(['at']).properties
export const pageQuery = { type: 'object', additionalProperties: false, properties: { limit, offset } } as const
export interface PageQuery { readonly limit: number, readonly offset: number }

const someone = { type: 'object', properties: { kind: text, id: text, name: text } } as const
export const historyEntry = {
  type: 'object',
  required: ['id', 'at', 'actor', 'action'],
  properties: { id: { type: 'integer' }, at: instant, actor: someone, approved_by: someone, action: text, before: {}, after: {} }
} as const
