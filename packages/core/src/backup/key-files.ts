import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@trembita/daemon'

/** Beside the store: the TLS key and certificate of the management listeners, which gateways compare byte for byte. */
const KEY_FILES = ['management-tls.key', 'management-tls.crt'] as const

/** Files with keys of a data folder, as lines of a backup. */
export async function dumpKeyFiles (dataFolder: string): Promise<Buffer> {
  const lines = await Promise.all(KEY_FILES.map(async (name) => {
    try {
      return `${JSON.stringify({ file: name, base64: (await readFile(join(dataFolder, name))).toString('base64') })}\n`
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
      throw error
    }
  }))
  return Buffer.from(lines.join(''))
}

/** Puts them back; of other names nothing is written. Running listeners take them up at the next start. */
export async function restoreKeyFiles (dataFolder: string, content: Buffer): Promise<void> {
  for (const line of content.toString('utf8').split('\n')) {
    if (!line.startsWith('{"file":')) continue
    const { file, base64 } = JSON.parse(line) as { file: string, base64: string }
    if ((KEY_FILES as readonly string[]).includes(file)) await writeFileAtomic(join(dataFolder, file), Buffer.from(base64, 'base64'), { mode: 0o600 })
  }
}
