import { globSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import Sqlite from 'better-sqlite3'
import { createLogger, systemClock, type Clock } from '@trembita/daemon'
import { startFederation, type Federation, type FederationPlan } from '@trembita/testnet/federation'
import { ForeignPeer, type ForeignService } from '@trembita/testnet/foreign-peer'
import { scratch } from '@trembita/testnet/verifiers'
import type { Gateway } from '../../src/index.ts'
import { InformationSystem } from './information-system.ts'

export const PORTAL = 'TEST/GOV/1001/portal'
export const REGISTRY = 'TEST/GOV/2002/registry'
/** Behind an X-Road peer with RSA keys, and behind one with EC keys. */
export const ABROAD = 'TEST/GOV/3003/abroad'
export const ISLAND = 'TEST/GOV/4004/island'

export interface LogLine { readonly name: string, readonly level: number, readonly msg: string, readonly code?: string, readonly detail?: string, readonly [field: string]: unknown }

/** A clock that runs with the system's, shifted as a test wants. */
export class ShiftedClock implements Clock {
  shiftSeconds = 0

  now (): Date {
    return new Date(systemClock.now().getTime() + this.shiftSeconds * 1000)
  }
}

/** Two gateways of ours, two X-Road peers, one information system. */
export interface Network extends AsyncDisposable {
  readonly federation: Federation
  readonly consumer: Gateway
  readonly provider: Gateway
  readonly abroad: ForeignPeer
  readonly island: ForeignPeer
  readonly system: InformationSystem
  readonly lines: LogLine[]
  readonly clocks: Readonly<Record<'gwa' | 'gwb' | 'gwc', ShiftedClock>>
  /** Bodies on disk that no record of a message log owns. */
  spooled (): string[]
}

export interface NetworkOptions {
  /** More in the plan: services, settings, members. */
  readonly plan?: ((plan: FederationPlan, system: InformationSystem) => FederationPlan) | undefined
  /** What the information systems behind the peers answer. */
  readonly abroad: ForeignService
  readonly island: ForeignService
}

export async function startNetwork (options: NetworkOptions): Promise<Network> {
  await using started = new AsyncDisposableStack()
  const files = started.adopt(scratch(), (folder) => { folder.remove() })
  const system = started.use(await InformationSystem.start())
  const lines: LogLine[] = []
  const clocks = { gwa: new ShiftedClock(), gwb: new ShiftedClock(), gwc: new ShiftedClock() }
  const plan = planOf(system)
  const federation = started.use(await startFederation(options.plan?.(plan, system) ?? plan, files.dir, {
    log: (name) => createLogger(name, 'info', { write: (line: string) => { lines.push(JSON.parse(line) as LogLine) } }),
    clock: (code) => clocks[code as 'gwa']
  }))
  const abroad = started.use(new ForeignPeer(federation.provisioned, 'xrd'))
  const island = started.use(new ForeignPeer(federation.provisioned, 'xrd-ec'))
  await abroad.listen(options.abroad)
  await island.listen(options.island)
  const all = started.move()
  return {
    federation,
    consumer: federation.gateway('gwa'),
    provider: federation.gateway('gwb'),
    abroad,
    island,
    system,
    lines,
    clocks,
    spooled: () => federation.provisioned.gateways.flatMap(({ folder }) => looseBodies(join(folder, 'data', 'messagelog'))),
    [Symbol.asyncDispose]: async () => { await all.disposeAsync() }
  }
}

function looseBodies (folder: string): string[] {
  const db = new Sqlite(join(folder, 'messagelog.db'), { readonly: true })
  try {
    const owned = new Set(db.prepare('SELECT name FROM body').pluck().all())
    return globSync('*/*', { cwd: join(folder, 'bodies') }).filter((name) => !owned.has(name))
  } finally {
    db.close()
  }
}

function planOf ({ url }: InformationSystem): FederationPlan {
  const member = (memberCode: string, name: string, ...subsystems: string[]): FederationPlan['members'][number] =>
    ({ memberClass: 'GOV', memberCode, name, subsystems: subsystems.map((code) => ({ code })) })
  const rights = ['people', 'lookup'].flatMap((service) => [PORTAL, ABROAD, ISLAND].map((client) => ({ subject: `client:${client}`, service })))
  return {
    instance: 'TEST',
    members: [member('1001', 'Consumer Board', 'portal'), member('2002', 'Registry Board', 'registry'), member('3003', 'Neighbour & Sons', 'abroad'), member('4004', 'Острів', 'island')],
    gateways: [
      { code: 'gwa', owner: 'GOV/1001', clients: ['GOV/1001/portal'], serverConf: { clients: [{ id: PORTAL }] } },
      {
        code: 'gwb',
        owner: 'GOV/2002',
        clients: ['GOV/2002/registry'],
        // RSA, so that a peer's three suites can all be had.
        authKeys: 'rsa',
        serverConf: {
          clients: [{
            id: REGISTRY,
            descriptions: [
              { type: 'REST', url: `${url}/people`, services: [{ code: 'people', url: `${url}/people`, timeoutSeconds: 3 }] },
              { type: 'WSDL', url: `${url}/soap?wsdl`, services: [{ code: 'lookup', version: 'v1', url: `${url}/soap`, timeoutSeconds: 3 }] }
            ],
            rights
          }]
        },
        settings: { transport: { minPeerVersion: '7.6.0' } }
      }
    ],
    peers: [
      { code: 'xrd', owner: 'GOV/3003', clients: ['GOV/3003/abroad'] },
      { code: 'xrd-ec', owner: 'GOV/4004', clients: ['GOV/4004/island'], authKeys: 'ec', sealKeys: 'ec' }
    ]
  }
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly text: string
}

export interface HttpOptions {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined
  readonly body?: Buffer | string | undefined
  /** A body written piece by piece, each when the one before was taken. */
  readonly chunks?: readonly Buffer[] | undefined
}

/** A client of an information system's making: one request, no library between it and the wire. */
export async function call (base: string, path: string, { method, headers = {}, body, chunks }: HttpOptions = {}): Promise<HttpReply> {
  return await new Promise((resolve, reject) => {
    const url = new URL(base)
    const request = httpRequest({ host: url.hostname, port: url.port, path, method: method ?? (body === undefined ? 'GET' : 'POST'), headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject).on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, rawHeaders: response.rawHeaders, body: bytes, text: bytes.toString('utf8') })
      })
    })
    // Who is answered before all is written may find the connection closed for writing.
    let isAnswered = false
    request.on('response', () => { isAnswered = true }).on('error', (error) => { if (!isAnswered) reject(error) })
    if (chunks === undefined) request.end(body)
    else pipeline(Readable.from(chunks, { objectMode: false }), request).catch((error: Error) => { if (!isAnswered) reject(error) })
  })
}
