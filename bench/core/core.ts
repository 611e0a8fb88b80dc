/** A core over a filled registry, as a process of its own. Prints where it is and a key to its API; SIGUSR2 has it publish. */
import { createLogger, Secret, systemClock } from '@trembita/daemon'
import { ApiKeys } from '@trembita/daemon/accounts'
import { startCore } from '@trembita/core'
import { ROLES } from '@trembita/core/admin'
import { PASSPHRASE } from './fill.ts'

const anyPort = { host: '127.0.0.1', port: 0 }
const core = await startCore({
  dataFolder: process.argv[2]!,
  keyType: 'ec',
  passphrase: new Secret(Buffer.from(PASSPHRASE)),
  listen: { admin: anyPort, configuration: anyPort },
  regenerateSeconds: 3600,
  rateLimit: { perSecond: 100_000, perMinute: 1_000_000 }
}, createLogger('core', 'error'))
const keys = new ApiKeys({ store: core.store, clock: systemClock, roles: ROLES, change: (actor, work) => core.changes.change(actor, work) })
const { key } = await keys.create({ kind: 'system', id: 'bench', name: 'bench', roles: ROLES, origin: 'system' }, { roles: ROLES })
console.log(JSON.stringify({ ...core.addresses, key }))
process.on('SIGUSR2', () => { core.publish().catch(() => {}) })
process.on('SIGTERM', () => { core.close().then(() => process.exit(0), () => process.exit(1)) })
