import { randomUUID } from 'node:crypto'
import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { checkActsFor, type CatalogActor } from '../catalog-actor.ts'
import { recordEvent } from '../db/index.ts'
import { Entries, maySeeAll, SYSTEM_VIEWER, type InterfaceVersion, type Viewer } from '../entry/index.ts'
import { Refusal } from '../refusal.ts'
import { organisationOfName, parseServiceName } from '../service-name.ts'
import { AdminError, askAdmin, type AdminSettings } from './admin-client.ts'
import { toAccessRequest, type AccessRequest, type AccessRequestRow, type AccessTerms } from './types.ts'

export interface AccessRequestsDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly log: Logger
  /** Takes up agreements. Without it an approval is kept, and the draft is made by hand. */
  readonly core?: AdminSettings | undefined
  /** By `CLASS/CODE` of an organisation: its gateway, where it lets the catalog give rights. */
  readonly gateways: ReadonlyMap<string, AdminSettings>
}

const COLUMNS = 'id, version_id, consumer_id, provider_id, state, request, decision, agreement_id, agreement_state, right_granted, created_at, updated_at'
const AGREEMENT_YEARS = 2
const OPEN = ['asked', 'approved', 'agreementDrafted']

/** Requests of consumers for an interface: from the question to an agreement in force and a right at the provider's gateway. */
export class AccessRequests {
  readonly #deps: AccessRequestsDeps
  readonly #entries: Entries

  constructor (deps: AccessRequestsDeps) {
    this.#deps = deps
    this.#entries = new Entries(deps.store)
  }

  /** @throws {Refusal} */
  async ask (actor: CatalogActor, versionId: string, consumerId: string, terms: AccessTerms): Promise<string> {
    checkActsFor(actor, organisationOfName(consumerId))
    const version = await this.#version(versionId)
    if (version.state !== 'published' && version.state !== 'drifted') throw new Refusal('conflict', 'wrong_state', { uk: 'Інтерфейс не опубліковано.', en: 'The interface is not published.' })
    const subsystem = (await this.#entries.subsystems(organisationOfName(consumerId))).find(({ id }) => id === consumerId)
    if (subsystem === undefined || subsystem.removedAt !== undefined) throw new Refusal('invalid', 'no_consumer', { uk: 'Такої підсистеми немає.', en: 'There is no such subsystem.' }, { fields: { consumerId: { uk: 'Оберіть свою підсистему', en: 'Choose a subsystem of yours' } } })
    checkTerms(terms)
    const id = randomUUID()
    const now = this.#deps.clock.now().toISOString()
    await this.#write(actor.id, 'access.ask', id, async (tx) => {
      await tx.run(`INSERT INTO access_request (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL, 0, ?, ?)`, id, versionId, consumerId, subsystemIdOf(version), 'asked', JSON.stringify(terms), now, now)
    })
    return id
  }

  /** Those that the viewer is a side of. */
  async list (viewer: Viewer): Promise<AccessRequest[]> {
    const rows = await this.#deps.store.all<AccessRequestRow>(`SELECT ${COLUMNS} FROM access_request ORDER BY created_at DESC, id`)
    return rows.map(toAccessRequest).filter((request) => isSide(viewer, request))
  }

  /** @throws {Refusal} `notFound` for whoever is no side of it, too. */
  async find (viewer: Viewer, id: string): Promise<AccessRequest> {
    const row = await this.#deps.store.get<AccessRequestRow>(`SELECT ${COLUMNS} FROM access_request WHERE id = ?`, id)
    const request = row === undefined ? undefined : toAccessRequest(row)
    if (request === undefined || !isSide(viewer, request)) throw new Refusal('notFound', 'access_request_not_found', { uk: 'Такого запиту немає.', en: 'There is no such request.' })
    return request
  }

  /** The provider refuses. @throws {Refusal} */
  async refuse (actor: CatalogActor, id: string, reason: string): Promise<void> {
    const request = await this.#forProvider(actor, id)
    if (reason.trim() === '') throw new Refusal('invalid', 'reason_needed', { uk: 'Вкажіть причину.', en: 'Give the reason.' }, { fields: { reason: { uk: 'Вкажіть причину', en: 'Give the reason' } } })
    await this.#move(actor.id, 'access.refuse', request, 'asked', 'refused', { reason: reason.trim(), by: actor.id })
  }

  /** The provider agrees: the decision is kept first, then the core takes up the draft of the agreement. @throws {Refusal} */
  async approve (actor: CatalogActor, id: string): Promise<void> {
    const request = await this.#forProvider(actor, id)
    await this.#move(actor.id, 'access.approve', request, 'asked', 'approved', { by: actor.id })
    await this.draftAgreement(id)
  }

  /** Done again it finds the draft there: its id follows from the request. */
  async draftAgreement (id: string): Promise<void> {
    const { core, clock } = this.#deps
    const request = await this.find(SYSTEM_VIEWER, id)
    if (core === undefined || request.state !== 'approved') return
    const version = await this.#version(request.versionId)
    const agreementId = `CAT-${id.slice(0, 8).toUpperCase()}`
    const now = clock.now()
    try {
      await askAdmin(core, 'POST', '/agreements', {
        id: agreementId,
        number: agreementId,
        date: now.toISOString().slice(0, 10),
        consumer_id: request.consumerId.replaceAll('/', ':'),
        provider_id: request.providerId.replaceAll('/', ':'),
        from: seconds(now),
        until: seconds(new Date(Date.UTC(now.getUTCFullYear() + AGREEMENT_YEARS, now.getUTCMonth(), now.getUTCDate()))),
        purposes: request.terms.purposes,
        services: agreedServices(version, request.terms)
      })
    } catch (error) {
      const isThere = error instanceof AdminError && (error.status === 409 || /exists|duplicate/.test(error.code))
      if (!isThere) {
        this.#deps.log.warn({ err: error, request: id }, 'the core did not take up the draft of an agreement')
        return
      }
    }
    await this.#write('system', 'access.agreementDrafted', id, async (tx) => {
      await tx.run('UPDATE access_request SET state = ?, agreement_id = ?, agreement_state = ?, updated_at = ? WHERE id = ? AND state = ?', 'agreementDrafted', agreementId, 'draft', now.toISOString(), id, 'approved')
    })
  }

  /** Looks at the core how far agreements are, and at gateways whether rights are given. */
  async follow (): Promise<void> {
    for (const request of (await this.list(SYSTEM_VIEWER)).filter(({ state }) => OPEN.includes(state))) {
      try {
        if (request.state === 'approved') await this.draftAgreement(request.id)
        await this.#followOne(await this.find(SYSTEM_VIEWER, request.id))
      } catch (error) {
        if (!(error instanceof AdminError)) throw error
        this.#deps.log.warn({ err: error, request: request.id }, 'an access request could not be followed')
      }
    }
  }

  /** Gives the right at the provider's gateway, where the catalog has a key. @throws {Refusal} */
  async grant (actor: CatalogActor, id: string): Promise<void> {
    const request = await this.#forProvider(actor, id)
    if (request.agreementState !== 'in_force') throw new Refusal('conflict', 'no_agreement', { uk: 'Договір ще не чинний.', en: 'The agreement is not in force yet.' })
    const gateway = this.gatewayOf(request)
    if (gateway === undefined) throw new Refusal('unavailable', 'no_gateway', { uk: 'Каталог не має ключа до вашого шлюзу: виконайте показану команду.', en: 'The catalog has no key to your gateway: run the command that is shown.' })
    for (const serviceId of await this.servicesOf(request)) {
      try {
        await askAdmin(gateway, 'POST', rightsPath(serviceId), { items: [{ id: request.consumerId.replaceAll('/', ':') }] })
      } catch (error) {
        if (!(error instanceof AdminError)) throw error
        if (error.code !== 'duplicate_accessright') throw new Refusal('unavailable', 'gateway_refused', { uk: `Шлюз відмовив: ${error.message}`, en: `The gateway refused: ${error.message}` }, { cause: error })
      }
    }
    await this.#followOne(request)
  }

  /** The provider says that it has given the right itself, where nobody can look. @throws {Refusal} */
  async confirmRight (actor: CatalogActor, id: string): Promise<void> {
    const request = await this.#forProvider(actor, id)
    if (this.gatewayOf(request) !== undefined) throw new Refusal('conflict', 'checked_by_itself', { uk: 'Каталог перевіряє право сам.', en: 'The catalog looks at the right itself.' })
    await this.#setRight(request, true, actor.id)
  }

  gatewayOf ({ providerId }: Pick<AccessRequest, 'providerId'>): AdminSettings | undefined {
    return this.#deps.gateways.get(providerId.split('/').slice(1, 3).join('/'))
  }

  async servicesOf ({ versionId }: Pick<AccessRequest, 'versionId'>): Promise<string[]> {
    return (await this.#version(versionId)).services.map(({ serviceId }) => serviceId)
  }

  async #followOne (request: AccessRequest): Promise<void> {
    const { core, clock } = this.#deps
    if (core !== undefined && request.agreementId !== undefined) {
      const { state } = await askAdmin<{ state: string }>(core, 'GET', `/agreements/${encodeURIComponent(request.agreementId)}`)
      if (state !== request.agreementState) {
        await this.#write('system', 'access.agreementState', request.id, async (tx) => { await tx.run('UPDATE access_request SET agreement_state = ?, updated_at = ? WHERE id = ?', state, clock.now().toISOString(), request.id) })
      }
    }
    const gateway = this.gatewayOf(request)
    if (gateway === undefined) return
    let granted = true
    for (const serviceId of await this.servicesOf(request)) {
      const clients = await askAdmin<{ id: string }[]>(gateway, 'GET', rightsPath(serviceId))
      granted &&= clients.some(({ id }) => id === request.consumerId.replaceAll('/', ':'))
    }
    if (granted !== request.rightGranted) await this.#setRight(request, granted, 'system')
  }

  async #setRight ({ id }: AccessRequest, granted: boolean, by: string): Promise<void> {
    await this.#write(by, granted ? 'access.rightGranted' : 'access.rightGone', id, async (tx) => { await tx.run('UPDATE access_request SET right_granted = ?, updated_at = ? WHERE id = ?', granted ? 1 : 0, this.#deps.clock.now().toISOString(), id) })
  }

  async #forProvider (actor: CatalogActor, id: string): Promise<AccessRequest> {
    const request = await this.find(actor, id)
    checkActsFor(actor, organisationOfName(request.providerId))
    return request
  }

  async #version (versionId: string): Promise<InterfaceVersion> {
    const row = await this.#deps.store.get<{ interface_id: string }>('SELECT interface_id FROM interface_version WHERE id = ?', versionId)
    const version = row === undefined ? undefined : (await this.#entries.interface(row.interface_id, SYSTEM_VIEWER))?.versions.find(({ id }) => id === versionId)
    if (version === undefined) throw new Refusal('notFound', 'version_not_found', { uk: 'Такої версії немає.', en: 'There is no such version.' })
    return version
  }

  async #move (actor: string, action: string, { id }: AccessRequest, from: string, to: string, decision: object): Promise<void> {
    await this.#write(actor, action, id, async (tx) => {
      const now = this.#deps.clock.now().toISOString()
      if (await tx.run('UPDATE access_request SET state = ?, decision = ?, updated_at = ? WHERE id = ? AND state = ?', to, JSON.stringify({ ...decision, at: now }), now, id, from) === 0) {
        throw new Refusal('conflict', 'wrong_state', { uk: 'Рішення вже прийнято.', en: 'It has been decided already.' })
      }
    })
  }

  async #write (actor: string, action: string, id: string, work: (tx: SqlWriter) => Promise<void>): Promise<void> {
    await this.#deps.store.write(async (tx) => {
      await work(tx)
      await recordEvent(tx, { at: this.#deps.clock.now(), actor, action, object: { kind: 'accessRequest', id } })
    })
  }
}

/** Path of the provider gateway's API under which rights to a service are. */
export function rightsPath (serviceId: string): string {
  const { serviceCode, serviceVersion, ...provider } = parseServiceName(serviceId)
  const client = [provider.instance, provider.memberClass, provider.memberCode, provider.subsystemCode].join(':')
  return `/services/${encodeURIComponent(`${client}:${serviceVersion === undefined ? serviceCode : `${serviceCode}.${serviceVersion}`}`)}/service-clients`
}

function agreedServices (version: InterfaceVersion, { fields }: AccessTerms): object[] {
  return version.services.map(({ serviceId, protocol }) => {
    const { serviceCode, serviceVersion } = parseServiceName(serviceId)
    return { code: serviceCode, ...serviceVersion === undefined ? {} : { version: serviceVersion }, operations: [protocol === 'REST' ? { json: fields } : { xml: fields }] }
  })
}

function checkTerms ({ purposes, fields, justification }: AccessTerms): void {
  const errors: Record<string, { uk: string, en: string }> = {}
  if (purposes.length === 0 || purposes.some(({ code, name, ground }) => !/^[\w.-]{1,64}$/.test(code) || name.trim() === '' || ground.trim() === '')) errors.purposeCode = { uk: 'Мета: код, назва і правова підстава', en: 'A purpose: code, name and legal ground' }
  if (fields.length === 0 || fields.some((field) => field.length > 500 || !/^(?:\/|$)/.test(field))) errors.fields = { uk: 'По одному вказівнику на рядок, кожен починається з /', en: 'One pointer a line, each beginning with /' }
  if (justification.trim() === '') errors.justification = { uk: 'Поясніть, навіщо потрібні дані', en: 'Say what the data are needed for' }
  if (Object.keys(errors).length > 0) throw new Refusal('invalid', 'validation_failure', { uk: 'Перевірте поля запиту.', en: 'Look at the fields of the request.' }, { fields: errors })
}

function isSide (viewer: Viewer, { consumerId, providerId }: AccessRequest): boolean {
  return maySeeAll(viewer, organisationOfName(consumerId)) || maySeeAll(viewer, organisationOfName(providerId))
}

function subsystemIdOf ({ services }: InterfaceVersion): string {
  return services[0]!.serviceId.split('/').slice(0, 4).join('/')
}

function seconds (at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}
