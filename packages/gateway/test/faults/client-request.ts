import { connect } from 'node:net'
import { envelope, SOAP } from '../foreign/messages.ts'
import { call, PORTAL, REGISTRY, type HttpOptions, type HttpReply } from '../foreign/network.ts'
import type { FaultCase, FaultNetwork } from './fault-case.ts'

// What is wrong with the information system's own request: xroad-messages §6.2, first rows; trembita.md §8.

const good = envelope({ client: PORTAL, service: `${REGISTRY}/lookup/v1` })
const XML = { 'Content-Type': 'text/xml; charset=utf-8' }

export async function post ({ consumer }: FaultNetwork, body: string | Buffer, headers: Record<string, string> = XML): Promise<HttpReply> {
  return await call(consumer.addresses.consumerHttp!, '/', { body, headers })
}

export async function rest ({ consumer }: FaultNetwork, path: string, options: HttpOptions = {}): Promise<HttpReply> {
  return await call(consumer.addresses.consumerHttp!, path, { ...options, headers: { 'X-Road-Client': PORTAL, ...options.headers } })
}

export async function uxp ({ consumer }: FaultNetwork, path: string, headers: Record<string, string>, method = 'GET'): Promise<HttpReply> {
  return await call(consumer.addresses.consumerHttp!, path, { method, headers })
}

const soap = (title: string, code: string, body: string | Buffer, headers?: Record<string, string>): FaultCase =>
  ({ title, code, run: async (network) => await post(network, body, headers) })
const without = (name: string): string => good.replace(new RegExp(`<xro:${name}[\\s>][\\s\\S]*?</xro:${name}>`), '')
const BOUNDARY = { 'Content-Type': 'multipart/related; type="text/xml"; boundary=MB' }
const soapPart = `--MB\r\nContent-Type: text/xml\r\n\r\n${good}\r\n`
const nested = (depth: number): string => good.replace('<p:key>', '<a>'.repeat(depth)).replace('</p:key>', '</a>'.repeat(depth))
const entities = Array.from({ length: 12 }, (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`).join('')
const attributes = Array.from({ length: 400 }, (_, n) => ` a${n}=""`).join('')

export const SOAP_REQUEST_CASES: readonly FaultCase[] = [
  soap('an empty body', 'Client.InvalidSoap', ''),
  soap('a body that is no XML', 'Client.InvalidSoap', '{"json":true}'),
  soap('XML cut in the middle', 'Client.InvalidSoap', good.slice(0, -30)),
  soap('another root', 'Client.InvalidSoap', '<a/>'),
  soap('bytes that are not of the charset', 'Client.InvalidSoap', Buffer.concat([Buffer.from(good.replace('</p:key>', '')), Buffer.from([0xff, 0xfe])])),
  soap('a DOCTYPE', 'Client.InvalidSoap', good.replace('<soap:Envelope', '<!DOCTYPE a><soap:Envelope')),
  soap('an external entity', 'Client.InvalidSoap', good.replace('<soap:Envelope', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><soap:Envelope').replace('Ґ9', '&x;')),
  soap('a bomb of entities', 'Client.InvalidSoap', good.replace('<soap:Envelope', `<!DOCTYPE a [<!ENTITY e0 "boom">${entities}]><soap:Envelope`).replace('Ґ9', '&e12;')),
  soap('a hundred thousand nested elements', 'Client.InvalidSoap', nested(100_000)),
  soap('four hundred attributes', 'Client.InvalidSoap', good.replace('<p:key>', `<p:key${attributes}>`)),
  soap('an envelope over 20 MiB', 'Client.InvalidSoap', good.replace('Ґ9', 'x'.repeat(21 * 1024 * 1024))),
  soap('a multipart without any part', 'Client.MissingSoap', '--MB--\r\n', BOUNDARY),
  soap('a multipart that is broken off', 'Client.MimeParsingFailed', `${soapPart}--MB\r\nContent-Type: a/b\r\n\r\n${'x'.repeat(1_200_000)}`, BOUNDARY),
  soap('a multipart without its boundary', 'Client.MimeParsingFailed', good, BOUNDARY),
  soap('headers of a part over the limit', 'Client.MimeParsingFailed', `--MB\r\nContent-Type: text/xml\r\nX: ${'x'.repeat(20_000)}\r\n\r\n${good}\r\n--MB--\r\n`, BOUNDARY),
  soap('an attachment without a type', 'Client.InvalidContentType', `${soapPart}--MB\r\nContent-ID: <a>\r\n\r\nx\r\n--MB--\r\n`, BOUNDARY),
  soap('multiparts nested in multiparts', 'Client.InvalidMessage', `${soapPart}${[1, 2, 3, 4, 5].map((n) => `--${n === 1 ? 'MB' : `n${n - 1}`}\r\nContent-Type: multipart/mixed; boundary=n${n}\r\n\r\n`).join('')}`, BOUNDARY),
  soap('a first part that is no SOAP', 'Client.InvalidContentType', '--MB\r\nContent-Type: image/png\r\n\r\nx\r\n--MB--\r\n', BOUNDARY),
  soap('a multipart type without boundary', 'Client.InvalidContentType', good, { 'Content-Type': 'multipart/related' }),
  soap('a type that is not taken', 'Client.InvalidContentType', good, { 'Content-Type': 'application/json' }),
  soap('no type at all', 'Client.InvalidContentType', good, {}),
  ...['client', 'service', 'id', 'protocolVersion'].map((name) => soap(`no header field ${name}`, 'Client.MissingHeaderField', without(name))),
  soap('no Header', 'Client.MissingHeader', good.replace(/<soap:Header>[\s\S]*<\/soap:Header>/, '')),
  soap('no Body', 'Client.MissingBody', good.replace(/<soap:Body>[\s\S]*<\/soap:Body>/, '')),
  soap('a header field twice', 'Client.DuplicateHeaderField', good.replace('<xro:userId>', '<xro:userId>x</xro:userId><xro:userId>')),
  soap('a part of an identifier twice', 'Client.DuplicateHeaderField', good.replace('<id:memberCode>1001<', '<id:memberCode>2002</id:memberCode><id:memberCode>1001<')),
  soap('an empty Body', 'Client.InvalidBody', good.replace(/<soap:Body>[\s\S]*<\/soap:Body>/, '<soap:Body/>')),
  soap('two elements in the Body', 'Client.InvalidBody', good.replace('<soap:Body>', '<soap:Body><lookup/>')),
  soap('a Body of another service', 'Client.InconsistentHeaders', good.replaceAll('p:lookup', 'p:other')),
  soap('protocol version 5.0', 'Client.InvalidProtocolVersion', good.replace('>4.0<', '>5.0<')),
  soap('no objectType', 'Client.InvalidXml', good.replace(' id:objectType="SUBSYSTEM"', '')),
  soap('an objectType of something else', 'Client.InvalidXml', good.replace('"SUBSYSTEM"', '"SERVER"')),
  soap('an empty part of an identifier', 'Client.InternalError', good.replace('<id:subsystemCode>portal<', '<id:subsystemCode><')),
  soap('a SOAPAction without quotes', 'Client.InvalidSoapAction', good, { ...XML, SOAPAction: 'urn:x' }),
  { title: 'GET in place of POST', code: 'Client.InvalidHttpMethod', says: /GET/, run: async ({ consumer }) => await call(consumer.addresses.consumerHttp!, '/nope') },
  { title: 'a known download by another method', code: 'Client.InvalidHttpMethod', run: async ({ consumer }) => await call(consumer.addresses.consumerHttp!, '/listClients', { method: 'DELETE' }) }
]

/** Bodies of which most is still on its way when the refusal is certain. */
const tail = Buffer.alloc(30 * 1024 * 1024, 'x')
const streamed = (head: string): ((network: FaultNetwork, headers: Record<string, string>, path?: string) => Promise<HttpReply>) => async ({ consumer }, headers, path = '/') =>
  await call(consumer.addresses.consumerHttp!, path, { method: 'POST', headers: { 'Transfer-Encoding': 'chunked', ...headers }, chunks: [Buffer.from(head), ...Array.from({ length: 30 }, (_, n) => tail.subarray(n << 20, (n + 1) << 20))] })
const endless = (head: string): string => `${head}--MB\r\nContent-Type: a/b\r\n\r\n`

export const STREAMED_REQUEST_CASES: readonly FaultCase[] = [
  { title: 'a wrong envelope before attachments without end', code: 'Client.MissingHeaderField', run: async (network) => await streamed(endless(soapPart.replace(good, without('id'))))(network, BOUNDARY) },
  { title: 'a stranger\'s envelope before attachments without end', code: 'Server.ClientProxy.UnknownMember', run: async (network) => await streamed(endless(soapPart.replace('>portal<', '>nobody<')))(network, BOUNDARY) },
  { title: 'an envelope without end', code: 'Client.InvalidSoap', run: async (network) => await streamed('<a>')(network, XML) },
  { title: 'a REST body of unknown length over the limit of the log', code: 'Server.ClientProxy.LoggingFailed', run: async (network) => await streamed('x')(network, { 'X-Road-Client': PORTAL }, path) },
  { title: 'a stranger\'s REST body', code: 'Server.ClientProxy.UnknownMember', run: async (network) => await streamed('x')(network, { 'X-Road-Client': 'TEST/GOV/1001/nobody' }, path) }
]

const path = `/r1/${REGISTRY}/people`
const restCase = (title: string, code: string, target: string, options: HttpOptions = {}): FaultCase => ({ title, code, run: async (network) => await rest(network, target, options) })

export const REST_REQUEST_CASES: readonly FaultCase[] = [
  { title: 'no X-Road-Client', code: 'Server.ClientProxy.InvalidClientIdentifier', run: async ({ consumer }) => await call(consumer.addresses.consumerHttp!, path) },
  restCase('X-Road-Client of two parts', 'Server.ClientProxy.InternalError', path, { headers: { 'X-Road-Client': 'TEST/GOV' } }),
  restCase('a broken escape in X-Road-Client', 'Server.ClientProxy.InternalError', path, { headers: { 'X-Road-Client': 'TEST/GOV/1001/%zz' } }),
  restCase('a path of four identifier parts', 'Server.ClientProxy.InternalError', `/r1/${REGISTRY}`),
  restCase('a broken escape in the path', 'Server.ClientProxy.InternalError', '/r1/TEST/GOV/20%2/registry/people'),
  restCase('a method that REST does not have', 'Server.ClientProxy.InternalError', path, { method: 'PROPFIND' }),
  restCase('X-Road-Security-Server of three parts, answered in XML', 'Server.ClientProxy.InternalError', path, { headers: { 'X-Road-Security-Server': 'TEST/GOV/2002', Accept: 'application/xml' } }),
  restCase('the same, asked for text/*', 'Server.ClientProxy.InternalError', path, { headers: { 'X-Road-Security-Server': 'TEST/GOV/2002', Accept: 'image/png, text/*;q=0.1' } }),
  restCase('two X-Road-Client, of which the last counts', 'Server.ClientProxy.UnknownMember', path, { headers: { 'X-Road-Client': [PORTAL, 'TEST/GOV/1001/nobody'] } })
]

const SERVICE = `${REGISTRY}/people`
const uxpCase = (title: string, code: string, target: string, headers: Record<string, string>, method?: string): FaultCase =>
  ({ title, code, run: async (network) => await uxp(network, target, headers, method) })

export const UXP_REQUEST_CASES: readonly FaultCase[] = [
  uxpCase('no Uxp-Client', 'Server.ClientProxy.BadRequest', '/restapi/x', { 'Uxp-Service': SERVICE }),
  uxpCase('no Uxp-Service', 'Server.ClientProxy.BadRequest', '/restapi/x', { 'Uxp-Client': PORTAL }),
  uxpCase('Uxp-Service without a service code', 'Server.ClientProxy.BadRequest', '/restapi/x', { 'Uxp-Client': PORTAL, 'Uxp-Service': `${REGISTRY}//` }),
  uxpCase('Uxp-Service of four parts', 'Server.ClientProxy.BadRequest', '/restapi/x', { 'Uxp-Client': PORTAL, 'Uxp-Service': REGISTRY }),
  uxpCase('Uxp-Client of two parts', 'Server.ClientProxy.BadRequest', '/restapi/x', { 'Uxp-Client': 'TEST/GOV', 'Uxp-Service': SERVICE }),
  uxpCase('the older style without a service', 'Server.ClientProxy.BadRequest', '/restapi/GOV/1001/portal/x?xRoadInstance=TEST&serviceCode=', {}),
  uxpCase('a method that Trembita does not have', 'Client.InvalidHttpMethod', '/restapi/x', { 'Uxp-Client': PORTAL, 'Uxp-Service': SERVICE }, 'OPTIONS'),
  uxpCase('a stranger', 'Server.ClientProxy.UnknownMember', '/restapi/x', { 'Uxp-Client': 'TEST/GOV/1001/Чужинець'.replace(/[^\x20-\x7e]+/, (run) => encodeURIComponent(run)), 'Uxp-Service': SERVICE })
]

/** A request that HTTP itself refuses: answered before there is a dialect. */
export const RAW_REQUEST_CASES: readonly FaultCase[] = [
  { title: 'a head over 64 KB', code: 'Client.BadRequest', run: async ({ consumer }) => await call(consumer.addresses.consumerHttp!, path, { headers: { 'X-Big': 'x'.repeat(70_000) } }) },
  { title: 'no HTTP at all', code: 'Client.BadRequest', run: async (network) => await raw(network, 'HELLO\r\n\r\n') },
  { title: 'two lengths that differ', code: 'Client.BadRequest', run: async (network) => await raw(network, `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`) },
  { title: 'a length and chunks together', code: 'Client.BadRequest', run: async (network) => await raw(network, `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`) },
  { title: 'a header with a bare line feed', code: 'Client.BadRequest', run: async (network) => await raw(network, `GET ${path} HTTP/1.1\r\nHost: a\r\nX: a\nX-Road-Client: b\r\n\r\n`) }
]

export async function raw ({ consumer }: FaultNetwork, text: string): Promise<HttpReply> {
  const { hostname, port } = new URL(consumer.addresses.consumerHttp!)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.write(text)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n')
  const [status = '', ...lines] = head.split('\r\n')
  return {
    status: Number(status.split(' ')[1]),
    headers: {},
    rawHeaders: lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    body: Buffer.from(body),
    text: body
  }
}

/** A fault sent as a request. */
export const FAULT_AS_REQUEST = `<e:Envelope xmlns:e="${SOAP}"><e:Body><e:Fault><faultcode>soap:Own</faultcode><faultstring>own</faultstring></e:Fault></e:Body></e:Envelope>`
