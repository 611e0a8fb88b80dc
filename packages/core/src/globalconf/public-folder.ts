import { copyFile, link, mkdir, open, readdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '@trembita/daemon'
import { GLOBALCONF_VERSIONS, type GlobalConfVersion } from '@trembita/protocol/globalconf'
import { writeDurably } from './write-durably.ts'

/** A client that took a directory just before a switch must still get the parts it names (xroad-trust §2.8). */
const KEEP_SECONDS = 600

const STAMP = /^\d{23}$/
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/

/** A generation that is being written: nobody sees it yet. */
export interface Draft {
  readonly stamp: string
  path (version: GlobalConfVersion, fileName: string): string
  write (version: GlobalConfVersion, fileName: string, bytes: Uint8Array): Promise<void>
  /** Takes a file over from an earlier generation: the same bytes on disk, without writing them again. */
  take (version: GlobalConfVersion, fileName: string, stamp: string): Promise<void>
}

/**
 * The published tree. Each generation is a folder of its own, `<stamp>/V<n>/{internalconf, externalconf, parts}`, never
 * changed once it has its name; `current` points to the one in force. A crash at any moment leaves `current` at a whole
 * generation, old or new.
 */
export class PublicFolder {
  readonly #path: string

  constructor (path: string) {
    this.#path = path
  }

  /** Removes what a crash left half-written. */
  async open (): Promise<void> {
    await mkdir(this.#path, { recursive: true, mode: 0o755 })
    for (const name of await readdir(this.#path)) if (name.startsWith('.')) await rm(join(this.#path, name), { recursive: true, force: true })
  }

  /** Stamp of the generation in force. */
  async current (): Promise<string | undefined> {
    try {
      const stamp = await readlink(join(this.#path, 'current'))
      return STAMP.test(stamp) ? stamp : undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async draft (stamp: string): Promise<Draft> {
    if (!STAMP.test(stamp)) throw new Error('stamp of a generation is not 23 digits')
    const folder = this.#draftPath(stamp)
    await rm(folder, { recursive: true, force: true })
    for (const version of GLOBALCONF_VERSIONS) await mkdir(join(folder, `V${version}`), { recursive: true, mode: 0o755 })
    const path = (version: GlobalConfVersion, fileName: string): string => join(folder, `V${version}`, fileName)
    return {
      stamp,
      path,
      write: (version, fileName, bytes) => writeDurably(path(version, fileName), [bytes]),
      take: async (version, fileName, earlier) => {
        const source = join(this.#path, earlier, `V${version}`, fileName)
        try {
          await link(source, path(version, fileName))
        } catch (error) {
          // Some file systems know no hard links.
          if (!['EPERM', 'ENOTSUP', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
          await copyFile(source, path(version, fileName))
        }
      }
    }
  }

  /** Puts a draft in force: on disk as a whole before it can be seen. */
  async publish ({ stamp }: Draft): Promise<void> {
    const draft = this.#draftPath(stamp)
    for (const version of GLOBALCONF_VERSIONS) await syncDirectory(join(draft, `V${version}`))
    await syncDirectory(draft)
    await rename(draft, join(this.#path, stamp))
    await syncDirectory(this.#path)
    const next = join(this.#path, `.current-${stamp}`)
    await symlink(stamp, next)
    await rename(next, join(this.#path, 'current'))
    await syncDirectory(this.#path)
  }

  async discard ({ stamp }: Draft): Promise<void> {
    await rm(this.#draftPath(stamp), { recursive: true, force: true })
  }

  /** Removes generations whose successor has been in force for long enough. */
  async prune (now: Date): Promise<void> {
    const current = await this.current()
    const stamps = (await readdir(this.#path)).filter((name) => STAMP.test(name)).sort()
    for (const [i, stamp] of stamps.entries()) {
      const successor = stamps[i + 1]
      if (stamp === current || successor === undefined) continue
      if (now.getTime() - dateOfStamp(successor).getTime() > KEEP_SECONDS * 1000) await rm(join(this.#path, stamp), { recursive: true, force: true })
    }
  }

  /** Path of a part of a generation, for the core itself. */
  pathOf (stamp: string, version: GlobalConfVersion, fileName: string): string {
    return join(this.#path, stamp, `V${version}`, fileName)
  }

  /** A file of a generation, or undefined; the names come from a URL and so are checked here. */
  async openFile (stamp: string, version: number, fileName: string): Promise<{ size: number, stream: NodeJS.ReadableStream } | undefined> {
    if (!STAMP.test(stamp) || !FILE_NAME.test(fileName)) return undefined
    const path = join(this.#path, stamp, `V${version}`, fileName)
    try {
      const file = await open(path, 'r')
      const { size } = await file.stat()
      return { size, stream: file.createReadStream() }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  #draftPath (stamp: string): string {
    return join(this.#path, `.draft-${stamp}`)
  }
}

/**
 * `uuuuMMddHHmmss` and nine digits of fraction, as X-Road names its folders. Later than `previous` even when the clock
 * has been set back.
 */
export function stampOf (at: Date, previous: string | undefined): string {
  const text = at.toISOString()
  const wanted = `${text.slice(0, 19).replace(/[-:T]/g, '')}${text.slice(20, 23)}000000`
  return previous === undefined || wanted > previous ? wanted : (BigInt(previous) + 1n).toString()
}

/** When a generation was made, by its name. */
export function dateOfStamp (stamp: string): Date {
  const [, year, month, day, hours, minutes, seconds, millis] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})/.exec(stamp)!
  return new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${millis}Z`)
}
