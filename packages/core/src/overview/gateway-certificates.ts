import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { formatServerId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import { encodedServerId, readParameters } from '../registry/index.ts'
import type { Warning } from './api.ts'

const NOTICE_MS = 30 * 24 * 60 * 60 * 1000
/** More of them are one warning with their number. */
const NAMED_MAX = 20
/** Certificates read at a time: thousands are parsed once, without holding up whoever else asks. */
const READ_AT_ONCE = 250

interface Row {
  readonly sha256: Buffer
  readonly server: number
}

/** Warns of gateways whose newest authentication certificate runs out. What a certificate says never changes, so each is parsed once. */
export class GatewayCertificates {
  readonly #store: SqlStore
  readonly #clock: Clock
  /** End of validity by hash in hexadecimal. */
  #ends = new Map<string, number>()

  constructor (store: SqlStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  async warnings (): Promise<Warning[]> {
    const rows = await this.#store.all<Row>('SELECT sha256, security_server_id AS server FROM auth_certificate')
    const ends = await this.#endsOf(rows)
    const newest = new Map<number, number>()
    for (const { sha256, server } of rows) newest.set(server, Math.max(newest.get(server) ?? 0, ends.get(sha256.toString('hex')) ?? 0))
    const now = this.#clock.now().getTime()
    const soon = [...newest].filter(([, end]) => end - now <= NOTICE_MS).sort(([, a], [, b]) => a - b)
    if (soon.length > NAMED_MAX) {
      return [{ code: 'gateway_certificates_expire', subject: String(soon.length), message: `authentication certificates of ${soon.length} gateways have expired or expire within 30 days`, href: '/security-servers' }]
    }
    return await Promise.all(soon.map(async ([server, end]) => await this.#warningOf(server, end, end < now)))
  }

  async #endsOf (rows: readonly Row[]): Promise<ReadonlyMap<string, number>> {
    const known = this.#ends
    const found = new Map(rows.flatMap(({ sha256 }) => {
      const end = known.get(sha256.toString('hex'))
      return end === undefined ? [] : [[sha256.toString('hex'), end] as const]
    }))
    const missing = rows.filter(({ sha256 }) => !found.has(sha256.toString('hex')))
    for (let at = 0; at < missing.length; at += READ_AT_ONCE) {
      const hashes = missing.slice(at, at + READ_AT_ONCE).map(({ sha256 }) => sha256)
      const read = await this.#store.all<{ sha256: Buffer, certificate: Buffer }>(`SELECT sha256, certificate FROM auth_certificate WHERE sha256 IN (${hashes.map(() => '?').join(', ')})`, ...hashes)
      for (const { sha256, certificate } of read) found.set(sha256.toString('hex'), Certificate.parse(certificate).notAfter.getTime())
    }
    this.#ends = found
    return found
  }

  async #warningOf (server: number, end: number, over: boolean): Promise<Warning> {
    const { instance } = await readParameters(this.#store)
    const row = await this.#store.get<{ class: string, member: string, server: string }>(`SELECT c.code AS class, m.code AS member, s.code AS server
      FROM security_server s JOIN member m ON m.id = s.owner_id JOIN member_class c ON c.id = m.member_class_id WHERE s.id = ?`, server)
    const id = { instance, memberClass: row?.class ?? '', memberCode: row?.member ?? '', serverCode: row?.server ?? '' }
    return {
      code: over ? 'gateway_certificate_expired' : 'gateway_certificate_expires',
      subject: formatServerId(id),
      message: `its authentication certificate ${over ? 'expired' : 'expires'} on ${new Date(end).toISOString()}`,
      href: `/security-servers/${encodeURIComponent(encodedServerId(id))}`
    }
  }
}
