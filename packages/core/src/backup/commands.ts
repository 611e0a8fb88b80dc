import { readFile } from 'node:fs/promises'
import { UsageError, writeFileAtomic, type Clock, type Secret } from '@trembita/daemon'
import type { Actor } from '@trembita/daemon/accounts'
import type { SqlStore } from '@trembita/daemon/store'
import { keyFingerprint, parseAnchor } from '@trembita/protocol/globalconf'
import type { Changes } from '../audit/index.ts'
import { MIGRATIONS } from '../db/index.ts'
import { SigningKeys } from '../globalconf/index.ts'
import { readParameters } from '../registry/index.ts'
import { readBackup, writeBackup, type SignedBackup } from './archive.ts'
import { contentOf, restoreBackup } from './backups.ts'

export interface BackupCommandDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly dataFolder: string
  readonly passphrase: Secret
  readonly node: string
  readonly program: string
  readonly clock: Clock
  readonly actor: Actor
}

/** Writes a backup at the machine, while the core runs or not. */
export async function writeBackupFile (deps: BackupCommandDeps, path: string, withKeys: boolean): Promise<string> {
  const { store, changes, passphrase, node, program, clock, actor } = deps
  const keys = new SigningKeys(store, changes, passphrase, node)
  await keys.refresh()
  const { instance } = await readParameters(store)
  const facts = { instance, createdAt: clock.now().toISOString(), program, schema: MIGRATIONS.length, withKeys }
  const file = await writeBackup(facts, await contentOf(deps, withKeys), passphrase, keys.signer('internal'))
  await writeFileAtomic(path, file, { mode: 0o600 })
  await changes.change(actor, (tx) => tx.record({ action: 'backup.create', object: { kind: 'backup', id: path }, after: { bytes: file.length, withKeys } }))
  return describeBackup(readBackup(file))
}

export interface RestoreOptions {
  /** Anchor of the environment: the backup must be signed by one of its keys. */
  readonly anchor?: string | undefined
  /** Fingerprint of the signer, when no anchor is at hand. */
  readonly signer?: string | undefined
  /** Put the backup in the place of an environment that is there already. */
  readonly replace: boolean
}

/**
 * Puts a backup back at the machine. The core must not be running.
 *
 * @throws {UsageError} until it is said by whom the backup has to be signed, and for an environment that would be lost.
 */
export async function restoreBackupFile (deps: BackupCommandDeps, path: string, { anchor, signer, replace }: RestoreOptions): Promise<string> {
  const backup = readBackup(await readFile(path))
  const fingerprint = signerOf(backup)
  if (anchor !== undefined) {
    const trusted = parseAnchor(await readFile(anchor)).sources.flatMap(({ certificates }) => certificates)
    if (!trusted.some((certificate) => certificate.equals(backup.certificate))) throw new UsageError(`the backup is signed by ${fingerprint}, which is no key of this anchor`)
  } else if (signer?.toLowerCase().replaceAll(':', '') !== fingerprint) {
    throw new UsageError(`the backup is signed by ${fingerprint}: give the anchor of the environment by --anchor FILE, or confirm the signer by --signer ${fingerprint}`)
  }
  const { instance } = await readParameters(deps.store)
  if (instance !== '' && !replace) throw new UsageError(`environment ${instance} is here already: --replace puts the backup in its place`)
  await restoreBackup(deps, backup, deps.actor)
  return describeBackup(backup)
}

/** What a backup says of itself; its signature holds. */
export function describeBackup (backup: SignedBackup): string {
  const { instance, createdAt, program, withKeys } = backup.header
  return `environment ${instance}, made ${createdAt} by trembita-core ${program}, ${withKeys ? 'with' : 'without'} signing keys\nsigned by ${signerOf(backup)}`
}

function signerOf ({ certificate }: SignedBackup): string {
  return keyFingerprint(certificate)
}
