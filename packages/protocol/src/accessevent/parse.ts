import { canonicalJson, type Json } from '../auditlog/index.ts'
import { EVENT_BYTES_MAX, MalformedAccessEvent } from './malformed.ts'
import { FieldReader } from './read-fields.ts'
import { epochOf, SUBJECT_ID_TYPES } from './subject.ts'
import type { AccessEvent, Visibility } from './types.ts'
import { EVENT_SCHEMA, OPERATIONS, VISIBILITY_REASONS } from './vocabulary.ts'

/** UUIDv7, or v8 (monitor §6.2), in lower case: one spelling, since it is a key everywhere. */
const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const INDEX = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
const REQUEST_HASH = /^[A-Za-z0-9+/]{86}==$/
const EPOCH = /^\d{4}-(?:0[1-9]|1[0-2])$/
const SERVICE = /^[^/\s]+(?:\/[^/\s]+){3,5}$/u
const CATEGORIES_MAX = 50
/** `reviewAt` is at most 12 months ahead (monitor §5.4); a leap year has 366 days. */
const HIDDEN_DAYS_MAX = 366
const DAY_MS = 86_400_000

/**
 * Reads one reported event. Every field is checked, unknown ones are refused.
 *
 * @param value parsed JSON.
 * @throws {MalformedAccessEvent} naming the field; its message repeats no value.
 */
export function parseAccessEvent (value: unknown): AccessEvent {
  const root = new FieldReader(value)
  root.oneOf('schema', [EVENT_SCHEMA])
  const eventId = root.code('eventId', EVENT_ID)
  const source = root.section('source', readSource)
  const occurredAt = root.instant('occurredAt')
  const recordedAt = root.instant('recordedAt')
  const exchange = root.section('exchange', readExchange)
  const mass = root.optional('mass', (name) => root.section(name, readMass))
  const subject = root.optional('subject', (name) => root.section(name, readSubject))
  if (subject !== undefined && mass !== undefined) root.refuse('subject', 'stands where there is no one person')
  if (subject !== undefined && subject.keyEpoch !== epochOf(occurredAt)) root.refuse('subject.keyEpoch', 'is not the month of occurredAt')
  const event: AccessEvent = present({
    schema: EVENT_SCHEMA,
    eventId,
    source,
    occurredAt,
    recordedAt,
    exchange,
    subject,
    holder: root.section('holder', (part) => ({ code: part.code('code'), name: part.multilingual('name'), registry: part.code('registry') })),
    recipient: root.section('recipient', (part) => ({ code: part.code('code'), name: part.multilingual('name'), system: part.code('system') })),
    onBehalfOf: root.optional('onBehalfOf', (name) => root.section(name, (part) => ({ code: part.code('code') }))),
    actor: root.section('actor', readActor),
    operation: root.oneOf('operation', OPERATIONS),
    outcome: root.oneOf('outcome', ['ok', 'empty', 'denied', 'error']),
    itemCount: root.optional('itemCount', (name) => root.integer(name, 0)),
    data: root.section('data', (part) => ({ categories: part.codes('categories', CATEGORIES_MAX), special: part.boolean('special') })),
    purpose: root.section('purpose', (part) => present({
      declarationId: part.code('declarationId'), text: part.multilingual('text'), dpv: part.optional('dpv', (name) => part.iri(name))
    })),
    legalBasis: root.section('legalBasis', (part) => present({ dpv: part.optional('dpv', (name) => part.iri(name)), citation: part.words('citation') })),
    caseRef: root.optional('caseRef', (name) => root.code(name)),
    emergency: root.optional('emergency', (name) => root.section(name, (part) => ({ flag: isSet(part), justification: part.words('justification') }))),
    mass,
    visibility: root.section('visibility', (part) => readVisibility(part, recordedAt)),
    notifyClass: root.oneOf('notifyClass', ['immediate', 'digest', 'none']),
    retainUntil: root.day('retainUntil')
  })
  root.end()
  if (Buffer.byteLength(canonicalJson(event as unknown as Json)) > EVENT_BYTES_MAX) throw new MalformedAccessEvent('event', `larger than ${EVENT_BYTES_MAX} bytes`)
  return event
}

function readSource (part: FieldReader): AccessEvent['source'] {
  const capture = part.oneOf('capture', ['filter', 'api', 'import', 'gateway'])
  const ruleId = part.optional('ruleId', (name) => part.code(name))
  const ruleVersion = part.optional('ruleVersion', (name) => part.code(name))
  if (capture === 'filter' && ruleId === undefined) part.refuse('ruleId', 'missing')
  if (capture === 'filter' && ruleVersion === undefined) part.refuse('ruleVersion', 'missing')
  return present({ component: part.code('component'), seq: part.integer('seq', 1), capture, ruleId, ruleVersion })
}

function readExchange (part: FieldReader): AccessEvent['exchange'] {
  const protocol = part.oneOf('protocol', ['xroad-soap', 'xroad-rest', 'uxp-rest', 'uxp-soap', 'internal', 'file'])
  const messageId = part.optional('messageId', (name) => part.code(name))
  const service = part.optional('service', (name) => part.code(name, SERVICE))
  if (protocol !== 'internal' && protocol !== 'file') {
    if (messageId === undefined) part.refuse('messageId', 'missing')
    if (service === undefined) part.refuse('service', 'missing')
  }
  return present({
    protocol,
    messageId,
    requestId: part.optional('requestId', (name) => part.code(name)),
    requestHash: part.optional('requestHash', (name) => part.code(name, REQUEST_HASH)),
    service,
    direction: part.oneOf('direction', ['out', 'in', 'internal'])
  })
}

function readSubject (part: FieldReader): NonNullable<AccessEvent['subject']> {
  return {
    index: part.code('index', INDEX),
    idType: part.oneOf('idType', SUBJECT_ID_TYPES),
    keyEpoch: part.code('keyEpoch', EPOCH),
    role: part.oneOf('role', ['main', 'related', 'representative'])
  }
}

function readActor (part: FieldReader): AccessEvent['actor'] {
  const kind = part.oneOf('kind', ['person', 'system', 'automated-decision'])
  const handle = part.optional('handle', (name) => part.code(name))
  if (kind === 'person' && handle === undefined) part.refuse('handle', 'missing')
  return present({ kind, handle, role: part.optional('role', (name) => part.words(name)), unit: part.optional('unit', (name) => part.words(name)) })
}

function readMass (part: FieldReader): NonNullable<AccessEvent['mass']> {
  return { flag: isSet(part), batchId: part.code('batchId'), subjectCount: part.integer('subjectCount', 1) }
}

function readVisibility (part: FieldReader, recordedAt: string): Visibility {
  const state = part.oneOf('state', ['open', 'deferred', 'restricted'])
  const reason = part.optional('reason', (name) => part.oneOf(name, VISIBILITY_REASONS))
  const until = part.optional('until', (name) => part.instant(name))
  if (state === 'open') {
    if (reason !== undefined || until !== undefined) part.refuse('state', 'open has neither reason nor until')
    return { state }
  }
  if (reason === undefined) return part.refuse('reason', 'missing')
  if (until === undefined) return part.refuse('until', 'missing')
  const ahead = Date.parse(until) - Date.parse(recordedAt)
  if (ahead <= 0 || ahead > HIDDEN_DAYS_MAX * DAY_MS) part.refuse('until', 'expected within 12 months after recordedAt')
  return { state, reason, until }
}

/** A flag stands only where it is set. */
function isSet (part: FieldReader): true {
  return part.boolean('flag') || part.refuse('flag', 'is false: leave it out')
}

/** Without members that are undefined: what is absent is absent. */
function present<T extends object> (value: T): T {
  for (const name of Object.keys(value) as (keyof T)[]) if (value[name] === undefined) delete value[name]
  return value
}
