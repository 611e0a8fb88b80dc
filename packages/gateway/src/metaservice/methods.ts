import { Fault } from '@trembita/protocol/fault'
import type { ServiceId } from '@trembita/protocol/identifiers'
import { prepareSoapAnswer, type RestRequest, type SoapMessage } from '@trembita/protocol/message'
import { answerMethodList, formatMethodListJson, METHOD_LIST_JSON_TYPE, type MethodList } from '@trembita/protocol/metadata'
import { mayCallAny, maySee } from '../access/index.ts'
import type { Snapshot } from '../globalconf/index.ts'
import { attachmentOf, restAnswer, soapAnswer, type ReceivedRequest, type ServiceAnswer } from '../exchange/index.ts'
import type { ClientConf, ServiceConf } from '../serverconf/index.ts'

const SOAP_TYPE = 'text/xml; charset=UTF-8'

function idOf (provider: ClientConf, service: ServiceConf): ServiceId {
  return { ...provider.id, serviceCode: service.code, ...(service.version === undefined ? {} : { serviceVersion: service.version }) }
}

/** Whether a list names the service: all of them, or those where the caller has any right. Disabled ones are named too. */
function isListed (list: MethodList, service: ServiceConf, request: ReceivedRequest, provider: ClientConf, snapshot: Snapshot): boolean {
  return list === 'listMethods' || mayCallAny(request.client, service.code, provider.provider, snapshot)
}

/** SOAP `listMethods` and `allowedMethods`: WSDL services only (xroad-messages §5.2). */
export function answerSoapMethods (list: MethodList, request: ReceivedRequest, provider: ClientConf, snapshot: Snapshot): ServiceAnswer {
  const services = provider.provider.services.filter((service) => service.type === 'WSDL' && isListed(list, service, request, provider, snapshot))
  return soapAnswer(request, SOAP_TYPE, withHash(answerMethodList(request.head.bytes, list, services.map((service) => idOf(provider, service)), { soap12: true }), request))
}

/** Writes the request hash into an answer that was made from the request's own envelope. */
export function withHash (envelope: Buffer, request: ReceivedRequest): Buffer {
  return prepareSoapAnswer(envelope, { request: soapOf(request), requestHash: request.requestHash, completeHeader: false, soap12: true }).bytes
}

function soapOf (request: ReceivedRequest): SoapMessage {
  if (request.message.kind !== 'soap') throw new Fault('InternalError', 'a SOAP metaservice got another message')
  return request.message.soap
}

/** REST `listMethods` and `allowedMethods`: REST and OpenAPI services with their endpoints (xroad-messages §5.4). */
export function answerRestMethods (list: MethodList, request: ReceivedRequest, provider: ClientConf, snapshot: Snapshot): ServiceAnswer {
  const services = provider.provider.services.filter((service) => service.type !== 'WSDL' && isListed(list, service, request, provider, snapshot))
  const body = formatMethodListJson(services.map((service) => ({
    id: idOf(provider, service),
    serviceType: service.type === 'OPENAPI3' ? 'OPENAPI' as const : 'REST' as const,
    endpoints: service.endpoints.filter((endpoint) => list === 'listMethods' || maySee(request.client, service.code, endpoint, provider.provider, snapshot))
  })))
  return restDocument(request, METHOD_LIST_JSON_TYPE, Buffer.from(body))
}

/** A REST answer made here: GET only, 200, one body. */
export function restDocument (request: ReceivedRequest, contentType: string, body: Buffer): ServiceAnswer {
  const rest = restOf(request)
  return restAnswer(request, rest, request.requestHash, { status: 200, reason: 'OK', rawHeaders: ['Content-Type', contentType] }, attachmentOf(contentType, [], body))
}

/** @throws {Fault} `InvalidHttpMethod`: metaservices of REST are read by GET. */
export function restOf (request: ReceivedRequest): RestRequest {
  if (request.message.kind !== 'rest') throw new Fault('InternalError', 'a REST metaservice got another message')
  if (request.message.rest.method !== 'GET') throw new Fault('InvalidHttpMethod', `Must use GET request method instead of ${request.message.rest.method}`)
  return request.message.rest
}
