import { generateKeyPairSync } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createLogger, ManualClock, Secret, type Clock } from '@trembita/daemon'
import { openSubjectKey, normaliseSubjectId, subjectIndex, type AccessEvent } from '@trembita/protocol/accessevent'
import { parseVerifierKey } from '@trembita/protocol/tlog'
import { startWitness } from '@trembita/testnet/witness'
import { startIndexKeys, startMonitor, type Monitor, type RunningIndexKeys } from '../src/index.ts'
import { CLIENT, COMPONENT, NOW, sampleEvent } from './samples.ts'

export interface RunningMonitor extends AsyncDisposable {
  readonly monitor: Monitor
  readonly keys: RunningIndexKeys
  readonly clock: ManualClock
  /** Of the monitor's own data, without that of the key service. */
  readonly dataFolder: string
  /** Everything that any of the processes logged. */
  logged (): string
  /** A person's index in the register, as a component works it out. */
  indexOf (id: string, domain?: string): Promise<string>
  /** As a gateway hands on a report. */
  report (events: readonly AccessEvent[]): Promise<Response>
  close (): Promise<void>
}

const TOKEN = 'token-of-the-portal'
const secret = (text: string): Secret => new Secret(Buffer.from(text))

/** A monitor with its key service and a witness, all on free ports, its time standing still. */
export async function runMonitor (root: string, clock: ManualClock = new ManualClock(NOW)): Promise<RunningMonitor> {
  let logged = ''
  const sink = new Writable({
    write (chunk, _encoding, done) {
      logged += String(chunk)
      done()
    }
  })
  const log = createLogger('monitor', 'trace', sink)
  const dataFolder = join(root, 'monitor')
  await mkdir(dataFolder, { recursive: true })
  const free = { host: '127.0.0.1', port: 0 }
  const keys = await startIndexKeys({
    dataFolder: join(root, 'index-keys'), listen: free, passphrase: secret('of the keys'), portalToken: secret(TOKEN), components: [{ component: COMPONENT, client: CLIENT, domains: ['EDR', 'DRFO'] }], keysPerHour: 50
  }, log, clock as Clock)
  let verifierKey = ''
  const witness = await startWitness({ folder: join(root, 'witness'), name: 'witness.example.org/w1', logs: () => [verifierKey] })
  const monitor = await startMonitor({
    instance: 'SEVDEIR-DEMO',
    dataFolder,
    listen: { portal: free, exchange: free, admin: free },
    passphrase: secret('of the log'),
    log: { origin: 'monitor.example.gov.ua/log', witnesses: [{ key: parseVerifierKey(witness.verifierKey), url: witness.url }], quorum: 1, batchMs: 20 },
    components: [{ id: COMPONENT, client: CLIENT, name: { uk: 'Шлюз Мін\'юсту' } }],
    mayHide: ['90000050'],
    keyService: { url: keys.url, token: secret(TOKEN) },
    portal: { key: new Secret(Buffer.alloc(32, 7)), synthetic: true, pushContact: 'mailto:test@example.gov.ua', pushHosts: [], developmentPushHosts: [], contacts: {} }
  }, log, clock)
  verifierKey = monitor.ledger.verifierKey
  const component = generateKeyPairSync('x25519')
  const publicKey = component.publicKey.export({ format: 'jwk' }).x!
  const subjectKeys = new Map<string, Buffer>()
  const keyOf = async (domain: string): Promise<Buffer> => {
    const known = subjectKeys.get(domain)
    if (known !== undefined) return known
    const answer = await postJson(`${keys.url}/subject-keys`, { component: COMPONENT, publicKey, domains: [domain], epochs: ['2026-11'] }, { 'x-road-client': CLIENT })
    const { keys: [sealed] } = await answer.json() as { keys: [{ sealed: string }] }
    const key = openSubjectKey(sealed.sealed, component.privateKey)
    subjectKeys.set(domain, key)
    return key
  }
  const close = async (): Promise<void> => {
    await monitor.close()
    await keys.close()
    await witness.close()
  }
  return {
    monitor,
    keys,
    clock,
    dataFolder,
    logged: () => logged,
    indexOf: async (id, domain = 'EDR') => subjectIndex(await keyOf(domain), normaliseSubjectId('RNOKPP', id)),
    report: async (events) => await postJson(`${monitor.addresses.exchange}/report-access`, {
      component: COMPONENT, fromSeq: events[0]!.source.seq, toSeq: events.at(-1)!.source.seq, events, configHash: 'h', sentAt: NOW.toISOString()
    }, { 'x-road-client': CLIENT }),
    close,
    [Symbol.asyncDispose]: close
  }
}

export async function postJson (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
}

/** An event about a person. */
export async function eventAbout (running: RunningMonitor, seq: number, id: string, changes: Partial<AccessEvent> = {}): Promise<AccessEvent> {
  const event = sampleEvent(seq, changes)
  return { ...event, subject: { ...event.subject!, index: await running.indexOf(id, event.holder.registry) } }
}
export const PORTAL_TOKEN = TOKEN
