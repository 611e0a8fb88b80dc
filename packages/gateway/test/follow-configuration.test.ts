import { createLogger, type Logger } from '@trembita/daemon'
import { isSameClient, isSameServer, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import { createTestPki } from '@trembita/testnet/pki'
import { join } from 'node:path'
import t from 'tap'
import { followConfiguration, type OwnConfiguration } from '../src/follow-configuration.ts'
import { Installation } from '../src/installation.ts'
import { openServerConf, type LocalClientStatus } from '../src/serverconf/index.ts'
import { SoftwareToken, type CertificateStatus } from '../src/signer/index.ts'

// States of certificates and clients on their gateway, as the configuration moves them (xroad-trust §3.6, §4.5).

const SERVER: ServerId = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1', serverCode: 'gw' }
const CLIENT: ClientId = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1', subsystemCode: 'sub' }
const OTHER: ClientId = { instance: 'ZZ', memberClass: 'GOV', memberCode: '2' }
const log: Logger = createLogger('test', 'silent')
const pki = await createTestPki()
const { certificate, privateKey } = await pki.issueAuth({ owner: { memberClass: 'GOV', memberCode: '1' }, serverCode: 'gw' })

/** A configuration in which one server has our certificate and these clients. */
function configuration (options: { server?: ServerId, certified?: boolean, clients?: readonly ClientId[], name?: string } = {}): OwnConfiguration {
  const { server, certified = true, clients = [], name } = options
  const has = (id: ServerId): boolean => server !== undefined && isSameServer(server, id)
  return {
    hasServer: has,
    serverByAuthCertificate: () => certified ? server : undefined,
    isClientOf: (id, client) => has(id) && clients.some((one) => isSameClient(one, client)),
    subsystemName: () => name,
    serverAddress: () => undefined,
    maintenanceOf: () => undefined
  }
}

async function gateway (folder: string): Promise<Parameters<typeof followConfiguration>[0]> {
  const serverconf = openServerConf(join(folder, 'serverconf.db'))
  const installation = new Installation({ dataFolder: folder }, serverconf)
  serverconf.nameServer(SERVER)
  const token = await SoftwareToken.open(join(folder, 'token'), '1234')
  return { serverconf, installation, token, log }
}

const CERTIFICATES: readonly (readonly [before: CertificateStatus, listed: CertificateStatus, absent: CertificateStatus])[] = [
  ['saved', 'registered', 'saved'],
  ['registration in progress', 'registered', 'registration in progress'],
  ['registered', 'registered', 'global error'],
  ['global error', 'registered', 'global error'],
  ['deletion in progress', 'deletion in progress', 'deletion in progress']
]

t.test('an authentication certificate is registered when the configuration has it under our name', async (t) => {
  const deps = await gateway(t.testdir())
  await deps.token.importKey('auth', 'a', privateKey, [certificate])
  const statusAfter = async (before: CertificateStatus, conf: OwnConfiguration): Promise<CertificateStatus> => {
    await deps.token.updateCertificate(certificate, { status: before })
    await followConfiguration(deps, conf)
    return deps.token.keys()[0]!.entries[0]!.status
  }
  for (const [before, listed, absent] of CERTIFICATES) {
    t.equal(await statusAfter(before, configuration({ server: SERVER })), listed, `${before}, listed`)
    t.equal(await statusAfter(before, configuration({ server: SERVER, certified: false })), absent, `${before}, absent`)
    t.equal(await statusAfter(before, configuration({ server: { ...SERVER, serverCode: 'other' } })), absent, `${before}, under another name`)
  }
  deps.serverconf.close()
})

const CLIENTS: readonly (readonly [before: LocalClientStatus, listed: LocalClientStatus, absent: LocalClientStatus])[] = [
  ['saved', 'registered', 'saved'],
  ['registration in progress', 'registered', 'registration in progress'],
  ['registered', 'registered', 'global error'],
  ['global error', 'registered', 'global error'],
  ['enabling in progress', 'registered', 'enabling in progress'],
  ['disabling in progress', 'disabling in progress', 'disabled'],
  ['disabled', 'disabled', 'disabled'],
  ['deletion in progress', 'deletion in progress', 'deletion in progress']
]

t.test('so is a client; one that came from the configuration file stays as the file has it', async (t) => {
  const folder = t.testdir()
  const deps = await gateway(folder)
  const { clients } = deps.serverconf
  clients.add(CLIENT, { status: 'saved', connection: 'HTTP', name: 'Sub' })
  const statusAfter = async (before: LocalClientStatus, conf: OwnConfiguration): Promise<LocalClientStatus> => {
    clients.setStatus(CLIENT, before)
    await followConfiguration(deps, conf)
    return deps.serverconf.current().client(CLIENT)!.status
  }
  for (const [before, listed, absent] of CLIENTS) {
    t.equal(await statusAfter(before, configuration({ server: SERVER, clients: [CLIENT] })), listed, `${before}, listed`)
    t.equal(await statusAfter(before, configuration({ server: SERVER })), absent, `${before}, absent`)
  }
  await followConfiguration(deps, configuration({ server: SERVER, name: 'Other' }))
  t.equal(deps.serverconf.current().client(CLIENT)?.name, 'Sub')
  await followConfiguration(deps, configuration({ server: SERVER, name: 'Sub' }))
  t.equal(deps.serverconf.current().client(CLIENT)?.name, undefined, 'a name that the core has is its own')

  const seed = { id: CLIENT, connection: 'HTTP' as const, certificates: [], localGroups: [], descriptions: [], rights: [] }
  deps.serverconf.apply({ clients: [seed] })
  await followConfiguration(deps, configuration({ server: SERVER }))
  t.equal(deps.serverconf.current().client(CLIENT)?.status, 'registered')
  deps.serverconf.close()
  const reopened = openServerConf(join(folder, 'serverconf.db'))
  t.same(reopened.server()?.id, SERVER)
  t.equal(reopened.current().client(CLIENT)?.configured, true)
  reopened.close()
})

t.test('an owner change is taken over when all of it fits, and only then', async (t) => {
  const folder = t.testdir()
  const deps = await gateway(folder)
  const renamed: ServerId = { ...SERVER, memberCode: '2' }
  await followConfiguration(deps, configuration({ server: renamed }))
  t.same(deps.installation.server(), SERVER, 'no key of ours')
  await deps.token.importKey('auth', 'a', privateKey, [certificate])
  await followConfiguration(deps, configuration({ server: renamed }))
  t.same(deps.installation.server(), SERVER, 'no client of ours')
  deps.serverconf.clients.add(OTHER, { status: 'saved', connection: 'HTTP' })
  await followConfiguration(deps, configuration({ server: renamed, certified: false }))
  t.same(deps.installation.server(), SERVER, 'not our certificate')
  await followConfiguration(deps, configuration({ server: { ...renamed, serverCode: 'gw2' } }))
  t.same(deps.installation.server(), SERVER, 'another code')
  await followConfiguration(deps, configuration({ server: renamed, clients: [OTHER] }))
  t.same(deps.installation.server(), renamed)
  t.equal(deps.serverconf.current().client(OTHER)?.status, 'registered', 'the new owner is a client at once')
  deps.serverconf.close()
  const reopened = openServerConf(join(folder, 'serverconf.db'))
  t.same(new Installation({ dataFolder: folder }, reopened).server(), renamed, 'for good')
  t.same(new Installation({ dataFolder: folder, server: SERVER }, reopened).server(), SERVER, 'a file that begins to name one is taken at its word')
  reopened.setServer(renamed, 'ZZ/GOV/1/gw')
  t.same(new Installation({ dataFolder: folder, server: SERVER }, reopened).server(), renamed, 'but not against an owner change since')
  reopened.close()
})
