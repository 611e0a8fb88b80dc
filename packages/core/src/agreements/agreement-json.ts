import type { AgreedOperation, AgreedService, Agreement, AgreementReport, Purpose } from '@trembita/protocol/agreement'
import { encodedClientId, parseSubsystemId } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import { stateOf } from './state.ts'
import { AGREEMENT_STATES, DECIDERS, DECISIONS, type AgreementRow, type DecisionRow } from './types.ts'

const text = { type: 'string' } as const
const shortText = { type: 'string', minLength: 1, maxLength: 255 } as const
const instant = { type: 'string', format: 'date-time' } as const
const texts = (maxItems: number) => ({ type: 'array', maxItems, items: { type: 'string', maxLength: 1024 }, default: [] }) as const

const purposeSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['code', 'name', 'ground'],
  properties: { code: { ...shortText, maxLength: 64 }, name: { ...text, maxLength: 2000 }, ground: { ...text, maxLength: 2000, description: 'Legal ground' } }
} as const
const serviceSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['code', 'operations'],
  properties: {
    code: shortText,
    version: shortText,
    operations: {
      type: 'array',
      minItems: 1,
      maxItems: 500,
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          method: { ...text, maxLength: 16, default: '*' },
          path: { ...text, maxLength: 1024, default: '**', description: 'Path pattern as in access rights' },
          media: { ...texts(50), description: 'Content types that pass without a look into them' },
          json: { ...texts(2000), description: 'Pointers (RFC 6901); * is any member or element' },
          xml: { ...texts(2000), description: 'Element paths: /{namespace}local/…' }
        }
      }
    }
  }
} as const
const priceSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['amount'],
  properties: { amount: { ...text, pattern: '^(0|[1-9]\\d{0,11})\\.\\d\\d$' }, currency: { ...text, pattern: '^[A-Z]{3}$', default: 'UAH' } },
  default: { amount: '0.00', currency: 'UAH' }
} as const

/** Body of a new draft: the terms, or the document as it was written elsewhere. */
export const newAgreementSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    document: { type: 'string', contentEncoding: 'base64', description: 'The XML document, instead of the terms' },
    id: { ...shortText, maxLength: 64 },
    version: { type: 'integer', minimum: 1, maximum: 9999, description: 'The next one when not given' },
    number: { ...shortText, maxLength: 100 },
    date: { ...text, format: 'date' },
    consumer_id: { ...text, maxLength: 1024, description: 'Encoded id of a subsystem' },
    provider_id: { ...text, maxLength: 1024, description: 'Encoded id of a subsystem' },
    from: instant,
    until: instant,
    price: priceSchema,
    purposes: { type: 'array', minItems: 1, maxItems: 100, items: purposeSchema },
    services: { type: 'array', minItems: 1, maxItems: 200, items: serviceSchema }
  }
} as const

type Json<T> = { readonly [K in keyof T]: T[K] }

export interface NewAgreement {
  readonly document?: string
  readonly id?: string
  readonly version?: number
  readonly number?: string
  readonly date?: string
  readonly consumer_id?: string
  readonly provider_id?: string
  readonly from?: string
  readonly until?: string
  readonly price?: Agreement['price']
  readonly purposes?: readonly Json<Purpose>[]
  readonly services?: readonly (Omit<AgreedService, 'operations'> & { readonly operations: readonly AgreedOperation[] })[]
}

const REQUIRED = ['id', 'number', 'date', 'consumer_id', 'provider_id', 'from', 'until', 'purposes', 'services'] as const

/** @throws {Refusal} `validation_failure` for a field that is missing. */
export function termsOf (body: NewAgreement): Omit<Agreement, 'version'> & { readonly version?: number | undefined } {
  const missing = REQUIRED.filter((name) => body[name] === undefined)
  if (missing.length > 0) throw new Refusal('invalid', 'validation_failure', `missing: ${missing.join(', ')}`, { fields: Object.fromEntries(missing.map((name) => [name, 'is missing'])) })
  return {
    id: body.id!,
    version: body.version,
    number: body.number!,
    date: body.date!,
    consumer: parseSubsystemId(body.consumer_id!),
    provider: parseSubsystemId(body.provider_id!),
    term: { from: new Date(body.from!), until: new Date(body.until!) },
    price: body.price!,
    purposes: body.purposes!,
    services: body.services!
  }
}

const stateText = { ...text, enum: AGREEMENT_STATES } as const
const nullableInstant = { type: ['string', 'null'], format: 'date-time' } as const

export const agreementSchema = {
  type: 'object',
  properties: {
    id: text,
    version: { type: 'integer' },
    number: text,
    state: stateText,
    consumer_id: text,
    provider_id: text,
    consumer_name: { ...text, description: 'Of the member; absent when it is no more' },
    provider_name: text,
    from: instant,
    until: instant,
    consumer_sealed_at: nullableInstant,
    provider_sealed_at: nullableInstant,
    concluded_at: nullableInstant,
    stopped_by: { type: ['string', 'null'], enum: [...DECIDERS, null] },
    replaced_from: nullableInstant,
    container_sha256: text,
    created_at: instant
  }
} as const

const sealSchema = {
  type: 'object',
  properties: {
    side: text, verdict: text, reason: text, member_id: text, sealed_at: nullableInstant, timestamped_at: nullableInstant, certificate_subject: text, certificate_sha256: text
  }
} as const

export const agreementDetailsSchema = {
  type: 'object',
  properties: {
    ...agreementSchema.properties,
    date: text,
    price: { type: 'object', properties: { amount: text, currency: text } },
    purposes: { type: 'array', items: { type: 'object', properties: { code: text, name: text, ground: text } } },
    services: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          code: text,
          version: text,
          operations: {
            type: 'array',
            items: { type: 'object', properties: { method: text, path: text, media: { type: 'array', items: text }, json: { type: 'array', items: text }, xml: { type: 'array', items: text } } }
          }
        }
      }
    },
    document_sha256: text,
    seals: { type: 'array', items: sealSchema },
    decisions: { type: 'array', items: { type: 'object', properties: { at: instant, decision: { ...text, enum: DECISIONS }, decided_by: text, ground: text, actor: text } } },
    versions: { type: 'array', items: agreementSchema }
  }
} as const

export function agreementJson (row: AgreementRow, at: Date, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return {
    id: row.code,
    version: row.version,
    number: row.number,
    state: stateOf(row, at),
    consumer_id: row.consumer,
    provider_id: row.provider,
    consumer_name: names.get(row.consumer),
    provider_name: names.get(row.provider),
    from: row.valid_from,
    until: row.valid_until,
    consumer_sealed_at: row.consumer_sealed_at,
    provider_sealed_at: row.provider_sealed_at,
    concluded_at: row.concluded_at,
    stopped_by: row.stopped_by,
    replaced_from: row.replaced_from,
    container_sha256: row.container_hash,
    created_at: row.created_at
  }
}

export function termsJson ({ date, price, purposes, services }: Agreement): Record<string, unknown> {
  return { date, price, purposes, services }
}

export function sealsJson ({ seals }: AgreementReport): object[] {
  return seals.map(({ side, verdict, reason, signer, judgedAt, timestamp, certificate }) => ({
    side,
    verdict,
    ...reason === undefined ? {} : { reason: `${reason.message} (${reason.code})` },
    ...signer === undefined ? {} : { member_id: encodedClientId(signer) },
    sealed_at: judgedAt?.toISOString() ?? null,
    timestamped_at: timestamp?.genTime.toISOString() ?? null,
    ...certificate === undefined ? {} : { certificate_subject: certificate.subject.rfc2253, certificate_sha256: certificate.sha256.toString('hex') }
  }))
}

export function decisionJson ({ at, decision, decided_by: decidedBy, ground, actor_name: actor }: DecisionRow): object {
  return { at, decision, decided_by: decidedBy, ground, actor }
}
