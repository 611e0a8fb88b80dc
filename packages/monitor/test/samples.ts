import { randomBytes } from 'node:crypto'
import { epochOf, type AccessEvent } from '@trembita/protocol/accessevent'

/** Synthetic: no such number is given to anybody. */
export const PERSON = '7000100119'
export const OTHER_PERSON = '7000500534'
export const COMPONENT = 'PDAMS_LC_03'
export const CLIENT = 'SEVDEIR-DEMO/GOV/90000038/PDAMS_LC_03'
export const NOW = new Date('2026-11-30T10:00:00.000Z')

/** A UUIDv7 of an instant. */
export function eventIdOf (at: Date): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(at.getTime(), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** An event that keeps all rules; `changes` replace whole members. */
export function sampleEvent (seq: number, changes: Partial<AccessEvent> = {}): AccessEvent {
  const occurredAt = changes.occurredAt ?? new Date(NOW.getTime() - 3_600_000 + seq).toISOString()
  return {
    schema: 'monitor.event/1',
    eventId: eventIdOf(new Date(occurredAt)),
    source: { component: COMPONENT, seq, capture: 'filter', ruleId: 'by-code', ruleVersion: '1' },
    occurredAt,
    recordedAt: occurredAt,
    exchange: { protocol: 'xroad-rest', messageId: `q-${seq}`, service: 'SEVDEIR-DEMO/GOV/90000038/EDR/subjectByCode', direction: 'out' },
    subject: { index: randomBytes(32).toString('base64url'), idType: 'RNOKPP', keyEpoch: epochOf(occurredAt), role: 'main' },
    holder: { code: '90000038', name: { uk: 'Міністерство юстиції', en: 'Ministry of Justice' }, registry: 'EDR' },
    recipient: { code: '90000050', name: { uk: 'Офіс розвитку підприємництва', en: 'Entrepreneurship office' }, system: 'CABINET' },
    actor: { kind: 'system' },
    operation: 'query',
    outcome: 'ok',
    itemCount: 1,
    data: { categories: ['identity', 'business'], special: false },
    purpose: { declarationId: 'AGR-688-EDR', text: { uk: 'Приєднання підприємця до програм підтримки', en: 'Joining support programmes' } },
    legalBasis: { citation: 'постанова № 688, п. 10' },
    visibility: { state: 'open' },
    notifyClass: 'digest',
    retainUntil: '2029-11-30',
    ...changes
  }
}
