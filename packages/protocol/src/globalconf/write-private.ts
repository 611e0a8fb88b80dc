import { createHash } from 'node:crypto'
import type { Anchor, GlobalConfVersion, PrivateParameters } from './types.ts'
import { XmlLines } from './write-xml.ts'

/**
 * Writes `private-params.xml`. One form serves every version: the wildcard that version 3 added is never filled by us.
 *
 * @see xroad-trust §2.5b
 */
export function writePrivateParameters (_version: GlobalConfVersion, p: PrivateParameters): Buffer {
  const xml = new XmlLines()
  xml.root('conf')
  xml.leaf('instanceIdentifier', p.instance)
  for (const anchor of p.trustedAnchors) {
    xml.open('configurationAnchor')
    writeAnchorFields(xml, anchor)
    xml.close()
  }
  xml.open('managementService')
  xml.leaf('authCertRegServiceAddress', p.managementService.authCertRegServiceAddress)
  xml.leaf('authCertRegServiceCert', p.managementService.authCertRegServiceCertificate)
  xml.client('managementRequestServiceProviderId', p.managementService.providerId)
  xml.close()
  xml.leaf('timeStampingIntervalSeconds', p.timestampingIntervalSeconds)
  xml.close()
  return xml.toBuffer()
}

/** Writes a configuration anchor file. @see xroad-trust §2.2 */
export function writeAnchor (anchor: Anchor): Buffer {
  const xml = new XmlLines()
  xml.root('configurationAnchor')
  writeAnchorFields(xml, anchor)
  xml.close()
  return xml.toBuffer()
}

function writeAnchorFields (xml: XmlLines, anchor: Anchor): void {
  xml.leaf('generatedAt', anchor.generatedAt?.toISOString())
  xml.leaf('instanceIdentifier', anchor.instance)
  for (const source of anchor.sources) {
    xml.open('source')
    xml.leaf('downloadURL', source.url)
    for (const certificate of source.certificates) xml.leaf('verificationCert', certificate)
    xml.close()
  }
}

/** SHA-224 of the file, as people compare it by telephone: upper-case hex, `:` between bytes. */
export function anchorFingerprint (file: Uint8Array): string {
  return createHash('sha224').update(file).digest('hex').toUpperCase().replace(/..(?!$)/g, '$&:')
}

/** Name under which an anchor is offered: `configuration_anchor_ZZ_internal_UTC_2026-02-06_13_41_26.xml`. */
export function anchorFileName (instance: string, kind: 'internal' | 'external', generatedAt: Date): string {
  const stamp = generatedAt.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '_')
  return `configuration_anchor_${instance}_${kind}_UTC_${stamp}.xml`
}

/** Same instance and the same list of URLs and certificates in the same order; the date does not count. */
export function isSameAnchor (a: Anchor, b: Anchor): boolean {
  return a.instance === b.instance && a.sources.length === b.sources.length && a.sources.every((source, i) => {
    const other = b.sources[i]!
    return source.url === other.url && source.certificates.length === other.certificates.length &&
      source.certificates.every((certificate, j) => certificate.equals(other.certificates[j]!))
  })
}
