import type { ServerResponse } from 'node:http'
import { asResponse, type Handler, type Received } from '../foreign/information-system.ts'
import { envelope } from '../foreign/messages.ts'
import { PORTAL, REGISTRY, type HttpReply } from '../foreign/network.ts'
import { post, rest, uxp } from './client-request.ts'
import type { FaultCase, FaultNetwork } from './fault-case.ts'
import { LARGE } from './peer-request.ts'
import { LOGGED_BYTES_MAX } from './plan.ts'

// What the provider's gateway finds in its own services, and refuses to a client of ours: xroad-messages §6.2, §7.2, §5.

const soapTo = (service: string, body?: string): string => envelope({ client: PORTAL, service: `${REGISTRY}/${service}`, ...(body === undefined ? {} : { body }) })
const ask = (service: string) => async (network: FaultNetwork): Promise<HttpReply> => await post(network, soapTo(service, `<x:${service.split('/')[0]} xmlns:x="urn:x"/>`))

async function answered (network: FaultNetwork, handler: Handler, run: () => Promise<HttpReply>): Promise<HttpReply> {
  network.system.order(handler)
  return await network.during(() => { network.system.order() }, run)
}

const xml = (change: (text: string) => string): Handler => ({ body }, response) => { response.writeHead(200, { 'Content-Type': 'text/xml' }).end(change(asResponse(body.toString()))) }
const http = (status: number, type: string | undefined, body: string): Handler => (_, response) => { response.writeHead(status, type === undefined ? {} : { 'Content-Type': type }).end(body) }

/** What the service answers to `lookup`; `exact` has its header left as it is. */
function soapAnswer (title: string, reason: string, handler: Handler, service = 'lookup/v1', says?: RegExp): FaultCase {
  return { title, code: `Server.ServerProxy.ServiceFailed.${reason}`, says, run: async (network) => await answered(network, handler, async () => await post(network, soapTo(service))) }
}

const exact = (title: string, reason: string, change: (text: string) => string): FaultCase => ({
  title,
  code: `Server.ServerProxy.ServiceFailed.${reason}`,
  run: async (network) => await answered(network, ({ body }, response) => { response.writeHead(200, { 'Content-Type': 'text/xml' }).end(change(body.toString().replaceAll('p:exact', 'p:exactResponse'))) },
    async () => await post(network, soapTo('exact', '<p:exact xmlns:p="urn:p"/>')))
})

const cut = (type: string): Handler => (_: Received, response: ServerResponse) => {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': 5_000_000 })
  response.write(LARGE, () => { response.destroy() })
}
const hanging: Handler = (_, response) => { setTimeout(() => { response.destroy() }, 2500).unref() }
const field = (name: string): RegExp => new RegExp(`<xro:${name}[\\s>][\\s\\S]*?</xro:${name}>`)

const people = `/r1/${REGISTRY}/people`
const restOf = (title: string, reason: string, service: string, options: { method?: string, body?: Buffer } = {}): FaultCase =>
  ({ title, code: `Server.ServerProxy.${reason}`, run: async (network) => await rest(network, `/r1/${REGISTRY}/${service}`, options) })

export const SERVICE_CASES: readonly FaultCase[] = [
  { title: 'no right, SOAP', code: 'Server.ServerProxy.AccessDenied', says: /^Request is not allowed: SERVICE:TEST\/GOV\/2002\/registry\/closed$/, run: async (network) => await rest(network, `/r1/${REGISTRY}/closed`) },
  { title: 'no right, Trembita REST', code: 'Server.ServerProxy.AccessDenied', run: async (network) => await uxp(network, '/restapi/x', { 'Uxp-Client': PORTAL, 'Uxp-Service': `${REGISTRY}/closed` }) },
  { title: 'no right, REST answered in XML', code: 'Server.ServerProxy.AccessDenied', run: async (network) => await rest(network, `/r1/${REGISTRY}/closed`, { headers: { Accept: 'text/xml' } }) },
  { title: 'an unknown service, SOAP', code: 'Server.ServerProxy.UnknownService', says: /^Unknown service: SERVICE:TEST\/GOV\/2002\/registry\/none\/v1$/, run: ask('none/v1') },
  { title: 'a disabled service', code: 'Server.ServerProxy.ServiceDisabled', says: /Back on Monday/, run: async (network) => await rest(network, `/r1/${REGISTRY}/resting`) },
  { title: 'SOAP to a REST service', code: 'Server.ServerProxy.ServiceType', run: ask('people') },
  { title: 'a service without an address', code: 'Server.ServerProxy.ServiceMissingUrl', run: ask('nameless') },
  { title: 'a service with an address that is none', code: 'Server.ServerProxy.ServiceMalformedUrl', run: ask('misspelt') },

  // SOAP services.
  { title: 'a service that does not listen', code: 'Server.ServerProxy.ServiceFailed.NetworkError', run: ask('deaf') },
  { title: 'a service whose host has no address', code: 'Server.ServerProxy.ServiceFailed.NetworkError', says: /does not resolve/, run: ask('unfound') },
  { title: 'a service whose certificate is not registered', code: 'Server.ServerProxy.ServiceFailed.SslAuthenticationFailed', says: /^Server certificate is not trusted$/, run: ask('barred') },
  { title: 'a service that does not answer in time', code: 'Server.ServerProxy.ServiceFailed.IOError', run: async (network) => await answered(network, hanging, async () => await ask('late')(network)) },
  soapAnswer('an error of HTTP', 'HttpError', http(403, 'text/html', '<h1>no</h1>'), 'lookup/v1', /^Server responded with error 403: Forbidden$/),
  soapAnswer('a redirect', 'HttpError', (_, response) => { response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end() }),
  soapAnswer('HTML', 'InvalidContentType', http(200, 'text/html', '<html/>')),
  soapAnswer('no type', 'InvalidContentType', http(200, undefined, '<a/>')),
  soapAnswer('a multipart without boundary', 'InvalidContentType', http(200, 'multipart/related', 'x')),
  soapAnswer('a multipart broken off', 'MimeParsingFailed', http(200, 'multipart/related; boundary=b', `--b\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--b\r\nContent-Type: a/b\r\n\r\n${'x'.repeat(1_300_000)}`)),
  soapAnswer('a multipart of nothing', 'MissingSoap', http(200, 'multipart/related; boundary=b', '--b--\r\n')),
  soapAnswer('an empty answer', 'InvalidMessage', http(200, 'text/xml', ''), 'lookup/v1', /^No response message received from service$/),
  soapAnswer('an answer cut in the middle', 'IOError', cut('text/xml')),
  soapAnswer('what is no SOAP', 'InvalidSoap', http(200, 'text/xml', '<a/>')),
  soapAnswer('a DOCTYPE', 'InvalidSoap', xml((text) => text.replace('<soap:Env', '<!DOCTYPE a><soap:Env'))),
  soapAnswer('a Body of another service', 'InconsistentHeaders', xml((text) => text.replaceAll('p:lookup', 'p:other'))),
  soapAnswer('two elements in the Body', 'InvalidBody', xml((text) => text.replace('<soap:Body>', '<soap:Body><x/>'))),
  soapAnswer('no Body', 'MissingBody', xml((text) => text.replace(/<soap:Body>[\s\S]*<\/soap:Body>/, ''))),
  soapAnswer('another id', 'InconsistentResponse', xml((text) => text.replace(/<xro:id>[^<]*/, '<xro:id>another')), 'lookup/v1', /field id/),
  soapAnswer('another client', 'InconsistentResponse', xml((text) => text.replace('>1001<', '>9999<'))),
  soapAnswer('a header field twice', 'DuplicateHeaderField', xml((text) => text.replace('<xro:userId>', '<xro:userId>x</xro:userId><xro:userId>'))),
  soapAnswer('no objectType', 'InvalidXml', xml((text) => text.replace(' id:objectType="SERVICE"', ''))),
  soapAnswer('another protocol version', 'InvalidProtocolVersion', xml((text) => text.replace('>4.0<', '>3.1<'))),
  exact('no Header, where it is not to be completed', 'MissingHeader', (text) => text.replace(/<soap:Header>[\s\S]*<\/soap:Header>/, '')),
  exact('a header without id', 'MissingHeaderField', (text) => text.replace(field('id'), '')),

  // REST services.
  restOf('a REST service that does not listen', 'NetworkError', 'gone', { body: LARGE }),
  restOf('a REST service whose host has no address', 'NetworkError', 'lost'),
  restOf('a REST service whose certificate is not registered', 'SslAuthenticationFailed', 'locked', { body: LARGE }),
  { title: 'a REST service that does not answer in time', code: 'Server.ServerProxy.IOError', run: async (network) => await answered(network, hanging, async () => await rest(network, `/r1/${REGISTRY}/slow`)) },
  { title: 'a REST answer cut in the middle', code: 'Server.ServerProxy.IOError', run: async (network) => await answered(network, cut('a/b'), async () => await rest(network, people, { body: LARGE })) },
  { title: 'a REST service that hangs up', code: 'Server.ServerProxy.NetworkError', run: async (network) => await answered(network, (_, response) => { response.destroy() }, async () => await rest(network, people)) },
  { title: 'a REST answer over the limit of the log', code: 'Server.ServerProxy.LoggingFailed', run: async (network) => await answered(network, http(200, 'a/b', 'x'.repeat(LOGGED_BYTES_MAX + 1)), async () => await rest(network, people)) },
  { title: 'a REST request over the limit of the provider\'s log', code: 'Server.ServerProxy.LoggingFailed', run: async (network) => await rest(network, people, { body: Buffer.alloc(LOGGED_BYTES_MAX + 1) }) },

  // Metaservices.
  { title: 'getWsdl without a service', code: 'Server.ServerProxy.InvalidRequest', run: async (network) => await post(network, soapTo('getWsdl', '<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd"/>')) },
  { title: 'getWsdl of an unknown service', code: 'Server.ServerProxy.UnknownService', run: async (network) => await post(network, soapTo('getWsdl', '<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd"><x:serviceCode>none</x:serviceCode></x:getWsdl>')) },
  { title: 'getWsdl of a REST service', code: 'Server.ServerProxy.ServiceType', run: async (network) => await post(network, soapTo('getWsdl', '<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd"><x:serviceCode>people</x:serviceCode></x:getWsdl>')) },
  { title: 'getWsdl where the service gives none', code: 'Server.ServerProxy.InternalError', run: async (network) => await answered(network, http(404, 'text/plain', ''), async () => await post(network, soapTo('getWsdl', '<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd"><x:serviceCode>lookup</x:serviceCode><x:serviceVersion>v1</x:serviceVersion></x:getWsdl>'))) },
  restOf('getOpenAPI without a service', 'InvalidRequest', 'getOpenAPI'),
  restOf('getOpenAPI of an unknown service', 'InternalError', 'getOpenAPI?serviceCode=none'),
  restOf('listMethods by POST', 'InvalidHttpMethod', 'listMethods', { body: Buffer.from('x') }),
  { title: 'the WSDL download of an unknown service', code: 'Server.ServerProxy.UnknownService', run: async (network) => await rest(network, '/wsdl?xRoadInstance=TEST&memberClass=GOV&memberCode=2002&subsystemCode=registry&serviceCode=none') }
]
