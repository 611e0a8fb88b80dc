import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { Fault } from '../fault/index.ts'

export interface ZipLimits {
  readonly entriesMax: number
  /** Of all entries together, unpacked. */
  readonly bytesMax: number
}

/** What a ZIP holds, in its order; directories are left out. */
export interface ZipContent {
  readonly entries: ReadonlyMap<string, Buffer>
  readonly comment: string
}

function broken (message: string, cause?: unknown): Fault {
  return new Fault('InvalidMessage', `ZIP: ${message}`, { cause })
}

/**
 * Unpacks a whole ZIP into memory, distrusting it: no name twice, none that leads out of a folder, no encryption, no
 * overlapping entries, sizes and checksums as announced, local headers as the directory says.
 *
 * @throws {Fault} `InvalidMessage`
 */
export async function readZip (bytes: Uint8Array, limits: ZipLimits): Promise<ZipContent> {
  let zip: ZipFile
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    zip = await fromBufferPromise(buffer, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true })
  } catch (cause) {
    throw broken('not a ZIP file', cause)
  }
  try {
    if (zip.entryCount > limits.entriesMax) throw broken(`more than ${limits.entriesMax} entries`)
    const list = await listOf(zip)
    const total = list.reduce((sum, entry) => sum + entry.uncompressedSize, 0)
    if (total > limits.bytesMax) throw broken(`unpacks to more than ${limits.bytesMax} bytes`)
    const entries = new Map<string, Buffer>()
    let end = 0
    for (const entry of list) {
      const header = await zip.readLocalFileHeaderPromise(entry)
      // The parts lie one behind the other: overlapping is how a small file unpacks to a huge one, and a gap hides something.
      if (entry.relativeOffsetOfLocalHeader < end) throw broken('entries overlap')
      end = header.fileDataStart + entry.compressedSize
      if (!header.fileName.equals(entry.fileNameRaw) || header.compressionMethod !== entry.compressionMethod) throw broken('header of an entry differs from the directory')
      if (entry.fileName.endsWith('/')) continue
      if (entries.has(entry.fileName)) throw broken(`entry ${entry.fileName} stands twice`)
      entries.set(entry.fileName, await contentOf(zip, entry))
    }
    return { entries, comment: zip.comment }
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : broken((thrown as Error).message, thrown)
  } finally {
    zip.close()
  }
}

/** The directory, in the order in which the entries lie in the file. */
async function listOf (zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of zip.eachEntry()) entries.push(entry)
  return entries.sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)
}

async function contentOf (zip: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.isEncrypted() || !entry.canDecodeFileData()) throw broken(`entry ${entry.fileName} is encrypted or compressed in an unknown way`)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    size += (chunk as Buffer).length
    if (size > entry.uncompressedSize) throw broken(`entry ${entry.fileName} is larger than announced`)
    chunks.push(chunk as Buffer)
  }
  const content = Buffer.concat(chunks)
  if (crc32(content) !== entry.crc32) throw broken(`entry ${entry.fileName} is damaged: checksum differs`)
  return content
}
