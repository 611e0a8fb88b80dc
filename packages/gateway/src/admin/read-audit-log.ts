import { open } from 'node:fs/promises'

/** An event as it stands in the file. */
export interface AuditEntry {
  /** Where its line begins: its number. */
  readonly id: number
  readonly event: Readonly<Record<string, unknown>>
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  /** Where the search goes on; absent at the beginning of the file. */
  readonly next?: number | undefined
}

const CHUNK_BYTES = 64 * 1024
/** Looked through for one page at most; an event that is rarer takes another page. */
const LOOKED_THROUGH_MAX = 4 * 1024 * 1024
const NEWLINE = 0x0a

/**
 * Reads the log backwards from `before` (its end unless told), so that the newest events come first and the file may be of any size.
 * A last line without its end is one that is being written: left out.
 */
export async function readAuditLog (path: string, { before, limit, wanted }: { readonly before?: number | undefined, readonly limit: number, readonly wanted: (event: AuditEntry['event']) => boolean }): Promise<AuditPage> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  let end = Math.min(before ?? size, size)
  const least = Math.max(0, end - LOOKED_THROUGH_MAX)
  const entries: AuditEntry[] = []
  // Bytes from `end` on whose line begins further up.
  let rest = Buffer.alloc(0)
  while (end > least) {
    const start = Math.max(least, end - CHUNK_BYTES)
    const chunk = Buffer.alloc(end - start)
    await file.read(chunk, 0, chunk.length, start)
    const bytes = Buffer.concat([chunk, rest])
    let lineEnd = bytes.length
    for (let at = bytes.lastIndexOf(NEWLINE, lineEnd - 2); lineEnd > 0; at = bytes.lastIndexOf(NEWLINE, lineEnd - 2)) {
      if (at === -1 && start > 0) break
      const entry = entryOf(bytes.subarray(at + 1, lineEnd), start + at + 1)
      lineEnd = at + 1
      if (entry !== undefined && wanted(entry.event)) entries.push(entry)
      if (entries.length === limit) return { entries, ...start + lineEnd === 0 ? {} : { next: start + lineEnd } }
      if (lineEnd < 2) break
    }
    rest = bytes.subarray(0, lineEnd)
    end = start
  }
  return { entries, ...end + rest.length === 0 || end === 0 ? {} : { next: end + rest.length } }
}

/** One event by its number. */
export async function readAuditEvent (path: string, id: number): Promise<AuditEntry | undefined> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  if (id < 0 || id >= size) return undefined
  const bytes = Buffer.alloc(Math.min(CHUNK_BYTES, size - id) + 1)
  // A line begins behind the end of another.
  await file.read(bytes, id === 0 ? 1 : 0, bytes.length - (id === 0 ? 1 : 0), Math.max(0, id - 1))
  if (id > 0 && bytes[0] !== NEWLINE) return undefined
  const end = bytes.indexOf(NEWLINE, 1)
  return end === -1 ? undefined : entryOf(bytes.subarray(1, end + 1), id)
}

function entryOf (line: Buffer, id: number): AuditEntry | undefined {
  if (line.at(-1) !== NEWLINE) return undefined
  try {
    return { id, event: JSON.parse(line.toString('utf8')) as AuditEntry['event'] }
  } catch {
    // A line that a crash cut short, with another written behind it.
    return undefined
  }
}
