import { open } from 'node:fs/promises'

/** Writes a new file from pieces; it is on disk when this resolves. */
export async function writeDurably (path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o644)
  try {
    for (const piece of pieces) await file.writeFile(piece)
    await file.sync()
  } finally {
    await file.close()
  }
}
