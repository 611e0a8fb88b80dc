import { createHmac, hkdfSync } from 'node:crypto'
import { isEdrpou, isRnokpp } from './codes.ts'
import { Problem } from './problem.ts'

/**
 * Pseudonyms of the exchange about support programmes (resolution 688, item 10: depersonalised, by a one-way algorithm).
 * A plain hash of a code falls in minutes, so the values are keyed: nobody without the key computes or reverses one. Each
 * agreement and each epoch has a key of its own, so pseudonyms of two purposes or two quarters cannot be joined.
 */
export interface PseudonymKey {
  readonly agreement: string
  readonly epoch: string
  /** Tells which key made a pseudonym, and nothing about the key: eight characters of base64url. */
  readonly kid: string
  /** `v1.<kid>.<value>`: value is HMAC-SHA-256 over the canonical code, whole, base64url without padding. @throws {Problem} `invalid-identifier` */
  pseudonymOf (code: string): string
  /** @throws {Problem} `wrong-pseudonym-key` for another key's, `invalid-request` for what is none. */
  check (pseudonym: string): void
}

const MASTER_BYTES = 32
const PSEUDONYM = /^v1\.([\w-]{8})\.[\w-]{43}$/

/** Quarter that an instant belongs to (UTC): `2025Q3`. The epoch of a key. */
export function epochOf (at: Date): string {
  return `${at.getUTCFullYear()}Q${Math.floor(at.getUTCMonth() / 3) + 1}`
}

/** Key material of one agreement and one epoch: HKDF-SHA-256 of the master key, empty salt, info `pseudonym/v1|<agreement>|<epoch>`. */
export function derivePseudonymKey (master: Uint8Array, agreement: string, epoch: string): Uint8Array {
  if (master.length !== MASTER_BYTES) throw new RangeError(`master key of pseudonyms: expected ${MASTER_BYTES} bytes`)
  if (!/^[A-Z0-9-]{1,40}$/.test(agreement)) throw new Problem('invalid-request', 'Номер угоди: великі літери, цифри й дефіс', 'An agreement is named by capital letters, digits and hyphens')
  if (!/^20\d\dQ[1-4]$/.test(epoch)) throw new Problem('invalid-request', 'Епоха: квартал, наприклад 2025Q3', 'An epoch is a quarter: 2025Q3')
  return new Uint8Array(hkdfSync('sha256', master, '', `pseudonym/v1|${agreement}|${epoch}`, 32))
}

/** Whole HMAC-SHA-256 over the canonical code, base64url. */
export function pseudonymValue (key: Uint8Array, code: string): string {
  return createHmac('sha256', key).update(canonicalCode(code), 'utf8').digest('base64url')
}

/** What is hashed: kind and code, so that no two kinds of codes collide. @throws {Problem} `invalid-identifier`, never naming the code. */
export function canonicalCode (code: string): string {
  if (isRnokpp(code)) return `UA:RNOKPP:${code}`
  if (isEdrpou(code)) return `UA:EDRPOU:${code}`
  const passport = code.toLocaleUpperCase('uk').replace(/\s/g, '')
  if (/^[А-ЯҐЄІЇ]{2}\d{6}$/.test(passport)) return `UA:PASSPORT:${passport}`
  throw new Problem('invalid-identifier', 'Код не є ні РНОКПП, ні ЄДРПОУ, ні паспортом', 'The code is neither РНОКПП nor ЄДРПОУ nor a passport')
}

/** Key of an agreement and an epoch, ready for use. The material stays inside. */
export function pseudonymKey (master: Uint8Array, agreement: string, epoch: string): PseudonymKey {
  const material = derivePseudonymKey(master, agreement, epoch)
  const kid = createHmac('sha256', material).update('kid').digest('base64url').slice(0, 8)
  return {
    agreement,
    epoch,
    kid,
    pseudonymOf: (code) => `v1.${kid}.${pseudonymValue(material, code)}`,
    check (pseudonym) {
      const parts = PSEUDONYM.exec(pseudonym)
      if (parts === null) throw new Problem('invalid-request', 'Псевдонім: v1.<ключ>.<значення>', 'A pseudonym is v1.<kid>.<value>')
      if (parts[1] !== kid) throw new Problem('wrong-pseudonym-key', 'Псевдонім створено іншим ключем: угода або епоха не збігаються', 'The pseudonym was made with another key: the agreement or epoch differs')
    }
  }
}
