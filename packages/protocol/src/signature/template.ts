// The XAdES signature that we write (xroad-messages: XML structure produced by 7.x), as text with slots. It is canonical by
// construction: start and end tags in pairs, attributes sorted, no line breaks, so that the canonical form of a part
// is its own text with the four namespace declarations put into the first tag. One definition serves writer and reader.

export const DS_NS = 'http://www.w3.org/2000/09/xmldsig#'
export const XADES_NS = 'http://uri.etsi.org/01903/v1.3.2#'
/** With a leading zero, unlike the namespace of ASiCManifest. */
export const ASIC_NS = 'http://uri.etsi.org/02918/v1.2.1#'
export const C14N_INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
export const SIGNED_PROPERTIES_TYPE = 'http://uri.etsi.org/01903#SignedProperties'

/** In scope of everything below the root, in canonical order. The unused one too: peers' signatures have it. */
const NAMESPACES = ` xmlns:asic="${ASIC_NS}" xmlns:ds="${DS_NS}" xmlns:xades="${XADES_NS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
const SHA512 = 'http://www.w3.org/2001/04/xmlenc#sha512'
const POLICY_HASH = 'BuO0EDNfkxSVlUbxCzmQPzX1AUF1/xx9ytWHk3/6SAOePxQiniEfDYk+90QeYb3lWpV3Izhuz9fKaYyE+lTcXw=='

/** What every signature of ours begins with. The pair of tags at its end is written by nobody else. */
export const HEAD = `<?xml version="1.0" encoding="UTF-8" standalone="no"?><asic:XAdESSignatures${NAMESPACES}><ds:Signature Id="signature">` +
  `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${C14N_INCLUSIVE}"></ds:CanonicalizationMethod>`
/** Where SignedInfo begins in HEAD. */
export const SIGNED_INFO_START = HEAD.indexOf('<ds:SignedInfo>')
export const SIGNED_INFO_END_TAG = '</ds:SignedInfo>'
export const SIGNED_PROPERTIES_END_TAG = '</xades:SignedProperties>'
export const TIMESTAMP_OPEN = '<xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>'
export const TIMESTAMP_CLOSE = '</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>'
export const CERTIFICATE_REFS_OPEN = '<xades:CompleteCertificateRefs Id="complete-certificate-refs"><xades:CertRefs>'
export const CERTIFICATE_REFS_CLOSE = '</xades:CertRefs></xades:CompleteCertificateRefs><xades:CertificateValues>'
export const CERTIFICATE_VALUES_CLOSE = '</xades:CertificateValues>'
export const OCSP_OPEN = '<xades:RevocationValues><xades:OCSPValues>'
export const TAIL = '</xades:OCSPValues></xades:RevocationValues></xades:UnsignedSignatureProperties></xades:UnsignedProperties>' +
  '</xades:QualifyingProperties></ds:Object></ds:Signature></asic:XAdESSignatures>'

/** Values that are put between the fixed texts, already escaped. */
export interface SignedSlots {
  readonly method: string
  readonly digest: string
  readonly uri: string
  readonly dataDigest: string
  readonly propertiesDigest: string
  readonly value: string
  readonly certificate: string
  readonly signingTime: string
  readonly certificateDigest: string
  readonly issuer: string
  readonly serial: string
  readonly mimeType: string
}

function digestOf (digest: string, value: string): string {
  return `<ds:DigestMethod Algorithm="${digest}"></ds:DigestMethod><ds:DigestValue>${value}</ds:DigestValue>`
}

/** CertDigest and IssuerSerial, in SigningCertificate and in certificate references. */
export function certificateId (slots: { readonly digest: string, readonly certificateDigest: string, readonly issuer: string, readonly serial: string }): string {
  return `<xades:CertDigest>${digestOf(slots.digest, slots.certificateDigest)}</xades:CertDigest><xades:IssuerSerial>` +
    `<ds:X509IssuerName>${slots.issuer}</ds:X509IssuerName><ds:X509SerialNumber>${slots.serial}</ds:X509SerialNumber></xades:IssuerSerial>`
}

/** What follows HEAD, through the end tag of SignedInfo. */
export function signedInfoRest (slots: Pick<SignedSlots, 'method' | 'digest' | 'uri' | 'dataDigest' | 'propertiesDigest'>): string {
  return `<ds:SignatureMethod Algorithm="${slots.method}"></ds:SignatureMethod>` +
    `<ds:Reference Id="signature-reference-0" URI="${slots.uri}">${digestOf(slots.digest, slots.dataDigest)}</ds:Reference>` +
    `<ds:Reference Id="signature-reference-1" Type="${SIGNED_PROPERTIES_TYPE}" URI="#signed-properties">` +
    `${digestOf(slots.digest, slots.propertiesDigest)}</ds:Reference>${SIGNED_INFO_END_TAG}`
}

/** Between SignedInfo and SignedProperties. */
export function valueAndKey (slots: Pick<SignedSlots, 'value' | 'certificate'>): string {
  return `<ds:SignatureValue Id="signature-value">${slots.value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${slots.certificate}` +
    '</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object><xades:QualifyingProperties Target="#signature">'
}

const SIGNED_PROPERTIES_NAME = '<xades:SignedProperties'

/** SignedProperties as it stands in the document. */
export function signedProperties (slots: Pick<SignedSlots, 'signingTime' | 'digest' | 'certificateDigest' | 'issuer' | 'serial' | 'mimeType'>): string {
  return `${SIGNED_PROPERTIES_NAME} Id="signed-properties"><xades:SignedSignatureProperties>` +
    `<xades:SigningTime>${slots.signingTime}</xades:SigningTime>` +
    `<xades:SigningCertificate><xades:Cert>${certificateId(slots)}</xades:Cert></xades:SigningCertificate>` +
    '<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId>' +
    '<xades:SigPolicyId><xades:Identifier Qualifier="OIDAsURN">urn:oid:1.3.6.1.4.1.3516.16.2</xades:Identifier>' +
    '<xades:Description>Profile for High Performance Digital Signatures (version 1.2)</xades:Description></xades:SigPolicyId>' +
    `<xades:SigPolicyHash>${digestOf(SHA512, POLICY_HASH)}</xades:SigPolicyHash>` +
    '<xades:SigPolicyQualifiers><xades:SigPolicyQualifier><xades:SPURI>https://repo.cyber.ee/dsig-profile-1.2.pdf</xades:SPURI></xades:SigPolicyQualifier></xades:SigPolicyQualifiers>' +
    '</xades:SignaturePolicyId></xades:SignaturePolicyIdentifier></xades:SignedSignatureProperties>' +
    '<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#signature-reference-0">' +
    `<xades:MimeType>${slots.mimeType}</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties>${SIGNED_PROPERTIES_END_TAG}`
}

export const UNSIGNED_OPEN = '<xades:UnsignedProperties><xades:UnsignedSignatureProperties>'

export function certificateRef (n: number, id: string): string {
  return `<xades:Cert URI="#encapsulated-cert-${n}">${id}</xades:Cert>`
}

export function certificateValue (n: number, value: string): string {
  return `<xades:EncapsulatedX509Certificate Id="encapsulated-cert-${n}">${value}</xades:EncapsulatedX509Certificate>`
}

export function ocspValue (n: number, value: string): string {
  return `<xades:EncapsulatedOCSPValue Id="ocsp-response-${n}">${value}</xades:EncapsulatedOCSPValue>`
}

/** Canonical form (inclusive C14N 1.0, in its place) of a SignedInfo or SignedProperties of ours, from its own text. */
export function canonicalOf (text: string): string {
  const name = text.startsWith(SIGNED_PROPERTIES_NAME) ? SIGNED_PROPERTIES_NAME.length : '<ds:SignedInfo'.length
  return text.slice(0, name) + NAMESPACES + text.slice(name)
}
