import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestPki } from '@trembita/testnet/pki'

/** Files for the baselines' mutual TLS: a CA and a P-256 certificate for each side. */
export interface Credentials {
  readonly folder: string
  readonly ca: string
  readonly client: { readonly key: string, readonly certificate: string }
  readonly server: { readonly key: string, readonly certificate: string }
  remove (): void
}

export async function makeCredentials (): Promise<Credentials> {
  const folder = mkdtempSync(join(tmpdir(), 'trembita-bench-'))
  const pki = await createTestPki()
  const pem = (der: Uint8Array): string => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  const write = (name: string, text: string): string => {
    const file = join(folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }
  const issue = async (name: string): Promise<{ key: string, certificate: string }> => {
    const { certificate, privateKey } = await pki.issueTls({ names: ['localhost', '127.0.0.1'], issuer: 'root' })
    return { key: write(`${name}.key`, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string), certificate: write(`${name}.crt`, pem(certificate.der)) }
  }
  return {
    folder,
    ca: write('ca.crt', pem(pki.root.certificate.der)),
    client: await issue('client'),
    server: await issue('server'),
    remove: () => { rmSync(folder, { recursive: true, force: true }) }
  }
}
