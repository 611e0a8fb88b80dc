import { Closer, createLogger, every, type Clock } from '@trembita/daemon'
import { createInformationSystem, listen } from '@trembita/example-information-system'
import { throughGateway, type OnExchange } from './exchange/index.ts'
import { createPages, type PagesOptions } from './pages/index.ts'
import { openPlatform, type Platform } from './platform.ts'
import { addServices } from './services/rest.ts'

export interface ServiceCentresOptions extends PagesOptions {
  /** Bookings, ratings on their way, sessions, and the key that persons are sealed with. */
  readonly dataFolder: string
  readonly host?: string | undefined
  /** Pages; any free port unless told. */
  readonly port?: number | undefined
  /** Services for the exchange: reached by the platform's gateway alone. */
  readonly servicesPort?: number | undefined
  /** Where people reach the pages; what they listen at unless told. */
  readonly publicUrl?: string | undefined
  /** The platform's own gateway and who it is there. */
  readonly gateway: { readonly url: string, readonly client: string, readonly timeoutMs?: number | undefined }
  /** `CLASS/MEMBER/SUBSYSTEM` of the quality system; default `GOV/90000067/QUALITY`. */
  readonly quality?: string | undefined
  /** How often what waits is looked at, and after how long it is tried again at first; default 5. */
  readonly retrySeconds?: number | undefined
  /** How often the indicators of quality are asked for; default 300. */
  readonly indicatorsSeconds?: number | undefined
  readonly clock?: Clock | undefined
  readonly log?: boolean | undefined
  /** Told at each step that is on disk or about to leave; for tests that end the process there. */
  readonly onStep?: ((step: string) => void) | undefined
  /** Told of each exchange, for the log and for whoever wants its proof from the gateway. */
  readonly onExchange?: OnExchange | undefined
}

/** A running platform of centres. */
export interface ServiceCentres {
  /** Pages. */
  readonly url: string
  /** The public interface for the exchange, and its `/openapi/centres.json`. */
  readonly servicesUrl: string
  /** The parts, for tests. */
  readonly platform: Platform
  /** Sends bookings and ratings that wait, as the timer does. */
  deliverNow (): Promise<void>
  /** Asks for the indicators of quality, as the timer does. */
  pullNow (): Promise<void>
  close (): Promise<void>
}

/** Exchanges stand between a visitor and an answer: a gateway that does not answer within this is out of order. */
const TIMEOUT_MS = 10_000

/** Starts pages, the public interface and the timers. What was recorded before a crash goes on where it stood. */
export async function startServiceCentres (options: ServiceCentresOptions): Promise<ServiceCentres> {
  const { host = '127.0.0.1', port = 0, servicesPort = 0, gateway, log = false, retrySeconds = 5, indicatorsSeconds = 300 } = options
  const closer = new Closer()
  try {
    const logger = createLogger('service-centres', log ? 'info' : 'silent')
    const onExchange: OnExchange = (exchangeId, service) => {
      logger.info({ exchangeId, service }, 'exchange')
      options.onExchange?.(exchangeId, service)
    }
    const platform = closer.use('platform', await openPlatform({ ...options, ...throughGateway({ timeoutMs: TIMEOUT_MS, ...gateway }, options.quality, onExchange), log: logger }))
    const services = createInformationSystem('service-centres', { log })
    addServices(services)
    const { url: servicesUrl } = closer.use('services', await listen(services, { host, port: servicesPort }))
    const pages = closer.use('pages', await createPages(platform, new URL(options.publicUrl ?? `http://${host}:${port}`), options))
    const url = await pages.listen({ host, port })
    const deliverNow = async (): Promise<void> => {
      await platform.visits.settleDue()
      await platform.ratings.deliver()
    }
    const failed = (error: unknown): void => { logger.error({ err: error }, 'will be tried again') }
    closer.defer('delivery', every(retrySeconds, deliverNow, failed))
    closer.defer('indicators', every(indicatorsSeconds, async () => await platform.ratings.pull(), failed))
    return { url, servicesUrl, platform, deliverNow, pullNow: async () => await platform.ratings.pull(), close: () => closer.close() }
  } catch (error) {
    await closer.close()
    throw error
  }
}
