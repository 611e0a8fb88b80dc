import { isIP } from 'node:net'
import type { SqlReader } from '@trembita/daemon/store'
import { formatServerId, type ServerId } from '@trembita/protocol/identifiers'
import { readParameters } from '../registry/index.ts'
import type { Download, Downloads } from './downloads.ts'

/**
 * What is known of a gateway's fetching. Downloads are anonymous: `seen` means that somebody at the gateway's registered address
 * fetches, `notSeen` that nobody there ever has (it may come from behind another address), `unknownAddress` that the
 * registered name leads nowhere.
 */
export interface GatewayDownloads {
  readonly server: ServerId
  readonly address: string | undefined
  readonly state: 'seen' | 'notSeen' | 'unknownAddress'
  readonly lastAt: Date | undefined
  readonly version: number | undefined
  /** Other gateways registered at the same address: which of them fetched cannot be told. */
  readonly sharedWith: number
}

/** Names looked up for one answer. */
const NAMES_MAX = 200

interface ServerRow { readonly class: string, readonly member: string, readonly code: string, readonly address: string | null }

const SERVERS = `SELECT c.code AS class, m.code AS member, s.code, s.address FROM security_server s JOIN member m ON m.id = s.owner_id
  JOIN member_class c ON c.id = m.member_class_id`

/** Gateways with what is known of their fetching, a page of them in order of their identifiers. */
export async function gatewayDownloads (reader: SqlReader, downloads: Downloads, { limit, offset }: { readonly limit: number, readonly offset: number }): Promise<{ items: GatewayDownloads[], total: number }> {
  const rows = await reader.all<ServerRow>(`${SERVERS} ORDER BY c.code, m.code, s.code LIMIT ? OFFSET ?`, limit, offset)
  const { total } = (await reader.get<{ total: number }>('SELECT count(*) AS total FROM security_server'))!
  const { instance } = await readParameters(reader)
  const byOrigin = latestByOrigin(await downloads.list())
  const hosts = Map.groupBy(await reader.all<{ address: string | null }>('SELECT address FROM security_server WHERE address IS NOT NULL'), ({ address }) => hostOf(address!))
  const items = await Promise.all(rows.map(async (row) => {
    const host = row.address === null ? undefined : hostOf(row.address)
    const addresses = host === undefined ? undefined : await downloads.addressesOf(host)
    const found = addresses?.flatMap((address) => byOrigin.get(address) ?? []).sort((a, b) => b.lastAt.getTime() - a.lastAt.getTime())[0]
    return {
      server: serverOf(instance, row),
      address: row.address ?? undefined,
      state: addresses === undefined ? 'unknownAddress' as const : found === undefined ? 'notSeen' as const : 'seen' as const,
      lastAt: found?.lastAt,
      version: found?.version,
      sharedWith: host === undefined ? 0 : (hosts.get(host)?.length ?? 1) - 1
    }
  }))
  return { items, total }
}

/** Gateways whose address fetched before and has not for longer than `silentMs`; those with an IP address only, as names cost a look-up each. */
export async function silentGateways (reader: SqlReader, downloads: Downloads, at: Date, silentMs: number): Promise<{ readonly server: string, readonly lastAt: Date }[]> {
  const { instance } = await readParameters(reader)
  const byOrigin = latestByOrigin(await downloads.list())
  const rows = await reader.all<ServerRow>(`${SERVERS} WHERE s.address IS NOT NULL ORDER BY c.code, m.code, s.code`)
  return rows.flatMap((row) => {
    const found = byOrigin.get(hostOf(row.address!))
    return found === undefined || at.getTime() - found.lastAt.getTime() <= silentMs ? [] : [{ server: formatServerId(serverOf(instance, row)), lastAt: found.lastAt }]
  })
}

/** Origins that no gateway is registered at: behind a translating router, of another instance, or strangers. */
export async function unknownOrigins (reader: SqlReader, downloads: Downloads): Promise<Download[]> {
  const hosts = (await reader.all<{ address: string }>('SELECT DISTINCT address FROM security_server WHERE address IS NOT NULL')).map(({ address }) => hostOf(address))
  const names = hosts.filter((host) => isIP(host) === 0).slice(0, NAMES_MAX)
  const known = new Set([...hosts, ...(await Promise.all(names.map((name) => downloads.addressesOf(name)))).flatMap((addresses) => addresses ?? [])])
  return (await downloads.list()).filter(({ origin }) => !known.has(origin))
}

function latestByOrigin (all: readonly Download[]): Map<string, Download> {
  return new Map(all.filter(({ kind }) => kind === 'internal').map((download) => [download.origin, download]))
}

function serverOf (instance: string, { class: memberClass, member: memberCode, code: serverCode }: ServerRow): ServerId {
  return { instance, memberClass, memberCode, serverCode }
}

/** `host`, `host:port`, `[address]:port`. */
function hostOf (address: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(address)
  if (bracketed !== null) return bracketed[1]!
  return /^[^:]+:\d+$/.test(address) ? address.slice(0, address.lastIndexOf(':')) : address
}
