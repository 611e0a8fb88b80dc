import { Closer, createLogger } from '@trembita/daemon'
import { createInformationSystem, listen } from '@trembita/example-information-system'
import type { RetryTerms } from './analysis/retry.ts'
import { openCabinet, type Cabinet, type CabinetOptions } from './cabinet.ts'
import { proofsFrom } from './exchange/proofs.ts'
import { SERVICE_CODES, throughGateway, type ServiceCodes } from './exchange/registers.ts'
import { createPages, type PagesOptions } from './pages/app.ts'
import type { Project } from './project.ts'
import { addServices } from './services/rest.ts'

export { match, type Match, type Reason } from './matching/match.ts'
export type { Fact, Profile } from './matching/profile.ts'
export type { Programme } from './programmes/programme.ts'
export { reportOf, type Report } from './report.ts'
export type { RetryTerms, Project }

export interface BusinessCabinetOptions extends PagesOptions {
  /** Everything that outlives the process. */
  readonly dataFolder: string
  readonly host?: string | undefined
  /** Pages; any free port unless told. */
  readonly port?: number | undefined
  /** Services for the exchange: reached by the cabinet's gateway alone. */
  readonly servicesPort?: number | undefined
  /** Where people reach the pages; what they listen at unless told. */
  readonly publicUrl?: string | undefined
  /** The cabinet's own gateway and who it is there. */
  readonly gateway: { readonly url: string, readonly client: string, readonly timeoutMs?: number | undefined }
  readonly serviceCodes?: Partial<ServiceCodes> | undefined
  readonly pseudonymKeyFile?: string | undefined
  readonly portalKeysFile?: string | undefined
  readonly portalChannel?: boolean | undefined
  readonly project?: Project | undefined
  readonly retry?: RetryTerms | undefined
  readonly clock?: CabinetOptions['clock']
  readonly log?: boolean | undefined
  readonly onStep?: CabinetOptions['onStep']
}

export interface BusinessCabinet {
  /** Pages. */
  readonly url: string
  /** Services for the exchange, and their `/openapi.json`. */
  readonly servicesUrl: string
  /** The parts, for tests and for the federation's own demonstrations. */
  readonly cabinet: Cabinet
  close (): Promise<void>
}

/** Starts the business cabinet: pages for people, services for its gateway. */
export async function startBusinessCabinet (options: BusinessCabinetOptions): Promise<BusinessCabinet> {
  const { host = '127.0.0.1', port = 0, servicesPort = 0, gateway, log = false } = options
  const closer = new Closer()
  try {
    // An address that is not told is known only once somebody listens; links of offers need it before.
    const publicUrl = new URL(options.publicUrl ?? `http://${host}:${port}`)
    const cabinet = await openCabinet({
      ...options,
      publicUrl,
      registers: throughGateway(gateway, { ...SERVICE_CODES, ...options.serviceCodes }),
      log: createLogger('business-cabinet', log ? 'info' : 'silent')
    })
    closer.use('cabinet', cabinet)
    const pages = await createPages(cabinet, options, proofsFrom(gateway))
    closer.use('pages', pages)
    const url = await pages.listen({ host, port })
    const services = createInformationSystem('business-cabinet', { log })
    addServices(services, cabinet)
    const { url: servicesUrl } = closer.use('services', await listen(services, { host, port: servicesPort }))
    return { url, servicesUrl, cabinet, close: () => closer.close() }
  } catch (error) {
    await closer.close()
    throw error
  }
}
