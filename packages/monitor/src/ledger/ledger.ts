import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic, type Clock, type Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { leafData, type LeafKind } from '@trembita/protocol/accessevent'
import { addSignatures, formatCheckpoint, formatVerifierKey, openCheckpoint, signNote, TILE_WIDTH, TlogError, type NoteSigner, type OpenedCheckpoint } from '@trembita/protocol/tlog'
import { nextLeaf } from './append-leaves.ts'
import { RightEdge, type DueFile } from './right-edge.ts'
import { TileFiles } from './tile-files.ts'
import { WitnessClient, type WitnessSettings } from './witness-client.ts'

/** Where the writing of a batch stands; a test of crashes ends the process there. */
export type LedgerStep = 'tiles' | 'signed' | 'stored' | 'cosigned' | 'published'

export interface LedgerOptions {
  readonly store: SqlStore
  /** Of tiles and checkpoint; no other process writes there. */
  readonly folder: string
  readonly signer: NoteSigner
  readonly witnesses: readonly WitnessSettings[]
  /** How many of them must have cosigned before a checkpoint is published. */
  readonly quorum: number
  readonly clock: Clock
  readonly log: Logger
  /** Leaves of so long make one checkpoint; default 500. */
  readonly batchMs?: number | undefined
  readonly onStep?: ((step: LedgerStep) => void) | undefined
}

interface Signed {
  readonly size: number
  readonly note: string
  readonly signedAt: Date
}

/** What is on disk contradicts what was signed: the log does not run, so that it never signs a second history. */
export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal'
}

export interface Head extends OpenedCheckpoint {
  /** The signed and cosigned note, as published. */
  readonly note: string
  readonly signedAt: Date
}

const LEAVES_AT_ONCE = 5000
const RETRY_MS = 2000

/**
 * The log's writer. Leaves have their place in the store already; here they become tiles, then a signed checkpoint, then a cosigned and
 * published one (ADR 13). Whatever step the process dies at, the next start goes on to the same log.
 */
export class Ledger {
  readonly #options: LedgerOptions
  readonly #files: TileFiles
  readonly #witnesses: readonly WitnessClient[]
  readonly #edge = new RightEdge()
  #unwritten: DueFile[] = []
  #head: Head | undefined
  #signed: Signed | undefined
  #working: Promise<void> | undefined
  #again = false
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #problem: string | undefined

  private constructor (options: LedgerOptions) {
    this.#options = options
    this.#files = new TileFiles(options.folder)
    this.#witnesses = options.witnesses.map((witness) => new WitnessClient(witness))
  }

  /**
   * Reads the log back from its tiles and compares it with the last signed checkpoint.
   *
   * @throws {LedgerRefusal} for tiles that are missing or altered, a store older than what was published, another log's key.
   */
  static async open (options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options)
    await ledger.#recognise()
    await ledger.#readBack()
    return ledger
  }

  get tiles (): TileFiles {
    return this.#files
  }

  /** The published checkpoint; undefined before the first. */
  get head (): Head | undefined {
    return this.#head
  }

  /** Why nothing is published at the moment; undefined when all is well. */
  get problem (): string | undefined {
    return this.#problem
  }

  get verifierKey (): string {
    return formatVerifierKey(this.#options.signer)
  }

  get signer (): NoteSigner {
    return this.#options.signer
  }

  /** Leaves were stored: they will stand in a published checkpoint soon. */
  wake (delayMs: number = this.#options.batchMs ?? 500): void {
    if (this.#closed || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.flush().then(() => { if (this.#problem !== undefined) this.wake(RETRY_MS) }, (error: unknown) => {
        this.#problem = (error as Error).message
        this.#options.log.error({ err: error }, 'the log could not be written')
        if (!(error instanceof LedgerRefusal || error instanceof TlogError)) this.wake(RETRY_MS)
      })
    }, delayMs)
  }

  /** Writes and publishes whatever has a place by now. One at a time: a second call waits for what is under way, and goes on from it. */
  async flush (): Promise<void> {
    if (this.#working !== undefined) {
      this.#again = true
      await this.#working
      // It may have ended just before it was asked to go on.
      return this.#again ? await this.flush() : undefined
    }
    this.#working = this.#work()
    try {
      await this.#working
    } finally {
      this.#working = undefined
    }
  }

  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#working?.catch(() => {})
  }

  async #work (): Promise<void> {
    do {
      this.#again = false
      while (await this.#takeLeaves() || this.#edge.size > (this.#signed?.size ?? 0)) await this.#writeAndSign()
      await this.#publish()
    } while (this.#again)
  }

  /** @returns whether there was any. */
  async #takeLeaves (): Promise<boolean> {
    const first = this.#edge.size
    const rows = await this.#options.store.all<{ leaf_index: number, kind: number, commitment: Buffer }>(
      'SELECT leaf_index, kind, commitment FROM log_entry WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?', first, LEAVES_AT_ONCE)
    rows.forEach((row, i) => {
      if (Number(row.leaf_index) !== first + i) throw new LedgerRefusal(`the store has no leaf ${first + i}`)
      this.#edge.append(leafData(Number(row.kind) as LeafKind, row.commitment))
    })
    return rows.length > 0
  }

  async #writeAndSign (): Promise<void> {
    const { store, signer, clock, onStep } = this.#options
    // What could not be written the last time is still due.
    this.#unwritten.push(...this.#edge.due(true))
    for (const { path, bytes } of this.#unwritten) await this.#files.put(path, bytes)
    onStep?.('tiles')
    const { size, root } = this.#edge
    const note = signNote(formatCheckpoint({ origin: signer.name, size, root }), signer)
    onStep?.('signed')
    const signedAt = clock.now()
    await store.write(async (tx) => {
      const known = await tx.get<{ size: number, note: string }>('SELECT size, note FROM log_checkpoint ORDER BY size DESC LIMIT 1')
      if (known?.note === note) return
      // Somebody else writes this log: two of us would sign two histories.
      if (Number(known?.size ?? 0) >= size) throw new LedgerRefusal('another process writes this log')
      await tx.run('INSERT INTO log_checkpoint (size, root, note, signed_at) VALUES (?, ?, ?, ?)', size, root, note, signedAt.toISOString())
    })
    this.#signed = { size, note, signedAt }
    onStep?.('stored')
    const full = this.#unwritten.filter(({ full }) => full)
    this.#unwritten = []
    for (const { path } of full) await this.#files.dropPartial(path)
  }

  async #publish (): Promise<void> {
    const signed = this.#signed
    if (signed === undefined || signed.size === this.#head?.checkpoint.size) return
    const cosigned = addSignatures(signed.note, await this.#cosignatures(signed))
    const { signer, witnesses, quorum, folder, onStep, log } = this.#options
    const opened = openCheckpoint(cosigned, signer, witnesses.map(({ key }) => key))
    // Each counts once, however often it is named.
    const cosigners = new Set(opened.cosignatures.map(({ witness }) => formatVerifierKey(witness))).size
    if (cosigners < quorum) {
      this.#problem = `${cosigners} of ${quorum} witnesses have cosigned`
      log.warn({ size: signed.size, cosigners, quorum }, 'a checkpoint waits for witnesses')
      return
    }
    onStep?.('cosigned')
    await writeFileAtomic(join(folder, 'checkpoint'), cosigned, { mode: 0o644 })
    onStep?.('published')
    this.#head = { ...opened, note: cosigned, signedAt: signed.signedAt }
    this.#problem = undefined
    log.info({ size: signed.size, cosigners }, 'checkpoint published')
  }

  async #cosignatures ({ note, size }: Signed): Promise<string[]> {
    const { signer, log } = this.#options
    const read = this.#files.reader(size)
    const answers = await Promise.allSettled(this.#witnesses.map((witness) => witness.cosign({ note, size, log: signer, read })))
    return answers.flatMap((answer, i) => {
      if (answer.status === 'fulfilled') return [answer.value]
      log.warn({ err: answer.reason as Error, witness: this.#witnesses[i]!.name }, 'a witness did not cosign')
      return []
    })
  }

  /** The store belongs to one log, and one key. */
  async #recognise (): Promise<void> {
    const { store, signer } = this.#options
    await store.write(async (tx) => {
      const known = await tx.get<{ origin: string, verifier_key: string }>('SELECT origin, verifier_key FROM log_identity')
      if (known === undefined) await tx.run('INSERT INTO log_identity (origin, verifier_key) VALUES (?, ?)', signer.name, this.verifierKey)
      else if (known.verifier_key !== this.verifierKey) throw new LedgerRefusal(`the store is of log ${known.origin} with another key`)
    })
  }

  async #readBack (): Promise<void> {
    const { store, folder, signer, witnesses } = this.#options
    const last = await store.get<{ size: number, root: Buffer, note: string, signed_at: string }>('SELECT size, root, note, signed_at FROM log_checkpoint ORDER BY size DESC LIMIT 1')
    const size = Number(last?.size ?? 0)
    const published = await this.#published(join(folder, 'checkpoint'))
    if (published !== undefined && published.checkpoint.size > size) throw new LedgerRefusal(`the store knows a log of ${size}, but one of ${published.checkpoint.size} was published`)
    if (last === undefined) return
    if (await nextLeaf(store) < size) throw new LedgerRefusal('the store has lost leaves of the signed log')
    await this.#replay(size)
    const known = openCheckpoint(last.note, signer).checkpoint
    if (!this.#edge.root.equals(known.root) || !known.root.equals(last.root)) throw new LedgerRefusal(`the tiles do not give the root of the signed checkpoint of ${size}`)
    if (published?.checkpoint.size === size && !published.checkpoint.root.equals(known.root)) throw new LedgerRefusal('what was published is not what was signed')
    this.#signed = { size, note: last.note, signedAt: new Date(last.signed_at) }
    if (published !== undefined) this.#head = { ...openCheckpoint(published.note, signer, witnesses.map(({ key }) => key)), note: published.note, signedAt: this.#signed.signedAt }
  }

  /** Builds the tree again from the entries, and compares every tile on disk with it. */
  async #replay (size: number): Promise<void> {
    const compare = async (partial: boolean): Promise<void> => {
      for (const { path, bytes } of this.#edge.due(partial)) {
        const present = await readFile(join(this.#options.folder, path)).catch(() => undefined)
        if (present?.equals(bytes) !== true) throw new LedgerRefusal(`${path} is missing or altered`)
      }
    }
    try {
      for (let index = 0; index * TILE_WIDTH < size; index++) {
        for (const entry of await this.#files.entries(index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH))) this.#edge.append(entry)
        await compare(false)
      }
      await compare(true)
    } catch (cause) {
      if (!(cause instanceof TlogError)) throw cause
      throw new LedgerRefusal(cause.message, { cause })
    }
  }

  async #published (path: string): Promise<Pick<Head, 'checkpoint' | 'note'> | undefined> {
    const note = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return undefined
    })
    if (note === undefined) return undefined
    try {
      return { checkpoint: openCheckpoint(note, this.#options.signer).checkpoint, note }
    } catch (cause) {
      throw new LedgerRefusal(`${path} is altered`, { cause })
    }
  }
}
