import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { openSubjectKey } from '@trembita/protocol/accessevent'
import type { EventSpool } from './event-spool.ts'
import type { AccessLogKeys } from './keys.ts'

/** What names a key of the index: code of a register and month. */
export interface KeyName {
  readonly domain: string
  /** `YYYY-MM`. */
  readonly epoch: string
}

/** Asks the key service; its answer is JSON. */
export type AskKeys = (body: object) => Promise<unknown>

/** Years of a few registers; older ones are asked for again. */
const KEPT_MAX = 200

/**
 * The month keys of the persons' index (monitor.md §8). The key service seals them to this component's own key; here they lie encrypted,
 * so that events go out while the key service rests.
 */
export class SubjectKeys {
  readonly #spool: EventSpool
  readonly #keys: AccessLogKeys
  #own: KeyObject | undefined
  #known: Map<string, Buffer> | undefined

  constructor (spool: EventSpool, keys: AccessLogKeys) {
    this.#spool = spool
    this.#keys = keys
  }

  /**
   * @returns look-up of the keys asked for.
   * @throws {Error} when the key service does not answer, or does not give them all: then no event of theirs can be reported.
   */
  async of (names: readonly KeyName[], component: string, ask: AskKeys): Promise<(name: KeyName) => Buffer> {
    const known = this.#known ??= await this.#load()
    const missing = names.filter((name) => !known.has(keyOf(name)))
    if (missing.length > 0) await this.#fetch(missing, component, ask, known)
    return (name) => {
      const key = known.get(keyOf(name))
      if (key === undefined) throw new Error(`the key service gives no key of register ${name.domain} for ${name.epoch}`)
      return key
    }
  }

  async #fetch (names: readonly KeyName[], component: string, ask: AskKeys, known: Map<string, Buffer>): Promise<void> {
    const own = this.#own ??= await this.#loadOwn()
    const publicKey = createPublicKey(own).export({ format: 'jwk' }).x!
    const unique = (of: readonly string[]): string[] => [...new Set(of)]
    const answer = await ask({ component, publicKey, domains: unique(names.map(({ domain }) => domain)), epochs: unique(names.map(({ epoch }) => epoch)) })
    const given = (answer as { keys?: unknown } | null)?.keys
    if (!Array.isArray(given)) throw new Error('the key service answered something else than keys')
    for (const one of given as readonly Partial<Record<string, unknown>>[]) {
      const { domain, epoch, sealed } = one
      if (typeof domain === 'string' && typeof epoch === 'string' && typeof sealed === 'string') known.set(keyOf({ domain, epoch }), openSubjectKey(sealed, own))
    }
    while (known.size > KEPT_MAX) known.delete(known.keys().next().value!)
    await this.#save('subject keys', Buffer.from(JSON.stringify([...known].map(([name, key]) => [name, key.toString('base64')]))))
  }

  async #load (): Promise<Map<string, Buffer>> {
    const saved = await this.#read('subject keys')
    const entries = saved === undefined ? [] : JSON.parse(saved.toString()) as [string, string][]
    return new Map(entries.map(([name, key]) => [name, Buffer.from(key, 'base64')]))
  }

  async #loadOwn (): Promise<KeyObject> {
    const saved = await this.#read('component key')
    if (saved !== undefined) return createPrivateKey({ key: saved, format: 'der', type: 'pkcs8' })
    const { privateKey } = generateKeyPairSync('x25519')
    await this.#save('component key', privateKey.export({ format: 'der', type: 'pkcs8' }))
    return privateKey
  }

  async #read (name: string): Promise<Buffer | undefined> {
    const sealed = await this.#spool.call('get', name)
    return sealed === undefined ? undefined : this.#keys.open(name, sealed)
  }

  async #save (name: string, content: Buffer): Promise<void> {
    await this.#spool.call('set', name, this.#keys.seal(name, content))
  }
}

const keyOf = ({ domain, epoch }: KeyName): string => `${epoch} ${domain}`
