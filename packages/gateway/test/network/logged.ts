import { globSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { createLogger, systemClock } from '@trembita/daemon'
import { readContainer, verifyContainer, type ContainerReport } from '@trembita/protocol/asic'
import type { Snapshot } from '../../src/globalconf/index.ts'
import { startGlobalConf } from '../../src/globalconf/index.ts'
import { openMessageLog, type FoundRecord } from '../../src/messagelog/index.ts'
import type { Network } from './network.ts'

/** A record of a gateway's log, and what an outsider finds about its container. */
export interface Logged extends FoundRecord {
  readonly report: ContainerReport
}

/** The configuration that a gateway was given, read anew: what an outsider judges by. */
export async function configurationOf (network: Network, code: string): Promise<Snapshot> {
  const { anchorFile, folder } = network.planned(code)
  await using conf = await startGlobalConf({
    anchor: anchorFile, folder: join(folder, 'as-an-outsider'), clock: systemClock, log: createLogger('outsider', 'silent'), refreshSeconds: 0
  })
  return conf.current()
}

/** Everything that the log of a stopped gateway holds, each record time-stamped, rebuilt as a container and verified. */
export async function readLog (network: Network, code: string): Promise<Logged[]> {
  const conf = await configurationOf(network, code)
  await using log = await openMessageLog({
    folder: join(network.planned(code).folder, 'data', 'messagelog'),
    pin: Buffer.from(await network.pin(code)),
    clock: systemClock,
    log: createLogger('outsider', 'silent'),
    timestamping: { providers: () => conf.timestampers(), trusted: () => conf.timestampers().map(({ certificate }) => certificate) }
  })
  const found: FoundRecord[] = []
  for (let page = await log.search({ limit: 1000 }); page.length > 0; page = await log.search({ limit: 1000, before: page.at(-1)!.id })) found.push(...page)
  await log.stamp(found.map(({ id }) => id))
  const logged: Logged[] = []
  for (const record of found) {
    const [container] = await log.containers([record.id])
    const report = verifyContainer(await readContainer(container!.bytes), (instance) => conf.trustOf(instance))
    logged.push({ ...record, report })
  }
  return logged.reverse()
}

/** Files of bodies that lie in a gateway's log, and those that a record owns, by name. */
export function bodiesOf (network: Network, code: string): { files: string[], owned: string[] } {
  const folder = join(network.planned(code).folder, 'data', 'messagelog')
  const db = new Sqlite(join(folder, 'messagelog.db'), { readonly: true })
  try {
    const owned = db.prepare('SELECT name FROM body ORDER BY name').pluck().all() as string[]
    return { files: globSync('*/*', { cwd: join(folder, 'bodies') }).sort(), owned }
  } finally {
    db.close()
  }
}
