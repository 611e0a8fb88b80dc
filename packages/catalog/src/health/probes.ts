import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { formatClientId, providerOf } from '@trembita/protocol/identifiers'
import type { Applications } from '../application/index.ts'
import type { CurrentConfiguration, SignedConfiguration } from '../configuration/index.ts'
import { hashesOfOpenApi, hashesOfWsdl } from '../description/index.ts'
import { Entries, type HealthState, type Interface, type InterfaceVersion, type ServiceBinding } from '../entry/index.ts'
import { ExchangeError, type GatewayClient } from '../exchange/index.ts'
import { keepMembers } from '../harvest/index.ts'
import { parseServiceName } from '../service-name.ts'
import { lightCheck } from '../verification/index.ts'
import { RECENT_MAX, stateAfter, type ProbeResult } from './health-state.ts'

export interface ProbesDeps {
  readonly store: SqlStore
  readonly configuration: Pick<CurrentConfiguration, 'get'>
  readonly gateway: GatewayClient
  readonly applications: Pick<Applications, 'drifted' | 'recovered' | 'find'>
  readonly clock: Clock
  readonly log: Logger
}

interface Probed {
  readonly result: ProbeResult
  readonly cause?: string | undefined
  readonly latencyMs?: number | undefined
  /** The service no longer follows what is published. */
  readonly drift?: string | undefined
  /** The description and the answer were both looked at. */
  readonly looked?: boolean | undefined
}

/** Asks each published service, through the gateway, whether it works and still is what was published (TR-4.8). */
export class Probes {
  readonly #deps: ProbesDeps
  readonly #entries: Entries
  #running: Promise<void> | undefined

  constructor (deps: ProbesDeps) {
    this.#deps = deps
    this.#entries = new Entries(deps.store)
  }

  /** One round over all. Joins the one that is under way. */
  run (): Promise<void> {
    this.#running ??= this.#run().finally(() => { this.#running = undefined })
    return this.#running
  }

  async #run (): Promise<void> {
    let configuration: SignedConfiguration | undefined
    try {
      const found = await this.#deps.configuration.get(true)
      configuration = found
      // A suspension shows at once: it does not wait for the next harvest.
      await this.#deps.store.write((tx) => keepMembers(tx, found, this.#deps.clock.now()))
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'no configuration for the probes')
    }
    /** One request to a service per round, however many versions have it. */
    const done = new Map<string, Probed>()
    for (const one of await this.#entries.interfaces()) {
      for (const version of one.versions) {
        if (version.state !== 'published' && version.state !== 'drifted') continue
        await this.#version(one, version, configuration, done)
      }
    }
  }

  async #version (one: Interface, version: InterfaceVersion, configuration: SignedConfiguration | undefined, done: Map<string, Probed>): Promise<void> {
    const drifts: string[] = []
    let looked = true
    for (const binding of version.services) {
      const suspended = configuration?.suspensionOf(providerOf(parseServiceName(binding.serviceId))) !== undefined
      const maintained = await this.#inMaintenance(one.id)
      const probed = suspended || maintained ? undefined : done.get(`${binding.serviceId} ${version.id}`) ?? await this.#probe(version, binding, configuration)
      if (probed === undefined) {
        looked = false
        await this.#keep(binding.serviceId, suspended ? 'suspended' : 'maintenance')
        continue
      }
      done.set(`${binding.serviceId} ${version.id}`, probed)
      await this.#keep(binding.serviceId, probed)
      if (probed.drift !== undefined) drifts.push(`${binding.serviceId}: ${probed.drift}`)
      looked &&= probed.looked === true
    }
    if (drifts.length > 0) await this.#deps.applications.drifted(version.id, drifts.join('; '))
    else if (looked && version.state === 'drifted') await this.#deps.applications.recovered(version.id)
  }

  async #probe (version: InterfaceVersion, { serviceId, protocol, description }: ServiceBinding, configuration: SignedConfiguration | undefined): Promise<Probed> {
    const id = parseServiceName(serviceId)
    if (configuration === undefined) return { result: 'unknown', cause: 'configuration' }
    if (configuration.gatewaysOf(providerOf(id)).length === 0) return { result: 'failed', cause: 'notRegistered' }
    const { gateway } = this.#deps
    try {
      const now = protocol === 'REST' ? hashesOfOpenApi(await gateway.openApi(id)) : hashesOfWsdl(await gateway.wsdl(id))
      if (description !== undefined && now.canonicalHash !== description.canonicalHash) return { result: 'ok', drift: 'the description has changed' }
      const published = description === undefined ? undefined : await this.#entries.description(description.documentHash)
      if (published === undefined) return { result: 'ok', looked: true }
      const { profile } = await this.#deps.applications.find(version.id)
      const { durationMs, failed: [first] } = await lightCheck(gateway, id, published, profile, serviceId)
      if (first !== undefined) return { result: 'failed', cause: 'contract', latencyMs: durationMs, drift: `${first.code} ${first.operation ?? ''} ${first.place ?? ''}: expected ${first.expected ?? ''}, observed ${first.observed ?? ''}, message ${first.messageId ?? ''}` }
      const target = version.card.responseTargetMs
      const slow = durationMs !== undefined && target !== undefined && durationMs > target
      return { result: slow ? 'slow' : 'ok', cause: slow ? 'latency' : undefined, latencyMs: durationMs, looked: true }
    } catch (error) {
      if (error instanceof ExchangeError) return probedOf(error)
      return { result: 'failed', cause: 'description', drift: 'the description cannot be read' }
    }
  }

  async #inMaintenance (interfaceId: string): Promise<boolean> {
    const now = this.#deps.clock.now().toISOString()
    return await this.#deps.store.get('SELECT id FROM maintenance WHERE interface_id = ? AND starts_at <= ? AND ends_at > ?', interfaceId, now, now) !== undefined
  }

  async #keep (serviceId: string, probed: Probed | Extract<HealthState, 'suspended' | 'maintenance'>): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now().toISOString()
    await store.write(async (tx) => {
      const before = await tx.get<{ state: string, since: string, recent: string }>('SELECT state, since, recent FROM service_health WHERE service_id = ?', serviceId)
      const recent = before === undefined ? [] : JSON.parse(before.recent) as ProbeResult[]
      const next = typeof probed === 'string' ? recent : [...recent, probed.result].slice(-RECENT_MAX)
      const state = typeof probed === 'string' ? probed : stateAfter(before?.state as HealthState | undefined ?? 'unknown', next)
      const { cause = null, latencyMs = null } = typeof probed === 'string' ? {} : probed
      await tx.run(
        `INSERT INTO service_health (service_id, state, since, checked_at, cause, latency_ms, recent) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (service_id) DO UPDATE SET state = excluded.state, since = excluded.since, checked_at = excluded.checked_at, cause = excluded.cause, latency_ms = excluded.latency_ms, recent = excluded.recent`,
        serviceId, state, before?.state === state ? before.since : now, now, cause, latencyMs, JSON.stringify(next))
      if (before?.state !== state) await tx.run('INSERT INTO health_change (service_id, state, cause, at) VALUES (?, ?, ?, ?)', serviceId, state, cause, now)
    })
  }
}

/** Whose failure it is: ours says nothing of the service, a missing right neither. */
function probedOf (error: ExchangeError): Probed {
  if (error.isRefusal) return { result: 'unknown', cause: 'notAllowed' }
  if (error.isOurs) return { result: 'unknown', cause: 'own' }
  if (error.code.startsWith('Server.ServerProxy.ServiceFailed') || error.code.startsWith('http.')) return { result: 'failed', cause: 'service' }
  return { result: 'failed', cause: error.isTimeout || /Network/i.test(error.code) ? 'network' : 'gateway' }
}

/** `INSTANCE/CLASS/CODE/SUBSYSTEM` of a service. */
export function subsystemOf (serviceId: string): string {
  return formatClientId(providerOf(parseServiceName(serviceId)))
}
