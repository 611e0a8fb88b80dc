import { Fault } from '../fault/index.ts'
import { DIGESTS, decodeBase64Lines, digest, digestByUri } from '../signature/index.ts'
import { escapeAttribute, parseXmlTree } from '../xml/index.ts'
import { ASICE_TYPE, type Container, ENTRY } from './container.ts'

const MANIFEST_NS = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'
/** Without the zero that the namespace of XAdESSignatures has. */
const ASIC_MANIFEST_NS = 'http://uri.etsi.org/2918/v1.2.1#'
const DS_NS = 'http://www.w3.org/2000/09/xmldsig#'
const MANIFEST_BYTES_MAX = 256 * 1024

/** The OpenDocument manifest: each file outside META-INF with its type, attachments last. */
export function writeManifest (names: readonly string[]): Buffer {
  const lines = [['/', ASICE_TYPE], ...names.map((name) => [name, name.endsWith('.xml') ? 'text/xml' : 'application/octet-stream'])]
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="${MANIFEST_NS}" manifest:version="1.2">\n` +
    lines.map(([path, type]) => `    <manifest:file-entry manifest:media-type="${type}" manifest:full-path="${escapeAttribute(path!)}"/>\n`).join('') +
    '</manifest:manifest>\n')
}

/**
 * The manifest proves nothing and may be missing; but one of ours, of which the very bytes are known, is not left with
 * a few of them changed.
 *
 * @throws {Fault} `InvalidReference`
 */
export function checkManifest (container: Container): void {
  if (container.manifest === undefined) return
  const { hashChainResult, timestamp } = container
  const own = writeManifest([
    ENTRY.message,
    ...(hashChainResult === undefined ? [] : [ENTRY.sigChainResult, ENTRY.sigChain]),
    ...(timestamp === undefined ? [] : [ENTRY.tsChainResult, ENTRY.tsChain]),
    ...container.attachments.keys()
  ])
  if (isDamaged(container.manifest, own)) throw new Fault('InvalidReference', 'manifest was changed')
}

/** Some bytes of what we would write are others. */
function isDamaged (bytes: Uint8Array, own: Uint8Array): boolean {
  if (bytes.length !== own.length) return false
  let differing = 0
  for (let i = 0; i < own.length; i++) if (bytes[i] !== own[i]) differing++
  return differing > 0 && differing <= 8
}

/** What the stamp is over: the result of the time stamp hash chain (ETSI TS 102 918 §6.2.3). */
export function writeAsicManifest (hashChainResult: Uint8Array): Buffer {
  const method = DIGESTS['SHA-512']
  return Buffer.from(`<?xml version="1.0" encoding="utf-8"?>\n<asic:ASiCManifest xmlns:asic="${ASIC_MANIFEST_NS}" xmlns:ds="${DS_NS}">\n` +
    `<asic:SigReference URI="${ENTRY.timestamp}" MimeType="vnd.etsi.timestamp-token"/>\n` +
    `<asic:DataObjectReference URI="${ENTRY.tsChainResult}" MimeType="text/xml">\n<ds:DigestMethod Algorithm="${method.uri}" />\n` +
    `<ds:DigestValue>${digest(method, hashChainResult).toString('base64')}</ds:DigestValue>\n</asic:DataObjectReference>\n</asic:ASiCManifest>\n`)
}

/**
 * Checks that an ASiCManifest is about the stamp and the result that stand beside it. X-Road does not look at it; others do.
 *
 * @throws {Fault} `InvalidReference`
 */
export function checkAsicManifest (manifest: Uint8Array, hashChainResult: Uint8Array): void {
  const wrong = (message: string, cause?: unknown): Fault => new Fault('InvalidReference', `ASiCManifest: ${message}`, { cause })
  if (isDamaged(manifest, writeAsicManifest(hashChainResult))) throw wrong('was changed')
  let root
  try {
    root = parseXmlTree(manifest, { bytesMax: MANIFEST_BYTES_MAX, depthMax: 16 })
  } catch (cause) {
    throw wrong('not well-formed', cause)
  }
  const data = root.all('DataObjectReference', ASIC_MANIFEST_NS)
  const method = digestByUri(data[0]?.child('DigestMethod', DS_NS)?.attribute('Algorithm') ?? '')
  const value = decodeBase64Lines(data[0]?.child('DigestValue', DS_NS)?.text() ?? '')
  if (root.local !== 'ASiCManifest' || root.ns !== ASIC_MANIFEST_NS || data.length !== 1 || method === undefined || value === undefined) throw wrong('not understood')
  if (root.child('SigReference', ASIC_MANIFEST_NS)?.attribute('URI') !== ENTRY.timestamp || data[0]!.attribute('URI') !== ENTRY.tsChainResult) {
    throw wrong('about other files')
  }
  if (!digest(method, hashChainResult).equals(value)) throw wrong('digest differs')
}
