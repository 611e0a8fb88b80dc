import { hkdfSync, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory, writeFileAtomic, type Clock, type Secret } from '@trembita/daemon'
import { SUBJECT_KEY_BYTES } from '@trembita/protocol/accessevent'
import { seal, sealByPassphrase, unseal, unsealByPassphrase } from './sealed-file.ts'

const EPOCH = /^\d{4}-(?:0[1-9]|1[0-2])$/
/** A secret is made for the present month and those about it: a component that was cut off still reports what happened then. */
const MONTHS_BACK = 3
const MONTHS_AHEAD = 1

/** The key of this month is gone for good: what was indexed by it can be found by nobody. */
export class EpochDestroyed extends Error {
  override readonly name = 'EpochDestroyed'
}

/**
 * The root key, and a random secret for each month sealed under it. The key of a register and a month is derived from the month's
 * secret, so that removing one file makes that month's index unresolvable, by whoever has the root too (ADR 12).
 */
export class EpochKeys {
  readonly #folder: string
  readonly #clock: Clock
  readonly #wrap: Buffer
  readonly #renewal: Buffer
  readonly #making = new Map<string, Promise<Buffer | undefined>>()

  private constructor (folder: string, root: Uint8Array, clock: Clock) {
    this.#folder = folder
    this.#clock = clock
    this.#wrap = Buffer.from(hkdfSync('sha256', root, '', 'trembita index-keys wrap v1', 32))
    this.#renewal = Buffer.from(hkdfSync('sha256', root, '', 'trembita index-keys renewal v1', 32))
  }

  /** Opens the root key, which is made at the first start. @throws when the passphrase is another one. */
  static async open (dataFolder: string, passphrase: Secret, clock: Clock): Promise<EpochKeys> {
    const file = join(dataFolder, 'root.key')
    const folder = join(dataFolder, 'epochs')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const sealed = await readFile(file).catch(missing)
    if (sealed === undefined) {
      if ((await readdir(folder)).length > 0) throw new Error(`${file} is missing, but secrets sealed under it are there: put it back from a backup`)
      const root = randomBytes(32)
      await writeFileAtomic(file, sealByPassphrase(passphrase.bytes, root, 'root'), { mode: 0o600 })
      return new EpochKeys(folder, root, clock)
    }
    try {
      return new EpochKeys(folder, unsealByPassphrase(passphrase.bytes, sealed, 'root'), clock)
    } catch (cause) {
      throw new Error(`${file} does not open by this passphrase`, { cause })
    }
  }

  /**
   * K[domain, epoch].
   *
   * @returns undefined for a month that has no secret and is too far away to get one.
   * @throws {EpochDestroyed}
   */
  async keyOf (domain: string, epoch: string): Promise<Buffer | undefined> {
    if (!EPOCH.test(epoch)) return undefined
    const secret = await this.#secretOf(epoch)
    return secret === undefined ? undefined : Buffer.from(hkdfSync('sha256', secret, '', `${domain}\u001f${epoch}`, SUBJECT_KEY_BYTES))
  }

  /** Destroys a month's secret, at once and for every process: its file is written over, removed, and never made again. */
  async destroy (epoch: string): Promise<void> {
    if (!EPOCH.test(epoch)) throw new RangeError('expected a month such as 2026-01')
    await writeFileAtomic(this.#markOf(epoch), this.#clock.now().toISOString(), { mode: 0o600 })
    const file = this.#fileOf(epoch)
    const handle = await open(file, 'r+').catch(missing)
    if (handle === undefined) return
    try {
      await handle.write(randomBytes((await handle.stat()).size), undefined, undefined, 0)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rm(file)
    await syncDirectory(this.#folder)
  }

  /** Months that have a secret. */
  async epochs (): Promise<string[]> {
    return (await readdir(this.#folder)).filter((name) => name.endsWith('.key')).map((name) => name.slice(0, -'.key'.length)).sort()
  }

  /** Seals an identifier for whoever asks again next month; only this service can open it. */
  sealRenewal (content: string): string {
    return seal(this.#renewal, Buffer.from(content), 'renewal').toString('base64url')
  }

  /** @throws {RangeError} */
  openRenewal (sealed: string): string {
    return unseal(this.#renewal, Buffer.from(sealed, 'base64url'), 'renewal').toString('utf8')
  }

  async #secretOf (epoch: string): Promise<Buffer | undefined> {
    if (await stat(this.#markOf(epoch)).catch(missing) !== undefined) throw new EpochDestroyed(`the key of ${epoch} is destroyed`)
    // Not kept in memory: a month that is destroyed is gone for a running process too.
    const sealed = await readFile(this.#fileOf(epoch)).catch(missing)
    if (sealed !== undefined) return unseal(this.#wrap, sealed, epoch)
    if (!this.#isNear(epoch)) return undefined
    let making = this.#making.get(epoch)
    if (making === undefined) {
      making = this.#make(epoch).finally(() => { this.#making.delete(epoch) })
      this.#making.set(epoch, making)
    }
    return await making
  }

  async #make (epoch: string): Promise<Buffer | undefined> {
    const known = await readFile(this.#fileOf(epoch)).catch(missing)
    if (known !== undefined) return unseal(this.#wrap, known, epoch)
    const secret = randomBytes(32)
    await writeFileAtomic(this.#fileOf(epoch), seal(this.#wrap, secret, epoch), { mode: 0o600 })
    return secret
  }

  #isNear (epoch: string): boolean {
    const now = this.#clock.now()
    const [year, month] = epoch.split('-').map(Number) as [number, number]
    const ahead = (year - now.getUTCFullYear()) * 12 + month - 1 - now.getUTCMonth()
    return ahead >= -MONTHS_BACK && ahead <= MONTHS_AHEAD
  }

  #fileOf (epoch: string): string {
    return join(this.#folder, `${epoch}.key`)
  }

  #markOf (epoch: string): string {
    return join(this.#folder, `${epoch}.destroyed`)
  }
}

function missing (error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
