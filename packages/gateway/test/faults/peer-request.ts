import { part, type ForeignReply, type ForeignRequest, type Part, type RequestOrders } from '@trembita/testnet/foreign-peer'
import { foreignRest, foreignSoap, SOAP } from '../foreign/messages.ts'
import { ABROAD, ISLAND, REGISTRY } from '../foreign/network.ts'
import type { FaultCase, FaultNetwork } from './fault-case.ts'
import { KEYLESS } from './plan.ts'

// What a provider's gateway refuses in the request of a peer, seal apart: xroad-messages §2.5, §7.2.

/** Large enough to lie in a file while it is looked at. */
export const LARGE = Buffer.alloc(1_300_000, 'x')
export const PEOPLE = `${REGISTRY}/people`
export const LOOKUP = `${REGISTRY}/lookup/v1`

export const restOf = (client = ABROAD, more: Partial<Parameters<typeof foreignRest>[0]> = {}): ForeignRequest => foreignRest({ client, service: PEOPLE, body: LARGE, ...more })
export const soapOf = (more: Partial<ForeignRequest> = {}): ForeignRequest => foreignSoap({ client: ABROAD, service: LOOKUP }, more)
const attachments = [{ headers: ['content-type: a/b'], body: LARGE }, { headers: ['content-type: a/b'], body: Buffer.from('2') }]
export const withAttachments = (): ForeignRequest => soapOf({ attachments, originalContentType: 'multipart/related; boundary=b' })

/** A request of the peer `xrd` to our provider's gateway. */
export function peerCase (title: string, reason: string, request: () => ForeignRequest, orders: RequestOrders | ((network: FaultNetwork) => RequestOrders | Promise<RequestOrders>) = {}, says?: RegExp): FaultCase {
  return {
    title,
    code: `Server.ServerProxy.${reason}`,
    says,
    run: async (network): Promise<ForeignReply> => await network.abroad.send(network.provider.addresses.messages!, request(), typeof orders === 'function' ? await orders(network) : orders)
  }
}

const header = (name: string, value?: string): RequestOrders => ({ headers: (lines) => [...lines.filter((line) => !line.toLowerCase().startsWith(`${name}:`)), ...(value === undefined ? [] : [`${name}: ${value}`])] })
const typed = (parts: readonly Part[], type: string): number => parts.findIndex(({ headers }) => headers[0]!.includes(type))
const dropped = (type: string): RequestOrders => ({ parts: (parts) => parts.filter(({ headers }) => !headers[0]!.includes(type)) })
const headOf = (change: (text: string) => string): (() => ForeignRequest) => () => {
  const request = restOf()
  return { ...request, head: Buffer.from(change(request.head.toString())) }
}
const envelopeOf = (change: (text: string) => string): (() => ForeignRequest) => () => {
  const request = soapOf()
  return { ...request, head: Buffer.from(change(request.head.toString())) }
}
const otherServer = '<xro:securityServer id:objectType="SERVER"><id:xRoadInstance>TEST</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>1001</id:memberCode><id:serverCode>gwa</id:serverCode></xro:securityServer>'

export const PEER_REQUEST_CASES: readonly FaultCase[] = [
  peerCase('another method', 'InvalidHttpMethod', restOf, { headers: ([, ...lines]) => ['PUT / HTTP/1.1', ...lines] }),
  peerCase('no x-hash-algorithm', 'InternalError', restOf, header('x-hash-algorithm'), /hash algorithm/),
  peerCase('another x-hash-algorithm', 'InternalError', restOf, header('x-hash-algorithm', 'SHA-256')),
  peerCase('x-hash-algorithm twice', 'InternalError', restOf, { headers: (lines) => [...lines, 'x-hash-algorithm: SHA-256'] }),
  peerCase('a version that is too old', 'ClientProxyVersionNotSupported', restOf, header('x-proxy-version', '7.5.9'), /7\.6\.0/),
  peerCase('no version', 'ClientProxyVersionNotSupported', restOf, header('x-proxy-version')),
  peerCase('a SOAPAction without quotes', 'InvalidSoapAction', soapOf, header('x-original-soapaction', 'x')),
  peerCase('a multipart of another type', 'ServiceFailed.InvalidContentType', restOf, { headers: (lines) => lines.map((line) => line.replace('multipart/mixed', 'multipart/related')) }),
  peerCase('a type without boundary', 'ServiceFailed.InvalidContentType', restOf, header('content-type', 'multipart/mixed')),
  peerCase('a plain fault in place of a request', 'ServiceFailed.InvalidContentType', restOf, header('content-type', 'text/xml')),
  peerCase('a REST message that is called SOAP', 'ServiceFailed.InvalidContentType', restOf, header('x-road-message-type')),
  peerCase('REST in small letters, which means SOAP', 'ServiceFailed.InvalidContentType', restOf, header('x-road-message-type', 'rest')),
  peerCase('a SOAP message that is called REST', 'ServiceFailed.InvalidContentType', soapOf, header('x-road-message-type', 'REST')),
  peerCase('the message before the OCSP responses', 'ServiceFailed.SslAuthenticationFailed', restOf, { parts: ([first, second, message, ...rest]) => [message!, first!, second!, ...rest] }),
  peerCase('an OCSP response behind the message', 'ServiceFailed.InvalidContentType', restOf, { parts: ([first, second, message, ...rest]) => [first!, message!, second!, ...rest] }),
  peerCase('the body before the message', 'ServiceFailed.InvalidContentType', restOf, { parts: (parts) => swapped(parts, 'rest-request', 'rest-body') }),
  peerCase('the signature before the hash chain', 'ServiceFailed.InvalidMessage', restOf, { parts: (parts) => swapped(parts, 'application/hash-chain', 'signature/bdoc') }),
  peerCase('the hash chain before its result', 'ServiceFailed.InvalidContentType', restOf, { parts: (parts) => swapped(parts, 'application/hash-chain', 'application/hash-chain', 1) }),
  peerCase('a body twice', 'ServiceFailed.InvalidContentType', restOf, { parts: (parts) => parts.flatMap((one) => one.headers[0]!.includes('rest-body') ? [one, one] : [one]) }),
  peerCase('a part behind the signature', 'ServiceFailed.InvalidMessage', restOf, { parts: (parts) => [...parts, part('text/plain', 'more')] }),
  peerCase('a fault in place of the signature', 'ServiceFailed.InvalidContentType', restOf, { parts: (parts) => [...parts.slice(0, -1), part('text/xml; charset=UTF-8', 'x')] }),
  peerCase('no message', 'MissingRest', restOf, { parts: (parts) => parts.slice(0, 2) }),
  peerCase('no SOAP message', 'MissingSoap', soapOf, { parts: (parts) => parts.slice(0, 2) }),
  peerCase('no signature', 'MissingSignature', restOf, dropped('signature/bdoc')),
  peerCase('no signature, SOAP with attachments', 'MissingSignature', withAttachments, dropped('signature/bdoc')),
  peerCase('a multipart without its end', 'ServiceFailed.MimeParsingFailed', restOf, { bytes: (bytes) => bytes.subarray(0, bytes.length - 200) }),
  peerCase('attachments without their end', 'ServiceFailed.MimeParsingFailed', withAttachments, { parts: (parts) => parts.map((one) => one.headers[0]!.includes('xatt') ? { ...one, body: one.body.subarray(0, -60) } : one) }),
  peerCase('headers of a part over the limit', 'ServiceFailed.MimeParsingFailed', restOf, { parts: ([first, ...rest]) => [{ ...first!, headers: [...first!.headers, `X: ${'x'.repeat(20_000)}`] }, ...rest] }),
  peerCase('a megabyte before the first boundary', 'ServiceFailed.MimeParsingFailed', restOf, { bytes: (bytes) => Buffer.concat([LARGE, Buffer.from('\r\n'), bytes]) }),
  peerCase('a part without a type', 'ServiceFailed.InvalidContentType', restOf, { parts: ([first, ...rest]) => [{ ...first!, headers: ['x: y'] }, ...rest] }),
  peerCase('two types of a part', 'ServiceFailed.InvalidContentType', restOf, { parts: (parts) => parts.map((one, index) => index === 2 ? { ...one, headers: [...one.headers, 'Content-Type: a/b'] } : one) }),
  peerCase('a thousand OCSP responses', 'ServiceFailed.InvalidMessage', restOf, { parts: (parts) => [...Array.from({ length: 1000 }, () => parts[0]!), ...parts] }),
  peerCase('SOAP that is none', 'ServiceFailed.InvalidSoap', envelopeOf(() => '<a/>')),
  peerCase('SOAP with a DOCTYPE', 'ServiceFailed.InvalidSoap', envelopeOf((text) => text.replace('<soap:Env', '<!DOCTYPE x [<!ENTITY a "b">]><soap:Env'))),
  peerCase('a fault as a request', 'ServiceFailed.InvalidMessage', envelopeOf(() => `<e:Envelope xmlns:e="${SOAP}"><e:Body><e:Fault><faultcode>x</faultcode></e:Fault></e:Body></e:Envelope>`)),
  peerCase('SOAP without service', 'ServiceFailed.MissingHeaderField', envelopeOf((text) => text.replace(/<xro:service[\s\S]*<\/xro:service>/, ''))),
  peerCase('another gateway named', 'ServiceFailed.InvalidSecurityServer', envelopeOf((text) => text.replace('</soap:Header>', `${otherServer}</soap:Header>`)), {}, /SERVER:TEST\/GOV\/2002\/gwb/),
  peerCase('a head with a header that may not be there', 'ServiceFailed.InternalError', headOf((text) => text.replace('Accept:', 'Host:'))),
  peerCase('a head with an empty line', 'ServiceFailed.InternalError', headOf((text) => `${text}\r\n`)),
  peerCase('a head whose path is no URI', 'ServiceFailed.InternalError', headOf((text) => text.replace('/people', '/people/a|b'))),
  peerCase('a head over its limit', 'ServiceFailed.InternalError', headOf((text) => text.replace('Accept:', `Accept:${'x'.repeat(300_000)}`))),
  peerCase('a head without X-Road-Client', 'ServiceFailed.InvalidClientIdentifier', headOf((text) => text.replace('X-Road-Client', 'X-Other'))),
  peerCase('a head without x-road-request-id', 'ServiceFailed.InternalError', headOf((text) => text.replace('x-road-request-id', 'x-other'))),
  peerCase('a provider that is not here', 'ServiceFailed.UnknownMember', () => foreignRest({ client: ABROAD, service: 'TEST/GOV/1001/portal/x', body: LARGE }), {}, /SUBSYSTEM:TEST\/GOV\/1001\/portal/),
  peerCase('a provider without a seal here', 'ServiceFailed.CannotCreateSignature', () => foreignRest({ client: ABROAD, service: `${KEYLESS}/x`, body: LARGE })),
  peerCase('no OCSP responses', 'ServiceFailed.SslAuthenticationFailed', restOf, { ocspResponses: [] }, /OCSP/),
  peerCase('OCSP responses that are garbage', 'ServiceFailed.SslAuthenticationFailed.InvalidCertPath.IncorrectValidationInfo', restOf, { ocspResponses: [Buffer.from('x')] }),
  peerCase('OCSP responses that are too old', 'ServiceFailed.SslAuthenticationFailed.InvalidCertPath.IncorrectValidationInfo', restOf, ({ abroad }) => ({ ocspResponses: abroad.ocspOf(abroad.auth, { ageSeconds: 7 * 24 * 3600 }) })),
  peerCase('OCSP responses of somebody else\'s certificate', 'ServiceFailed.SslAuthenticationFailed.InvalidCertPath.CertValidation', restOf, ({ island }) => ({ ocspResponses: island.ocspOf(island.auth) })),
  peerCase('a gateway certificate that was revoked', 'ServiceFailed.SslAuthenticationFailed.InvalidCertPath.CertValidation', restOf, ({ abroad }) => ({ ocspResponses: abroad.ocspOf(abroad.auth, { status: 'revoked' }) }), /revoked/),
  peerCase('a client of another gateway', 'ServiceFailed.SslAuthenticationFailed', () => ({ ...restOf(ISLAND), member: 'GOV/3003' }), {}, /SUBSYSTEM:TEST\/GOV\/4004\/island/),
  peerCase('no certificate in TLS', 'SslAuthenticationFailed', restOf, { auth: null }),
  peerCase('a seal shown in TLS', 'SslAuthenticationFailed', restOf, ({ abroad }) => ({ auth: abroad.seal('GOV/3003') })),
  peerCase('a certificate of the same CA that no gateway has registered', 'SslAuthenticationFailed', restOf, async ({ federation }) => ({
    auth: await federation.provisioned.pki.issueAuth({ owner: { memberClass: 'GOV', memberCode: '3003' }, serverCode: 'xrd', keyType: 'rsa' })
  })),
  peerCase('an unknown service', 'UnknownService', () => foreignRest({ client: ABROAD, service: `${REGISTRY}/none`, body: LARGE }), {}, /SERVICE:TEST\/GOV\/2002\/registry\/none/),
  peerCase('a version that the service does not have', 'UnknownService', () => foreignSoap({ client: ABROAD, service: `${REGISTRY}/lookup/v9` })),
  peerCase('a SOAP service asked by REST', 'UnknownService', () => foreignRest({ client: ABROAD, service: `${REGISTRY}/lookup`, body: LARGE })),
  peerCase('a REST service asked by SOAP', 'ServiceType', () => foreignSoap({ client: ABROAD, service: PEOPLE, body: '<people/>' })),
  peerCase('a service without a right', 'AccessDenied', () => foreignRest({ client: ABROAD, service: `${REGISTRY}/closed`, body: LARGE }), {}, /SERVICE:TEST\/GOV\/2002\/registry\/closed/),
  peerCase('a path that leads out of the service', 'AccessDenied', () => restOf(ABROAD, { path: '/a/%2e%2e/../../secret' })),
  peerCase('the right is looked at before the seal', 'AccessDenied', () => foreignRest({ client: ABROAD, service: `${REGISTRY}/closed` }), { seal: { after: (sealed) => ({ ...sealed, signature: 'x' }) } }),
  {
    title: 'a configuration that has expired here',
    code: 'Server.ServerProxy.OutdatedGlobalConf',
    run: async (network) => {
      network.clocks.gwb.shiftSeconds = 24 * 3600
      return await network.during(() => { network.clocks.gwb.shiftSeconds = 0 }, async () => await network.abroad.send(network.provider.addresses.messages!, restOf()))
    }
  },
  {
    title: 'a clock here that is a week behind',
    code: 'Server.ServerProxy.ServiceFailed.SslAuthenticationFailed.InvalidCertPath',
    says: /not valid yet/,
    run: async (network) => {
      network.clocks.gwb.shiftSeconds = -7 * 24 * 3600
      return await network.during(() => { network.clocks.gwb.shiftSeconds = 0 }, async () => await network.abroad.send(network.provider.addresses.messages!, restOf()))
    }
  }
]

/** Two parts change places. @param skip how many of the second type to pass over. */
function swapped (parts: Part[], first: string, second: string, skip = 0): Part[] {
  const a = typed(parts, first)
  const b = skip === 0 ? typed(parts, second) : a + skip
  const changed = [...parts]
  changed[a] = parts[b]!
  changed[b] = parts[a]!
  return changed
}
