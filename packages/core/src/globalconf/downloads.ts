import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Logger } from '@trembita/daemon'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { SourceKind } from './signing-keys.ts'

/** All that a download by plain HTTP tells of who fetched. */
export interface Download {
  readonly origin: string
  readonly kind: SourceKind
  /** The newest version that was asked for. */
  readonly version: number
  readonly firstAt: Date
  readonly lastAt: Date
}

/** Beyond, new origins are not noted: whoever invents addresses shall not fill the database. */
const ORIGINS_MAX = 20_000
const KEEP_MS = 30 * 24 * 60 * 60 * 1000
/** A name's address may change; a gateway is not moved often. */
const LOOKUP_KEEP_MS = 10 * 60 * 1000
/** Longer no answer is waited for; the next page has it. */
const LOOKUP_WAIT_MS = 100

/** Notes from which addresses the configuration is fetched; shared by the nodes through the database, a minute late. */
export class Downloads {
  readonly #store: SqlStore
  readonly #node: string
  readonly #clock: Clock
  readonly #log: Logger
  readonly #fresh = new Map<string, { readonly origin: string, readonly kind: SourceKind, readonly version: number, readonly at: Date }>()
  readonly #lookups = new Map<string, Promise<readonly string[]>>()
  readonly #addresses = new Map<string, { readonly at: number, readonly found: readonly string[] }>()
  #writing: Promise<void> = Promise.resolve()

  constructor (store: SqlStore, node: string, clock: Clock, log: Logger) {
    this.#store = store
    this.#node = node
    this.#clock = clock
    this.#log = log
  }

  note (origin: string, kind: SourceKind, version: number): void {
    const key = `${kind} ${origin}`
    if (!this.#fresh.has(key) && this.#fresh.size >= ORIGINS_MAX) return
    this.#fresh.set(key, { origin: plainAddress(origin), kind, version, at: this.#clock.now() })
  }

  /** Writes down what was noted since the last time. Nothing depends on it: a failure is logged. */
  async flush (): Promise<void> {
    this.#writing = this.#writing.then(() => this.#flush()).catch((error: unknown) => { this.#log.warn({ err: error }, 'downloads could not be recorded') })
    await this.#writing
  }

  /** The latest download of each origin and kind, from whichever node. */
  async list (): Promise<Download[]> {
    return await downloads(this.#store)
  }

  /** IP addresses of a host: itself, or what its name leads to; undefined when that is not known. */
  async addressesOf (host: string): Promise<readonly string[] | undefined> {
    if (isIP(host) !== 0) return [plainAddress(host)]
    const known = this.#addresses.get(host)
    if (known !== undefined && Date.now() - known.at < LOOKUP_KEEP_MS) return known.found.length === 0 ? undefined : known.found
    return await Promise.race([this.#lookUp(host), sleep(LOOKUP_WAIT_MS, undefined, { ref: false })])
  }

  /** Kept whenever it comes: a resolver that does not answer must not hold up who asks. */
  async #lookUp (host: string): Promise<readonly string[] | undefined> {
    const underWay = this.#lookups.get(host) ?? lookup(host, { all: true }).then((all) => all.map(({ address }) => plainAddress(address)), () => []).finally(() => { this.#lookups.delete(host) })
    this.#lookups.set(host, underWay)
    const found = await underWay
    this.#addresses.set(host, { at: Date.now(), found })
    return found.length === 0 ? undefined : found
  }

  async #flush (): Promise<void> {
    if (this.#fresh.size === 0) return
    const fresh = [...this.#fresh.values()]
    this.#fresh.clear()
    await this.#store.write(async (tx) => {
      const node = await tx.get<{ id: number }>('SELECT id FROM configuration_node WHERE name = ?', this.#node)
      if (node === undefined) return
      for (const { origin, kind, version, at } of fresh) {
        await tx.run(`INSERT INTO configuration_download (configuration_node_id, origin, kind, version, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (configuration_node_id, origin, kind) DO UPDATE SET version = excluded.version, last_at = excluded.last_at`, node.id, origin, kind, version, at.toISOString(), at.toISOString())
      }
      await tx.run('DELETE FROM configuration_download WHERE last_at < ?', new Date(this.#clock.now().getTime() - KEEP_MS).toISOString())
    })
  }
}

async function downloads (reader: SqlReader): Promise<Download[]> {
  const rows = await reader.all<{ origin: string, kind: SourceKind, version: number, first: string, last: string }>(`SELECT origin, kind, max(version) AS version,
    min(first_at) AS first, max(last_at) AS last FROM configuration_download GROUP BY origin, kind ORDER BY max(last_at) DESC`)
  return rows.map(({ origin, kind, version, first, last }) => ({ origin, kind, version, firstAt: new Date(first), lastAt: new Date(last) }))
}

/** `::ffff:192.0.2.1` is how a dual-stack socket spells 192.0.2.1. */
function plainAddress (address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}
