import { configOf, seedOf, silent } from './seeding.ts'
import { startCore } from '../src/index.ts'

/** A core that does nothing but publish, until it is killed: for crash.test.ts. */
const core = await startCore({ ...configOf(process.argv[2]!), seed: seedOf() }, silent)
process.stdout.on('error', () => process.exit(1)).write('publishing\n')
for (;;) await core.publish()
