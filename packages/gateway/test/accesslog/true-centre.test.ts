import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createLogger, Secret } from '@trembita/daemon'
import { startIndexKeys, startMonitor } from '@trembita/monitor'
import { parseVerifierKey } from '@trembita/protocol/tlog'
import { startWitness } from '@trembita/testnet/witness'
import { startNetwork } from '../network/network.ts'
import { rest } from '../network/messages.ts'
import { startService } from '../network/service.ts'
import { LC, MONITORING, watchedPlan } from './watched-network.ts'

const secret = (text: string): Secret => new Secret(Buffer.from(text))
const TOKEN = 'token-of-the-portal'

t.setTimeout(120_000)

t.test('an access reaches the true centre through two gateways, and its person finds it by the index (TR-5.3) (IP-2.6)', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'trembita-centre-'))
  t.teardown(() => rm(root, { recursive: true, force: true, maxRetries: 3 }))
  const free = { host: '127.0.0.1', port: 0 }
  const log = createLogger('monitor', 'error')
  const keys = await startIndexKeys({ dataFolder: join(root, 'index-keys'), listen: free, passphrase: secret('of the keys'), portalToken: secret(TOKEN), components: [{ component: MONITORING.component, client: LC, domains: ['REG'] }] }, log)
  t.teardown(() => keys.close())
  let verifierKey = ''
  const witness = await startWitness({ folder: join(root, 'witness'), name: 'witness.example.org/w1', logs: () => [verifierKey] })
  t.teardown(() => witness.close())
  const monitor = await startMonitor({
    instance: 'TEST',
    dataFolder: join(root, 'monitor'),
    listen: { portal: free, exchange: free, admin: free },
    passphrase: secret('of the log'),
    log: { origin: 'monitor.example.gov.ua/log', witnesses: [{ key: parseVerifierKey(witness.verifierKey), url: witness.url }], quorum: 1, batchMs: 20 },
    components: [{ id: MONITORING.component, client: LC, name: { uk: 'Шлюз' } }],
    mayHide: [],
    keyService: { url: keys.url, token: secret(TOKEN) },
    portal: { key: new Secret(Buffer.alloc(32, 7)), synthetic: true, pushContact: 'mailto:test@example.gov.ua', pushHosts: [], developmentPushHosts: [], contacts: {} }
  }, log)
  t.teardown(() => monitor.close())
  verifierKey = monitor.ledger.verifierKey

  // The plan names one address for the centre; its two services listen apart.
  const front = createServer(async (request, response) => {
    const { origin } = new URL(request.url!.startsWith('/subject-keys') ? keys.url : monitor.addresses.exchange)
    const answer = await fetch(origin + request.url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-road-client': String(request.headers['x-road-client']) }, body: Buffer.concat(await Array.fromAsync(request)) })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => { front.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { front.closeAllConnections(); front.close() })
  const service = await startService()
  t.teardown(() => service.close())
  const network = await startNetwork(t, watchedPlan(service.url, `http://127.0.0.1:${(front.address() as AddressInfo).port}`))
  const consumer = await network.embed('gwa')
  const provider = await network.embed('gwb')

  t.equal((await rest(consumer.addresses.consumerHttp!, { path: '/persons/3000300007', headers: { 'X-Road-Id': 'm-1', 'Uxp-Purpose-Ids': 'P1', 'X-Road-UserId': 'officer-77' } })).status, 200)
  const { accesslog } = provider.gateway.carrier!
  while ((await accesslog.list({ limit: 1 }))[0]?.state === 'waiting') await new Promise((resolve) => { setImmediate(resolve) })
  t.match(await accesslog.list({ limit: 1 }), [{ seq: 1, state: 'delivered', reason: null }], 'taken')

  const epoch = new Date().toISOString().slice(0, 7)
  const answer = await fetch(`${keys.url}/indexes`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }, body: JSON.stringify({ idType: 'RNOKPP', id: '3000300007', epochs: [epoch] }) })
  const { indexes } = await answer.json() as { indexes: { index: string }[] }
  const row = await monitor.store.get<{ body: string }>('SELECT e.body FROM access_event e JOIN subject_entry s ON s.event_id = e.event_id WHERE s.subject_index = ?', indexes[0]!.index)
  t.match(JSON.parse(row!.body), { exchange: { messageId: 'm-1' }, purpose: { declarationId: 'P1' }, recipient: { code: '1001' } }, 'and found by the person')
  const component = await monitor.store.get<object>('SELECT ack_seq, spool_depth, last_seq FROM component WHERE id = ?', MONITORING.component)
  t.match(component, { ack_seq: 1 }, 'the centre knows the component')
})
