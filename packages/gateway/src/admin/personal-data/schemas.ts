import { OPERATIONS, SUBJECT_ID_TYPES, VISIBILITY_REASONS } from '@trembita/protocol/accessevent'
import { flag, listOf, record, text } from '../route.ts'

const positive = { type: 'integer', minimum: 1 } as const
const multilingual = record({ uk: text(1000), en: text(1000) }, ['uk'])
const legalBasis = record({ citation: text(1000), dpv: text(500) }, ['citation'])
const notify = { type: 'string', enum: ['immediate', 'digest', 'none'] } as const

const subject = record({
  phase: { type: 'string', enum: ['request', 'response'] },
  select: text(2000),
  type: { type: 'string', enum: SUBJECT_ID_TYPES },
  role: { type: 'string', enum: ['main', 'related', 'representative'] },
  transform: listOf(text(20), 10)
}, ['select', 'type'])

export const ruleSchema = record({
  id: text(200),
  match: record({ method: text(20), path: text(2048) }),
  subjects: listOf(subject, 64),
  operation: { type: 'string', enum: OPERATIONS },
  categories: listOf(text(200), 50),
  special: flag,
  purpose: text(200),
  legalBasis,
  notify,
  massThreshold: positive,
  onNoSubject: { anyOf: [{ type: 'string', enum: ['unknown-subject'] }, record({ ignore: text(1000) }, ['ignore'])] }
}, ['id'])

/** Settings of a service, as `checkSettings` takes them. */
export const settingsSchema = record({
  policy: { type: 'string', enum: ['off', 'lenient', 'strict'] },
  registry: record({ code: text(200), name: multilingual }, ['code', 'name']),
  legalBasis,
  purposes: listOf(record({ declarationId: text(200), text: multilingual, ground: text(1000), dpv: text(500) }, ['declarationId', 'text']), 200),
  visibility: listOf(record({
    state: { type: 'string', enum: ['deferred', 'restricted'] }, recipients: listOf(text(1024), 1000), reason: { type: 'string', enum: VISIBILITY_REASONS }, reviewDays: positive
  }, ['state', 'recipients', 'reason', 'reviewDays']), 50),
  notify,
  massThreshold: positive,
  retainDays: positive,
  rules: listOf(ruleSchema, 200)
})

export const effectiveSchema = record({
  policy: { type: 'string', enum: ['off', 'lenient', 'strict'] },
  source: { type: 'string', enum: ['settings', 'description', 'none'] },
  settings: settingsSchema,
  rules: listOf(ruleSchema, 10_000),
  version: text(64)
}, ['policy', 'source', 'rules'])

export const monitoringSchema = record({ component: text(100), client: text(1024), service: text(1024), keyService: text(1024), domain: text(200) }, ['component', 'client', 'service', 'keyService', 'domain'])

export const accessEventSchema = record({
  seq: { type: 'integer' },
  state: { type: 'string', enum: ['waiting', 'delivered', 'quarantined'] },
  reason: text(1000, 0),
  event: { type: 'object', additionalProperties: true },
  person: record({ type: text(), id: text() }, ['type', 'id']),
  persons: listOf(record({ type: text(), id: text() }, ['type', 'id']), 100_000),
  officer: text(1000)
}, ['seq', 'state', 'event'])
