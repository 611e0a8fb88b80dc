import { decodeXml, parseXmlTree, type XmlTree } from '../xml/index.ts'
import { signatureAlgorithmByUri } from './algorithms.ts'
import { decodeBase64Lines } from './base64.ts'
import { canonicalise, type Canonicalisation, isCanonicalisation } from './canonical.ts'
import { digest, type DigestAlgorithm, digestByUri } from './digests.ts'
import { checkOutline } from './outline.ts'
import { malformed, type ParsedSignature, type PieceReference, SIGNATURE_BYTES_MAX } from './parsed.ts'
import { C14N_INCLUSIVE, DS_NS, SIGNED_PROPERTIES_TYPE, XADES_NS } from './template.ts'

const EXCLUSIVE_NS = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const REFERENCES_MAX = 1024
const LIMITS = { bytesMax: SIGNATURE_BYTES_MAX, depthMax: 24, attributesMax: 32 }

/**
 * Takes a signature of any XAdES producer apart. One `ds:Signature` with its parts in their places, no identifier
 * twice; what is signed is read from its canonical form, so that nothing can be acted on which was not digested.
 *
 * @throws {Fault} `MalformedSignature`
 */
export function readForeignSignature (bytes: Uint8Array, text: string): ParsedSignature {
  const outline = checkOutline(text, parse(bytes))
  const { signature } = outline
  // The method decides the form, so it is read first as written, and then once more from the canonical form.
  const method = canonicalisationOf(one(one(signature, 'SignedInfo'), 'CanonicalizationMethod'))
  const signedInfo = canonicalise(text, [...outline.above, signature, one(signature, 'SignedInfo')], method)
  const info = readSignedInfo(parse(signedInfo), method, outline.propertiesId)
  const canonical = canonicalise(text, outline.properties, info.propertiesBy)
  return {
    algorithm: info.algorithm,
    signedInfo,
    value: bytesOf(one(signature, 'SignatureValue')),
    references: info.references,
    properties: { canonical, ...info.properties },
    ...readProperties(parse(canonical)),
    keyCertificates: one(signature, 'KeyInfo').all('X509Data', DS_NS).flatMap((data) => data.all('X509Certificate', DS_NS)).map(bytesOf),
    ...readUnsigned(outline.unsigned)
  }
}

function parse (bytes: Uint8Array): XmlTree {
  try {
    return parseXmlTree(bytes, LIMITS)
  } catch (cause) {
    throw malformed('not well-formed', cause)
  }
}

function readSignedInfo (info: XmlTree, method: Canonicalisation, propertiesId: string) {
  const [canonicalisation, signatureMethod, ...rest] = info.elements()
  if (canonicalisation === undefined || signatureMethod === undefined || canonicalisationOf(canonicalisation).uri !== method.uri) throw malformed('SignedInfo')
  const algorithm = signatureAlgorithmByUri(signatureMethod.attribute('Algorithm') ?? '')
  if (signatureMethod.local !== 'SignatureMethod' || signatureMethod.elements().length > 0 || algorithm === undefined) throw malformed('algorithm is not accepted')
  if (rest.length > REFERENCES_MAX) throw malformed('too many references')
  const references: PieceReference[] = []
  let properties: { method: DigestAlgorithm, value: Buffer } | undefined
  let propertiesBy: Canonicalisation | undefined
  for (const element of rest) {
    const reference = readReference(element)
    if (reference.uri.startsWith('/')) {
      if (reference.transforms.length > 0 || reference.type !== undefined) throw malformed('a piece is not signed as it is')
      references.push({ name: reference.uri, method: reference.method, value: reference.value })
      continue
    }
    if (properties !== undefined || reference.uri !== `#${propertiesId}` || reference.type !== SIGNED_PROPERTIES_TYPE || reference.transforms.length > 1) {
      throw malformed('references are not to pieces and once to the signed properties')
    }
    properties = { method: reference.method, value: reference.value }
    propertiesBy = reference.transforms[0] ?? { uri: C14N_INCLUSIVE, prefixes: [] }
  }
  if (properties === undefined || propertiesBy === undefined || references.length === 0) throw malformed('references are missing')
  if (new Set(references.map((reference) => reference.name)).size < references.length) throw malformed('a piece is referenced twice')
  return { algorithm, references, properties, propertiesBy }
}

function readReference (element: XmlTree) {
  if (element.local !== 'Reference' || element.ns !== DS_NS) throw malformed('SignedInfo has an unknown child')
  const children = element.elements()
  const transforms = children[0]?.local === 'Transforms' ? children.shift()!.elements() : []
  if (children.length !== 2) throw malformed('Reference')
  return { uri: element.attribute('URI') ?? '', type: element.attribute('Type'), transforms: transforms.map(canonicalisationOf), ...digestOf(element) }
}

/** CanonicalizationMethod or Transform: anything but a canonicalisation would let something else be hashed than is read. */
function canonicalisationOf (element: XmlTree): Canonicalisation {
  const uri = element.attribute('Algorithm') ?? ''
  if (element.ns !== DS_NS || !['CanonicalizationMethod', 'Transform'].includes(element.local) || !isCanonicalisation(uri)) {
    throw malformed('canonicalisation or transform is not accepted')
  }
  const [inclusive, ...rest] = element.elements()
  if (inclusive === undefined) return { uri, prefixes: [] }
  if (rest.length > 0 || inclusive.local !== 'InclusiveNamespaces' || inclusive.ns !== EXCLUSIVE_NS || uri !== EXCLUSIVE_NS) throw malformed('canonicalisation')
  return { uri, prefixes: (inclusive.attribute('PrefixList') ?? '').split(/\s+/).filter((prefix) => prefix !== '') }
}

function readProperties (properties: XmlTree): Pick<ParsedSignature, 'signingTime' | 'signingCertificate'> {
  const signed = one(properties, 'SignedSignatureProperties')
  const time = signed.child('SigningTime', XADES_NS)?.text().trim()
  const signingTime = time === undefined ? undefined : new Date(time)
  const named = signed.elements().filter((element) => element.ns === XADES_NS && /^SigningCertificate(V2)?$/.test(element.local))
  const certificate = named[0]?.child('Cert', XADES_NS)
  if (named.length !== 1 || certificate === undefined) throw malformed('signing certificate is not named')
  return {
    signingTime: signingTime === undefined || Number.isNaN(signingTime.getTime()) ? undefined : signingTime,
    signingCertificate: digestOf(one(certificate, 'CertDigest'))
  }
}

function readUnsigned (unsigned: XmlTree | undefined): Pick<ParsedSignature, 'intermediates' | 'ocspResponses' | 'timestamps'> {
  if (unsigned === undefined) return { intermediates: [], ocspResponses: [], timestamps: [] }
  const values = unsigned.child('CertificateValues', XADES_NS)?.all('EncapsulatedX509Certificate', XADES_NS) ?? []
  const intermediates = values.map(bytesOf)
  for (const ref of unsigned.child('CompleteCertificateRefs', XADES_NS)?.child('CertRefs', XADES_NS)?.all('Cert', XADES_NS) ?? []) {
    const uri = ref.attribute('URI')
    const { method, value } = digestOf(one(ref, 'CertDigest'))
    const found = values.some((element, i) => (uri === undefined || `#${element.attribute('Id') ?? ''}` === uri) && digest(method, intermediates[i]!).equals(value))
    if (!found) throw malformed('certificate differs from its reference')
  }
  return {
    intermediates,
    ocspResponses: unsigned.child('RevocationValues', XADES_NS)?.child('OCSPValues', XADES_NS)?.all('EncapsulatedOCSPValue', XADES_NS).map(bytesOf) ?? [],
    timestamps: unsigned.all('SignatureTimeStamp', XADES_NS).flatMap((stamp) => stamp.all('EncapsulatedTimeStamp', XADES_NS)).map(bytesOf)
  }
}

function one (parent: XmlTree, local: string): XmlTree {
  const [found, ...more] = parent.elements().filter((element) => element.local === local && element.ns === parent.ns)
  if (found === undefined || more.length > 0) throw malformed(`exactly one ${local} is expected`)
  return found
}

/** DigestMethod and DigestValue among the children. */
function digestOf (parent: XmlTree): { method: DigestAlgorithm, value: Buffer } {
  const methods = parent.all('DigestMethod', DS_NS)
  const values = parent.all('DigestValue', DS_NS)
  const method = digestByUri(methods[0]?.attribute('Algorithm') ?? '')
  if (methods.length !== 1 || values.length !== 1) throw malformed(`${parent.local} without one digest`)
  if (method === undefined) throw malformed('digest method is not accepted')
  return { method, value: bytesOf(values[0]!) }
}

function bytesOf (element: XmlTree): Buffer {
  const bytes = element.elements().length > 0 ? undefined : decodeBase64Lines(element.text())
  if (bytes === undefined) throw malformed(`${element.local} is not base64`)
  return bytes
}

/** The text of a signature document, for a look before parsing. */
export function textOfSignature (bytes: Uint8Array): string {
  if (bytes.byteLength > SIGNATURE_BYTES_MAX) throw malformed(`exceeds ${SIGNATURE_BYTES_MAX} bytes`)
  try {
    return decodeXml(bytes)
  } catch (cause) {
    throw malformed('not UTF-8', cause)
  }
}
