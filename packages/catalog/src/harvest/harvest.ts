import { randomUUID } from 'node:crypto'
import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { formatClientId, formatServiceId, type ClientId, type ServiceId } from '@trembita/protocol/identifiers'
import type { CurrentConfiguration, SignedConfiguration } from '../configuration/index.ts'
import { hashesOfOpenApi, hashesOfWsdl } from '../description/index.ts'
import type { DescriptionType, HarvestStatus, Protocol } from '../entry/index.ts'
import { ExchangeError, type GatewayClient } from '../exchange/index.ts'
import { keepMembers, keepSubsystem, keepTimedOut } from './keep.ts'

export interface HarvestDeps {
  readonly store: SqlStore
  readonly configuration: Pick<CurrentConfiguration, 'get'>
  readonly gateway: Pick<GatewayClient, 'restMethods' | 'soapMethods' | 'openApi' | 'wsdl' | 'client'>
  readonly clock: Clock
  readonly log: Logger
}

export interface HarvestSummary {
  readonly subsystems: number
  readonly services: number
  readonly descriptions: number
  readonly errors: number
  readonly timeouts: number
  readonly skipped: number
}

/** What was found out about one service. */
export interface HarvestedService {
  readonly id: ServiceId
  readonly protocol: Protocol
  /** The catalog may call it. */
  readonly allowed: boolean
  readonly status: HarvestStatus
  readonly detail?: string | undefined
  readonly description?: { readonly bytes: Buffer, readonly mediaType: DescriptionType, readonly documentHash: string, readonly canonicalHash: string } | undefined
}

/** Gateways asked at a time: enough that one slow one holds nobody up, few enough to be nobody's burden. */
const AT_A_TIME = 4

/**
 * Asks every provider, through the catalog's own gateway, what it offers. Each subsystem is kept in one transaction when it is known, so a
 * run that is broken off loses nothing; done again it finds the same. Runs one at a time.
 */
export class Harvest {
  readonly #deps: HarvestDeps
  #running: Promise<HarvestSummary> | undefined

  constructor (deps: HarvestDeps) {
    this.#deps = deps
  }

  get isRunning (): boolean {
    return this.#running !== undefined
  }

  /** Begins a run, or joins the one that is under way. @throws when there is no configuration. */
  run (): Promise<HarvestSummary> {
    this.#running ??= this.#run().finally(() => { this.#running = undefined })
    return this.#running
  }

  async #run (): Promise<HarvestSummary> {
    const { store, clock, log, gateway } = this.#deps
    const id = randomUUID()
    await store.write(async (tx) => { await tx.run('INSERT INTO harvest_run (id, started_at, outcome, summary) VALUES (?, ?, ?, ?)', id, clock.now().toISOString(), 'running', '{}') })
    try {
      const configuration = await this.#deps.configuration.get(true)
      await store.write((tx) => keepMembers(tx, configuration, clock.now()))
      const summary = await this.#subsystems(configuration, formatClientId(gateway.client))
      await this.#ended(id, 'done', summary)
      log.info(summary, 'descriptions harvested')
      return summary
    } catch (error) {
      await this.#ended(id, 'failed', { error: error instanceof Error ? error.message : String(error) })
      throw error
    }
  }

  async #ended (id: string, outcome: string, summary: object): Promise<void> {
    await this.#deps.store.write(async (tx) => { await tx.run('UPDATE harvest_run SET ended_at = ?, outcome = ?, summary = ? WHERE id = ?', this.#deps.clock.now().toISOString(), outcome, JSON.stringify(summary), id) })
  }

  async #subsystems (configuration: SignedConfiguration, own: string): Promise<HarvestSummary> {
    const { store, clock } = this.#deps
    const summary = { subsystems: 0, services: 0, descriptions: 0, errors: 0, timeouts: 0, skipped: 0 }
    /** Gateways that did not answer in this run: nobody waits for them twice. */
    const silent = new Set<string>()
    const queue = configuration.shared.members.flatMap((member) => member.subsystems.map(({ code }): ClientId => ({ ...member.id, subsystemCode: code })))
      .filter((client) => configuration.gatewaysOf(client).length > 0 && formatClientId(client) !== own)
    const one = async (client: ClientId): Promise<void> => {
      const gateways = configuration.gatewaysOf(client)
      if (gateways.every((gateway) => silent.has(gateway))) {
        summary.skipped++
        await store.write((tx) => keepTimedOut(tx, client, 'skipped'))
        return
      }
      try {
        const services = await this.#services(client)
        await store.write((tx) => keepSubsystem(tx, client, services, clock.now()))
        summary.subsystems++
        summary.services += services.length
        summary.descriptions += services.filter(({ description }) => description !== undefined).length
        summary.errors += services.filter(({ status }) => status === 'error').length
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error
        const timedOut = error.isTimeout
        if (timedOut) for (const gateway of gateways) silent.add(gateway)
        summary[timedOut ? 'timeouts' : 'errors']++
        await store.write((tx) => keepTimedOut(tx, client, timedOut ? 'timeout' : 'error', error.code))
      }
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      for (let client = queue.shift(); client !== undefined; client = queue.shift()) await one(client)
    }))
    return summary
  }

  async #services (client: ClientId): Promise<HarvestedService[]> {
    const { gateway } = this.#deps
    const rest = await gateway.restMethods(client)
    const soap = await gateway.soapMethods(client)
    const allowed = new Set([...(await gateway.restMethods(client, true)).map(({ id }) => id), ...await gateway.soapMethods(client, true)].map(formatServiceId))
    const found: HarvestedService[] = []
    for (const { id, serviceType } of rest) {
      found.push({ ...serviceType === 'REST' ? { status: 'undescribed' as const } : await this.#openApi(id), id, protocol: 'REST', allowed: allowed.has(formatServiceId(id)) })
    }
    for (const id of soap) found.push({ ...await this.#wsdl(id), id, protocol: 'SOAP', allowed: allowed.has(formatServiceId(id)) })
    return found
  }

  async #openApi (id: ServiceId): Promise<Pick<HarvestedService, 'status' | 'detail' | 'description'>> {
    return await described(async () => {
      const bytes = await this.#deps.gateway.openApi(id)
      return { bytes, mediaType: /^\s*\{/.test(bytes.toString('utf8', 0, 64)) ? 'application/vnd.oai.openapi+json' : 'application/vnd.oai.openapi', ...hashesOfOpenApi(bytes) }
    })
  }

  async #wsdl (id: ServiceId): Promise<Pick<HarvestedService, 'status' | 'detail' | 'description'>> {
    return await described(async () => {
      const bytes = await this.#deps.gateway.wsdl(id)
      return { bytes, mediaType: 'application/wsdl+xml', ...hashesOfWsdl(bytes) }
    })
  }
}

/** A description that cannot be had is a state of the service, not of the run; a gateway that is silent is one of the run. */
async function described (read: () => Promise<NonNullable<HarvestedService['description']>>): Promise<Pick<HarvestedService, 'status' | 'detail' | 'description'>> {
  try {
    return { status: 'ok', description: await read() }
  } catch (error) {
    if (error instanceof ExchangeError && error.isTimeout) throw error
    return { status: 'error', detail: error instanceof ExchangeError ? error.code : error instanceof Error ? error.message.slice(0, 300) : String(error) }
  }
}
