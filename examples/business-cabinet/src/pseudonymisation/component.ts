import { createHmac } from 'node:crypto'
import { deriveKey, Seal, type Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'
import { canonicalCode, epochOf, pseudonymKey, type PseudonymKey } from '@trembita/example-information-system'

export const PSEUDONYMISATION_SCHEMA = `
CREATE TABLE custody (
  ref TEXT NOT NULL PRIMARY KEY,
  code_index TEXT NOT NULL UNIQUE,
  sealed TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pseudonym_log (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  ref TEXT NOT NULL,
  agreement TEXT,
  epoch TEXT,
  pseudonym TEXT
) STRICT;
`

/** The code is in custody under another reference: this business takes part already. */
export class AlreadyEnrolled extends Error {
  override readonly name = 'AlreadyEnrolled'
}

/** More pseudonyms were asked for than one analysis can need. */
export class TooManyPseudonyms extends Error {
  override readonly name = 'TooManyPseudonyms'
}

/** Pseudonyms of one agreement and the present epoch. */
export interface Pseudonyms {
  readonly agreement: string
  readonly epoch: string
  readonly kid: string
  /** By reference. Those that are not in custody are left out. */
  readonly byRef: ReadonlyMap<string, string>
}

export interface ComponentDeps {
  readonly store: SqlStore
  readonly clock: Clock
  /** Shared with the registers, held by nobody else here. 32 bytes. */
  readonly master: Uint8Array
  /** Of this component alone: codes in custody are sealed and indexed under it. 32 bytes. */
  readonly custodyKey: Uint8Array
  /** Per minute, over all callers; default 20,000: a batch is 1,000 and each person is asked about once a night. */
  readonly perMinuteMax?: number | undefined
}

const PER_MINUTE_MAX = 20_000

/**
 * The one place of the cabinet that holds codes of participants and the key of pseudonyms (resolution 688, item 10). Everybody else
 * knows people by a random reference. It pseudonymises only whom it was given at a join, counts how much is asked, and writes down
 * who asked for which pseudonym, never a code.
 */
export class PseudonymisationComponent {
  readonly #deps: ComponentDeps
  readonly #seal: Seal
  readonly #indexKey: Uint8Array
  #minute = 0
  #asked = 0

  constructor (deps: ComponentDeps) {
    this.#deps = deps
    this.#seal = new Seal(deriveKey(deps.custodyKey, 'custody seal'))
    this.#indexKey = deriveKey(deps.custodyKey, 'custody index')
  }

  /**
   * Takes a code into custody; again for the same reference changes nothing. Durable when it resolves.
   *
   * @throws {AlreadyEnrolled} when the code is held under another reference. @throws {Problem} for what is no code.
   */
  async enrol (ref: string, code: string, actor: string): Promise<void> {
    const index = this.#indexOf(code)
    await this.#deps.store.write(async (tx) => {
      const held = await tx.get<{ ref: string }>('SELECT ref FROM custody WHERE code_index = ?', index)
      if (held !== undefined && held.ref !== ref) throw new AlreadyEnrolled('the code is in custody under another reference')
      if (held !== undefined) return
      await tx.run('INSERT INTO custody (ref, code_index, sealed) VALUES (?, ?, ?)', ref, index, this.#seal.seal(code, ref))
      await this.#note(tx, actor, 'enrolled', ref)
    })
  }

  /** Under which reference a code is held. @throws {Problem} for what is no code. */
  async refOf (code: string): Promise<string | undefined> {
    return (await this.#deps.store.get<{ ref: string }>('SELECT ref FROM custody WHERE code_index = ?', this.#indexOf(code)))?.ref
  }

  /** @throws {TooManyPseudonyms} */
  async pseudonymsOf (refs: readonly string[], agreement: string, actor: string): Promise<Pseudonyms> {
    this.#count(refs.length)
    const key = this.#keyOf(agreement)
    const byRef = new Map<string, string>()
    await this.#deps.store.write(async (tx) => {
      for (const ref of refs) {
        const row = await tx.get<{ sealed: string }>('SELECT sealed FROM custody WHERE ref = ?', ref)
        if (row === undefined) continue
        const pseudonym = key.pseudonymOf(this.#seal.open(row.sealed, ref))
        byRef.set(ref, pseudonym)
        await this.#note(tx, actor, 'pseudonymised', ref, key, pseudonym)
      }
    })
    return { agreement, epoch: key.epoch, kid: key.kid, byRef }
  }

  /** Erases a code. Whoever it belonged to cannot be found by it any more. */
  async forget (ref: string, actor: string): Promise<void> {
    await this.#deps.store.write(async (tx) => {
      if (await tx.run('DELETE FROM custody WHERE ref = ?', ref) === 0) return
      await tx.run('UPDATE pseudonym_log SET pseudonym = NULL WHERE ref = ?', ref)
      await this.#note(tx, actor, 'erased', ref)
    })
  }

  #keyOf (agreement: string): PseudonymKey {
    return pseudonymKey(this.#deps.master, agreement, epochOf(this.#deps.clock.now()))
  }

  #indexOf (code: string): string {
    return createHmac('sha256', this.#indexKey).update(canonicalCode(code), 'utf8').digest('base64url')
  }

  #count (more: number): void {
    const minute = Math.floor(this.#deps.clock.now().getTime() / 60_000)
    if (minute !== this.#minute) [this.#minute, this.#asked] = [minute, 0]
    this.#asked += more
    if (this.#asked > (this.#deps.perMinuteMax ?? PER_MINUTE_MAX)) throw new TooManyPseudonyms('too many pseudonyms were asked for within a minute')
  }

  async #note (tx: SqlWriter, actor: string, action: string, ref: string, key?: PseudonymKey, pseudonym?: string): Promise<void> {
    await tx.run('INSERT INTO pseudonym_log (at, actor, action, ref, agreement, epoch, pseudonym) VALUES (?, ?, ?, ?, ?, ?, ?)',
      this.#deps.clock.now().toISOString(), actor, action, ref, key?.agreement ?? null, key?.epoch ?? null, pseudonym ?? null)
  }
}
