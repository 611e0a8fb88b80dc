import { hash, type KeyObject, sign } from 'node:crypto'
import { DOMParser } from '@xmldom/xmldom'
import { C14nCanonicalization, ExclusiveCanonicalization, findAncestorNs } from 'xml-crypto'
import type { Piece, SealKey } from '../../src/signature/index.ts'
import { rawFromDer } from '../../src/signature/index.ts'

// Signatures as other producers write them, canonicalised by xml-crypto: nothing of ours takes part but the pieces.

const DS = 'http://www.w3.org/2000/09/xmldsig#'
const XADES = 'http://uri.etsi.org/01903/v1.3.2#'
const SHA512 = 'http://www.w3.org/2001/04/xmlenc#sha512'
export const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'

export interface ForeignOptions {
  readonly key: SealKey
  readonly privateKey: KeyObject
  /** Name and bytes of what is referenced. */
  readonly references: readonly Piece[]
  /** `peer`: as X-Road 7 writes it; `next`: as X-Road 8 does. */
  readonly shape: 'peer' | 'next'
  readonly canonicalisation?: string
  /** On the reference to the signed properties; by default none for `peer`, the canonicalisation itself for `next`. */
  readonly transform?: string
  /** Changes the text before digests and value are computed: the signer's own doing. */
  readonly before?: (text: string) => string
  /** Signature value computed otherwise. */
  readonly sign?: (data: Buffer) => Buffer
}

export function signForeign (options: ForeignOptions): Buffer {
  const { key, shape, references } = options
  const canonicalisation = options.canonicalisation ?? (shape === 'peer' ? C14N : EXCLUSIVE)
  const transform = options.transform ?? (shape === 'peer' ? undefined : EXCLUSIVE)
  const [signatureId, propertiesId] = shape === 'peer' ? ['signature', 'signed-properties'] : ['id-4f1c', 'xades-id-4f1c']
  const nl = shape === 'peer' ? '\n' : ''
  const lines = (bytes: Uint8Array): string => shape === 'peer' ? wrap(bytes, '&#13;\n') : Buffer.from(bytes).toString('base64')
  const digestOf = (value: string): string => `<ds:DigestMethod Algorithm="${SHA512}"/>${nl}<ds:DigestValue>${value}</ds:DigestValue>${nl}`
  const certificateDigest = digestOf(lines(key.certificate.sha512))
  const refs = references.map((piece, i) =>
    `<ds:Reference Id="signature-reference-${i}" URI="${piece.name}">${nl}${digestOf(lines(piece.digest))}</ds:Reference>${nl}`).join('')
  const properties = `<xades:SignedProperties Id="${propertiesId}"><xades:SignedSignatureProperties><xades:SigningTime>2026-02-06T10:11:12.345Z</xades:SigningTime>` +
    (shape === 'peer'
      ? `<xades:SigningCertificate><xades:Cert><xades:CertDigest>${certificateDigest}</xades:CertDigest><xades:IssuerSerial><ds:X509IssuerName>CN=Їжак &amp; Co</ds:X509IssuerName>` +
        `<ds:X509SerialNumber>${key.certificate.serialNumber}</ds:X509SerialNumber></xades:IssuerSerial></xades:Cert></xades:SigningCertificate>`
      : `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>${certificateDigest}</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>`) +
    '</xades:SignedSignatureProperties></xades:SignedProperties>'
  const signature = `<ds:Signature${shape === 'peer' ? '' : ` xmlns:ds="${DS}"`} Id="${signatureId}">${nl}<ds:SignedInfo>${nl}` +
    `<ds:CanonicalizationMethod Algorithm="${canonicalisation}"/>${nl}<ds:SignatureMethod Algorithm="${key.algorithm.uri}"/>${nl}${refs}` +
    `<ds:Reference Id="ref-properties" Type="http://uri.etsi.org/01903#SignedProperties" URI="#${propertiesId}">${nl}` +
    (transform === undefined ? '' : `<ds:Transforms><ds:Transform Algorithm="${transform}"/></ds:Transforms>`) +
    `${digestOf('PROPERTIES')}</ds:Reference>${nl}</ds:SignedInfo>${nl}<ds:SignatureValue Id="signature-value">${nl}VALUE${nl}</ds:SignatureValue>${nl}` +
    `<ds:KeyInfo>${nl}<ds:X509Data>${nl}<ds:X509Certificate>${nl}${wrap(key.certificate.der, '\n')}${nl}</ds:X509Certificate>${nl}</ds:X509Data>${nl}</ds:KeyInfo>${nl}` +
    `<ds:Object><xades:QualifyingProperties${shape === 'peer' ? '' : ` xmlns:xades="${XADES}"`} Target="#${signatureId}">${properties}` +
    '<xades:UnsignedProperties><xades:UnsignedSignatureProperties>' +
    (key.intermediates.length === 0
      ? ''
      : `<xades:CertificateValues>${key.intermediates.map((c, i) => `<xades:EncapsulatedX509Certificate Id="encapsulated-cert-${i + 1}">${c.der.toString('base64')}</xades:EncapsulatedX509Certificate>`).join('')}</xades:CertificateValues>`) +
    `<xades:RevocationValues><xades:OCSPValues>${key.ocspResponses.map((der, i) => `<xades:EncapsulatedOCSPValue Id="ocsp-response-${i + 1}">${Buffer.from(der).toString('base64')}</xades:EncapsulatedOCSPValue>`).join('')}</xades:OCSPValues></xades:RevocationValues>` +
    `</xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties></ds:Object>${nl}</ds:Signature>`
  let text = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>' + (shape === 'peer'
    ? `<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="${DS}" xmlns:xades="${XADES}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${signature}</asic:XAdESSignatures>`
    : signature)
  text = options.before?.(text) ?? text
  text = text.replace('PROPERTIES', () => lines(hash('sha512', canonical(text, 'SignedProperties', transform ?? C14N), 'buffer')))
  const data = Buffer.from(canonical(text, 'SignedInfo', canonicalisation))
  return Buffer.from(text.replace('VALUE', () => lines(options.sign?.(data) ?? signData(options.privateKey, data))))
}

export function signData (privateKey: KeyObject, data: Buffer): Buffer {
  const value = sign('sha512', data, privateKey)
  return privateKey.asymmetricKeyType === 'ec' ? rawFromDer(value, 32) : value
}

/** Canonical form of the element by xml-crypto. */
export function canonical (text: string, local: string, algorithm: string): string {
  const document = new DOMParser().parseFromString(text, 'text/xml')
  const element = document.getElementsByTagNameNS('*', local)[0] as unknown as Element
  const ancestorNamespaces = findAncestorNs(document as unknown as Document, `//*[local-name()='${local}']`)
  return algorithm === C14N
    ? new C14nCanonicalization().process(element, { ancestorNamespaces })
    : new ExclusiveCanonicalization().process(element, { ancestorNamespaces })
}

function wrap (bytes: Uint8Array, end: string): string {
  return Buffer.from(bytes).toString('base64').replace(/.{76}(?=.)/g, `$&${end}`)
}
