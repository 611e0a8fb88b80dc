import { createHash, randomBytes } from 'node:crypto'
import { startCore, type Core } from '@trembita/core'
import { createLogger, Secret } from '@trembita/daemon'
import { createTestPki } from '@trembita/testnet/pki'

/** A registry of so many members: half of them have a gateway of their own, each has five subsystems, each a client of a gateway. */
export interface Size {
  readonly members: number
  readonly gateways: number
  readonly subsystems: number
}

export function sizeOf (members: number): Size {
  return { members, gateways: members / 2, subsystems: members * 5 }
}

export const PASSPHRASE = 'correct horse battery staple'

/** Makes a core's data folder with a registry of that size, and the owner of the management services besides. */
export async function fillRegistry (folder: string, { members, gateways, subsystems }: Size): Promise<void> {
  const pki = await createTestPki()
  const auth = await pki.issueAuth({ owner: { name: 'Owner', memberClass: 'GOV', memberCode: '00000001' }, serverCode: 'gw' })
  const own = { instance: 'BENCH', memberClass: 'GOV', memberCode: '00000001' }
  const anyPort = { host: '127.0.0.1', port: 0 }
  await using core = await startCore({
    dataFolder: folder,
    keyType: 'ec',
    passphrase: new Secret(Buffer.from(PASSPHRASE)),
    listen: { admin: anyPort, configuration: anyPort },
    regenerateSeconds: 3600,
    seed: {
      instance: 'BENCH',
      parameters: {},
      managementProvider: own,
      memberClasses: [{ code: 'GOV', description: 'Державні органи' }, { code: 'COM', description: 'Підприємства' }],
      members: [{ id: own, name: 'Адміністратор системи', subsystems: [] }],
      servers: [],
      globalGroups: [],
      certificationServices: [{
        name: 'КНЕДП',
        authenticationOnly: false,
        profileClass: 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider',
        top: { certificate: pki.root.certificate, ocsp: [{ url: 'http://ocsp.example/root' }] },
        intermediates: [{ certificate: pki.intermediate.certificate, ocsp: [{ url: 'http://ocsp.example/' }] }]
      }],
      timestampingServices: [{ name: 'TSA', url: 'http://tsa.example/', certificate: pki.tsa.certificate }],
      trustedAnchors: [],
      parts: []
    }
  }, createLogger('core', 'silent'))
  await insert(core, { members, gateways, subsystems }, auth.certificate.der, auth.certificate.serialNumber)
}

/** Rows straight into the tables: it is the reading that is measured. */
async function insert ({ changes }: Core, { members, gateways, subsystems }: Size, certificate: Buffer, serialNumber: bigint): Promise<void> {
  const serial = Buffer.from(serialNumber.toString(16).padStart(32, '0'), 'hex')
  const at = certificate.indexOf(serial)
  const perMember = subsystems / members
  await changes.change({ kind: 'system', id: 'bench', name: 'bench', roles: [], origin: 'system' }, async (tx) => {
    const classes = (await tx.all<{ id: number }>('SELECT id FROM member_class ORDER BY code'))
    const owners = (await tx.get<{ id: number }>("SELECT id FROM global_group WHERE code = 'security-server-owners'"))!
    const now = tx.at.toISOString()
    let server = 0
    for (let i = 0; i < members; i++) {
      const code = String(10_000_000 + i)
      const { id } = (await tx.get<{ id: number }>('INSERT INTO member (member_class_id, code, name, created_at) VALUES (?, ?, ?, ?) RETURNING id',
        classes[i % 2]!.id, code, `Управління цифрового розвитку громади ${i}`, now))!
      if (i < gateways) {
        server = (await tx.get<{ id: number }>('INSERT INTO security_server (owner_id, code, address, created_at) VALUES (?, ?, ?, ?) RETURNING id', id, 'gw1', `gw${i}.example.gov.ua`, now))!.id
        const der = Buffer.from(certificate)
        randomBytes(serial.length - 1).copy(der, at + 1)
        await tx.run('INSERT INTO auth_certificate (security_server_id, certificate, sha256, created_at) VALUES (?, ?, ?, ?)', server, der, createHash('sha256').update(der).digest(), now)
        await tx.run('INSERT INTO global_group_member (global_group_id, instance, member_class, member_code, created_at) VALUES (?, ?, ?, ?, ?)', owners.id, 'BENCH', i % 2 === 0 ? 'COM' : 'GOV', code, now)
      }
      for (let j = 0; j < perMember; j++) {
        const subsystem = (await tx.get<{ id: number }>('INSERT INTO subsystem (member_id, code, name, created_at) VALUES (?, ?, ?, ?) RETURNING id', id, `SUB-${j}`, `Реєстр ${j} громади ${i}`, now))!
        // Members without a gateway are hosted by the one before the last of those that have one.
        await tx.run('INSERT INTO server_client (security_server_id, member_id, subsystem_id, enabled, created_at) VALUES (?, ?, ?, 1, ?)', i < gateways ? server : server - (i % gateways), id, subsystem.id, now)
      }
    }
    await tx.record({ action: 'bench.fill', object: { kind: 'instance', id: 'BENCH' }, after: { members, gateways, subsystems } })
  })
}
