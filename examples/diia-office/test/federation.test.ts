import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { CONTAINER_LIMITS, readZip } from '@trembita/protocol/asic'
import { startPersonnelRegistry } from '@trembita/example-personnel-registry'
import { freePorts, startFederation, type FederationPlan } from '@trembita/testnet/federation'
import { startIdentityProvider } from '@trembita/testnet/identity-provider'
import { startDiiaOffice, type OfficeOptions } from '../src/index.ts'
import { joined, JUSTICE, OFFICE, until } from './running-office.ts'

t.setTimeout(120_000)

const OPERATOR = '90000067'
const HRM = '90000073'
const client = (code: string, subsystem: string): string => `TEST/GOV/${code}/${subsystem}`

/** Two bodies at gateways of their own, the personnel system behind the first, the operator of the portal at a third. */
function planOf (hrmUrl: string, servicesUrl: string): FederationPlan {
  const described = (code: string, base: string, path: string): object => ({ type: 'OPENAPI3', url: `${base}/openapi/${code}.json`, services: [{ code, url: base + path, verifyTls: false }] })
  const rights = (services: readonly string[], subjects: readonly string[]): object[] => services.flatMap((service) => subjects.map((subject) => ({ subject: `client:${subject}`, service })))
  const offices = [client(JUSTICE, 'OFFICE'), client(OFFICE, 'OFFICE')]
  const hrm = { bodies: '/bodies', bodyStructure: '/body-structure', staffList: '/staff-list', officials: '/officials', officialStatus: '/official-status' }
  const own = { sendMessage: '/messages', acknowledge: '/acknowledgements', createSurvey: '/surveys', submitAnswer: '/answers', surveyResults: '/survey-results', tasks: '/tasks' }
  const officeClient = (code: string, peer: string): object => ({
    id: client(code, 'OFFICE'),
    descriptions: Object.entries(own).map(([service, path]) => described(service, `${servicesUrl}/bodies/${code}`, path)),
    rights: rights(Object.keys(own), [client(peer, 'OFFICE')])
  })
  const member = (code: string, name: string, ...subsystems: string[]): FederationPlan['members'][number] => ({ memberClass: 'GOV', memberCode: code, name, subsystems: subsystems.map((subsystem) => ({ code: subsystem })) })
  return {
    instance: 'TEST',
    sealKeys: 'ec',
    members: [member(JUSTICE, 'Justice', 'OFFICE'), member(OFFICE, 'Entrepreneurship', 'OFFICE'), member(OPERATOR, 'Portal', 'OFFICE'), member(HRM, 'Civil service', 'HRM')],
    gateways: [
      {
        code: 'gw-justice',
        owner: `GOV/${JUSTICE}`,
        clients: [`GOV/${JUSTICE}/OFFICE`, `GOV/${HRM}/HRM`],
        serverConf: {
          clients: [{ id: `TEST/GOV/${JUSTICE}` }, officeClient(JUSTICE, OFFICE), {
            id: client(HRM, 'HRM'),
            descriptions: Object.entries(hrm).map(([service, path]) => described(service, hrmUrl, path)),
            rights: [...rights(Object.keys(hrm), offices), ...rights(['bodies', 'bodyStructure', 'staffList', 'officials'], [client(OPERATOR, 'OFFICE')])]
          }]
        }
      },
      { code: 'gw-office', owner: `GOV/${OFFICE}`, clients: [`GOV/${OFFICE}/OFFICE`], serverConf: { clients: [{ id: `TEST/GOV/${OFFICE}` }, officeClient(OFFICE, JUSTICE)] } },
      { code: 'gw-admin', owner: `GOV/${OPERATOR}`, clients: [`GOV/${OPERATOR}/OFFICE`], serverConf: { clients: [{ id: `TEST/GOV/${OPERATOR}` }, { id: client(OPERATOR, 'OFFICE') }] } }
    ]
  }
}

t.test('through three real gateways: a letter sealed each way with its marks and proofs, and a dismissal that ends access (DO-1, DO-5.3, DO-7a, DO-2)', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'diia-office-federation-'))
  const personnel = await startPersonnelRegistry()
  const [port, servicesPort] = [await freePorts(1), await freePorts(1)]
  const provider = await startIdentityProvider({ clients: [{ id: 'diia-office', url: `http://127.0.0.1:${port}` }] })
  const federation = await startFederation(planOf(personnel.url, `http://127.0.0.1:${servicesPort}`), join(folder, 'federation'))
  const gatewayOf = (code: string): string => `http://127.0.0.1:${federation.provisioned.gateways.find((one) => one.code === code)!.ports.consumerHttp}`
  const options: OfficeOptions = {
    dataFolder: join(folder, 'office'),
    instance: 'TEST',
    port,
    servicesPort,
    openId: { issuer: provider.issuer, clientId: 'diia-office' },
    operator: { code: OPERATOR, gateway: gatewayOf('gw-admin') },
    bodies: [{ code: JUSTICE, gateway: gatewayOf('gw-justice'), connectWith: 'o-38-01' }, { code: OFFICE, gateway: gatewayOf('gw-office'), connectWith: 'o-50-05' }],
    syncSeconds: 1,
    retrySeconds: 1,
    rateLimit: { perSecond: 10_000, perMinute: 100_000 }
  }
  const office = await startDiiaOffice(options)
  t.teardown(async () => {
    await office.close()
    await provider.close()
    await personnel.close()
    await federation[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const justice = await joined(office.url, 'o03', JUSTICE)
  const eepo = await joined(office.url, 'f09', OFFICE)
  const [own, other] = [`/b/${JUSTICE}`, `/b/${OFFICE}`]
  const sent = await justice.post(`${own}/letters/new?to=${OFFICE}`, `${own}/letters`, { to: OFFICE, reply: '', official: 'o-50-09', subject: 'Запит', text: 'Просимо надіслати дані.' }, [{ name: 'додаток.pdf', bytes: Buffer.alloc(300_000, 7) }])
  const id = /letters\/([0-9a-f-]{36})/.exec(sent.url)![1]!
  await until(async () => (await justice.get(`${own}/letters/${id}`)).text.includes('доставлено') ? true : undefined, 'the mark of delivery')
  t.equal((await eepo.get(`${other}/letters/${id}`)).status, 200)
  const read = await until(async () => { const { text } = await justice.get(`${own}/letters/${id}`); return text.includes('прочитано') ? text : undefined }, 'the mark of reading')

  const exchanges = [...new Set([...read.matchAll(/\/exchanges\/([0-9a-f-]{36})/g)].map(([, exchange]) => exchange!))]
  t.equal(exchanges.length, 3, 'the letter and its two marks have exchanges of their own')
  for (const exchange of exchanges) {
    for (const [side, at] of [[justice, own], [eepo, other]] as const) {
      const { bytes, status } = await side.get(`${at}/exchanges/${exchange}`)
      t.equal(status, 200, 'each body proves it by its own gateway')
      const { entries } = await readZip(bytes, CONTAINER_LIMITS)
      t.equal([...entries.keys()].filter((name) => name.endsWith('.asice')).length, 2, 'request and answer, sealed')
    }
  }

  const dismissal = await fetch(`${personnel.url}/admin/statuses`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ rnokpp: '7000900950', body: OFFICE, status: 'dismissed' }) })
  t.equal(dismissal.status, 200)
  const refused = await until(async () => { const page = await eepo.get(`${other}/letters`); return page.status === 403 ? page.text : undefined }, 'the end of access within one sync')
  t.match(refused, 'ви більше не працюєте в цьому органі')
  const head = await joined(office.url, 'o05', OFFICE)
  t.match((await head.get(`${other}/letters?box=body`)).text, 'Запит', 'the letter stays with the body')
})
