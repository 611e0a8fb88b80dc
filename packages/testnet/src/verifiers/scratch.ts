import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of a test's own, for files that an outside tool reads. */
export interface Scratch {
  readonly dir: string
  path (name: string): string
  /** @returns path of the written file. */
  write (name: string, content: string | Uint8Array): string
  remove (): void
}

export function scratch (): Scratch {
  const dir = mkdtempSync(join(tmpdir(), 'trembita-test-'))
  return {
    dir,
    path: (name) => join(dir, name),
    write (name, content) {
      const file = join(dir, name)
      writeFileSync(file, content)
      return file
    },
    remove: () => rmSync(dir, { recursive: true, force: true })
  }
}
