import { parseArgs } from 'node:util'
import type { InformationSystem, ListenOptions } from './service.ts'

/** Runs an information system as a program: `--port`, `--host`, `--help`; ends on SIGINT and SIGTERM. */
export async function runCommand (name: string, about: string, start: (options: ListenOptions) => Promise<InformationSystem>): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) {
    console.log(`${name}: ${about}\n\n  --port N      port to listen on (default: any free one)\n  --host HOST   address to listen on (default: 127.0.0.1)\n  --help        this text`)
    return
  }
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('--port: expected 0 to 65535')
  const system = await start({ port, host: values.host, log: true })
  console.log(`${name} listens on ${system.url}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { system.close().catch(console.error) })
}
