import { Problem } from './problem.ts'
import { pseudonymKey, type PseudonymKey } from './pseudonym.ts'

interface Indexed {
  readonly key: PseudonymKey
  readonly codes: ReadonlyMap<string, string>
}

/** Which key the asker used: it must be the one of an agreement and epoch that this register answers for. */
export interface PseudonymQuestion {
  readonly agreement: string
  readonly epoch: string
  readonly kid: string
  readonly pseudonyms: readonly string[]
}

/** An agreement and an epoch each; the next epoch begins while the last one still answers. */
const KEPT_MAX = 8

/**
 * A register's own look-up from pseudonyms to codes, made for an agreement and an epoch when first asked (resolution 688, item 10). The asker
 * sends pseudonyms only of those who joined; who is not in the register looks like who never existed.
 */
export class PseudonymIndex {
  readonly #master: Uint8Array
  readonly #agreements: ReadonlySet<string>
  readonly #codes: readonly string[]
  readonly #kept = new Map<string, Indexed>()

  /** @param master 32 bytes. @param agreements that the register answers under. @param codes of everybody in the register. */
  constructor (master: Uint8Array, agreements: readonly string[], codes: readonly string[]) {
    this.#master = master
    this.#agreements = new Set(agreements)
    this.#codes = codes
  }

  /**
   * @returns of each pseudonym asked about, in that order, the code, or undefined for one that nobody here has.
   * @throws {Problem} `outside-agreement`, `wrong-pseudonym-key`, `invalid-request`.
   */
  find ({ agreement, epoch, kid, pseudonyms }: PseudonymQuestion): (string | undefined)[] {
    if (!this.#agreements.has(agreement)) throw new Problem('outside-agreement', 'За цим договором реєстр не відповідає', 'The register does not answer under this agreement')
    const { key, codes } = this.#of(agreement, epoch)
    if (kid !== key.kid) throw new Problem('wrong-pseudonym-key', 'Псевдоніми створено іншим ключем: угода або епоха не збігаються', 'The pseudonyms were made with another key: the agreement or epoch differs')
    return pseudonyms.map((pseudonym) => {
      key.check(pseudonym)
      return codes.get(pseudonym)
    })
  }

  #of (agreement: string, epoch: string): Indexed {
    const name = `${agreement}|${epoch}`
    const kept = this.#kept.get(name)
    if (kept !== undefined) return kept
    const key = pseudonymKey(this.#master, agreement, epoch)
    const indexed = { key, codes: new Map(this.#codes.map((code) => [key.pseudonymOf(code), code])) }
    if (this.#kept.size >= KEPT_MAX) this.#kept.delete(this.#kept.keys().next().value!)
    this.#kept.set(name, indexed)
    return indexed
  }
}
