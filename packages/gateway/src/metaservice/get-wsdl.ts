import { randomBytes } from 'node:crypto'
import { Fault } from '@trembita/protocol/fault'
import { describeService } from '@trembita/protocol/identifiers'
import { answerGetWsdl, getWsdlContentType, parseGetWsdl, rewriteWsdlAddress, wsdlAttachmentHeaders } from '@trembita/protocol/metadata'
import { attachmentOf, soapAnswer, type ReceivedRequest, type ServiceAnswer } from '../exchange/index.ts'
import type { ClientConf } from '../serverconf/index.ts'
import type { MetaserviceDeps } from './metaservices.ts'
import { withHash } from './methods.ts'

/** SOAP `getWsdl` (xroad-messages §5.3): the WSDL is fetched live, the service's address in it is replaced. No right is needed. */
export async function answerWsdl (deps: MetaserviceDeps, request: ReceivedRequest, provider: ClientConf): Promise<ServiceAnswer> {
  const asked = parseGetWsdl(request.head.bytes, { soap12: true })
  const name = describeService({ ...provider.id, serviceCode: asked.serviceCode, ...(asked.serviceVersion === undefined ? {} : { serviceVersion: asked.serviceVersion }) })
  const service = provider.provider.findService(asked.serviceCode, asked.serviceVersion)
  if (service === undefined) throw new Fault('UnknownService', `Unknown service: ${name}`)
  if (service.type !== 'WSDL') throw new Fault('ServiceType', `Service is a REST service and does not have a WSDL: ${name}`)
  const { bytes } = await deps.services.fetchDescription(service, provider)
  const contentType = getWsdlContentType(`xroad${randomBytes(16).toString('hex')}`)
  return soapAnswer(request, 'text/xml; charset=UTF-8', withHash(answerGetWsdl(request.head.bytes, asked, { soap12: true }), request),
    [attachmentOf('text/xml', wsdlAttachmentHeaders(), rewriteWsdlAddress(bytes))], contentType)
}
