import type { Snapshot } from '../globalconf/index.ts'
import type { ReceivedRequest, ServiceAnswer } from '../exchange/index.ts'
import type { ServiceCaller } from '../services/index.ts'
import type { ClientConf } from '../serverconf/index.ts'
import { answerWsdl } from './get-wsdl.ts'
import { answerOpenApi } from './get-openapi.ts'
import { answerRestMethods, answerSoapMethods } from './methods.ts'

export interface MetaserviceDeps {
  /** Fetches descriptions with the TLS settings of their service. */
  readonly services: Pick<ServiceCaller, 'fetchDescription'>
}

/** Answers a request about the provider itself. */
export type Metaservice = (request: ReceivedRequest, provider: ClientConf, snapshot: Snapshot) => Promise<ServiceAnswer>

/** Reserved service codes that this gateway answers itself (xroad-messages §5). */
export interface Metaservices {
  find (protocol: 'soap' | 'rest', serviceCode: string): Metaservice | undefined
}

export function createMetaservices (deps: MetaserviceDeps): Metaservices {
  const soap = new Map<string, Metaservice>([
    ['listMethods', async (request, provider, snapshot) => answerSoapMethods('listMethods', request, provider, snapshot)],
    ['allowedMethods', async (request, provider, snapshot) => answerSoapMethods('allowedMethods', request, provider, snapshot)],
    ['getWsdl', async (request, provider) => await answerWsdl(deps, request, provider)]
  ])
  const rest = new Map<string, Metaservice>([
    ['listMethods', async (request, provider, snapshot) => answerRestMethods('listMethods', request, provider, snapshot)],
    ['allowedMethods', async (request, provider, snapshot) => answerRestMethods('allowedMethods', request, provider, snapshot)],
    ['getOpenAPI', async (request, provider) => await answerOpenApi(deps, request, provider)]
  ])
  return { find: (protocol, serviceCode) => (protocol === 'soap' ? soap : rest).get(serviceCode) }
}
