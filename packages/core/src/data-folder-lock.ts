import { join } from 'node:path'
import { openDatabase } from '@trembita/daemon'

const FILE = 'in-use.db'

/**
 * Keeps a data folder for one process. The lock is one of the operating system's on a database in the folder, so it goes with the
 * process, however that ends, and never has to be removed by hand.
 *
 * @throws when another process has it.
 */
export function lockDataFolder (folder: string): Disposable {
  const db = openDatabase(join(folder, FILE), [], { busyTimeoutMs: 200 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw new Error(`${folder} is in use by another process: stop it first; several cores need one PostgreSQL database and a data folder each`, { cause })
  }
  return { [Symbol.dispose]: () => { db.close() } }
}
