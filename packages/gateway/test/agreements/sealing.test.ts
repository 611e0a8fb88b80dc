import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '@trembita/daemon'
import { readAgreementContainer, verifyAgreementContainer, writeAgreement, writeAgreementContainer, type Agreement } from '@trembita/protocol/agreement'
import { SMALL_CLIENT } from '@trembita/testnet'
import { skipWithout, xmlsecVerify } from '@trembita/testnet/verifiers'
import { GATEWAY_ROLES, makeApiKey } from '../../src/admin/index.ts'
import { Console } from '../admin/console.ts'
import { http } from '../network/messages.ts'
import { startAgreed } from './agreed-network.ts'

t.setTimeout(120_000)
const { network, service, consumer, provider, agree } = await startAgreed(t)

async function consoleOf (code: string, roles: readonly string[] = GATEWAY_ROLES): Promise<Console> {
  const key = await makeApiKey(join(network.planned(code).folder, 'data'), { role: [...roles], label: 'test' }, systemClock)
  return new Console((code === 'gwa' ? consumer : provider).addresses.console, key)
}

const agreement: Agreement = {
  id: 'A1',
  version: 1,
  number: '1',
  date: '2026-01-01',
  consumer: { instance: 'TEST', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'portal' },
  provider: { instance: 'TEST', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'registry' },
  term: { from: new Date('2026-01-01T00:00:00Z'), until: new Date('2099-01-01T00:00:00Z') },
  price: { amount: '0.00', currency: 'UAH' },
  purposes: [{ code: 'P1', name: 'Purpose', ground: 'Act' }],
  services: [{ code: 'strict', operations: [{ method: '*', path: '**', media: [], json: ['/a'], xml: [] }] }]
}
const document = writeAgreement(agreement)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

t.test('UP-9b: each side seals over its own gateway\'s API, by its own key, with OCSP and time stamp', async (t) => {
  const [gwa, gwb] = [await consoleOf('gwa'), await consoleOf('gwb')]
  const first = await gwa.done('POST', '/agreements/seal', { member_id: 'TEST:GOV:1001', document: base64(document) })
  t.match(first.body, { side: 'consumer', timestamped: true })
  const log = readFileSync(join(network.planned('gwa').folder, 'data/audit.log'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as object)
  t.match(log.at(-1), { event: 'Seal agreement', data: { memberIdentifier: 'TEST:GOV:1001', agreement: 'A1/1', side: 'consumer', documentSha256: createHash('sha256').update(document).digest('hex') } })
  const second = await gwb.done('POST', '/agreements/seal', { member_id: 'TEST:GOV:2002', container: first.body.container })
  t.match(second.body, { side: 'provider', timestamped: true })
  const container = await readAgreementContainer(Buffer.from(second.body.container, 'base64'))
  t.same(container.document, document)
  t.equal(base64(container.seals.consumer!), first.body.signature, 'the first seal is as it was')
  const snapshot = consumer.gateway.globalconf!.current()
  const report = verifyAgreementContainer(container, (instance) => snapshot.trustOf(instance))
  t.equal(report.verdict, 'verified', report.reason?.message ?? '')
  t.same(report.seals.map(({ timestamp, ocsp }) => [timestamp?.kind, ocsp[0]?.status]), [['single', 'good'], ['single', 'good']])
  const skip = await skipWithout('xmlsec1', '--version')
  if (skip !== false) t.comment(skip)
  else for (const seal of report.seals) t.ok((await xmlsecVerify(container.seals[seal.side]!, seal.certificate!.der, { '/agreement.xml': document })).ok, `xmlsec1 agrees about the ${seal.side}`)
})

t.test('what cannot be sealed is refused with its reason, and who may not seal does not', async (t) => {
  const gwa = await consoleOf('gwa')
  const refused = async (body: object, status: number, code: string): Promise<void> => { t.match(await gwa.post('/agreements/seal', body), { status, body: { error: { code } } }, code) }
  await refused({ member_id: 'TEST:GOV:2002', document: base64(document) }, 409, 'cannot_create_signature')
  await refused({ member_id: 'TEST:GOV:3003', document: base64(document) }, 409, 'unknown_member')
  await refused({ member_id: 'TEST:GOV:1001', document: base64(Buffer.concat([document, Buffer.from(' ')])) }, 400, 'malformed_agreement')
  await refused({ member_id: 'TEST:GOV:1001', document: 'not base64' }, 400, 'malformed_agreement')
  await refused({ member_id: 'TEST:GOV:1001' }, 400, 'malformed_agreement')
  await refused({ member_id: 'TEST:GOV', document: base64(document) }, 400, 'malformed_agreement')
  await refused({ document: base64(document) }, 400, 'validation_failure')
  const sealed = await gwa.done('POST', '/agreements/seal', { member_id: 'TEST:GOV:1001', document: base64(document) })
  await refused({ member_id: 'TEST:GOV:1001', container: sealed.body.container }, 400, 'malformed_agreement')
  const other = await readAgreementContainer(Buffer.from(sealed.body.container, 'base64'))
  const forged = await writeAgreementContainer({ ...other, document: writeAgreement({ ...agreement, number: '2' }) }, new Date())
  t.equal((await (await consoleOf('gwb')).post('/agreements/seal', { member_id: 'TEST:GOV:2002', container: base64(forged) })).status, 400, 'nobody seals beside a seal that is over another document')
  const service = await consoleOf('gwa', ['XROAD_SERVICE_ADMINISTRATOR'])
  t.equal((await service.post('/agreements/seal', { member_id: 'TEST:GOV:1001', document: base64(document) })).status, 403)
  t.equal((await service.get('/agreements')).status, 200)
  t.equal((await new Console(consumer.addresses.console, undefined).get('/agreement-events')).status, 401)
})

t.test('a gateway tells which agreements it knows, and which answers were outside them', async (t) => {
  await agree({ id: 'A1', services: [{ code: 'strict', operations: [{ json: ['/a'] }] }] })
  service.answer = (_, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1,"tax":"7000100119"}') }
  await http(`${consumer.addresses.consumerHttp!}/r1/TEST/GOV/2002/registry/strict`, { headers: { 'X-Road-Client': SMALL_CLIENT } })
  const gwb = await consoleOf('gwb')
  t.match((await gwb.done('GET', '/agreements')).body, [{ id: 'A1', version: 1, status: 'inForce', consumer: SMALL_CLIENT, services: ['strict'], purposes: ['P1'] }])
  const { body } = await gwb.done('GET', '/agreement-events?limit=1')
  t.match(body, [{ client: SMALL_CLIENT, service: 'TEST/GOV/2002/registry/strict', agreements: ['A1/1'], outcome: 'refused', places: ['/tax'] }])
  t.notMatch(JSON.stringify(body), '7000100119')
  t.same((await gwb.done('GET', `/agreement-events?before=${String(body[0].id)}`)).body, [])
  const metrics = await (await fetch(`${provider.addresses.console}/metrics`)).text()
  t.match(metrics, 'trembita_agreement_answers_total{outcome="refused"} 1')
})
