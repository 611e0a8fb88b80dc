import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Clock, Closer, Logger, Metrics } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { closeListener } from './close-listener.ts'
import type { CoreConfig, ListenAddress } from './config.ts'
import type { CoreServices, PublisherStatus } from './globalconf/index.ts'
import { createManagementServer, createRegistrationServer, MANAGEMENT_PATH, managementServicesWsdl, openServiceTls, type ManagementHandler, type ManagementServerDeps } from './management/index.ts'
import type { CurrentTrust } from './registration/index.ts'
import { managementProviderOf, readParameters } from './registry/index.ts'

export interface ManagementListenersDeps {
  readonly config: Pick<CoreConfig, 'dataFolder' | 'listen' | 'management'>
  /** Name or IP address that gateways know this core by. */
  readonly host: () => string
  readonly store: SqlStore
  readonly trust: CurrentTrust
  readonly handler: ManagementHandler
  readonly publication: () => PublisherStatus
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly closer: Closer
}

export interface ManagementListeners {
  readonly registration: string | undefined
  readonly management: string | undefined
  /** What gateways must be told to find the registration service. */
  readonly services: Pick<CoreServices, 'registrationCertificate' | 'registrationPort'>
  /** Where the gateway that publishes the management services finds them. */
  readonly url: string | undefined
  /** The same with where it finds their description: on the configuration listener, at `address`. */
  described (address: string): { readonly wsdl: string, readonly url: string, readonly certificate: Buffer } | undefined
}

const WSDL_PATH = '/managementservices.wsdl'

/** Description of the management services, for the gateway that publishes them; X-Road serves it beside the configuration too. */
export function managementWsdlRoute (url: () => string | undefined): FastifyPluginAsync {
  return async (app) => {
    app.get(WSDL_PATH, async (_request, reply) => {
      const location = url()
      return location === undefined
        ? await reply.code(404).type('text/plain').send('Not found\n')
        : await reply.type('text/xml; charset=utf-8').send(managementServicesWsdl(location))
    })
  }
}

/** Opens the services that gateways send their requests to, as far as the configuration wants them. */
export async function startManagementListeners (deps: ManagementListenersDeps): Promise<ManagementListeners> {
  const { config: { dataFolder, listen }, store, trust, clock, closer } = deps
  if (listen.registration === undefined && listen.management === undefined) return { registration: undefined, management: undefined, services: {}, url: undefined, described: () => undefined }
  const tls = await openServiceTls(dataFolder, [deps.host()], clock.now())
  const server: ManagementServerDeps = {
    requestsPerMinute: deps.config.management?.requestsPerMinute,
    tls,
    acceptedClients: async () => {
      const { managementServiceClients } = await readParameters(store)
      return managementServiceClients.length === 0 ? undefined : managementServiceClients.map((der) => Buffer.from(der, 'base64'))
    },
    trust: async () => {
      const parameters = await readParameters(store)
      const provider = managementProviderOf(parameters)
      const { expiresAt } = deps.publication()
      return provider === undefined
        ? undefined
        : { trust: await trust.current(), instance: parameters.instance, provider, valid: expiresAt !== undefined && expiresAt > clock.now() }
    },
    handler: deps.handler,
    clock,
    log: deps.log,
    metrics: deps.metrics
  }
  const open = async (name: string, address: ListenAddress | undefined, create: (deps: ManagementServerDeps) => FastifyInstance): Promise<string | undefined> => {
    if (address === undefined) return undefined
    const app = create(server)
    closer.defer(`${name} listener`, () => closeListener(app))
    return await app.listen({ ...address })
  }
  const registration = await open('registration', listen.registration, createRegistrationServer)
  const management = await open('management', listen.management, createManagementServer)
  const urlOf = (): string | undefined => management === undefined ? undefined : `https://${deps.host()}:${new URL(management).port || 443}${MANAGEMENT_PATH}`
  return {
    registration,
    management,
    services: { registrationCertificate: tls.certificate, ...registration === undefined ? {} : { registrationPort: Number(new URL(registration).port || 443) } },
    get url () { return urlOf() },
    described: (address) => {
      const url = urlOf()
      return url === undefined ? undefined : { wsdl: `http://${address}${WSDL_PATH}`, url, certificate: tls.certificate }
    }
  }
}
