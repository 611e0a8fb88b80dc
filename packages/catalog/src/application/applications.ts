import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { checkActsFor, checkAdmin, type CatalogActor } from '../catalog-actor.ts'
import { recordEvent } from '../db/index.ts'
import type { Profile } from '../description/index.ts'
import { Entries, scoreOf, SYSTEM_VIEWER, type InterfaceCard, type InterfaceVersion, type ServiceBinding, type VersionState } from '../entry/index.ts'
import { Refusal } from '../refusal.ts'
import { organisationOfName } from '../service-name.ts'
import { tupleOf } from '../verification/index.ts'
import { checkCard } from './card.ts'

export interface ApplicationsDeps {
  readonly store: SqlStore
  readonly clock: Clock
  /** Instance of the environment: what is verified in one is not verified in another. */
  readonly instance: string
}

export interface Draft {
  readonly version: string
  readonly card: InterfaceCard
  /** The first is the main one. */
  readonly serviceIds: readonly string[]
  readonly profile: Profile
}

const EDITABLE: readonly VersionState[] = ['draft', 'verified', 'verificationFailed', 'rejected']
const MAJOR = /^(\d+)\./

/** Applications to publish: an interface, its versions, and the way of each from draft to publication. Whatever returns is on disk. */
export class Applications {
  readonly #deps: ApplicationsDeps
  readonly #entries: Entries

  constructor (deps: ApplicationsDeps) {
    this.#deps = deps
    this.#entries = new Entries(deps.store)
  }

  /** A new interface of a resource with its first draft. @returns ids. @throws {Refusal} */
  async create (actor: CatalogActor, resourceId: string, draft: Draft): Promise<{ readonly interfaceId: string, readonly versionId: string }> {
    const services = await this.#bindings(draft.serviceIds)
    checkCard(draft.card, draft.version, draft.serviceIds)
    const organisationId = organisationOfName(services[0]!.serviceId)
    checkActsFor(actor, organisationId)
    const resource = await this.#entries.resource(resourceId)
    if (resource === undefined) throw new Refusal('notFound', 'resource_not_found', { uk: 'Такого ресурсу немає.', en: 'There is no such resource.' })
    if (resource.ownerId !== undefined && resource.ownerId !== organisationId) throw new Refusal('conflict', 'foreign_resource', { uk: 'Ресурс належить іншій організації.', en: 'The resource belongs to another organisation.' })
    const interfaceId = randomUUID()
    const versionId = randomUUID()
    await this.#write(actor, 'version.create', versionId, async (tx) => {
      await tx.run('INSERT INTO interface (id, resource_id, organisation_id, name) VALUES (?, ?, ?, ?)', interfaceId, resourceId, organisationId, JSON.stringify(draft.card.name))
      await this.#insert(tx, versionId, interfaceId, draft, services)
    })
    return { interfaceId, versionId }
  }

  /** A further version of an interface, as a draft. @throws {Refusal} */
  async createVersion (actor: CatalogActor, interfaceId: string, draft: Draft): Promise<string> {
    const one = await this.#entries.interface(interfaceId, SYSTEM_VIEWER)
    if (one === undefined) throw notFound()
    checkActsFor(actor, one.organisationId)
    const services = await this.#bindings(draft.serviceIds)
    checkCard(draft.card, draft.version, draft.serviceIds)
    checkOwnServices(services, one.organisationId)
    if (one.versions.some(({ version }) => version === draft.version)) throw new Refusal('conflict', 'version_exists', { uk: 'Така версія вже є.', en: 'This version exists already.' }, { fields: { version: { uk: 'Така версія вже є', en: 'This version exists already' } } })
    const versionId = randomUUID()
    await this.#write(actor, 'version.create', versionId, (tx) => this.#insert(tx, versionId, interfaceId, draft, services))
    return versionId
  }

  /** Changes a draft. What was verified before is not verified then. @throws {Refusal} */
  async edit (actor: CatalogActor, versionId: string, draft: Draft): Promise<void> {
    const services = await this.#bindings(draft.serviceIds)
    checkCard(draft.card, draft.version, draft.serviceIds)
    const { one } = await this.find(versionId)
    checkOwnServices(services, one.organisationId)
    await this.#move(actor, versionId, EDITABLE, 'draft', 'version.edit', async (tx) => {
      await tx.run('UPDATE interface_version SET version = ?, major = ?, card = ?, services = ?, profile = ?, score = ? WHERE id = ?',
        draft.version, majorOf(draft.version), JSON.stringify(draft.card), JSON.stringify(services), JSON.stringify(draft.profile), scoreOf(draft.card), versionId)
      await tx.run('UPDATE interface SET name = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM interface_version WHERE interface_id = ? AND state = ?)', JSON.stringify(draft.card.name), one.id, one.id, 'published')
    })
  }

  /** @throws {Refusal} unless it is verified. */
  async submit (actor: CatalogActor, versionId: string): Promise<void> {
    await this.#move(actor, versionId, ['verified'], 'awaitingApproval', 'version.submit')
  }

  /** @throws {Refusal} */
  async reject (actor: CatalogActor, versionId: string, reason: string): Promise<void> {
    checkAdmin(actor)
    await this.#move(actor, versionId, ['awaitingApproval'], 'rejected', 'version.reject', undefined, checkedReason(reason))
  }

  /**
   * Publishes: only what the newest run of exactly these contracts, services and environment has passed, while it is valid. Nobody's
   * approval stands in for a run.
   *
   * @throws {Refusal} `conflict` with the reason.
   */
  async publish (actor: CatalogActor, versionId: string): Promise<void> {
    checkAdmin(actor)
    const { clock, instance } = this.#deps
    await this.#move(actor, versionId, ['awaitingApproval', 'verified', 'drifted'], 'published', 'version.publish', async (tx, version) => {
      const services = await this.#harvested(tx, version.services)
      const run = await tx.get<{ id: string, state: string, tuple: string, ended_at: string | null, valid_until: string | null }>(
        'SELECT id, state, tuple, ended_at, valid_until FROM verification_run WHERE version_id = ? ORDER BY started_at DESC, id LIMIT 1', versionId)
      if (run === undefined || (run.state !== 'passed' && run.state !== 'remarks')) throw new Refusal('conflict', 'not_verified', { uk: 'Остання перевірка не пройдена.', en: 'The newest verification has not passed.' })
      if (run.tuple !== tupleOf(instance, services.map(({ serviceId, description }) => ({ serviceId, canonicalHash: description?.canonicalHash })))) {
        throw new Refusal('conflict', 'changed_since', { uk: 'Опис змінився після перевірки: перевірте ще раз.', en: 'A description has changed since: verify again.' })
      }
      if (run.valid_until === null || run.valid_until <= clock.now().toISOString()) throw new Refusal('conflict', 'run_expired', { uk: 'Перевірка вже застаріла: почніть ще раз.', en: 'The verification has expired: begin again.' })
      await tx.run('UPDATE interface_version SET state = ?, reason = ? WHERE interface_id = ? AND major = ? AND state IN (?, ?) AND id <> ?',
        'archived', `replaced by ${version.version}`, version.interfaceId, majorOf(version.version), 'published', 'drifted', versionId)
      await tx.run('UPDATE interface_version SET services = ?, verification = ?, published_at = COALESCE(published_at, ?), reason = NULL WHERE id = ?',
        JSON.stringify(services), JSON.stringify({ runId: run.id, at: run.ended_at, validUntil: run.valid_until, outcome: run.state }), clock.now().toISOString(), versionId)
      await tx.run('UPDATE interface SET name = ? WHERE id = ?', JSON.stringify(version.card.name), version.interfaceId)
    })
  }

  /** @throws {Refusal} */
  async withdraw (actor: CatalogActor, versionId: string, reason: string): Promise<void> {
    await this.#move(actor, versionId, ['published', 'drifted', 'deprecated', 'suspended'], 'withdrawn', 'version.withdraw', undefined, checkedReason(reason))
  }

  /** @throws {Refusal} */
  async deprecate (actor: CatalogActor, versionId: string, reason: string): Promise<void> {
    await this.#move(actor, versionId, ['published', 'drifted'], 'deprecated', 'version.deprecate', undefined, checkedReason(reason))
  }

  /** The published description is no longer what the gateway gives, or answers no longer follow it. Known to the owner and to everybody. */
  async drifted (versionId: string, reason: string): Promise<void> {
    const { store, clock } = this.#deps
    await store.write(async (tx) => {
      if (await tx.run('UPDATE interface_version SET state = ?, reason = ?, updated_at = ? WHERE id = ? AND state = ?', 'drifted', reason, clock.now().toISOString(), versionId, 'published') === 0) return
      await recordEvent(tx, { at: clock.now(), actor: 'system', action: 'version.drifted', object: { kind: 'version', id: versionId }, detail: { reason } })
    })
  }

  /** What drifted follows its description again. */
  async recovered (versionId: string): Promise<void> {
    const { store, clock } = this.#deps
    await store.write(async (tx) => {
      if (await tx.run('UPDATE interface_version SET state = ?, reason = NULL, updated_at = ? WHERE id = ? AND state = ?', 'published', clock.now().toISOString(), versionId, 'drifted') === 0) return
      await recordEvent(tx, { at: clock.now(), actor: 'system', action: 'version.recovered', object: { kind: 'version', id: versionId } })
    })
  }

  /** @throws {Refusal} `notFound`. */
  async find (versionId: string): Promise<{ readonly one: NonNullable<Awaited<ReturnType<Entries['interface']>>>, readonly version: InterfaceVersion, readonly profile: Profile }> {
    const row = await this.#deps.store.get<{ interface_id: string, profile: string }>('SELECT interface_id, profile FROM interface_version WHERE id = ?', versionId)
    const one = row === undefined ? undefined : await this.#entries.interface(row.interface_id, SYSTEM_VIEWER)
    const version = one?.versions.find(({ id }) => id === versionId)
    if (row === undefined || one === undefined || version === undefined) throw notFound()
    return { one, version, profile: JSON.parse(row.profile) }
  }

  async #bindings (serviceIds: readonly string[]): Promise<ServiceBinding[]> {
    const bindings: ServiceBinding[] = []
    for (const [index, serviceId] of serviceIds.entries()) {
      const service = await this.#entries.service(serviceId)
      if (service === undefined || service.removedAt !== undefined) throw new Refusal('invalid', 'service_not_found', { uk: 'Такого сервісу на шлюзах немає.', en: 'No gateway has this service.' }, { fields: { services: { uk: `Немає сервісу ${serviceId}`, en: `There is no service ${serviceId}` } } })
      if (bindings[0] !== undefined && organisationOfName(bindings[0].serviceId) !== organisationOfName(serviceId)) throw new Refusal('invalid', 'foreign_service', { uk: 'Сервіси мають належати одній організації.', en: 'Services must belong to one organisation.' })
      bindings.push({ serviceId, role: index === 0 ? 'main' : 'supporting', protocol: service.protocol })
    }
    if (bindings.length === 0) throw new Refusal('invalid', 'no_services', { uk: 'Оберіть сервіс.', en: 'Choose a service.' }, { fields: { services: { uk: 'Оберіть принаймні один сервіс', en: 'Choose at least one service' } } })
    return bindings
  }

  /** With the descriptions as they are harvested at this moment. */
  async #harvested (tx: SqlWriter, services: readonly ServiceBinding[]): Promise<ServiceBinding[]> {
    const entries = new Entries(tx)
    return await Promise.all(services.map(async (binding) => ({ ...binding, description: (await entries.service(binding.serviceId))?.description })))
  }

  async #insert (tx: SqlWriter, versionId: string, interfaceId: string, { version, card, profile }: Draft, services: readonly ServiceBinding[]): Promise<void> {
    const now = this.#deps.clock.now().toISOString()
    await tx.run(
      'INSERT INTO interface_version (id, interface_id, version, major, state, card, services, profile, score, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      versionId, interfaceId, version, majorOf(version), 'draft', JSON.stringify(card), JSON.stringify(services), JSON.stringify(profile), scoreOf(card), now, now)
  }

  async #write (actor: CatalogActor, action: string, versionId: string, work: (tx: SqlWriter) => Promise<void>): Promise<void> {
    const { store, clock } = this.#deps
    await store.write(async (tx) => {
      await work(tx)
      await recordEvent(tx, { at: clock.now(), actor: actor.id, action, object: { kind: 'version', id: versionId } })
    })
  }

  async #move (actor: CatalogActor, versionId: string, from: readonly VersionState[], to: VersionState, action: string, work?: (tx: SqlWriter, version: InterfaceVersion) => Promise<void>, reason?: string): Promise<void> {
    const { one } = await this.find(versionId)
    checkActsFor(actor, one.organisationId)
    const { store, clock } = this.#deps
    await store.write(async (tx) => {
      const found = (await new Entries(tx).interface(one.id, SYSTEM_VIEWER))?.versions.find(({ id }) => id === versionId)
      if (found === undefined) throw notFound()
      if (!from.includes(found.state)) throw new Refusal('conflict', 'wrong_state', { uk: 'У поточному стані це неможливо.', en: 'This cannot be done in the present state.' })
      await work?.(tx, found)
      await tx.run('UPDATE interface_version SET state = ?, reason = COALESCE(?, reason), updated_at = ? WHERE id = ?', to, reason ?? null, clock.now().toISOString(), versionId)
      await recordEvent(tx, { at: clock.now(), actor: actor.id, action, object: { kind: 'version', id: versionId }, detail: reason === undefined ? {} : { reason } })
    })
  }
}

/** Its verification calls them by the rights of the catalog, and its publication shows their descriptions. @throws {Refusal} */
function checkOwnServices (services: readonly ServiceBinding[], organisationId: string): void {
  if (services.some(({ serviceId }) => organisationOfName(serviceId) !== organisationId)) throw new Refusal('conflict', 'foreign_service', { uk: 'Сервіс належить іншій організації.', en: 'A service belongs to another organisation.' })
}

function majorOf (version: string): number {
  return Number(MAJOR.exec(version)?.[1] ?? 0)
}

function checkedReason (reason: string): string {
  const text = reason.trim()
  if (text === '' || text.length > 2000) throw new Refusal('invalid', 'reason_needed', { uk: 'Вкажіть причину.', en: 'Give the reason.' }, { fields: { reason: { uk: 'Вкажіть причину', en: 'Give the reason' } } })
  return text
}

function notFound (): Refusal {
  return new Refusal('notFound', 'version_not_found', { uk: 'Такої версії немає.', en: 'There is no such version.' })
}
