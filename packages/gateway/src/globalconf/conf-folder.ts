import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@trembita/daemon'
import { instanceFolder, readFileMetadata, writeFileMetadata, type FileMetadata } from '@trembita/protocol/globalconf'
import type { Download } from './download.ts'

/** The folder that downloaded configuration lives in, laid out as X-Road does (xroad-trust §2.7), so that its tools can read it. */
export class ConfFolder {
  readonly #path: string

  constructor (path: string) {
    this.#path = path
  }

  async read (instance: string, fileName: string): Promise<Buffer | undefined> {
    return readIfThere(join(this.#path, instanceFolder(instance), fileName))
  }

  /** @throws {Fault} `MalformedGlobalConf` when the metadata cannot be read. */
  async readMetadata (instance: string, fileName: string): Promise<FileMetadata> {
    return readFileMetadata(await this.read(instance, `${fileName}.metadata`))
  }

  async writeInstanceIdentifier (instance: string): Promise<void> {
    const path = join(this.#path, 'instance-identifier')
    if ((await readIfThere(path))?.toString('utf8').trim() !== instance) await writeFileAtomic(path, instance, { mode: 0o644 })
  }

  /** Writes what changed, each file whole or not at all, then the metadata; removes files that the directory no longer names. */
  async save (instance: string, { directory, files }: Download): Promise<void> {
    const folder = join(this.#path, instanceFolder(instance))
    const kept = new Set<string>()
    for (const { part, fileName, bytes, unchanged } of files) {
      kept.add(fileName).add(`${fileName}.metadata`)
      if (!unchanged) await writeFileAtomic(join(folder, fileName), bytes, { mode: 0o644 })
      await writeFileAtomic(join(folder, `${fileName}.metadata`), writeFileMetadata({
        contentIdentifier: part.contentIdentifier,
        instanceIdentifier: part.instance ?? instance,
        expirationDate: directory.expireAt,
        contentFileName: part.fileName,
        contentLocation: part.location,
        configurationVersion: directory.version
      }), { mode: 0o644 })
    }
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isFile() && !kept.has(entry.name)) await rm(join(folder, entry.name), { force: true })
    }
  }

  /** Removes the folders of instances that are no longer referred to. Only folders that hold configuration are touched. */
  async keepOnly (instances: Iterable<string>): Promise<void> {
    const kept = new Set([...instances].map(instanceFolder))
    for (const entry of await readdir(this.#path, { withFileTypes: true })) {
      if (!entry.isDirectory() || kept.has(entry.name)) continue
      const folder = join(this.#path, entry.name)
      if ((await readdir(folder)).includes('shared-params.xml')) await rm(folder, { recursive: true, force: true })
    }
  }
}

async function readIfThere (path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
