import { createPrivateKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { certificatesOfPem } from '@trembita/protocol/pki'
import type { Issued, TestPki } from '../pki/index.ts'
import type { PlannedMember, PlannedPeer } from './plan.ts'

export interface PeerPorts {
  readonly messages: number
  readonly ocsp: number
}

/** Keys and ports of a gateway of somebody else's making. */
export interface ProvisionedPeer {
  readonly code: string
  readonly ports: PeerPorts
  readonly auth: Issued
  /** By `CLASS/CODE`. */
  readonly seals: ReadonlyMap<string, Issued>
}

/** Issues what a peer needs; done again on the same folder, it finds the keys there. */
export async function provisionPeer (planned: PlannedPeer, root: string, pki: TestPki, ports: PeerPorts, memberOf: (name: string) => PlannedMember): Promise<ProvisionedPeer> {
  const { code, owner, clients, authKeys = 'rsa', sealKeys = 'rsa' } = planned
  const folder = join(root, 'peers', code)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const auth = await keep(folder, 'auth', pki, () => pki.issueAuth({ owner: memberOf(owner), serverCode: code, host: '127.0.0.1', keyType: authKeys }))
  const seals = new Map<string, Issued>()
  for (const name of new Set([owner, ...clients.map((client) => client.split('/').slice(0, 2).join('/'))])) {
    seals.set(name, await keep(folder, `seal-${name.replace('/', '-')}`, pki, () => pki.issueSign({ member: memberOf(name), keyType: sealKeys })))
  }
  return { code, ports, auth, seals }
}

/** What the registry's seed says of the peer. */
export function peerServer (instance: string, { code, owner, clients, maintenance }: PlannedPeer, { ports, auth }: ProvisionedPeer): object {
  return {
    owner: `${instance}/${owner}`,
    serverCode: code,
    address: `127.0.0.1:${ports.messages}`,
    authCertificates: [auth.certificate.pem],
    clients: clients.map((client) => `${instance}/${client}`),
    ...(maintenance === undefined ? {} : { maintenance })
  }
}

async function keep (folder: string, name: string, pki: TestPki, issue: () => Promise<Issued>): Promise<Issued> {
  const [certificateFile, keyFile] = [join(folder, `${name}.crt.pem`), join(folder, `${name}.key.pem`)]
  if (existsSync(certificateFile)) {
    const certificate = certificatesOfPem(await readFile(certificateFile, 'utf8'))[0]!
    return { certificate, privateKey: createPrivateKey(await readFile(keyFile)), chain: pki.intermediate.chain }
  }
  const issued = await issue()
  await writeFile(keyFile, issued.privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
  await writeFile(certificateFile, issued.certificate.pem)
  return issued
}
