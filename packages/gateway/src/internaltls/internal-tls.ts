import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { writeFileAtomic } from '@trembita/daemon/files'

/** The certificate that this gateway shows to information systems, both as their server and as their client. */
export interface InternalTls {
  /** PEM. */
  readonly key: string
  readonly cert: string
  /** SHA-256 of the certificate, lower-case hex. */
  readonly certificateHash: string
}

/** RSA, because X-Road's default suites for information systems know nothing else (xroad-messages §1.4). */
const RSA_BITS = 2048
const VALID_YEARS = 20

/** Where the certificate lies in the data folder. */
export function internalCertificateFile (folder: string): string {
  return join(folder, 'internal-tls.crt')
}

/**
 * Opens the internal TLS certificate of the data folder; the first time, makes a self-signed one. Clients pin it as it is, and
 * some check host names, so it bears every name and address clients use.
 *
 * @param names host names and IP addresses for subjectAltName.
 */
export async function openInternalTls (folder: string, names: readonly string[]): Promise<InternalTls> {
  const keyPath = join(folder, 'internal-tls.key')
  const certPath = internalCertificateFile(folder)
  const { key, cert } = await read(keyPath, certPath) ?? await make(keyPath, certPath, names)
  createPrivateKey(key)
  return { key, cert, certificateHash: createHash('sha256').update(new X509Certificate(cert).raw).digest('hex') }
}

async function read (keyPath: string, certPath: string): Promise<{ key: string, cert: string } | undefined> {
  try {
    const [key, cert] = await Promise.all([readFile(keyPath, 'utf8'), readFile(certPath, 'utf8')])
    return { key, cert }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function make (keyPath: string, certPath: string, names: readonly string[]): Promise<{ key: string, cert: string }> {
  const { key, cert } = await selfSigned([...new Set([hostname(), 'localhost', '127.0.0.1', '::1', ...names])])
  await writeFileAtomic(keyPath, key, { mode: 0o600 })
  await writeFileAtomic(certPath, cert, { mode: 0o644 })
  return { key, cert }
}

async function selfSigned (names: readonly string[]): Promise<{ key: string, cert: string }> {
  // Loaded only when a certificate must be made: 100 ms that no later start should pay.
  await import('reflect-metadata')
  const { SubjectAlternativeNameExtension, X509CertificateGenerator } = await import('@peculiar/x509')
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: RSA_BITS, publicExponent: new Uint8Array([1, 0, 1]) }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const now = new Date()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${names[0]!}`,
    notBefore: new Date(now.getTime() - 60_000),
    notAfter: new Date(Date.UTC(now.getUTCFullYear() + VALID_YEARS, now.getUTCMonth(), now.getUTCDate())),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? 'dns' as const : 'ip' as const, value })))]
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  return {
    key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: certificate.toString('pem')
  }
}
