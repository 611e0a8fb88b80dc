import { createLogger, Secret } from '@trembita/daemon'
import { startCore } from '../../src/index.ts'
import { seedOf } from '../seeding.ts'

/** A core in a process of its own, to be killed: for high-availability.test.ts and key-rotation-crash.test.ts. Says each publication in a line. */
const options = JSON.parse(process.argv[2]!) as { dataFolder: string, databaseUrl?: string, node: string, port: number, regenerateSeconds: number, seed: boolean }
const core = await startCore({
  dataFolder: options.dataFolder,
  node: options.node,
  keyType: 'ec',
  passphrase: new Secret(Buffer.from('correct horse')),
  ...options.databaseUrl === undefined ? {} : { database: new Secret(Buffer.from(options.databaseUrl)) },
  ...options.seed ? { seed: seedOf() } : {},
  regenerateSeconds: options.regenerateSeconds,
  listen: { admin: { host: '127.0.0.1', port: 0 }, configuration: { host: '127.0.0.1', port: options.port } }
}, createLogger('core', 'info'))
process.stdout.on('error', () => process.exit(1)).write(`${JSON.stringify({ msg: 'ready', addresses: core.addresses })}\n`)
