import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic, type Clock, type Logger, type Secret } from '@trembita/daemon'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import type { DirectorySigner } from '@trembita/protocol/globalconf'
import { revisionOf, SYSTEM, type Changes } from '../audit/index.ts'
import { MIGRATIONS } from '../db/index.ts'
import { Refusal } from '../refusal.ts'
import { readParameters } from '../registry/index.ts'
import { BACKUP_HEAD_BYTES, readBackup, readBackupHeader, writeBackup, type BackupHeader, type SignedBackup } from './archive.ts'
import { dumpStore, loadDump } from './dump.ts'
import { dumpKeyFiles, restoreKeyFiles } from './key-files.ts'

export interface BackupsDeps {
  readonly store: SqlStore
  readonly changes: Changes
  /** Of the core; backups are kept in `backups` below it. */
  readonly dataFolder: string
  readonly passphrase: Secret
  readonly signer: () => DirectorySigner
  /** Certificates of the environment's own internal keys: what a backup must be signed by to be put back from the console. */
  readonly ownCertificates: () => Promise<readonly Buffer[]>
  /** Called when everything was replaced: keys and configuration are those of the backup now. */
  readonly onRestored: () => Promise<void>
  readonly program: string
  readonly clock: Clock
  readonly log: Logger
}

/** A kept backup. */
export interface KeptBackup {
  readonly name: string
  readonly bytes: number
  readonly header: BackupHeader
}

const NAME = /^[A-Za-z0-9_-]{1,200}\.backup$/
/** Automatic backups; those that somebody made by hand stay until somebody deletes them. */
const AUTOMATIC = 'automatic-'
const NIGHTLY = { hour: 3, minute: 15 }
const KEEP_AUTOMATIC_MS = 30 * 86_400_000

/** Backups of everything that a core knows: made, kept, verified, put back. */
export class Backups {
  readonly #deps: BackupsDeps
  readonly #folder: string
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor (deps: BackupsDeps) {
    this.#deps = deps
    this.#folder = join(deps.dataFolder, 'backups')
  }

  /** Makes an automatic backup each night at 03:15 UTC, as X-Road does, until closed. */
  start (): void {
    const { clock, log } = this.#deps
    const now = clock.now()
    const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), NIGHTLY.hour, NIGHTLY.minute))
    if (next <= now) next.setUTCDate(next.getUTCDate() + 1)
    this.#timer = setTimeout(() => {
      this.create(SYSTEM, true, true).catch((error: unknown) => { log.error({ err: error }, 'the nightly backup failed') }).finally(() => { if (!this.#closed) this.start() })
    }, next.getTime() - now.getTime())
    this.#timer.unref()
  }

  close (): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** By what they say of themselves: signatures are verified when one is put back. */
  async list (): Promise<KeptBackup[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const found: KeptBackup[] = []
    for (const name of (await readdir(this.#folder)).filter((name) => NAME.test(name))) {
      try {
        found.push(await readKept(this.#folder, name))
      } catch (error) {
        this.#deps.log.warn({ err: error, name }, 'a backup cannot be read')
      }
    }
    return found.sort((left, right) => right.header.createdAt.localeCompare(left.header.createdAt))
  }

  /** Durable when it resolves. */
  async create (actor: Actor, withKeys: boolean, automatic = false): Promise<KeptBackup> {
    const { changes, clock } = this.#deps
    const { name, file, header } = await this.#write(withKeys, automatic ? AUTOMATIC : '')
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFileAtomic(join(this.#folder, name), file, { mode: 0o600 })
    await changes.change(actor, (tx) => tx.record({ action: 'backup.create', object: { kind: 'backup', id: name }, after: { bytes: file.length, withKeys } }))
    if (automatic) await this.#deleteOld(clock.now())
    return { name, bytes: file.length, header }
  }

  /** @throws {Refusal} `backup_not_found` */
  async read (name: string): Promise<Buffer> {
    if (NAME.test(name)) {
      try {
        return await readFile(join(this.#folder, name))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
    throw new Refusal('notFound', 'backup_not_found', `there is no backup ${name}`)
  }

  async delete (actor: Actor, name: string): Promise<void> {
    await this.read(name)
    await this.#deps.changes.change(actor, (tx) => tx.record({ action: 'backup.delete', object: { kind: 'backup', id: name } }))
    await rm(join(this.#folder, name))
  }

  /** Takes a backup in from elsewhere. @throws {Refusal} `backup_invalid`, `backup_foreign` */
  async upload (actor: Actor, file: Buffer): Promise<KeptBackup> {
    const backup = readBackup(file)
    await this.#checkOwn(backup)
    const name = `uploaded-${nameOf(backup.header)}`
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await writeFileAtomic(join(this.#folder, name), file, { mode: 0o600 })
    await this.#deps.changes.change(actor, (tx) => tx.record({ action: 'backup.upload', object: { kind: 'backup', id: name }, after: { bytes: file.length } }))
    return { name, bytes: file.length, header: backup.header }
  }

  /**
   * Puts a backup in the place of all that is. Only one that this environment signed: another is put back at the machine,
   * where its signer is compared by hand.
   */
  async restore (actor: Actor, name: string): Promise<void> {
    const backup = readBackup(await this.read(name))
    await this.#checkOwn(backup)
    await restoreBackup(this.#deps, backup, actor)
    this.#deps.log.warn({ name, createdAt: backup.header.createdAt }, 'everything was replaced by a backup')
    await this.#deps.onRestored()
  }

  async #checkOwn ({ certificate }: SignedBackup): Promise<void> {
    if (!(await this.#deps.ownCertificates()).some((own) => own.equals(certificate))) {
      throw new Refusal('conflict', 'backup_foreign', 'the backup was not signed by a key of this environment; put it back at the machine, by trembita-core backup restore')
    }
  }

  async #write (withKeys: boolean, prefix: string): Promise<{ name: string, file: Buffer, header: BackupHeader }> {
    const { store, passphrase, signer, program, clock } = this.#deps
    const { instance } = await readParameters(store)
    const facts = { instance, createdAt: clock.now().toISOString(), program, schema: MIGRATIONS.length, withKeys }
    const file = await writeBackup(facts, await contentOf(this.#deps, withKeys), passphrase, signer())
    return { name: `${prefix}${nameOf(facts)}`, file, header: readBackup(file).header }
  }

  async #deleteOld (now: Date): Promise<void> {
    for (const name of (await readdir(this.#folder)).filter((name) => name.startsWith(AUTOMATIC))) {
      const { mtime } = await stat(join(this.#folder, name))
      if (now.getTime() - mtime.getTime() > KEEP_AUTOMATIC_MS) await this.delete(SYSTEM, name)
    }
  }
}

/** Backups may be large and many: a list reads the beginning of each alone. */
async function readKept (folder: string, name: string): Promise<KeptBackup> {
  await using file = await open(join(folder, name), 'r')
  const { size } = await file.stat()
  const { buffer, bytesRead } = await file.read(Buffer.alloc(BACKUP_HEAD_BYTES), 0, BACKUP_HEAD_BYTES, 0)
  return { name, bytes: size, header: readBackupHeader(buffer.subarray(0, bytesRead), size) }
}

/** Opens a backup and puts it in the place of all that the store holds; the audit log says so at its new end. */
export async function restoreBackup ({ store, changes, passphrase, dataFolder }: Pick<BackupsDeps, 'store' | 'changes' | 'passphrase' | 'dataFolder'>, backup: SignedBackup, actor: Actor): Promise<void> {
  const { header } = backup
  if (header.schema > MIGRATIONS.length) {
    throw new Refusal('invalid', 'backup_too_new', `the backup was made by a later program (${header.program}): install that one first`)
  }
  const content = await backup.open(passphrase)
  await changes.change(actor, async (tx) => {
    const [revision, keys] = [await revisionOf(tx), await keptKeys(tx)]
    await loadDump(tx, store.kind, content)
    // Whoever published an older state must see that it changed, although the backup counts from further back.
    await tx.run('UPDATE revision SET value = ? WHERE value < ?', revision, revision)
    if (!header.withKeys) await putBackKeys(tx, keys)
    await tx.record({ action: 'backup.restore', object: { kind: 'instance', id: header.instance }, after: { createdAt: header.createdAt, program: header.program, withKeys: header.withKeys } })
  })
  await restoreKeyFiles(dataFolder, content)
}

/** What a backup holds: the store, and the files with keys where keys are wanted. */
export async function contentOf ({ store, dataFolder }: Pick<BackupsDeps, 'store' | 'dataFolder'>, withKeys: boolean): Promise<Buffer> {
  const rows = await dumpStore(store, { withKeys })
  return withKeys ? Buffer.concat([await dumpKeyFiles(dataFolder), rows]) : rows
}

/** A signing key by the name of its node: the numbers of a backup may be others. */
interface KeptKey {
  readonly node: string
  readonly kind: string
  readonly certificate: Buffer
  readonly encrypted_key: string
  readonly active: number
  readonly created_at: string
}

async function keptKeys (tx: SqlReader): Promise<readonly KeptKey[]> {
  return await tx.all<KeptKey>(`SELECT n.name AS node, k.kind, k.certificate, k.encrypted_key, k.active, k.created_at
    FROM signing_key k JOIN configuration_node n ON n.id = k.configuration_node_id ORDER BY k.id`)
}

/** A backup without keys leaves those that are there in force: gateways go on trusting them. */
async function putBackKeys (tx: SqlWriter, keys: readonly KeptKey[]): Promise<void> {
  for (const { node, kind, certificate, encrypted_key: encrypted, active, created_at: createdAt } of keys) {
    const found = await tx.get<{ id: number }>('SELECT id FROM configuration_node WHERE name = ?', node)
    if (found === undefined) continue
    await tx.run('INSERT INTO signing_key (configuration_node_id, kind, certificate, encrypted_key, active, created_at) VALUES (?, ?, ?, ?, ?, ?)', found.id, kind, certificate, encrypted, active, createdAt)
  }
}

function nameOf ({ instance, createdAt }: Pick<BackupHeader, 'instance' | 'createdAt'>): string {
  return `${instance.replaceAll(/[^A-Za-z0-9-]/g, '-') || 'core'}-${createdAt.replaceAll(/[-:.]/g, '')}.backup`
}
