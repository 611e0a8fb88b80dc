import { createPrivateKey, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { certificatesOfPem, type Certificate } from '@trembita/protocol/pki'
import { TestAuthority, type RegistryEntry } from './authority.ts'
import type { Issued } from './issue.ts'
import { TestPki, createTestPki, type TestPkiOptions } from './test-pki.ts'

interface StoredState {
  readonly organization: string
  readonly registry: { readonly root: readonly RegistryEntry[], readonly intermediate: readonly RegistryEntry[] }
}

/**
 * The PKI kept in a folder: read when it is there, made and written otherwise. Each issued or revoked certificate is in
 * the folder before the call that made it returns.
 *
 * @param dir holds `state.json`, and `<name>.crt.pem` and `<name>.key.pem` of each authority; keys are not encrypted.
 */
export async function loadOrCreateTestPki (dir: string, options: TestPkiOptions = {}): Promise<TestPki> {
  const pki = existsSync(join(dir, 'state.json')) ? load(dir, options) : await createTestPki(options)
  save(dir, pki)
  pki.onChange = () => saveState(dir, pki)
  return pki
}

function load (dir: string, options: TestPkiOptions): TestPki {
  const state = JSON.parse(readFileSync(join(dir, 'state.json'), 'utf8')) as StoredState
  const [rootCertificate, intermediateCertificate] = [readCertificate(dir, 'root'), readCertificate(dir, 'intermediate')]
  const chain = [intermediateCertificate]
  const root = new TestAuthority({
    certificate: rootCertificate, privateKey: readKey(dir, 'root'), chain: [], ocsp: readIssued(dir, 'root-ocsp', []), registry: state.registry.root
  })
  const intermediate = new TestAuthority({
    certificate: intermediateCertificate, privateKey: readKey(dir, 'intermediate'), chain, ocsp: readIssued(dir, 'ocsp', chain), registry: state.registry.intermediate
  })
  return new TestPki({ root, intermediate, tsa: readIssued(dir, 'tsa', chain) }, { ...options, organization: state.organization })
}

function save (dir: string, pki: TestPki): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  for (const [name, { certificate, privateKey }] of Object.entries({
    root: pki.root, intermediate: pki.intermediate, 'root-ocsp': pki.root.ocsp, ocsp: pki.ocsp, tsa: pki.tsa
  })) {
    writeFileSync(join(dir, `${name}.crt.pem`), certificate.pem)
    writeFileSync(join(dir, `${name}.key.pem`), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
  }
  saveState(dir, pki)
}

/** Last, and by renaming: a folder without it is made anew, one with it is whole. */
function saveState (dir: string, pki: TestPki): void {
  const state: StoredState = {
    organization: pki.organization,
    registry: { root: [...pki.root.registry.values()], intermediate: [...pki.intermediate.registry.values()] }
  }
  const file = join(dir, 'state.json')
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 1))
  renameSync(`${file}.new`, file)
}

function readCertificate (dir: string, name: string): Certificate {
  return certificatesOfPem(readFileSync(join(dir, `${name}.crt.pem`), 'utf8'))[0] as Certificate
}

function readKey (dir: string, name: string): KeyObject {
  return createPrivateKey(readFileSync(join(dir, `${name}.key.pem`)))
}

function readIssued (dir: string, name: string, chain: readonly Certificate[]): Issued {
  return { certificate: readCertificate(dir, name), privateKey: readKey(dir, name), chain }
}
