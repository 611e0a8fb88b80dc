import type { SqlReader } from '@trembita/daemon/store'
import { readParameters } from '../registry/index.ts'
import type { SigningKeyInfo } from './signing-key-rows.ts'

/**
 * From when a key may sign: when each node that publishes has named it for as long as a directory lives. By then every gateway
 * with a valid configuration has fetched one with the key. Undefined while a node has not published it.
 */
export async function readyAt (reader: SqlReader, { publishedSince }: Pick<SigningKeyInfo, 'publishedSince'>, at: Date): Promise<Date | undefined> {
  const { confExpireIntervalSeconds } = await readParameters(reader)
  const nodes = await reader.all<{ name: string }>(`SELECT n.name FROM configuration_publication p JOIN configuration_node n ON n.id = p.configuration_node_id
    WHERE p.expires_at >= ?`, at.toISOString())
  const since = nodes.map(({ name }) => publishedSince.get(name))
  if (since.length === 0 || since.includes(undefined)) return undefined
  return new Date(Math.max(...since.map((date) => date!.getTime())) + confExpireIntervalSeconds * 1000)
}

/** Why a key should not sign yet, in words; undefined when it may. */
export async function activationWarning (reader: SqlReader, key: SigningKeyInfo, at: Date): Promise<string | undefined> {
  const ready = await readyAt(reader, key, at)
  if (ready !== undefined && ready <= at) return undefined
  const first = [...key.publishedSince.values()].sort((a, b) => a.getTime() - b.getTime())[0]
  if (first === undefined) return 'no published configuration names this key yet: gateways could not verify its signatures'
  const minutes = Math.floor((at.getTime() - first.getTime()) / 60_000)
  const wait = ready === undefined ? 'not every node has published it yet' : `every gateway will know it at ${ready.toISOString()}`
  return `the key was first published at ${first.toISOString()}, ${minutes} minutes ago; ${wait}. A gateway that has not fetched since would refuse what it signs until it gets the new anchor`
}
