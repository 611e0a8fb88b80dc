import { join } from 'node:path'
import { openDatabase } from '@trembita/daemon'

/**
 * Keeps a data folder for one process: a lock of the operating system on a database in it, which goes with the process however that ends.
 *
 * @throws when another process has it.
 */
export function lockDataFolder (folder: string): Disposable {
  const db = openDatabase(join(folder, 'in-use.db'), [], { busyTimeoutMs: 200 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw new Error(`${folder} is in use by another process: stop it first`, { cause })
  }
  return { [Symbol.dispose]: () => { db.close() } }
}
