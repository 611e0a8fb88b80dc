import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastify from 'fastify'
import { runCli, untilSignal } from '@trembita/daemon'
import { startCreditBureau } from '@trembita/example-credit-bureau'
import { startDisplacedPersonsRegistry } from '@trembita/example-displaced-persons-registry'
import { startEdrRegistry } from '@trembita/example-edr-registry'
import type { InformationSystem } from '@trembita/example-information-system'
import { startPersonnelRegistry } from '@trembita/example-personnel-registry'
import { startQualityMonitoring } from '@trembita/example-quality-monitoring'
import { startQueueSystem } from '@trembita/example-queue-system'
import { startTaxRegistry } from '@trembita/example-tax-registry'
import { clientId, localhost, PORTS, PURPOSES } from './plan/index.ts'

interface Surroundings {
  /** Master key of pseudonyms. */
  readonly pseudonymKey: Uint8Array
  /** Of the registers that keep something, a folder each below. */
  readonly dataFolder: string
}

/** The registers that the demonstration may stop and start again while everything runs. */
type Starter = (surroundings: Surroundings) => Promise<Pick<InformationSystem, 'url' | 'close'>>

const STARTERS: Readonly<Record<string, Starter>> = {
  edr: ({ pseudonymKey }) => startEdrRegistry({ port: PORTS.edr, log: true, pseudonymKey }),
  tax: ({ pseudonymKey }) => startTaxRegistry({ port: PORTS.tax, log: true, pseudonymKey }),
  'displaced-persons': () => startDisplacedPersonsRegistry({ port: PORTS.displacedPersons, log: true }),
  bureau: () => startCreditBureau({
    port: PORTS.bureau,
    gateway: { url: localhost(PORTS.consumer.consumerHttp), client: clientId('bureau', 'BUREAU') },
    service: `${clientId('tax', 'DRFO')}/checkRnokpp`,
    purpose: PURPOSES.bureau
  }),
  personnel: () => startPersonnelRegistry({ port: PORTS.personnel, log: true }),
  queue: ({ dataFolder }) => startQueueSystem({ port: PORTS.queue, dataFolder: join(dataFolder, 'queue'), log: true }),
  quality: ({ dataFolder }) => startQualityMonitoring({ port: PORTS.quality, dataFolder: join(dataFolder, 'quality'), log: true })
}

/**
 * Small registers, each with a listener of its own as if on its own machine; one process for all, since a laptop has to hold the whole federation.
 * On the loopback port of the demonstration: `GET /registers`, `POST /registers/{name}/stop`, `POST /registers/{name}/start`.
 */
await runCli({
  name: 'demonstration registers',
  version: '0.1.0',
  summary: 'Runs the example registers of the demonstration.',
  takesConfig: false,
  options: { 'pseudonym-key': { type: 'string', placeholder: 'FILE', description: 'master key of pseudonyms, 32 bytes' }, data: { type: 'string', placeholder: 'DIR', description: 'where registers keep what they are told' } },
  main: async ({ options }) => {
    const surroundings = { pseudonymKey: new Uint8Array(await readFile(String(options['pseudonym-key']))), dataFolder: String(options.data) }
    const running = new Map<string, Pick<InformationSystem, 'url' | 'close'>>()
    const start = async (name: string): Promise<void> => {
      if (!running.has(name)) running.set(name, await STARTERS[name]!(surroundings))
    }
    const stop = async (name: string): Promise<void> => {
      const system = running.get(name)
      running.delete(name)
      await system?.close()
    }
    await Promise.all(Object.keys(STARTERS).map(start))

    const control = fastify({ forceCloseConnections: true })
    // Programs ask here; browsers name where they come from, and have no business with it.
    control.addHook('onRequest', async ({ headers }, reply) => {
      if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return await reply.code(403).send({ error: 'not for browsers' })
    })
    const states = (): object => ({ items: Object.keys(STARTERS).map((name) => ({ name, running: running.has(name) })) })
    control.get('/registers', async () => states())
    control.post<{ Params: { name: string, verb: string } }>('/registers/:name/:verb', async ({ params: { name, verb } }, reply) => {
      if (!Object.hasOwn(STARTERS, name) || !['start', 'stop'].includes(verb)) return await reply.code(404).send({ error: 'no such register or verb' })
      await (verb === 'start' ? start(name) : stop(name))
      return states()
    })
    await control.listen({ host: '127.0.0.1', port: PORTS.registers })
    console.log(`registers listen: ${[...running].map(([name, { url }]) => `${name} ${url}`).join(', ')}`)
    await untilSignal()
    await control.close()
    await Promise.all([...running.keys()].map(stop))
  }
})
