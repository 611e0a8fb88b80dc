import type { FastifyInstance } from 'fastify'
import { createLogger, createMetrics, systemClock } from '@trembita/daemon'
import { createManagementServer, createRegistrationServer, openServiceTls, type ManagementHandler, type ManagementTrust, type ServiceTls, type VerifiedManagementRequest } from '@trembita/core/management'

/** The management listeners of a core, before a registry that a test plays. */
export interface CoreListeners {
  readonly tls: ServiceTls
  readonly registrationUrl: string
  readonly managementUrl: string
  readonly handled: VerifiedManagementRequest[]
  /** What the registry does; the default counts. */
  handle: ManagementHandler['handle']
  /** By what the core judges. */
  trust: () => ManagementTrust | undefined
}

/** What a test tells about its end. */
interface Teardown { teardown (run: () => unknown): unknown, testdir (): string }

export async function startCoreListeners (t: Teardown): Promise<CoreListeners> {
  const tls = await openServiceTls(t.testdir(), ['localhost'], new Date())
  const handled: VerifiedManagementRequest[] = []
  const listeners = { tls, handled, handle: async () => handled.length, trust: () => undefined } as unknown as { -readonly [Name in keyof CoreListeners]: CoreListeners[Name] }
  const deps = {
    tls,
    trust: () => listeners.trust(),
    handler: {
      handle: async (request: VerifiedManagementRequest) => {
        handled.push(request)
        return await listeners.handle(request)
      }
    },
    clock: systemClock,
    log: createLogger('core', 'silent'),
    requestsPerMinute: 0
  }
  const listen = async (app: FastifyInstance, path: string): Promise<string> => {
    t.teardown(() => app.close())
    return await app.listen({ host: '127.0.0.1', port: 0 }) + path
  }
  listeners.registrationUrl = await listen(createRegistrationServer({ ...deps, metrics: createMetrics('trembita') }), '/managementservice/')
  listeners.managementUrl = await listen(createManagementServer({ ...deps, metrics: createMetrics('trembita') }), '/managementservice/manage/')
  return listeners
}
