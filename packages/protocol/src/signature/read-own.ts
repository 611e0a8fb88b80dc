import { Certificate } from '../pki/index.ts'
import { signatureAlgorithmByUri } from './algorithms.ts'
import { decodeBase64 } from './base64.ts'
import { beginsAs, Cursor } from './cursor.ts'
import { type DigestAlgorithm, digestByUri } from './digests.ts'
import { malformed, type ParsedSignature } from './parsed.ts'
import { textsOf } from './texts.ts'
import {
  canonicalOf, CERTIFICATE_REFS_CLOSE, CERTIFICATE_REFS_OPEN, CERTIFICATE_VALUES_CLOSE, certificateId, certificateRef, certificateValue,
  HEAD, OCSP_OPEN, ocspValue, SIGNED_INFO_END_TAG, SIGNED_INFO_START, signedInfoRest, SIGNED_PROPERTIES_END_TAG, signedProperties, type SignedSlots,
  TAIL, TIMESTAMP_CLOSE, TIMESTAMP_OPEN, UNSIGNED_OPEN, valueAndKey
} from './template.ts'

const BASE64 = '[A-Za-z0-9+/]+={0,2}'
// Character data that is its own canonical form: no raw `>`, no line ends, references only to the three names.
const TEXT = '(?:[^<>&\\u0000-\\u001f\\ufffe\\uffff]|&(?:amp|lt|gt);)+'
const PATTERNS: Readonly<Record<keyof SignedSlots, string>> = {
  method: '[!-~]+?',
  digest: '[!-~]+?',
  uri: '/[A-Za-z0-9.-]+',
  dataDigest: BASE64,
  propertiesDigest: BASE64,
  value: BASE64,
  certificate: BASE64,
  signingTime: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z',
  certificateDigest: BASE64,
  issuer: TEXT,
  serial: '-?\\d+',
  mimeType: '[a-z/-]+'
}

const SIGNED = new RegExp(toPattern((slots) => signedInfoRest(slots) + valueAndKey(slots) + signedProperties(slots) + UNSIGNED_OPEN), 'y')

/** The text function with a named group in place of each slot; a slot that comes again must have the same value. */
function toPattern (text: (slots: SignedSlots) => string): string {
  const names = Object.keys(PATTERNS) as (keyof SignedSlots)[]
  const slots = Object.fromEntries(names.map((name) => [name, `\u0001${name}\u0001`])) as unknown as SignedSlots
  const seen = new Set<string>()
  return text(slots).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\u0001(\w+)\u0001/g, (_, name: keyof SignedSlots) => {
    if (seen.has(name)) return `\\k<${name}>`
    seen.add(name)
    return `(?<${name}>${PATTERNS[name]})`
  })
}

/**
 * Takes a signature of our own making apart without an XML parser: all fixed text must be equal to the last byte.
 *
 * @returns undefined for the text of another producer.
 * @throws {Fault} `MalformedSignature` for a text that begins as ours does and is not ours to the end: somebody changed it,
 *   if only where no digest reaches.
 */
export function readOwnSignature (text: string): ParsedSignature | undefined {
  if (!beginsAs(text, HEAD)) return undefined
  const parsed = text.startsWith(HEAD) ? read(text) : undefined
  if (parsed === undefined) throw malformed('text was changed')
  return parsed
}

function read (text: string): ParsedSignature | undefined {
  SIGNED.lastIndex = HEAD.length
  const slots = SIGNED.exec(text)?.groups as SignedSlots | undefined
  if (slots === undefined) return undefined
  const cursor = new Cursor(text, SIGNED.lastIndex)

  const algorithm = signatureAlgorithmByUri(slots.method)
  const method = digestByUri(slots.digest)
  if (algorithm === undefined || method === undefined || algorithm.digest !== method.name) throw malformed('algorithm is not accepted')
  const value = decodeBase64(slots.value)
  const dataDigest = decodeBase64(slots.dataDigest)
  const propertiesDigest = decodeBase64(slots.propertiesDigest)
  const certificate = decodeBase64(slots.certificate)
  const certificateDigest = decodeBase64(slots.certificateDigest)
  if (value === undefined || dataDigest === undefined || propertiesDigest === undefined || certificate === undefined || certificateDigest === undefined) return undefined

  const timestamps: Buffer[] = []
  if (cursor.take(TIMESTAMP_OPEN)) {
    const token = cursor.base64()
    if (token === undefined || !cursor.take(TIMESTAMP_CLOSE)) return undefined
    timestamps.push(token)
  }
  const intermediates = cursor.take(CERTIFICATE_REFS_OPEN) ? readIntermediates(cursor, method) : []
  const ocspResponses = cursor.take(OCSP_OPEN) ? readResponses(cursor) : undefined
  if (intermediates === undefined || ocspResponses === undefined || !cursor.takeEnd(TAIL)) return undefined

  const infoEnd = text.indexOf(SIGNED_INFO_END_TAG, HEAD.length) + SIGNED_INFO_END_TAG.length
  const propertiesEnd = text.indexOf(SIGNED_PROPERTIES_END_TAG, infoEnd) + SIGNED_PROPERTIES_END_TAG.length
  const propertiesStart = text.indexOf('<xades:SignedProperties', infoEnd)
  return {
    algorithm,
    signedInfo: Buffer.from(canonicalOf(text.slice(SIGNED_INFO_START, infoEnd))),
    value,
    references: [{ name: slots.uri, method, value: dataDigest }],
    properties: { canonical: Buffer.from(canonicalOf(text.slice(propertiesStart, propertiesEnd))), method, value: propertiesDigest },
    signingTime: new Date(slots.signingTime),
    keyCertificates: [certificate],
    signingCertificate: { method, value: certificateDigest },
    intermediates,
    ocspResponses,
    timestamps
  }
}

function readIntermediates (cursor: Cursor, method: DigestAlgorithm): Buffer[] | undefined {
  const refs = cursor.until(CERTIFICATE_REFS_CLOSE)
  if (refs === undefined) return undefined
  const certificates: Buffer[] = []
  let expected = ''
  while (!cursor.take(CERTIFICATE_VALUES_CLOSE)) {
    const n = certificates.length + 1
    const [open, close] = tags(certificateValue(n, '\u0001'))
    const der = cursor.take(open) ? cursor.base64() : undefined
    if (der === undefined || !cursor.take(close)) return undefined
    expected += certificateRef(n, certificateId({ ...textsOf(Certificate.parse(der), method), digest: method.uri }))
    certificates.push(der)
  }
  return refs === expected ? certificates : undefined
}

function readResponses (cursor: Cursor): Buffer[] | undefined {
  const responses: Buffer[] = []
  for (;;) {
    const [open, close] = tags(ocspValue(responses.length + 1, '\u0001'))
    if (!cursor.take(open)) return responses
    const response = cursor.base64()
    if (response === undefined || !cursor.take(close)) return undefined
    responses.push(response)
  }
}

function tags (text: string): [string, string] {
  return text.split('\u0001') as [string, string]
}
