import { Fault } from '@trembita/protocol/fault'
import { describeService } from '@trembita/protocol/identifiers'
import { openApiFormat, rewriteOpenApi } from '@trembita/protocol/metadata'
import type { ReceivedRequest, ServiceAnswer } from '../exchange/index.ts'
import type { ClientConf } from '../serverconf/index.ts'
import type { MetaserviceDeps } from './metaservices.ts'
import { restDocument, restOf } from './methods.ts'

/** REST `getOpenAPI?serviceCode=` (xroad-messages §5.4): the description fetched live, its server addresses made relative. */
export async function answerOpenApi (deps: MetaserviceDeps, request: ReceivedRequest, provider: ClientConf): Promise<ServiceAnswer> {
  const { query = '' } = restOf(request)
  // The parameter's name is read in any case.
  const serviceCode = [...new URLSearchParams(query)].find(([name]) => name.toLowerCase() === 'servicecode')?.[1]
  if (serviceCode === undefined || serviceCode === '') throw new Fault('InvalidRequest', 'Missing serviceCode in message body')
  const name = describeService({ ...provider.id, serviceCode })
  const service = provider.provider.findService(serviceCode, undefined)
  if (service === undefined) throw new Fault('InternalError', `Service not found: ${name}`)
  if (service.type !== 'OPENAPI3') throw new Fault('InternalError', `Service does not have an OpenAPI description: ${name}`)
  const { bytes, contentType } = await deps.services.fetchDescription(service, provider)
  return restDocument(request, contentType ?? 'text/plain', rewriteOpenApi(bytes, openApiFormat(contentType, service.descriptionUrl)))
}
