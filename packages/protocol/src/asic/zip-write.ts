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
  for (const { name, bytes, stored } of entries) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // DOS times alone: the other kind is an extra field, which ETSI EN 319 162-1 A.1 forbids for the first entry
    zip.addBuffer(buffer, name, { mtime: options.at, compress: stored !== true, forceDosTimestamp: true })
  }
  zip.end({ forceZip64Format: false, comment: options.comment ?? '' })
  return await done
}
