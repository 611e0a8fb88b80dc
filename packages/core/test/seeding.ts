import { createTestPki } from '@trembita/testnet/pki'
import { createLogger, ManualClock, Secret, type Clock, type LogLevel } from '@trembita/daemon'
import { startCore, type Core, type CoreConfig, type Seed } from '../src/index.ts'

export const pki = await createTestPki()
export const member = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001' }
export const other = { instance: 'ZZ', memberClass: 'COM', memberCode: '2002' }
export const [auth, nextAuth] = await Promise.all(['gw1', 'gw2'].map((serverCode) => pki.issueAuth({ owner: { name: 'M', ...member }, serverCode }))) as [Awaited<ReturnType<typeof pki.issueAuth>>, Awaited<ReturnType<typeof pki.issueAuth>>]
export const sealing = await pki.issueSign({ member: { name: 'M', ...member } })

/** A registry with one of everything. */
export function seedOf (change: Partial<Seed> = {}): Seed {
  return {
    instance: 'ZZ',
    managementProvider: { ...member, subsystemCode: 'MANAGEMENT' },
    memberClasses: [{ code: 'GOV', description: 'Державні органи' }, { code: 'COM', description: 'Business' }],
    members: [
      { id: member, name: 'Міністерство «Перше» & інші', subsystems: [{ code: 'MANAGEMENT' }, { code: 'EDR', name: 'Реєстр' }] },
      { id: other, name: 'Company', subsystems: [{ code: 'SHOP' }] }
    ],
    servers: [{
      id: { ...member, serverCode: 'gw1' },
      address: '127.0.0.1:4403',
      authCertificates: [auth.certificate],
      clients: [{ id: { ...member, subsystemCode: 'EDR' }, enabled: true }, { id: other, enabled: true }, { id: { ...other, subsystemCode: 'SHOP' }, enabled: false }],
      maintenance: { message: 'until noon' }
    }],
    globalGroups: [{ code: 'readers', description: 'May read', members: [other, { instance: 'YY', memberClass: 'GOV', memberCode: '9' }] }],
    certificationServices: [{
      name: 'КНЕДП',
      authenticationOnly: false,
      profileClass: 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider',
      defaultCsrFormat: 'PEM',
      acmeServer: { directoryUrl: 'https://acme.example/', ipAddress: '192.0.2.1', authenticationProfileId: 'a', signingProfileId: 's' },
      top: { certificate: pki.root.certificate, ocsp: [{ url: 'http://ocsp.example/root', costType: 'FREE' }] },
      intermediates: [{ certificate: pki.intermediate.certificate, ocsp: [{ url: 'http://ocsp.example/1', certificate: pki.ocsp.certificate }, { url: 'http://ocsp.example/2', costType: 'PAID' }] }]
    }],
    timestampingServices: [{ name: 'TSA', url: 'http://tsa.example/', certificate: pki.tsa.certificate, costType: 'UNDEFINED' }],
    trustedAnchors: [],
    parts: [],
    ...change
  }
}

export const silent = createLogger('core', 'silent')

export function configOf (dataFolder: string, change: Partial<CoreConfig> = {}): CoreConfig {
  const anyPort = { host: '127.0.0.1', port: 0 }
  return {
    dataFolder, listen: { admin: anyPort, configuration: anyPort }, publicAddress: 'core.example:4080', passphrase: new Secret(Buffer.from('correct horse')), keyType: 'ec', regenerateSeconds: 3600, ...change
  }
}

/** A core on free ports, with keys that are quick to make. */
export async function coreIn (dataFolder: string, change: Partial<CoreConfig> = {}, clock: Clock = new ManualClock(new Date('2026-02-06T13:41:26.123Z')), level: LogLevel = 'silent'): Promise<Core> {
  return await startCore(configOf(dataFolder, change), level === 'silent' ? silent : createLogger('core', level), clock)
}
