import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readZip, readContainer } from '@trembita/protocol/asic'
import { parseSignature } from '@trembita/protocol/signature'
import { startQueueSystem } from '@trembita/example-queue-system'
import { freePorts, startFederation, type FederationPlan } from '@trembita/testnet/federation'
import { startServiceCentres } from '../src/index.ts'
import { hidden, Visitor } from './world.ts'

t.setTimeout(180_000)

const CENTRES = 'TEST/GOV/90000080/CENTRES'
const QUEUE = 'TEST/GOV/90000133/QUEUE'
const SERVICES = { slots: 'slots', book: 'bookings', move: 'moves', cancel: 'cancellations', bookingStatus: 'booking-status' }

/** The hromada has no gateway of its own: its queue stands behind the gateway of another participant, with the hromada's own seal. */
function planOf (queue: string): FederationPlan {
  const member = (memberCode: string, ...subsystems: string[]): FederationPlan['members'][number] => ({ memberClass: 'GOV', memberCode, name: `Member ${memberCode}`, subsystems: subsystems.map((code) => ({ code })) })
  const descriptions = Object.entries(SERVICES).map(([code, path]) => ({ type: 'OPENAPI3', url: `${queue}/openapi/${code}.json`, services: [{ code, url: `${queue}/${path}`, verifyTls: false }] }))
  return {
    instance: 'TEST',
    sealKeys: 'ec',
    members: [member('90000050'), member('90000080', 'CENTRES'), member('90000038'), member('90000133', 'QUEUE')],
    gateways: [
      { code: 'gw-office', owner: 'GOV/90000050', clients: ['GOV/90000080/CENTRES'], serverConf: { clients: [{ id: 'TEST/GOV/90000050' }, { id: CENTRES }] } },
      {
        code: 'gw-justice',
        owner: 'GOV/90000038',
        clients: ['GOV/90000133/QUEUE'],
        serverConf: { clients: [{ id: 'TEST/GOV/90000038' }, { id: QUEUE, descriptions, rights: Object.keys(SERVICES).map((service) => ({ subject: `client:${CENTRES}`, service })) }] }
      }
    ]
  }
}

t.test('a visit is booked through two real gateways; the hromada\'s answer has the hromada\'s own seal (TR-12.3) (CD-15a) (CD-8.4) (CD-7.2)', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-centres-federation-'))
  const queue = await startQueueSystem({ dataFolder: join(folder, 'queue') })
  const federation = await startFederation(planOf(queue.url), join(folder, 'federation'))
  const consumer = `http://127.0.0.1:${federation.provisioned.gateways.find(({ code }) => code === 'gw-office')!.ports.consumerHttp}`
  const exchanges: string[] = []
  const centres = await startServiceCentres({
    dataFolder: join(folder, 'centres'), port: await freePorts(1), gateway: { url: consumer, client: CENTRES, timeoutMs: 20_000 }, onExchange: (id, service) => { if (service.endsWith('/book')) exchanges.push(id) }
  })
  t.teardown(async () => {
    await centres.close()
    await federation.close()
    await queue.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  const visitor = new Visitor(centres.url)
  const week = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
  const { text } = await visitor.get(`/centres/vinnytsia-1/book?service=00034&week=${week}`)
  const slot = hidden(text, 'slot')
  t.match(slot, /^vinnytsia-1\.00034\./)
  const booked = await visitor.post('/centres/vinnytsia-1/book', { id: hidden(text, 'id'), service: '00034', week, slot, name: 'Яворська Ксенія' })
  t.match(booked, { path: /said=booked/, text: /Q-000001/ })

  t.equal(exchanges.length, 1)
  const zip = await readZip(new Uint8Array(await (await fetch(`${consumer}/signature?queryId=${exchanges[0]}&xRoadInstance=TEST&memberClass=GOV&memberCode=90000080&subsystemCode=CENTRES`)).arrayBuffer()), { entriesMax: 10, bytesMax: 1_000_000 })
  const sealedBy: string[] = []
  for (const bytes of zip.entries.values()) {
    const { signature } = await readContainer(bytes)
    sealedBy.push(/serialNumber=(.*)/.exec(new X509Certificate(parseSignature(signature).keyCertificates[0]!).subject)![1]!)
  }
  t.same(sealedBy, ['90000080', '90000133'], 'the platform asks with its seal, the hromada answers with its own')

  await queue.close()
  const outage = await visitor.get('/centres/vinnytsia-1/book?service=00034')
  t.match(outage.text, /Записатися тимчасово неможливо/, 'a queue that is gone is an outage through real gateways too')
})
