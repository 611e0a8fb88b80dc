import type { Issued } from '../pki/index.ts'
import { C14N_EXCLUSIVE, C14N_INCLUSIVE, canonicalElement } from './canonical.ts'
import { brokenBase64, sha512, SHA512, type CoveredPiece } from './digests.ts'
import { hashChainOf } from './hash-chain.ts'
import { methodFor, shortEcdsaSignature, signatureOf, uriOf, type SigningMethod } from './signing-method.ts'

/** A signature and, for a batch, what leads from it to one message. */
export interface Sealed {
  readonly signature: string
  readonly hashChainResult?: string | undefined
  readonly hashChain?: string | undefined
}

/** How a seal is to be made, and what is to be wrong with it. */
export interface SealOrders {
  /** X-Road 7: batch with a hash chain for several pieces. X-Road 8: a reference for each piece, exclusive C14N, no wrapper. */
  readonly shape?: 'x-road-7' | 'x-road-8' | undefined
  readonly method?: SigningMethod | undefined
  /** Other messages sealed by the same operation: their pieces. They come first in the tree. */
  readonly together?: readonly (readonly CoveredPiece[])[] | undefined
  /** Sealed with this instead of the member's own. */
  readonly issued?: Issued | undefined
  /** OCSP responses of the sealing certificate and its intermediates. */
  readonly ocspResponses?: readonly Buffer[] | undefined
  /** Certificates put into CertificateValues. */
  readonly intermediates?: readonly Buffer[] | undefined
  /** What is covered, instead of what is sent. */
  readonly pieces?: ((pieces: readonly CoveredPiece[]) => readonly CoveredPiece[]) | undefined
  /** Changes the hash chain before anything is signed. */
  readonly chain?: ((xml: string) => string) | undefined
  readonly result?: ((xml: string) => string) | undefined
  /** Changes the signature's text before digests and value are computed: the signer's own doing. */
  readonly before?: ((xml: string) => string) | undefined
  /** Changes what was made: somebody else's doing. */
  readonly after?: ((sealed: Sealed) => Sealed) | undefined
}

const DS = 'http://www.w3.org/2000/09/xmldsig#'
const XADES = 'http://uri.etsi.org/01903/v1.3.2#'
const POLICY_HASH = 'BuO0EDNfkxSVlUbxCzmQPzX1AUF1/xx9ytWHk3/6SAOePxQiniEfDYk+90QeYb3lWpV3Izhuz9fKaYyE+lTcXw=='
/** Stands where a variant of the signed data is looked for. */
const VARIANT = 'variant-0000'

/** Seals one message, alone or together with others. */
export function sealMessage (key: Issued, ocspResponses: readonly Buffer[], pieces: readonly CoveredPiece[], orders: SealOrders = {}): Sealed {
  const covered = orders.pieces?.(pieces) ?? pieces
  const issued = orders.issued ?? key
  const responses = orders.ocspResponses ?? ocspResponses
  const context = { issued, responses, orders, method: orders.method ?? methodFor(issued.privateKey) }
  let sealed: Sealed
  if (orders.shape === 'x-road-8') {
    sealed = { signature: xRoad8(context, covered) }
  } else if (covered.length === 1 && orders.together === undefined && orders.chain === undefined && orders.result === undefined) {
    sealed = { signature: xRoad7(context, covered[0]!, 'text/xml') }
  } else {
    const { result, chains } = hashChainOf([...(orders.together ?? []), covered])
    const hashChainResult = orders.result?.(result) ?? result
    const hashChain = orders.chain?.(chains.at(-1)!) ?? chains.at(-1)!
    const signature = xRoad7(context, { name: '/sig-hashchainresult.xml', digest: sha512(hashChainResult) }, 'application/hash-chain-result')
    sealed = { signature, hashChainResult, hashChain }
  }
  return orders.after?.(sealed) ?? sealed
}

interface Context {
  readonly issued: Issued
  readonly responses: readonly Buffer[]
  readonly orders: SealOrders
  readonly method: SigningMethod
}

/** Java's line ends: a carriage return that stays in the tree is written as a reference (xroad-messages §3.2, "line-break trap"). */
const javaBase64 = (bytes: Uint8Array): string => brokenBase64(bytes, '&#13;\n')

function xRoad7 (context: Context, piece: CoveredPiece, mimeType: string): string {
  const { issued: { certificate } } = context
  const digest = (value: string, nl = '\n'): string => `<ds:DigestMethod Algorithm="${SHA512}"/>${nl}<ds:DigestValue>${value}</ds:DigestValue>${nl}`
  const text = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>' +
    `<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="${DS}" xmlns:xades="${XADES}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
    `<ds:Signature Id="signature">\n<ds:SignedInfo Id="${VARIANT}">\n<ds:CanonicalizationMethod Algorithm="${C14N_INCLUSIVE}"/>\n` +
    `<ds:SignatureMethod Algorithm="${uriOf(context.method)}"/>\n` +
    `<ds:Reference Id="signature-reference-0" URI="${piece.name}">\n${digest(javaBase64(piece.digest))}</ds:Reference>\n` +
    `<ds:Reference Id="signature-reference-1" Type="http://uri.etsi.org/01903#SignedProperties" URI="#signed-properties">\n${digest('PROPERTIES')}</ds:Reference>\n` +
    '</ds:SignedInfo>\n<ds:SignatureValue Id="signature-value">\nVALUE\n</ds:SignatureValue>\n' +
    `<ds:KeyInfo>\n<ds:X509Data>\n<ds:X509Certificate>\n${javaBase64(certificate.der)}\n</ds:X509Certificate>\n</ds:X509Data>\n</ds:KeyInfo>\n` +
    '<ds:Object><xades:QualifyingProperties Target="#signature"><xades:SignedProperties Id="signed-properties"><xades:SignedSignatureProperties>' +
    `<xades:SigningTime>${new Date().toISOString()}</xades:SigningTime>` +
    `<xades:SigningCertificate><xades:Cert><xades:CertDigest>${digest(javaBase64(certificate.sha512), '')}</xades:CertDigest>${issuerSerial(context.issued)}</xades:Cert></xades:SigningCertificate>` +
    '<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId><xades:Identifier Qualifier="OIDAsURN">urn:oid:1.3.6.1.4.1.3516.16.2</xades:Identifier>' +
    '<xades:Description>Profile for High Performance Digital Signatures (version 1.2)</xades:Description></xades:SigPolicyId>' +
    `<xades:SigPolicyHash>${digest(POLICY_HASH, '')}</xades:SigPolicyHash>` +
    '<xades:SigPolicyQualifiers><xades:SigPolicyQualifier><xades:SPURI>https://repo.cyber.ee/dsig-profile-1.2.pdf</xades:SPURI></xades:SigPolicyQualifier></xades:SigPolicyQualifiers>' +
    '</xades:SignaturePolicyId></xades:SignaturePolicyIdentifier></xades:SignedSignatureProperties><xades:SignedDataObjectProperties>' +
    `<xades:DataObjectFormat ObjectReference="#signature-reference-0"><xades:MimeType>${mimeType}</xades:MimeType></xades:DataObjectFormat>` +
    `</xades:SignedDataObjectProperties></xades:SignedProperties>${unsignedOf(context, true)}</xades:QualifyingProperties></ds:Object>\n</ds:Signature></asic:XAdESSignatures>`
  return signText(context, text, C14N_INCLUSIVE, javaBase64)
}

/** A bare `ds:Signature` in the manner of the EU's DSS library, which X-Road 8 uses: identifiers of its own, transforms, V2 certificate reference. */
function xRoad8 (context: Context, pieces: readonly CoveredPiece[]): string {
  const { issued: { certificate } } = context
  const plain = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const digest = (value: string): string => `<ds:DigestMethod Algorithm="${SHA512}"/><ds:DigestValue>${value}</ds:DigestValue>`
  const references = pieces.map(({ name, digest: value }, index) => `<ds:Reference Id="r-id-9f2c-${index + 1}" URI="${name}">${digest(plain(value))}</ds:Reference>`).join('')
  const formats = pieces.map((_, index) => `<xades:DataObjectFormat ObjectReference="#r-id-9f2c-${index + 1}"><xades:MimeType>${index === 0 ? 'text/xml' : 'application/octet-stream'}</xades:MimeType></xades:DataObjectFormat>`).join('')
  const text = `<?xml version="1.0" encoding="UTF-8" standalone="no"?><ds:Signature xmlns:ds="${DS}" Id="id-9f2c">` +
    `<ds:SignedInfo Id="${VARIANT}"><ds:CanonicalizationMethod Algorithm="${C14N_EXCLUSIVE}"/><ds:SignatureMethod Algorithm="${uriOf(context.method)}"/>${references}` +
    `<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#xades-id-9f2c"><ds:Transforms><ds:Transform Algorithm="${C14N_EXCLUSIVE}"/></ds:Transforms>${digest('PROPERTIES')}</ds:Reference>` +
    `</ds:SignedInfo><ds:SignatureValue Id="value-id-9f2c">VALUE</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${plain(certificate.der)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>` +
    `<ds:Object><xades:QualifyingProperties xmlns:xades="${XADES}" Target="#id-9f2c"><xades:SignedProperties Id="xades-id-9f2c"><xades:SignedSignatureProperties>` +
    `<xades:SigningTime>${new Date().toISOString().replace(/\.\d+/, '')}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>${digest(plain(certificate.sha512))}</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>` +
    `</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>${formats}</xades:SignedDataObjectProperties></xades:SignedProperties>` +
    `${unsignedOf(context, false)}</xades:QualifyingProperties></ds:Object></ds:Signature>`
  return signText(context, text, C14N_EXCLUSIVE, plain)
}

function issuerSerial ({ certificate }: Issued): string {
  const issuer = certificate.issuer.rfc2253.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<xades:IssuerSerial><ds:X509IssuerName>${issuer}</ds:X509IssuerName><ds:X509SerialNumber>${certificate.serialNumber}</ds:X509SerialNumber></xades:IssuerSerial>`
}

function unsignedOf ({ responses, orders }: Context, isXRoad7: boolean): string {
  const lines = isXRoad7 ? javaBase64 : (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  const intermediates = orders.intermediates ?? []
  const refs = intermediates.map((der, index) => `<xades:Cert URI="#encapsulated-cert-${index + 1}"><xades:CertDigest><ds:DigestMethod Algorithm="${SHA512}"/><ds:DigestValue>${lines(sha512(der))}</ds:DigestValue></xades:CertDigest>` +
    '<xades:IssuerSerial><ds:X509IssuerName>CN=any</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></xades:IssuerSerial></xades:Cert>').join('')
  const values = intermediates.map((der, index) => `<xades:EncapsulatedX509Certificate Id="encapsulated-cert-${index + 1}">${lines(der)}</xades:EncapsulatedX509Certificate>`).join('')
  return '<xades:UnsignedProperties><xades:UnsignedSignatureProperties>' +
    (intermediates.length === 0
      ? ''
      : `<xades:CompleteCertificateRefs Id="complete-certificate-refs"><xades:CertRefs>${refs}</xades:CertRefs></xades:CompleteCertificateRefs><xades:CertificateValues>${values}</xades:CertificateValues>`) +
    `<xades:RevocationValues><xades:OCSPValues>${responses.map((der, index) => `<xades:EncapsulatedOCSPValue Id="ocsp-response-${index + 1}">${lines(der)}</xades:EncapsulatedOCSPValue>`).join('')}` +
    '</xades:OCSPValues></xades:RevocationValues></xades:UnsignedSignatureProperties></xades:UnsignedProperties>'
}

/** Computes digest of the properties and signature value of a text that has `PROPERTIES` and `VALUE` in their places. */
function signText ({ orders, method, issued }: Context, template: string, algorithm: string, base64: (bytes: Uint8Array) => string): string {
  let text = method === 'ecdsa-short' ? template : template.replace(` Id="${VARIANT}"`, '')
  text = orders.before?.(text) ?? text
  const properties = base64(sha512(canonicalElement(text, 'SignedProperties', algorithm)))
  text = text.replace('PROPERTIES', () => properties)
  const data = canonicalElement(text, 'SignedInfo', algorithm)
  if (method !== 'ecdsa-short') {
    const value = base64(signatureOf(method, issued.privateKey, data))
    return text.replace('VALUE', () => value)
  }
  const variantOf = (number: number): string => `variant-${String(number).padStart(4, '0')}`
  const { value, variant } = shortEcdsaSignature(issued.privateKey, (number) => Buffer.from(data.toString().replace(VARIANT, variantOf(number))))
  return text.replace(VARIANT, variantOf(variant)).replace('VALUE', () => base64(value))
}
