import type { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

export interface ZipEntry {
  readonly name: string
  readonly bytes: Uint8Array
  /** Not compressed. */
  readonly stored?: boolean | undefined
}

/** Writes a ZIP whose entries have no extra fields, in the order given, all of one time (kept in local time, to two seconds). */
export async function writeZip (entries: Iterable<ZipEntry>, options: { readonly at: Date, readonly comment?: string | undefined }): Promise<Buffer> {
  const zip = new ZipFile()
  const done = new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = []
    zip.outputStream.on('data', (chunk: Buffer) => { chunks.push(chunk) })
    zip.outputStream.on('end', () => resolve(Buffer.concat(chunks)))
    zip.on('error', reject)
  })
  for (const entry of entries) add(zip, entry, options.at)
  zip.end({ forceZip64Format: false, comment: options.comment ?? '' })
  return await done
}

/** The same as it is made: an entry is asked for when those before it have been taken, so no more than two are held. */
export async function * streamZip (entries: AsyncIterable<ZipEntry>, options: { readonly at: Date }): AsyncGenerator<Buffer, void> {
  const zip = new ZipFile()
  const output = zip.outputStream
  zip.on('error', (error: Error) => { (output as Readable).destroy(error) })
  for await (const entry of entries) {
    add(zip, entry, options.at)
    for (let chunk = output.read() as Buffer | null; chunk !== null; chunk = output.read() as Buffer | null) yield chunk
  }
  zip.end({ forceZip64Format: false, comment: '' })
  for await (const chunk of output) yield chunk as Buffer
}

function add (zip: ZipFile, { name, bytes, stored }: ZipEntry, at: Date): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // DOS times alone: the other kind is an extra field, which ETSI EN 319 162-1 A.1 forbids for the first entry
  zip.addBuffer(buffer, name, { mtime: at, compress: stored !== true, forceDosTimestamp: true })
}
