import { systemClock } from '@trembita/daemon'
import { openSqliteStore } from '@trembita/daemon/store'
import { Changes, SYSTEM } from '../../src/audit/index.ts'
import { MIGRATIONS } from '../../src/db/index.ts'
import { Registration } from '../../src/registration/index.ts'

/** Approves whatever waits, one after the other, and says each when it is done: for crash.test.ts, which kills it. */
const store = await openSqliteStore(process.argv[2]!, MIGRATIONS)
const registration = new Registration({ store, changes: new Changes(store, systemClock) })
const waiting = await store.all<{ id: number }>("SELECT r.id FROM management_request r JOIN request_processing p ON p.id = r.processing_id WHERE p.status = 'WAITING' ORDER BY r.id")
process.stdout.on('error', () => process.exit(1)).write('ready\n')
for (const { id } of waiting) {
  await registration.approve(SYSTEM, id)
  process.stdout.write(`${id}\n`)
}
