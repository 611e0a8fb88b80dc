import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Container } from '@trembita/protocol/asic'
import { Certificate } from '@trembita/protocol/pki'
import { parseSignature, signatureValueOf } from '@trembita/protocol/signature'

const run = promisify(execFile)

/** What tools that are not ours say; undefined when the tool is not installed. */
export interface ForeignChecks {
  /** xmlsec1: the value and the digests of the XAdES signature. */
  readonly xmlsec1: boolean | undefined
  /** openssl ts: the time stamp. */
  readonly timestamp: boolean | undefined
  /** openssl ocsp: the state of the seal's certificate. */
  readonly ocsp: boolean | undefined
}

const installed = new Map<string, Promise<boolean>>()

function isInstalled (tool: string): Promise<boolean> {
  let known = installed.get(tool)
  if (known === undefined) {
    known = run(tool, [tool === 'openssl' ? 'version' : '--version']).then(() => true, () => false)
    installed.set(tool, known)
  }
  return known
}

/** Checks a container by xmlsec1 and openssl, from its files alone. @param pkiFolder holds `root.pem` and `issuing.pem` of the CA. */
export async function checkByForeignTools (container: Container, pkiFolder: string): Promise<ForeignChecks> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-proof-'))
  const file = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, bytes)
    return path
  }
  try {
    const parsed = parseSignature(container.signature)
    const certificate = await file('certificate.pem', Certificate.parse(parsed.keyCertificates[0]!).pem)
    const root = join(pkiFolder, 'root.pem')
    const issuing = join(pkiFolder, 'issuing.pem')
    const succeeds = async (tool: string, args: readonly string[], said: RegExp): Promise<boolean | undefined> => {
      if (!await isInstalled(tool)) return undefined
      return await run(tool, [...args], { timeout: 20_000 }).then(({ stdout, stderr }) => said.test(stdout + stderr), () => false)
    }
    const piece = container.hashChainResult === undefined
      ? ['--url-map:/message.xml', await file('message.xml', container.message)]
      : ['--url-map:/sig-hashchainresult.xml', await file('sig-hashchainresult.xml', container.hashChainResult)]
    const stamp = container.timestamp === undefined
      ? { token: parsed.timestamps[0], data: signatureValueOf(container.signature) }
      : { token: container.timestamp.token, data: container.timestamp.hashChainResult }
    return {
      xmlsec1: await succeeds('xmlsec1', ['--verify', '--pubkey-cert-pem', certificate, '--id-attr:Id', 'SignedProperties', ...piece, await file('signatures.xml', container.signature)], /OK/),
      timestamp: stamp.token === undefined
        ? false
        : await succeeds('openssl', ['ts', '-verify', '-token_in', '-in', await file('stamp.tst', stamp.token), '-data', await file('stamped', stamp.data), '-CAfile', root, '-untrusted', issuing], /OK/),
      ocsp: await succeeds('openssl', ['ocsp', '-respin', await file('ocsp.der', parsed.ocspResponses[0] ?? Buffer.alloc(0)), '-issuer', issuing, '-cert', certificate, '-CAfile', root, '-verify_other', join(pkiFolder, 'issuing-ocsp.pem')], /: good/)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
