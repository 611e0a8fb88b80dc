import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startEdrRegistry } from '@trembita/example-edr-registry'
import { startTaxRegistry } from '@trembita/example-tax-registry'
import { freePorts, startFederation, type FederationPlan } from '@trembita/testnet/federation'
import { reportOf, startBusinessCabinet } from '../src/index.ts'
import { proofsFrom } from '../src/exchange/proofs.ts'
import { joinFop, RETRY } from './open.ts'
import { F01 } from './world.ts'

t.setTimeout(180_000)

const id = (code: string, subsystem: string): string => `TEST/GOV/${code}/${subsystem}`
const CABINET = id('90000050', 'CABINET')
const PORTAL = id('90000067', 'PORTAL')

function planOf (edr: string, tax: string, cabinet: string): FederationPlan {
  const member = (memberCode: string, ...subsystems: string[]): FederationPlan['members'][number] => ({ memberClass: 'GOV', memberCode, name: `Member ${memberCode}`, subsystems: subsystems.map((code) => ({ code })) })
  const rest = (code: string, url: string): object => ({ type: 'REST', url, services: [{ code, url, verifyTls: false }] })
  const right = (service: string, subject: string): object => ({ subject: `client:${subject}`, service })
  return {
    instance: 'TEST',
    sealKeys: 'ec',
    members: [member('90000050', 'CABINET'), member('90000038', 'EDR'), member('90000044', 'TAX'), member('90000067', 'PORTAL')],
    gateways: [
      {
        code: 'gw-office',
        owner: 'GOV/90000050',
        clients: ['GOV/90000050/CABINET'],
        serverConf: { clients: [{ id: 'TEST/GOV/90000050' }, { id: CABINET, descriptions: [rest('joinStatus', `${cabinet}/join-status`)], rights: [right('joinStatus', PORTAL)] }] }
      },
      {
        code: 'gw-justice',
        owner: 'GOV/90000038',
        clients: ['GOV/90000038/EDR', 'GOV/90000044/TAX', 'GOV/90000067/PORTAL'],
        serverConf: {
          clients: [
            { id: 'TEST/GOV/90000038' },
            { id: id('90000038', 'EDR'), descriptions: [rest('subjectByCode', `${edr}/subjects`), rest('supportProfile', `${edr}/support-profiles`)], rights: [right('subjectByCode', CABINET), right('supportProfile', CABINET)] },
            { id: id('90000044', 'TAX'), descriptions: [rest('supportTaxProfile', `${tax}/tax-profiles`)], rights: [right('supportTaxProfile', CABINET)] },
            { id: PORTAL }
          ]
        }
      }
    ]
  }
}

t.test('through two real gateways: join, profiles, the portal\'s question; the report\'s exchanges are the gateways\', each with its container; a stopped register is an outage (UP-9a, UP-R4, UP-R6, UP-12)', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-cabinet-federation-'))
  const master = crypto.getRandomValues(new Uint8Array(32))
  const pseudonymKeyFile = join(folder, 'master.key')
  await writeFile(pseudonymKeyFile, master)
  const [edr, tax] = [await startEdrRegistry({ pseudonymKey: master }), await startTaxRegistry({ pseudonymKey: master })]
  const servicesPort = await freePorts(1)
  const federation = await startFederation(planOf(edr.url, tax.url, `http://127.0.0.1:${servicesPort}`), join(folder, 'federation'))
  const gatewayOf = (code: string): string => `http://127.0.0.1:${federation.provisioned.gateways.find((one) => one.code === code)!.ports.consumerHttp}`
  const gateway = { url: gatewayOf('gw-office'), client: CABINET, timeoutMs: 20_000 }
  const system = await startBusinessCabinet({ dataFolder: join(folder, 'data'), port: 0, servicesPort, gateway, pseudonymKeyFile, retry: RETRY })
  const { cabinet } = system
  let isTaxOpen = true
  t.teardown(async () => {
    await system.close()
    await federation.close()
    await edr.close()
    if (isTaxOpen) await tax.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  const { ref } = await joinFop(cabinet, F01)
  t.match((await cabinet.analysis.answers(ref)).latest, { EDR: { outcome: 'FOUND', damaged: false }, TAX: { damaged: false } })
  t.ok((await cabinet.offers.list(ref)).some(({ verdict }) => verdict === 'eligible'))

  const asked = await fetch(`${gatewayOf('gw-justice')}/r1/${CABINET}/joinStatus`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'x-road-client': PORTAL, 'x-road-id': randomUUID() }, body: JSON.stringify({ subject: { sub: F01.sub, rnokpp: F01.rnokpp, assurance: 'high' } })
  })
  t.match(await asked.json(), { joined: true, kind: 'FOP' })

  const report = await reportOf(cabinet)
  t.match(Object.fromEntries(report.exchanges), { 'JOIN answered': 1, 'EDR answered': 1, 'TAX answered': 1 })
  const proofOf = proofsFrom(gateway)
  for (const exchangeId of report.exchangeIds) {
    const container = await proofOf(exchangeId)
    t.equal(Buffer.from(container ?? []).subarray(0, 2).toString(), 'PK', 'the gateway has a container of it')
  }
  t.equal(report.exchangeIds.length, 2)
  t.equal(await proofOf(randomUUID()), undefined)

  await tax.close()
  isTaxOpen = false
  await cabinet.analysis.askNow(ref)
  await cabinet.worker.kick()
  t.match(await cabinet.analysis.questions(ref), [{ register: 'EDR', problem: undefined }, { register: 'TAX', problem: 'unavailable' }])
  t.match(await cabinet.offers.profile(ref), { income: { known: true } }, 'what was known stays known')
})
