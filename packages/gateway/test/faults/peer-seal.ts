import { sha512, type ForeignRequest, type RequestOrders, type SealOrders, type Sealed } from '@trembita/testnet/foreign-peer'
import { createTestPki, DAY_MS, ocspResponseFor, type Issued } from '@trembita/testnet/pki'
import { foreignRest } from '../foreign/messages.ts'
import { ABROAD } from '../foreign/network.ts'
import type { FaultCase, FaultNetwork } from './fault-case.ts'
import { LARGE, PEOPLE, peerCase, restOf, withAttachments } from './peer-request.ts'

// Everything that can be wrong with a seal: xroad-messages §3.3, §3.6.

const stranger = await createTestPki({ organization: 'Somebody else' })
const MEMBER = { memberClass: 'GOV', memberCode: '3003' }
const plain = (): ForeignRequest => foreignRest({ client: ABROAD, service: PEOPLE })

function sealCase (title: string, reason: string, request: () => ForeignRequest, seal: SealOrders | ((network: FaultNetwork) => SealOrders | Promise<SealOrders>), more: RequestOrders = {}): FaultCase {
  return peerCase(title, `SignatureVerification.${reason}`, request, async (network) => ({ ...more, seal: typeof seal === 'function' ? await seal(network) : seal }))
}

const signature = (change: (text: string) => string): SealOrders => ({ after: (sealed) => ({ ...sealed, signature: change(sealed.signature) }) })
const flipped = (tag: string) => (text: string): string => text.replace(new RegExp(`(<${tag}[^>]*>\\s*)([A-Za-z0-9+/])`), (_, open: string, first: string) => open + (first === 'A' ? 'B' : 'A'))
const digestOfNothing = sha512('').toString('base64')

/** The signer itself refers to something: the seal is sound but for that. */
const chain = (change: (text: string) => string): SealOrders => ({ chain: change })
const withResult = (sealed: Sealed, change: Partial<Sealed>): Sealed => ({ ...sealed, ...change })

/** A seal by another certificate, with a good OCSP response for it unless said otherwise. */
const by = (issue: (network: FaultNetwork) => Promise<Issued>, responses?: (network: FaultNetwork, issued: Issued) => Buffer[]) => async (network: FaultNetwork): Promise<SealOrders> => {
  const issued = await issue(network)
  return { issued, method: issued.privateKey.asymmetricKeyType === 'rsa' ? 'rsa' : 'ecdsa', ocspResponses: responses?.(network, issued) ?? [ocspResponseFor(network.federation.provisioned.pki, issued.certificate)] }
}
const pkiOf = ({ federation }: FaultNetwork) => federation.provisioned.pki
const isWhole = /<ds:Signature[\s\S]*<\/ds:Signature>/

export const PEER_SEAL_CASES: readonly FaultCase[] = [
  // The bytes and the digests over them.
  sealCase('a message changed after sealing', 'InvalidSignatureValue', plain, {}, { parts: (parts) => parts.map((one) => one.headers[0]!.includes('rest-request') ? { ...one, body: Buffer.from(one.body.toString().replace('Accept:*/*', 'Accept:*/+')) } : one) }),
  sealCase('a message with one header more', 'MalformedSignature.InvalidHashChainRef', restOf, {}, { parts: (parts) => parts.map((one) => one.headers[0]!.includes('rest-request') ? { ...one, body: Buffer.concat([one.body, Buffer.from('x-more:1\r\n')]) } : one) }),
  sealCase('a body changed after sealing', 'MalformedSignature.InvalidHashChainRef', restOf, {}, { parts: (parts) => parts.map((one) => one.headers[0]!.includes('rest-body') ? { ...one, body: Buffer.alloc(1_300_000, 'y') } : one) }),
  sealCase('a body taken away', 'MalformedSignature.InvalidHashChainRef', restOf, {}, { parts: (parts) => parts.filter(({ headers }) => !headers[0]!.includes('rest-body')) }),
  sealCase('a body put in', 'InvalidSignatureValue', plain, {}, { parts: (parts) => parts.flatMap((one) => one.headers[0]!.includes('rest-request') ? [one, { headers: ['content-type: application/x-road-rest-body'], body: LARGE }] : [one]) }),
  sealCase('attachments that changed places', 'MalformedSignature.InvalidHashChainRef', withAttachments, { pieces: ([message, first, second]) => [message!, { ...first!, digest: second!.digest }, { ...second!, digest: first!.digest }] }),
  sealCase('the seal of another message', 'InvalidSignatureValue', plain, { pieces: () => [{ name: '/message.xml', digest: sha512('another') }] }),
  sealCase('an attachment that the hash chain leaves out', 'MalformedSignature.HashChainUnusedInputs', withAttachments, { pieces: (pieces) => pieces.slice(0, 2) }),
  sealCase('an attachment that direct references leave out', 'InvalidSignatureValue', withAttachments, { shape: 'x-road-8', pieces: (pieces) => pieces.slice(0, 2) }),
  sealCase('a reference to a piece that is not there', 'InvalidReference', plain, { shape: 'x-road-8', pieces: (pieces) => [...pieces, { name: '/attachment1', digest: sha512('') }] }),
  sealCase('a reference to a file', 'InvalidReference', plain, { shape: 'x-road-8', pieces: () => [{ name: '/etc/passwd', digest: sha512('') }] }),

  // The signature's own parts.
  sealCase('one character of the value changed', 'InvalidSignatureValue', plain, signature(flipped('ds:SignatureValue'))),
  sealCase('one character of a digest changed', 'InvalidSignatureValue', plain, signature(flipped('ds:DigestValue'))),
  sealCase('another signing time', 'InvalidSignatureValue', plain, signature((text) => text.replace(/<xades:SigningTime>\d/, '<xades:SigningTime>1'))),
  sealCase('another certificate put in', 'InvalidSignatureValue', plain, ({ island }) => signature((text) => text.replace(/(<ds:X509Certificate>)[^<]*/, `$1${island.seal('GOV/4004').certificate.der.toString('base64')}`))),
  sealCase('no XML', 'MalformedSignature', plain, signature(() => 'x')),
  sealCase('a DOCTYPE', 'MalformedSignature', plain, signature((text) => text.replace('<asic:', '<!DOCTYPE a [<!ENTITY e "f">]><asic:'))),
  sealCase('ten thousand nested elements', 'MalformedSignature', plain, signature((text) => text.replace('<xades:UnsignedSignatureProperties>', (tag) => tag + '<a>'.repeat(10_000) + '</a>'.repeat(10_000)))),
  sealCase('more than a megabyte', 'MalformedSignature', plain, signature((text) => text.replace('<xades:UnsignedSignatureProperties>', (tag) => tag + ' '.repeat(1_100_000)))),
  sealCase('an algorithm that nobody should use', 'MalformedSignature', plain, { before: (text) => text.replace('xmldsig-more#rsa-sha512', 'xmldsig-more#rsa-md5') }),
  sealCase('SHA-1 as digest', 'MalformedSignature', plain, { before: (text) => text.replaceAll('http://www.w3.org/2001/04/xmlenc#sha512', 'http://www.w3.org/2000/09/xmldsig#sha1') }),
  sealCase('a transform that picks something else', 'MalformedSignature', plain, { before: (text) => text.replace(/(<ds:Reference [^>]*signature-reference-0[^>]*>\n)/, '$1<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ds:Transforms>') }),
  sealCase('wrapping: a second signature beside the true one', 'MalformedSignature', plain, signature((text) => text.replace(isWhole, (whole) => whole + whole.replace(/Id="/g, 'Id="x')))),
  sealCase('wrapping: the true signature inside an object of another', 'MalformedSignature', plain, signature((text) => text.replace(isWhole, (whole) => whole.replace('</ds:Signature>', `<ds:Object>${whole.replace(/Id="/g, 'Id="x')}</ds:Object></ds:Signature>`)))),
  sealCase('wrapping: a second SignedProperties under the same identifier', 'MalformedSignature', plain, signature((text) => text.replace(/<xades:SignedProperties[\s\S]*<\/xades:SignedProperties>/, (properties) => properties + properties))),
  sealCase('wrapping: the signed properties moved aside', 'MalformedSignature', plain, signature((text) => text.replace(/<xades:SignedProperties[\s\S]*<\/xades:SignedProperties>/, (properties) => `<xades:SignedProperties Id="own">${/<xades:SignedSignatureProperties>[\s\S]*<\/xades:SignedSignatureProperties>/.exec(properties)![0]}</xades:SignedProperties>`)
    .replace('</ds:Object>', (end) => `</ds:Object><ds:Object>${/<xades:SignedProperties[\s\S]*?<\/xades:SignedProperties>/.exec(text)![0]}${end}`))),
  sealCase('wrapping: two references to the message', 'MalformedSignature', plain, { before: (text) => text.replace(/<ds:Reference Id="signature-reference-0"[\s\S]*?<\/ds:Reference>\n/, (reference) => reference + reference.replace('reference-0', 'reference-2')) }),
  sealCase('no reference to the signed properties', 'MalformedSignature', plain, { before: (text) => text.replace(/<ds:Reference Id="signature-reference-1"[\s\S]*?<\/ds:Reference>\n/, '<!--PROPERTIES-->') }),
  sealCase('an identifier twice', 'MalformedSignature', plain, { before: (text) => text.replace('Id="signature-value"', 'Id="signed-properties"') }),

  // The hash chain.
  sealCase('a hash chain that is not there', 'InvalidReference', restOf, { after: (sealed) => withResult(sealed, { hashChain: undefined }) }),
  sealCase('a result that is not there', 'InvalidReference', restOf, { after: (sealed) => withResult(sealed, { hashChainResult: undefined }) }),
  sealCase('a hash chain that nothing refers to', 'MalformedSignature', plain, { after: (sealed) => withResult(sealed, { hashChain: '<a/>', hashChainResult: '<a/>' }) }),
  sealCase('a result changed after sealing', 'InvalidSignatureValue', restOf, { after: (sealed) => withResult(sealed, { hashChainResult: sealed.hashChainResult!.replace('STEP0', 'STEP1') }) }),
  sealCase('a chain that does not lead to its result', 'MalformedSignature.InvalidHashChain', restOf, { result: (text) => text.replace(/<DigestValue>[^<]*/, `<DigestValue>${digestOfNothing}`) }),
  sealCase('a result that names another document', 'MalformedSignature.InvalidReference', restOf, { result: (text) => text.replace('/sig-hashchain.xml', '/ts-hashchain.xml') }),
  sealCase('a result that names no step', 'MalformedSignature.MalformedHashChain', restOf, { result: (text) => text.replace('#STEP0', '') }),
  sealCase('a result that names an unknown step', 'MalformedSignature.MalformedHashChain', restOf, { result: (text) => text.replace('#STEP0', '#STEP7') }),
  sealCase('a chain that is no XML', 'MalformedSignature.MalformedHashChain', restOf, chain(() => 'x')),
  sealCase('a chain with a DOCTYPE', 'MalformedSignature.MalformedHashChain', restOf, chain((text) => text.replace('<ns2:HashChain ', '<!DOCTYPE a><ns2:HashChain '))),
  sealCase('a chain in a circle', 'MalformedSignature.MalformedHashChain', restOf, chain((text) => text.replace(/<ns2:HashStep id="STEP0">/, '$&<ns2:StepRef URI="#STEP0"/>'))),
  sealCase('a chain by a digest that is not accepted', 'MalformedSignature.MalformedHashChain', restOf, chain((text) => text.replace('xmlenc#sha512', 'xmlenc#md5'))),
  sealCase('a chain that names a piece twice', 'MalformedSignature.MalformedHashChain', restOf, chain((text) => text.replace(/(\s*<ns2:DataRef URI="\/attachment1">[\s\S]*?<\/ns2:DataRef>)/, '$1$1'))),
  sealCase('a chain of a message with more pieces', 'MalformedSignature.InvalidHashChainRef', plain, { pieces: (pieces) => [...pieces, { name: '/attachment1', digest: sha512('') }] }),

  // Certificate, path and OCSP.
  sealCase('the seal of another member', 'IncorrectCertificate', plain, by(async ({ island }) => island.seal('GOV/4004'))),
  sealCase('a gateway\'s certificate as a seal', 'IncorrectCertificate', plain, by(async ({ abroad }) => abroad.auth)),
  sealCase('a certificate that names no member', 'IncorrectCertificate', plain, by(async (network) => await pkiOf(network).issueTls({ names: ['x'], profile: 'sign' }))),
  sealCase('a certificate of a CA that nobody approved', 'CannotCreateCertPath', plain, by(async () => await stranger.issueSign({ member: MEMBER }), (_, { certificate }) => [ocspResponseFor(stranger, certificate)])),
  sealCase('a certificate that has expired', 'InvalidCertPath', plain, by(async (network) => await pkiOf(network).issueSign({ member: MEMBER, notBefore: new Date(Date.now() - 9 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) }))),
  sealCase('a certificate that is not valid yet', 'InvalidCertPath', plain, by(async (network) => await pkiOf(network).issueSign({ member: MEMBER, notBefore: new Date(Date.now() + DAY_MS), notAfter: new Date(Date.now() + 9 * DAY_MS) }))),
  sealCase('a certificate that was revoked', 'InvalidCertPath.CertValidation', plain, ({ abroad }) => ({ ocspResponses: abroad.ocspOf(abroad.seal('GOV/3003'), { status: 'revoked' }) })),
  sealCase('a certificate that the responder does not know', 'InvalidCertPath.CertValidation', plain, ({ abroad }) => ({ ocspResponses: abroad.ocspOf(abroad.seal('GOV/3003'), { status: 'unknown' }) })),
  sealCase('no OCSP response', 'InvalidCertPath.CertValidation', plain, { ocspResponses: [] }),
  sealCase('the OCSP response of another certificate', 'InvalidCertPath.CertValidation', plain, ({ abroad, island }) => ({ ocspResponses: abroad.ocspOf(island.seal('GOV/4004')) })),
  sealCase('an OCSP response that is too old', 'InvalidCertPath.IncorrectValidationInfo', plain, ({ abroad }) => ({ ocspResponses: abroad.ocspOf(abroad.seal('GOV/3003'), { ageSeconds: 7 * 24 * 3600 }) })),
  sealCase('an OCSP response that has been superseded', 'InvalidCertPath.IncorrectValidationInfo', plain, ({ abroad }) => ({ ocspResponses: abroad.ocspOf(abroad.seal('GOV/3003'), { ageSeconds: 600, nextUpdateSeconds: 60 }) })),
  sealCase('an OCSP response with a forged signature', 'InvalidCertPath.IncorrectValidationInfo', plain, ({ abroad }) => ({ ocspResponses: abroad.ocspOf(abroad.seal('GOV/3003'), { forged: true }) })),
  sealCase('an OCSP response signed by a seal', 'InvalidCertPath.IncorrectValidationInfo', plain, ({ abroad, island }) => ({ ocspResponses: abroad.ocspOf(abroad.seal('GOV/3003'), { signer: island.seal('GOV/4004') }) }))
]
