import { DerError, TAG, booleanOf, explicitOf, octetsOf, oidOf, readDer, sequenceOf, smallIntegerOf, contextTag, type DerNode } from '../asn1/index.ts'
import { keyUsageOf, type KeyUsage } from './key-usage.ts'
import { OID } from './oids.ts'

/** What a certificate's extensions say, as far as our checks need it. */
export interface Extensions {
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined
  readonly extendedKeyUsage: readonly string[]
  readonly isCa: boolean
  /** How many CA certificates may follow this one, or undefined for no limit. */
  readonly pathLength: number | undefined
  readonly subjectKeyIdentifier: Buffer | undefined
  readonly ocspUrls: readonly string[]
  readonly dnsNames: readonly string[]
  /** Critical extensions that we do not process: such a certificate must not be relied upon (RFC 5280 §4.2). */
  readonly unknownCritical: readonly string[]
}

export const NO_EXTENSIONS: Extensions = {
  keyUsage: undefined,
  extendedKeyUsage: [],
  isCa: false,
  pathLength: undefined,
  subjectKeyIdentifier: undefined,
  ocspUrls: [],
  dnsNames: [],
  unknownCritical: []
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Reads `Extensions` (inside `[3]` of a certificate). @throws {DerError} also for one that stands twice. */
export function readExtensions (node: DerNode): Extensions {
  const found: Mutable<Extensions> = { ...NO_EXTENSIONS }
  const seen = new Set<string>()
  const unknownCritical: string[] = []
  for (const extension of explicitOf(node).children()) {
    const fields = sequenceOf(extension)
    const oid = oidOf(fields.take(TAG.OID))
    const criticalNode = fields.optional(TAG.BOOLEAN)
    const critical = criticalNode !== undefined && booleanOf(criticalNode)
    const value = octetsOf(fields.take())
    fields.end()
    if (seen.has(oid)) throw new DerError(`extension ${oid} stands twice`)
    seen.add(oid)
    if (!readExtension(found, oid, value) && critical) unknownCritical.push(oid)
  }
  found.unknownCritical = unknownCritical
  return found
}

function readExtension (found: Mutable<Extensions>, oid: string, value: Buffer): boolean {
  switch (oid) {
    case OID.keyUsage:
      found.keyUsage = keyUsageOf(readDer(value))
      return true
    case OID.extendedKeyUsage:
      found.extendedKeyUsage = readDer(value).children().map((node) => oidOf(node))
      return true
    case OID.basicConstraints: {
      const fields = sequenceOf(readDer(value))
      const ca = fields.optional(TAG.BOOLEAN)
      const length = fields.optional(TAG.INTEGER)
      fields.end()
      found.isCa = ca !== undefined && booleanOf(ca)
      if (length !== undefined) found.pathLength = smallIntegerOf(length)
      return true
    }
    case OID.subjectKeyIdentifier:
      found.subjectKeyIdentifier = octetsOf(readDer(value))
      return true
    case OID.authorityInfoAccess:
      found.ocspUrls = readDer(value).children().flatMap(ocspUrl)
      return true
    case OID.subjectAltName:
      found.dnsNames = readDer(value).children().filter((name) => name.tag === contextTag(2, false)).map((name) => name.content.toString('latin1'))
      return true
    // any policy will do here, so there is nothing to hold a path to
    case OID.certificatePolicies:
    case OID.authorityKeyIdentifier:
      return true
    default:
      return false
  }
}

function ocspUrl (description: DerNode): string[] {
  const fields = sequenceOf(description)
  const method = oidOf(fields.take(TAG.OID))
  const location = fields.take()
  return method === OID.ocsp && location.tag === contextTag(6, false) ? [location.content.toString('latin1')] : []
}
