import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startDisplacedPersonsRegistry } from '@trembita/example-displaced-persons-registry'
import { startTaxRegistry } from '@trembita/example-tax-registry'
import { freePorts, startFederation, type FederationPlan } from '@trembita/testnet/federation'
import { DEVELOPMENT_CLIENTS, developmentPerson, startIdentityProvider } from '@trembita/testnet/identity-provider'
import { startDiiaPortal } from '../src/index.ts'
import { Visitor } from './portal-under-test.ts'

t.setTimeout(120_000)

const client = (code: string, subsystem: string): string => `TEST/GOV/${code}/${subsystem}`
const PORTAL = client('90000067', 'PORTAL')

/** The portal at a gateway of its own; registers and the cabinet at another. */
function planOf (taxUrl: string, idpUrl: string, cabinetUrl: string, servicesUrl: string): FederationPlan {
  const member = (memberCode: string, ...subsystems: string[]): FederationPlan['members'][number] => ({ memberClass: 'GOV', memberCode, name: `Member ${memberCode}`, subsystems: subsystems.map((code) => ({ code })) })
  const rest = (code: string, url: string): object => ({ type: 'REST', url, services: [{ code, url, verifyTls: false }] })
  const right = (service: string, subject = PORTAL): object => ({ subject: `client:${subject}`, service })
  return {
    instance: 'TEST',
    sealKeys: 'ec',
    members: [member('90000067', 'PORTAL'), member('90000096', 'IDP'), member('90000044', 'DRFO'), member('90000050', 'CABINET')],
    gateways: [
      {
        code: 'gw-portal',
        owner: 'GOV/90000067',
        clients: ['GOV/90000067/PORTAL'],
        serverConf: {
          clients: [{ id: 'TEST/GOV/90000067' }, {
            id: PORTAL,
            descriptions: [{ type: 'OPENAPI3', url: `${servicesUrl}/openapi/deliverOffer.json`, services: [{ code: 'deliverOffer', url: `${servicesUrl}/offers`, verifyTls: false }] }],
            rights: [right('deliverOffer', client('90000050', 'CABINET'))]
          }]
        }
      },
      {
        code: 'gw-registers',
        owner: 'GOV/90000096',
        clients: ['GOV/90000096/IDP', 'GOV/90000044/DRFO', 'GOV/90000050/CABINET'],
        serverConf: {
          clients: [
            { id: 'TEST/GOV/90000096' },
            { id: client('90000096', 'IDP'), descriptions: [rest('idpCertificate', `${idpUrl}/certificates`)], rights: [right('idpCertificate')] },
            {
              id: client('90000044', 'DRFO'),
              descriptions: [{ type: 'WSDL', url: `${taxUrl}/drfo?wsdl`, services: [{ code: 'InfoIncomeSources', version: 'v1', url: `${taxUrl}/drfo`, verifyTls: false }] }],
              rights: [right('InfoIncomeSources')]
            },
            { id: client('90000050', 'CABINET'), descriptions: [rest('receiveDocuments', cabinetUrl)], rights: [right('receiveDocuments')] }
          ]
        }
      }
    ]
  }
}

t.test('through two real gateways: income by SOAP, a certificate by REST, a share with its receipt, an offer back (UP-9a, UP-8.4, UP-8.5, UP-2)', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'diia-portal-federation-'))
  const [tax, idp] = await Promise.all([startTaxRegistry(), startDisplacedPersonsRegistry()])
  const cabinet = createServer((request, response) => {
    void (async () => {
      let text = ''
      for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString('utf8')
      const { shareId, documents, missing } = JSON.parse(text)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ receiptId: `R-${shareId}`, shareId, verdicts: documents.map(({ type }: { type: string }) => ({ type, verdict: 'ACCEPTED' })), missing }))
    })()
  })
  await new Promise<void>((resolve) => { cabinet.listen(0, '127.0.0.1', resolve) })
  const [pagesPort, servicesPort] = [await freePorts(1), await freePorts(1)]
  const provider = await startIdentityProvider({ clients: DEVELOPMENT_CLIENTS })
  const federation = await startFederation(
    planOf(tax.url, idp.url, `http://127.0.0.1:${(cabinet.address() as AddressInfo).port}/documents`, `http://127.0.0.1:${servicesPort}`), join(folder, 'federation'))
  const gatewayOf = (code: string): string => `http://127.0.0.1:${federation.provisioned.gateways.find((one) => one.code === code)!.ports.consumerHttp}`
  const portal = await startDiiaPortal({
    dataFolder: join(folder, 'portal'), pages: { port: pagesPort }, services: { port: servicesPort }, identityProvider: { issuer: provider.issuer }, gateway: { url: gatewayOf('gw-portal'), client: PORTAL }
  })
  t.teardown(async () => {
    await portal.close()
    await federation.close()
    cabinet.closeAllConnections()
    cabinet.close()
    await Promise.all([provider.close(), tax.close(), idp.close()])
    await rm(folder, { recursive: true, force: true })
  })

  const person = await Visitor.signIn(portal, 'f08')
  t.match((await person.get('/documents/displaced-certificate')).text, /дійсний[\s\S]*4601-5000000017[\s\S]*Номер обміну/)
  t.match((await (await Visitor.signIn(portal, 'f01')).get('/documents/income-sources')).text, /Доходи за джерелами[\s\S]*2025, 1/)
  const receipt = await person.post('/share/send', { types: 'internal-passport,displaced-certificate' })
  t.match(receipt.text, /отримано[\s\S]*R-[\s\S]*прийнято/)

  const offer = await fetch(`${gatewayOf('gw-registers')}/r1/${PORTAL}/deliverOffer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-road-client': client('90000050', 'CABINET') },
    body: JSON.stringify({ offerId: 'O-1', subject: developmentPerson('f08').subject, title: { uk: 'Програма', en: 'Programme' }, body: { uk: 'Опис', en: 'Text' }, link: 'http://127.0.0.1:4310/' })
  })
  t.match(await offer.json(), { status: 'accepted' })
  t.match((await person.get('/offers')).text, /Кабінет відмовив у відповіді[\s\S]*Програма/, 'a service that is not there is said to refuse; what was delivered is shown')

  await idp.close()
  t.match((await person.get('/documents/displaced-certificate')).text, /тимчасово недоступний/, 'a register that stopped is an outage, not an absence')
})
