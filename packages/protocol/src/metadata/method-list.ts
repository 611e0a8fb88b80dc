import { Fault } from '../fault/index.ts'
import type { ServiceId } from '../identifiers/index.ts'
import { formatIdentifierParts, IDENTIFIERS_NS, withBody, XROAD_NS, type Endpoint, type SoapOptions } from '../message/index.ts'
import { parseXmlTree, XML_BYTES_MAX } from '../xml/index.ts'
import { serviceOfTree } from './identifier-tree.ts'
import { arrayOf, objectOf, parseJson, stringOf } from './json.ts'

export type MethodList = 'listMethods' | 'allowedMethods'

/** Body of a SOAP answer: `listMethodsResponse` or `allowedMethodsResponse` with one `service` each (PR-META §5.1). */
export function formatMethodListXml (method: MethodList, services: Iterable<ServiceId>): string {
  let list = ''
  for (const service of services) list += `<xroad:service id:objectType="SERVICE">${formatIdentifierParts(service)}</xroad:service>`
  return `<xroad:${method}Response xmlns:xroad="${XROAD_NS}" xmlns:id="${IDENTIFIERS_NS}">${list}</xroad:${method}Response>`
}

/** The whole answer: the request's envelope with the body replaced. The request hash is added as for any answer. */
export function answerMethodList (request: Uint8Array, method: MethodList, services: Iterable<ServiceId>, options: SoapOptions = {}): Buffer {
  return withBody(request, formatMethodListXml(method, services), options)
}

/** Services of a SOAP answer to listMethods or allowedMethods. @throws {Fault} `InvalidXml` */
export function parseMethodListXml (envelope: Uint8Array): ServiceId[] {
  const root = parseXmlTree(envelope, { bytesMax: XML_BYTES_MAX })
  const body = root.child('Body')
  const response = body?.child('listMethodsResponse') ?? body?.child('allowedMethodsResponse')
  if (response === undefined) throw new Fault('InvalidXml', 'no list of methods')
  return response.all('service').map((service) => serviceOfTree(service, 'list of methods'))
}

/** A REST service as listMethods and allowedMethods of REST name it. */
export interface RestMethod {
  readonly id: ServiceId
  /** `OPENAPI` when an OpenAPI document describes it, `REST` when only its base is known. */
  readonly serviceType: 'OPENAPI' | 'REST'
  /** Without the implicit `*` `**`. */
  readonly endpoints: readonly Endpoint[]
}

/** Content type of the REST lists (xroad-messages §5.4). */
export const METHOD_LIST_JSON_TYPE = 'application/json'

/** Body of a REST answer to listMethods or allowedMethods (PR-MREST §4). */
export function formatMethodListJson (methods: Iterable<RestMethod>): string {
  const service = [...methods].map(({ id, serviceType, endpoints }) => ({
    member_class: id.memberClass,
    member_code: id.memberCode,
    object_type: 'SERVICE',
    service_code: id.serviceCode,
    service_type: serviceType,
    subsystem_code: id.subsystemCode,
    xroad_instance: id.instance,
    endpoint_list: endpoints.map(({ method, path }) => ({ method, path }))
  }))
  return JSON.stringify({ service })
}

const METHOD_LIST_BYTES_MAX = 20 * 1024 * 1024

/** @throws {Fault} `InvalidMessage` */
export function parseMethodListJson (bytes: Uint8Array): RestMethod[] {
  const root = objectOf(parseJson(bytes, METHOD_LIST_BYTES_MAX), 'list of methods')
  return arrayOf(root.service ?? [], 'service').map((item) => {
    const service = objectOf(item, 'service')
    const base = {
      instance: stringOf(service.xroad_instance, 'xroad_instance'),
      memberClass: stringOf(service.member_class, 'member_class'),
      memberCode: stringOf(service.member_code, 'member_code'),
      serviceCode: stringOf(service.service_code, 'service_code')
    }
    return {
      id: service.subsystem_code == null ? base : { ...base, subsystemCode: stringOf(service.subsystem_code, 'subsystem_code') },
      // Peers before 7.x left the type out; then an endpoint list tells a described service.
      serviceType: service.service_type === 'OPENAPI' ? 'OPENAPI' : 'REST',
      endpoints: arrayOf(service.endpoint_list ?? [], 'endpoint_list').map((endpoint) => {
        const { method, path } = objectOf(endpoint, 'endpoint')
        return { method: stringOf(method, 'method'), path: stringOf(path, 'path') }
      })
    }
  })
}
