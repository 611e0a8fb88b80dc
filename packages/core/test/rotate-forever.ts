import { systemClock } from '@trembita/daemon'
import { SYSTEM } from '../src/audit/index.ts'
import { SigningKeys } from '../src/globalconf/index.ts'
import { startCore } from '../src/index.ts'
import { configOf, seedOf, silent } from './seeding.ts'

/** A core whose keys are rotated over and over, until it is killed: for crash.test.ts. */
const config = { ...configOf(process.argv[2]!), seed: seedOf() }
const core = await startCore(config, silent, systemClock)
const keys = new SigningKeys(core.store, core.changes, config.passphrase, 'core')
await keys.open(config.publicAddress!, 'ec')
process.stdout.on('error', () => process.exit(1)).write('rotating\n')
for (;;) {
  const id = await keys.generate(SYSTEM, { kind: 'internal' })
  await core.publish()
  await keys.activate(SYSTEM, id, true)
  await core.publish()
  // And what an earlier run left behind when it was killed.
  for (const { id: idle } of await core.store.all<{ id: number }>("SELECT id FROM signing_key WHERE kind = 'internal' AND active = 0")) await keys.remove(SYSTEM, idle)
}
