import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import { checkActsFor, type CatalogActor } from '../catalog-actor.ts'
import { recordEvent } from '../db/index.ts'
import { Entries, SYSTEM_VIEWER } from '../entry/index.ts'
import { Refusal } from '../refusal.ts'

export interface Maintenance {
  readonly id: string
  readonly interfaceId: string
  readonly startsAt: string
  readonly endsAt: string
  readonly urgent: boolean
  readonly notice: string
}

/** Planned work is announced so long before it begins (facts §5; UP-6b). */
const NOTICE_MS = 3 * 86_400_000

/** Announces work on an interface; less than three days ahead it must be marked urgent. @throws {Refusal} */
export async function announceMaintenance (store: SqlStore, clock: Clock, actor: CatalogActor, work: Omit<Maintenance, 'id'>): Promise<string> {
  const one = await new Entries(store).interface(work.interfaceId, SYSTEM_VIEWER)
  if (one === undefined) throw new Refusal('notFound', 'interface_not_found', { uk: 'Такого інтерфейсу немає.', en: 'There is no such interface.' })
  checkActsFor(actor, one.organisationId)
  const now = clock.now()
  if (!(work.endsAt > work.startsAt)) throw new Refusal('invalid', 'validation_failure', { uk: 'Кінець має бути після початку.', en: 'The end must be after the beginning.' }, { fields: { endsAt: { uk: 'Має бути після початку', en: 'Must be after the beginning' } } })
  if (!work.urgent && new Date(work.startsAt).getTime() - now.getTime() < NOTICE_MS) throw new Refusal('invalid', 'too_late', { uk: 'Планові роботи оголошують щонайменше за три дні.', en: 'Planned work is announced three days ahead.' }, { fields: { startsAt: { uk: 'Щонайменше через три дні, або позначте як термінові', en: 'Three days ahead, or mark it urgent' } } })
  const id = randomUUID()
  await store.write(async (tx) => {
    await tx.run('INSERT INTO maintenance (id, interface_id, starts_at, ends_at, urgent, notice, announced_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      id, work.interfaceId, work.startsAt, work.endsAt, work.urgent ? 1 : 0, work.notice, now.toISOString())
    await recordEvent(tx, { at: now, actor: actor.id, action: 'maintenance.announce', object: { kind: 'interface', id: work.interfaceId } })
  })
  return id
}

/** What is announced and not over. */
export async function upcomingMaintenance (store: SqlReader, at: Date): Promise<Maintenance[]> {
  return (await store.all<{ id: string, interface_id: string, starts_at: string, ends_at: string, urgent: number, notice: string }>(
    'SELECT id, interface_id, starts_at, ends_at, urgent, notice FROM maintenance WHERE ends_at > ? ORDER BY starts_at', at.toISOString()))
    .map((row) => ({ id: row.id, interfaceId: row.interface_id, startsAt: row.starts_at, endsAt: row.ends_at, urgent: row.urgent === 1, notice: row.notice }))
}
