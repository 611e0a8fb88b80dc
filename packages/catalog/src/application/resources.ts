import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { checkActsFor, checkAdmin, type CatalogActor } from '../catalog-actor.ts'
import { recordEvent } from '../db/index.ts'
import { Entries, type Resource } from '../entry/index.ts'
import { Refusal } from '../refusal.ts'

export type ResourceCard = Omit<Resource, 'id' | 'ownerId' | 'priority' | 'updatedAt'>

/** A resource of the annex, as the data file has it. */
export interface PriorityResource {
  readonly priority: number
  readonly name: { readonly uk: string, readonly en: string }
  readonly purpose: { readonly uk: string, readonly en: string }
  readonly ownerName: string
  /** `CLASS/CODE/SUBSYSTEM` where one may take part; the status follows from whether it does. */
  readonly subsystem?: string | undefined
  readonly dataObjects: readonly string[]
}

/** Cards of information resources. */
export class Resources {
  readonly #store: SqlStore
  readonly #clock: Clock

  constructor (store: SqlStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** A card of one's own organisation. @throws {Refusal} */
  async create (actor: CatalogActor, ownerId: string, card: ResourceCard): Promise<string> {
    checkActsFor(actor, ownerId)
    checkResource(card)
    const id = randomUUID()
    await this.#write(actor, 'resource.create', id, async (tx) => { await insert(tx, id, ownerId, null, card, this.#clock.now()) })
    return id
  }

  /** Changes a card; counts as its review. An administrator may give a priority resource its owner. @throws {Refusal} */
  async edit (actor: CatalogActor, id: string, card: ResourceCard, ownerId?: string): Promise<void> {
    const resource = await new Entries(this.#store).resource(id)
    if (resource === undefined) throw notFound()
    if (resource.ownerId === undefined) checkAdmin(actor)
    else checkActsFor(actor, resource.ownerId)
    checkResource(card)
    const now = this.#clock.now().toISOString()
    await this.#write(actor, 'resource.edit', id, async (tx) => {
      await tx.run('UPDATE resource SET card = ?, owner_id = COALESCE(?, owner_id), updated_at = ? WHERE id = ?', JSON.stringify({ ...card, reviewedAt: now }), ownerId ?? null, now, id)
    })
  }

  /** The owner says that the card is right as it stands (IP-1.6). @throws {Refusal} */
  async review (actor: CatalogActor, id: string): Promise<void> {
    const resource = await new Entries(this.#store).resource(id)
    if (resource === undefined) throw notFound()
    const { id: _id, ownerId, priority: _priority, updatedAt: _at, ...card } = resource
    await this.edit(actor, id, card, ownerId)
  }

  /** Puts the resources of the annex in, once; a card that is there already stays as its owner made it. */
  async seed (instance: string, resources: readonly PriorityResource[]): Promise<void> {
    const now = this.#clock.now()
    await this.#store.write(async (tx) => {
      for (const { priority, name, purpose, ownerName, subsystem, dataObjects } of resources) {
        const known = await tx.get<{ id: string }>('SELECT id FROM resource WHERE priority = ?', priority)
        if (known !== undefined) continue
        const subsystemIds = subsystem === undefined ? [] : [`${instance}/${subsystem}`]
        await insert(tx, priorityId(priority), subsystem === undefined ? null : `${instance}/${subsystem.split('/').slice(0, 2).join('/')}`, priority,
          { name, purpose, ownerName, status: 'planned', legalBasis: 'постанова Кабінету Міністрів України від 08.09.2016 № 606, додаток', dataObjects, subsystemIds }, now)
      }
    })
  }

  /** Resources whose subsystem takes part are in use; those of the annex that have none stay planned. Asked after each harvest. */
  async takeStatus (): Promise<void> {
    const entries = new Entries(this.#store)
    const present = new Set((await entries.subsystems()).filter(({ removedAt }) => removedAt === undefined).map(({ id }) => id))
    const offering = new Set((await entries.services()).filter(({ removedAt }) => removedAt === undefined).map(({ subsystemId }) => subsystemId))
    const changed = (await entries.resources()).flatMap((resource) => {
      if (resource.priority === undefined || resource.status === 'closing' || resource.status === 'closed') return []
      const status = resource.subsystemIds.some((id) => present.has(id) && offering.has(id)) ? 'inUse' : resource.subsystemIds.some((id) => present.has(id)) ? 'establishing' : 'planned'
      return status === resource.status ? [] : [{ resource, status }]
    })
    if (changed.length === 0) return
    await this.#store.write(async (tx) => {
      for (const { resource: { id, ownerId: _owner, priority: _priority, updatedAt: _at, ...card }, status } of changed) {
        await tx.run('UPDATE resource SET card = ? WHERE id = ?', JSON.stringify({ ...card, status }), id)
        await recordEvent(tx, { at: this.#clock.now(), actor: 'system', action: 'resource.status', object: { kind: 'resource', id }, detail: { status } })
      }
    })
  }

  async #write (actor: CatalogActor, action: string, id: string, work: (tx: SqlWriter) => Promise<void>): Promise<void> {
    await this.#store.write(async (tx) => {
      await work(tx)
      await recordEvent(tx, { at: this.#clock.now(), actor: actor.id, action, object: { kind: 'resource', id } })
    })
  }
}

async function insert (tx: SqlWriter, id: string, ownerId: string | null, priority: number | null, card: ResourceCard, at: Date): Promise<void> {
  await tx.run('INSERT INTO resource (id, owner_id, priority, card, updated_at) VALUES (?, ?, ?, ?, ?)', id, ownerId, priority, JSON.stringify(card), at.toISOString())
}

/** The same in every catalog, so that links to a card of the annex do not depend on when it was made. */
function priorityId (priority: number): string {
  const hex = createHash('sha256').update(`trembita priority resource ${priority}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function checkResource (card: ResourceCard): void {
  const fields: Record<string, { uk: string, en: string }> = {}
  const needed = { uk: 'Заповніть поле', en: 'Fill this in' }
  if (card.name.uk.trim() === '') fields.nameUk = needed
  if (card.purpose.uk.trim() === '') fields.purposeUk = needed
  if (card.legalBasis.trim() === '') fields.legalBasis = needed
  if (card.dataObjects.length > 10) fields.dataObjects = { uk: 'Не більше десяти', en: 'Ten at most' }
  if (Object.keys(fields).length > 0) throw new Refusal('invalid', 'validation_failure', { uk: 'Перевірте поля картки.', en: 'Look at the fields of the card.' }, { fields })
}

function notFound (): Refusal {
  return new Refusal('notFound', 'resource_not_found', { uk: 'Такого ресурсу немає.', en: 'There is no such resource.' })
}
