import { part, type AnswerOrders, type OcspChannelOrders, type Part } from '@trembita/testnet/foreign-peer'
import { envelope } from '../foreign/messages.ts'
import { ABROAD, ISLAND, PORTAL, type HttpReply } from '../foreign/network.ts'
import { post, rest } from './client-request.ts'
import type { FaultCase, FaultNetwork } from './fault-case.ts'
import { LARGE } from './peer-request.ts'

// What the consumer's gateway refuses in the answer of a peer: xroad-messages §2.4, §7.1 steps 10 to 17.

const SERVICE = `/r1/${ABROAD}/any`
const askRest = async (network: FaultNetwork): Promise<HttpReply> => await rest(network, SERVICE, { body: LARGE })
const askSoap = async (network: FaultNetwork): Promise<HttpReply> => await post(network, envelope({ client: PORTAL, service: `${ABROAD}/lookup` }))

function answerCase (title: string, reason: string, orders: AnswerOrders | ((network: FaultNetwork) => AnswerOrders), ask = askRest, says?: RegExp): FaultCase {
  return {
    title,
    code: `Server.ClientProxy.${reason}`,
    says,
    run: async (network) => {
      network.abroad.order(typeof orders === 'function' ? orders(network) : orders)
      return await network.during(() => { network.abroad.order() }, async () => await ask(network))
    }
  }
}

/** The island's OCSP channel misbehaves; its responses are asked for once a connection is new. */
function ocspCase (title: string, reason: string, ocsp: OcspChannelOrders | ((network: FaultNetwork) => OcspChannelOrders)): FaultCase {
  return {
    title,
    code: `Server.ClientProxy.${reason}`,
    run: async (network) => {
      network.island.order({}, typeof ocsp === 'function' ? ocsp(network) : ocsp)
      return await network.during(() => { network.island.order() }, async () => await rest(network, `/r1/${ISLAND}/any`))
    }
  }
}

const isType = (type: string) => ({ headers }: Part): boolean => headers[0]!.includes(type)
const without = (type: string): AnswerOrders => ({ parts: (parts) => parts.filter((one) => !isType(type)(one)) })
const headers = (name: string, value?: string): AnswerOrders => ({ headers: (all) => [...all.filter(([candidate]) => candidate !== name), ...(value === undefined ? [] : [[name, value] as [string, string]])] })
const head = (from: string | RegExp, to: string): AnswerOrders => ({ head: (text) => text.replace(from, to) })
const plain = (type: string, body: string): AnswerOrders => ({ reply: { headers: [['content-type', type]], body } })

export const PEER_OCSP_CASES: readonly FaultCase[] = [
  ocspCase('no OCSP response to be had', 'SslAuthenticationFailed', { status: 500 }),
  ocspCase('too few OCSP responses', 'SslAuthenticationFailed', { responses: () => [] }),
  ocspCase('OCSP responses that are garbage', 'SslAuthenticationFailed.InvalidCertPath.IncorrectValidationInfo', { responses: (all) => all.map(() => Buffer.from('x')) }),
  ocspCase('an OCSP response that says revoked', 'SslAuthenticationFailed.InvalidCertPath.CertValidation', ({ island }) => ({ responses: (all) => island.ocspOf(island.auth, { status: 'revoked' }).slice(0, all.length) })),
  ocspCase('OCSP responses that are too old', 'SslAuthenticationFailed.InvalidCertPath.IncorrectValidationInfo', ({ island }) => ({ responses: (all) => island.ocspOf(island.auth, { ageSeconds: 7 * 24 * 3600 }).slice(0, all.length) }))
]

export const PEER_ANSWER_CASES: readonly FaultCase[] = [
  answerCase('a peer that hangs up', 'NetworkError', { hangUp: true }),
  answerCase('an answer cut in the middle', 'ServiceFailed.IOError', { cutAfterBytes: 900_000 }),
  answerCase('an answer cut behind its head', 'ServiceFailed.IOError', { cutAfterBytes: 0 }, askSoap),
  answerCase('another status', 'HttpError', { status: 503 }, askRest, /503/),
  answerCase('a redirect', 'HttpError', { reply: { status: 302, headers: [['Location', 'https://127.0.0.1/']] } }, askSoap),
  answerCase('no type', 'ServiceFailed.InvalidContentType', { reply: { body: 'x' } }),
  answerCase('another type', 'ServiceFailed.InvalidContentType', plain('text/html', '<html/>')),
  answerCase('no boundary', 'ServiceFailed.InvalidContentType', headers('content-type', 'multipart/mixed')),
  answerCase('a plain answer that is no fault', 'ServiceFailed.InvalidMessage', plain('text/xml', '<a/>'), askSoap),
  answerCase('a plain answer that is no XML', 'ServiceFailed.InvalidMessage', plain('text/xml', 'x')),
  answerCase('a fault with a DOCTYPE', 'ServiceFailed.InvalidMessage', plain('text/xml', '<!DOCTYPE a [<!ENTITY e "f">]><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>&e;</faultcode></e:Fault></e:Body></e:Envelope>')),
  answerCase('a fault of five megabytes', 'ServiceFailed.InvalidMessage', plain('text/xml', 'x'.repeat(5_000_000))),
  answerCase('text/xml in place of the signature that is no fault', 'ServiceFailed.InvalidContentType', { parts: (parts) => [...parts.slice(0, -1), part('text/xml', '<a/>')] }),
  answerCase('a multipart without its end', 'ServiceFailed.MimeParsingFailed', { bytes: (bytes) => bytes.subarray(0, -40) }),
  answerCase('a part behind the signature', 'ServiceFailed.InvalidMessage', { parts: (parts) => [...parts, part('a/b', 'x')] }),
  answerCase('OCSP parts, which answers do not have', 'ServiceFailed.InvalidContentType', { parts: (parts) => [part('application/ocsp-response', 'x'), ...parts] }),
  answerCase('the body before the message', 'ServiceFailed.InvalidContentType', { parts: ([message, body, ...more]) => [body!, message!, ...more] }),
  answerCase('no message', 'MissingRest', { parts: () => [] }),
  answerCase('no SOAP message', 'MissingSoap', { parts: () => [] }, askSoap),
  answerCase('a REST message where SOAP was asked', 'MissingSoap', { parts: ([, ...more]) => [part('application/x-road-rest-response', '200\r\nOK\r\n'), ...more] }, askSoap),
  answerCase('no signature', 'MissingSignature', without('signature/bdoc')),
  answerCase('no signature, SOAP', 'MissingSignature', without('signature/bdoc'), askSoap),
  answerCase('SOAP that is none', 'ServiceFailed.InvalidSoap', { head: () => '<a/>' }, askSoap),
  answerCase('SOAP without Body', 'ServiceFailed.MissingBody', head(/<soap:Body>[\s\S]*<\/soap:Body>/, ''), askSoap),
  answerCase('a REST head that is none', 'ServiceFailed.InternalError', { head: () => 'x' }),
  answerCase('a REST head without X-Road-Id', 'ServiceFailed.InternalError', head(/x-road-id:.*\r\n/, '')),
  answerCase('another SOAP id', 'ServiceFailed.InconsistentResponse', head(/<xro:id>[^<]*/, '<xro:id>another'), askSoap),
  answerCase('another SOAP client', 'ServiceFailed.InconsistentResponse', head('>1001<', '>9999<'), askSoap),
  answerCase('no request hash', 'InconsistentResponse', head(/<xro:requestHash[\s\S]*<\/xro:requestHash>/, ''), askSoap, /missing/),
  answerCase('another request hash', 'InconsistentResponse', head(/(<xro:requestHash[^>]*>)[^<]*/, '$1AAAA'), askSoap),
  answerCase('the hash of another REST request', 'InconsistentResponse', head(/x-road-request-hash:.*/, 'x-road-request-hash:AAAA')),
  answerCase('another X-Road-Id', 'InconsistentResponse', head(/x-road-id:.*/, 'x-road-id:another')),
  answerCase('another X-Road-Request-Id', 'InconsistentResponse', head(/x-road-request-id:.*/, 'x-road-request-id:another')),
  answerCase('another REST client', 'InconsistentResponse', head(/x-road-client:.*/, 'x-road-client:TEST/GOV/1001/other')),
  answerCase('another REST service', 'InconsistentResponse', head(/x-road-service:.*/, 'x-road-service:TEST/GOV/3003/abroad/other')),
  answerCase('a message changed after sealing', 'SignatureVerification.MalformedSignature.InvalidHashChainRef', { parts: ([message, ...more]) => [{ ...message!, body: Buffer.from(message!.body.toString().replace('200', '201')) }, ...more] }),
  answerCase('a SOAP message changed after sealing', 'SignatureVerification.InvalidSignatureValue', { parts: ([message, ...more]) => [{ ...message!, body: Buffer.from(message!.body.toString().replace('Ґ9', 'Ґ8')) }, ...more] }, askSoap),
  answerCase('a seal of another member', 'SignatureVerification.IncorrectCertificate', ({ island }) => ({ seal: { issued: island.seal('GOV/4004'), ocspResponses: island.ocspOf(island.seal('GOV/4004')), method: 'ecdsa' } })),
  answerCase('a seal of a revoked certificate', 'SignatureVerification.InvalidCertPath.CertValidation', ({ abroad }) => ({ seal: { ocspResponses: abroad.ocspOf(abroad.seal('GOV/3003'), { status: 'revoked' }) } }), askSoap),
  answerCase('a signature that is no XML', 'SignatureVerification.MalformedSignature', { seal: { after: (sealed) => ({ ...sealed, signature: '<a' }) } })
]
