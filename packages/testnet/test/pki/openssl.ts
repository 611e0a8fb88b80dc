import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What openssl printed (errors first, then output) and whether it exited 0. Asynchronous: our own servers answer it meanwhile. */
export async function openssl (...args: string[]): Promise<{ ok: boolean, text: string }> {
  try {
    const { stdout, stderr } = await run('openssl', args, { timeout: 30_000 })
    return { ok: true, text: stderr + stdout }
  } catch (thrown) {
    const { stdout, stderr } = thrown as { stdout?: string, stderr?: string }
    return { ok: false, text: `${stderr ?? ''}${stdout ?? ''}${stdout === undefined ? String(thrown) : ''}` }
  }
}

/** Reason to skip when there is no openssl; under CI its absence is a failure, so nothing is skipped. */
export async function withoutOpenssl (): Promise<string | false> {
  if (process.env['CI'] !== undefined) return false
  return (await openssl('version')).ok ? false : 'openssl is not installed'
}

/** A folder of the test's own. */
export function scratch (): { path: (name: string) => string, write: (name: string, content: string | Uint8Array) => string, remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'trembita-pki-'))
  return {
    path: (name) => join(dir, name),
    write (name, content) {
      const file = join(dir, name)
      writeFileSync(file, content)
      return file
    },
    remove: () => rmSync(dir, { recursive: true, force: true })
  }
}
