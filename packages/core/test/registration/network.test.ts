import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t, { type Test } from 'tap'
import { systemClock } from '@trembita/daemon'
import { parseSharedParameters, type SharedParameters } from '@trembita/protocol/globalconf'
import { parseSoapFault } from '@trembita/protocol/fault'
import { parseManagementRequest, parseManagementResponse } from '@trembita/protocol/management'
import { runTool, skipWithout } from '@trembita/testnet/verifiers'
import { createTestPki } from '@trembita/testnet/pki'
import { Agent, request } from 'undici'
import { startCore, type Core, type Seed } from '../../src/index.ts'
import {
  CLIENT, CLIENT_XML, CONTENT_TYPE, fourParts, identifier, letter, member, multipart, OWNER, REQUESTS, SERVER_XML, sixParts, type World
} from '../../../protocol/test/management/compose.ts'
import { apiClient, type ApiClient } from '../api-client.ts'
import { configOf, silent } from '../seeding.ts'

// A gateway of another make, by its bytes alone: messages put together by hand from the specification, sent to a core that
// listens, decided on over the API, and looked for in what the core publishes.

const pki = await createTestPki()
const [auth, owner, client, outsider] = await Promise.all([
  pki.issueAuth({ owner: OWNER, serverCode: 'ss1' }), pki.issueSign({ member: OWNER }), pki.issueSign({ member: CLIENT }), pki.issueAuth({ owner: OWNER, serverCode: 'other' })
])
const world = { pki, auth, owner, client, context: undefined } as unknown as World

const seed: Seed = {
  instance: 'TEST',
  managementProvider: { instance: 'TEST', memberClass: 'GOV', memberCode: '0000', subsystemCode: 'management' },
  memberClasses: [{ code: 'GOV', description: 'GOV' }, { code: 'COM', description: 'COM' }],
  members: [{ id: { instance: 'TEST', memberClass: 'GOV', memberCode: '0000' }, name: 'Administrator', subsystems: [{ code: 'management' }] }],
  servers: [],
  globalGroups: [],
  certificationServices: [{
    name: 'CA',
    authenticationOnly: false,
    profileClass: 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider',
    top: { certificate: pki.root.certificate, ocsp: [{ url: 'http://127.0.0.1:9' }] },
    intermediates: [{ certificate: pki.intermediate.certificate, ocsp: [{ url: 'http://127.0.0.1:9' }] }]
  }],
  timestampingServices: [{ name: 'TSA', url: 'http://127.0.0.1:9', certificate: pki.tsa.certificate }],
  trustedAnchors: [],
  parts: []
}

const anyone = new Agent({ connect: { rejectUnauthorized: false } })
t.teardown(() => anyone.close())
t.setTimeout(120_000)

interface Running extends AsyncDisposable {
  readonly core: Core
  readonly officer: ApiClient
  /** @returns the id of the request, or the code of the fault. */
  send (soap: Buffer, body?: Buffer, contentType?: string): Promise<number | string>
  published (): Promise<SharedParameters>
}

async function running (t: Test): Promise<Running> {
  const anyPort = { host: '127.0.0.1', port: 0 }
  const core = await startCore(configOf(t.testdir(), {
    seed, listen: { admin: anyPort, configuration: anyPort, registration: anyPort, management: anyPort }, management: { requestsPerMinute: 0 }
  }), silent, systemClock)
  return {
    core,
    [Symbol.asyncDispose]: () => core.close(),
    officer: await apiClient(core, ['XROAD_REGISTRATION_OFFICER']),
    async send (soap, body, contentType = CONTENT_TYPE) {
      const { service } = parseManagementRequest(soap).request
      const url = service === 'authCertReg' ? `${core.addresses.registration}/managementservice/` : `${core.addresses.management}/managementservice/manage/`
      const sent = body ?? multipart(service === 'authCertReg' ? sixParts(world, soap) : fourParts(world, soap, REQUESTS[service]!.by === 'owner' ? owner : client))
      const answer = await request(url, { method: 'POST', headers: { 'content-type': contentType }, body: sent, dispatcher: anyone })
      const bytes = Buffer.from(await answer.body.arrayBuffer())
      return answer.statusCode === 200 ? parseManagementResponse(bytes, parseManagementRequest(soap).header) : parseSoapFault(bytes)!.code
    },
    async published () {
      await core.publish()
      const directory = await (await fetch(`${core.addresses.configuration}/internalconf?version=5`)).text()
      const path = /\/V5\/\d+\/shared-params\.xml/.exec(directory)![0]
      return parseSharedParameters(Buffer.from(await (await fetch(core.addresses.configuration + path)).arrayBuffer()), 5)
    }
  }
}

let messages = 0
/** Every message has an id of its own. */
const fresh = (soap: Buffer): Buffer => Buffer.from(soap.toString('utf8').replace('7d0b1f0e', String(10_000_000 + messages++)))
const registration = (of = auth): Buffer => fresh(letter({ service: 'authCertReg', fields: `${SERVER_XML}<xroad:address>ss1.example.org</xroad:address><xroad:authCert>${of.certificate.der.toString('base64')}</xroad:authCert>` }))
const asked = (service: string): Buffer => fresh(letter({ service, fields: REQUESTS[service]!.fields }))
const plain = (service: string, fields: string): [Buffer, Buffer, string] => {
  const soap = fresh(letter({ service, fields }))
  return [soap, soap, 'text/xml;charset=UTF-8']
}
const AUTH_CERT = `<xroad:authCert>${auth.certificate.der.toString('base64')}</xroad:authCert>`

t.test('TR-4.4: a gateway of another make registers itself and lives through every request, and each shows in what is published', async (t) => {
  await using started = await running(t)
  const { send, officer, published } = started
  const approve = async (id: number | string): Promise<void> => { t.equal((await officer('POST', `/management-requests/${id}/approval`)).status, 200) }
  const server = async (): Promise<SharedParameters['servers'][number] | undefined> => (await published()).servers[0]

  const id = await send(registration())
  t.equal(await server(), undefined, 'not before somebody approved')
  await approve(id)
  const { servers: [registered], members, globalGroups } = await published()
  t.match(registered, { id: { ...OWNER, serverCode: 'ss1' }, address: 'ss1.example.org' })
  t.ok(registered!.authCertHashes[0]!.equals(auth.certificate.sha256))
  t.match(members.find(({ id }) => id.memberCode === '1001'), { name: '1001' })
  t.match(globalGroups, [{ code: 'security-server-owners', members: [OWNER] }])

  await approve(await send(asked('clientReg')))
  t.same((await server())!.clients, [{ ...CLIENT, subsystemCode: 'portal' }])
  await send(asked('clientDisable'))
  t.same((await server())!.clients, [], 'who is disabled is left out')
  await send(asked('clientEnable'))
  await send(asked('clientRename'))
  t.equal((await published()).members.find(({ id }) => id.memberCode === '2002')!.subsystems[0]!.name, 'New name')
  await send(asked('addressChange'))
  t.equal((await server())!.address, '192.0.2.7')
  await send(asked('maintenanceModeEnable'))
  t.equal(await send(fresh(letter({ service: 'maintenanceModeEnable', fields: SERVER_XML }))), 'maintenance_mode_already_enabled')
  await send(asked('maintenanceModeDisable'))
  t.equal(await send(asked('ownerChange')), 'management_request_owner_must_be_client')
  await approve(await send(fresh(letter({ service: 'clientReg', fields: SERVER_XML + identifier('client', 'MEMBER', member(CLIENT)) }))))
  await send(...plain('clientDeletion', SERVER_XML + CLIENT_XML))
  await send(...plain('authCertDeletion', SERVER_XML + AUTH_CERT))
  t.match(await server(), { authCertHashes: [], clients: [CLIENT] })
  t.equal(await send(...plain('authCertDeletion', SERVER_XML + `<xroad:authCert>${outsider.certificate.der.toString('base64')}</xroad:authCert>`)), 'ss_auth_certificate_not_found')
  await approve(await send(asked('ownerChange')))
  t.match(await server(), { id: { ...CLIENT, serverCode: 'ss1' }, clients: [OWNER] })
  t.match((await published()).globalGroups, [{ members: [CLIENT] }])
})

t.test('what a gateway sent twice because its line broke is one request', async (t) => {
  await using started = await running(t)
  const { core, send } = started
  const soap = registration()
  const body = multipart(sixParts(world, soap))
  const { hostname, port } = new URL(core.addresses.registration!)
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  socket.write(`POST /managementservice/ HTTP/1.1\r\nHost: core\r\nContent-Type: ${CONTENT_TYPE}\r\nContent-Length: ${body.length}\r\n\r\n`)
  await new Promise((resolve) => { socket.write(body, resolve) })
  socket.destroy()
  const kept = async (): Promise<number> => (await core.store.get<{ count: number }>('SELECT count(*) AS count FROM management_request'))!.count
  const again = await send(soap, body)
  t.equal(again, 1)
  t.equal(await send(registration()), 1, 'in a new message too')
  t.equal(await kept(), 1)
})

t.test('TR-4.4: two gateways that want one certificate, or who is not who he says, are told so', async (t) => {
  await using started = await running(t)
  const { send, core } = started
  const soap = registration()
  t.type(await send(soap), 'number')
  const parts = sixParts(world, fresh(letter({ service: 'authCertReg', fields: `${identifier('server', 'SERVER', { ...member(OWNER), serverCode: 'ss2' })}${AUTH_CERT}` })))
  t.equal(await send(Buffer.from(parts[0]![1]), multipart(parts)), 'management_request_exists')
  const forged = sixParts({ ...world, owner: client }, registration(), undefined)
  t.equal(await send(Buffer.from(forged[0]![1]), multipart(forged)), 'InvalidRequest', 'signed by another member')
  pki.revoke(client.certificate)
  t.match(await send(asked('clientReg')), /^(CertValidation|IncorrectValidationInfo)$/, 'a revoked seal')
  t.same(await core.store.get('SELECT count(*) AS count FROM management_request'), { count: 1 })
})

t.test('curl, which knows nothing of us, registers a gateway', { skip: await skipWithout('curl', '--version') }, async (t) => {
  await using started = await running(t)
  const { core } = started
  const file = join(t.testdir({}), 'body')
  writeFileSync(file, multipart(sixParts(world, registration())))
  const { ok, text } = await runTool('curl', ['-sk', '--fail-with-body', '-H', `Content-Type: ${CONTENT_TYPE}`, '--data-binary', `@${file}`, `${core.addresses.registration}/managementservice/`])
  t.ok(ok, text)
  t.match(text, /requestId[^>]*>1</)
})
