import { attachmentName } from '../signature/index.ts'
import { ASICE_TYPE, type ContainerParts, ENTRY } from './container.ts'
import { writeAsicManifest, writeManifest } from './manifest.ts'
import { writeZip, type ZipEntry } from './zip-write.ts'

/**
 * Writes the ASiC-E container of a logged message: entries in X-Road's order, all compressed except `mimetype`, which
 * stands first, stored and without extra field, so that tools know the file by its first bytes (ETSI EN 319 162-1 A.1).
 */
export async function writeContainer (parts: ContainerParts): Promise<Buffer> {
  const { hashChain, hashChainResult, timestamp } = parts
  const entries: ZipEntry[] = [
    { name: ENTRY.mimetype, bytes: Buffer.from(ASICE_TYPE), stored: true },
    { name: ENTRY.message, bytes: parts.message },
    { name: ENTRY.signature, bytes: parts.signature }
  ]
  const add = (name: string, bytes: Uint8Array | undefined): void => { if (bytes !== undefined) entries.push({ name, bytes }) }
  add(ENTRY.sigChainResult, hashChainResult)
  add(ENTRY.sigChain, hashChain)
  add(ENTRY.tsChainResult, timestamp?.hashChainResult)
  add(ENTRY.tsChain, timestamp?.hashChain)
  const attachments = parts.attachments.map((bytes, i) => ({ name: attachmentName(i + 1).slice(1), bytes }))
  const listed = [...entries, ...attachments].map((entry) => entry.name).filter((name) => name !== ENTRY.mimetype && !name.startsWith('META-INF/'))
  add(ENTRY.manifest, writeManifest(listed))
  add(ENTRY.asicManifest, timestamp && writeAsicManifest(timestamp.hashChainResult))
  add(ENTRY.timestamp, timestamp?.token)
  return await writeZip([...entries, ...attachments], { at: parts.at, comment: `mimetype=${ASICE_TYPE}` })
}

/** `<queryId>-request|response-<record>.asice`: the id form-encoded and cut, the record number in base 32 (xroad-messages 4.3). */
export function containerFileName (queryId: string, direction: 'request' | 'response', record: bigint | number): string {
  return `${escapeFileName(queryId)}-${direction}-${record.toString(32)}.asice`
}

const ID_CHARACTERS_MAX = 226

/** Form encoding in UTF-8, as Java's URLEncoder does it: also safe as a file name. */
export function escapeFileName (queryId: string): string {
  const encoded = encodeURIComponent(queryId.toWellFormed()).replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).replace(/%20/g, '+')
  return encoded.slice(0, ID_CHARACTERS_MAX)
}
