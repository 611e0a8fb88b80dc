import { createPrivateKey, generateKeyPair, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIPv4, isIPv6 } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { writeFileAtomic } from '@trembita/daemon/files'
import {
  derBitString, derBoolean, derContext, derInteger, derNull, derOctetString, derOid, derSequence, derSet, derTime, derUtf8
} from '@trembita/protocol/asn1'

/** What the management listeners show of themselves. */
export interface ServiceTls {
  /** PEM. */
  readonly key: string
  readonly cert: string
  /** DER: published as `authCertRegServiceCert`, and gateways take no other (xroad-trust §2.5b). */
  readonly certificate: Buffer
}

/** RSA, which every gateway's TLS knows. */
const RSA_BITS = 2048
const VALID_YEARS = 20
const SHA256_WITH_RSA = derSequence(derOid('1.2.840.113549.1.1.11'), derNull())

/**
 * Opens the TLS key and certificate of the management listeners in the data folder; the first time, makes a self-signed one.
 * Gateways compare the whole certificate and ask neither its names nor its dates. Other files may be put in their place;
 * gateways follow within a configuration cycle after the core has started with them.
 *
 * @param names host names and IPv4 addresses for subjectAltName, the first also the common name.
 */
export async function openServiceTls (folder: string, names: readonly string[], now: Date): Promise<ServiceTls> {
  const keyPath = join(folder, 'management-tls.key')
  const certPath = join(folder, 'management-tls.crt')
  const { key, cert } = await read(keyPath, certPath) ?? await make(keyPath, certPath, names, now)
  const certificate = new X509Certificate(cert)
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error(`${certPath} is not the certificate of ${keyPath}`)
  return { key, cert, certificate: certificate.raw }
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

async function make (keyPath: string, certPath: string, names: readonly string[], now: Date): Promise<{ key: string, cert: string }> {
  // what is written into certificates for IPv6 and international names is of no use to anyone here: nobody looks
  const plain = names.filter((name) => !isIPv6(name) && /^[\x21-\x7e]+$/.test(name))
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS })
  const notAfter = new Date(Date.UTC(now.getUTCFullYear() + VALID_YEARS, now.getUTCMonth(), now.getUTCDate()))
  const cert = new X509Certificate(selfSigned(privateKey, publicKey, plain.length === 0 ? ['localhost'] : plain, new Date(now.getTime() - 60_000), notAfter)).toString()
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  await writeFileAtomic(keyPath, key, { mode: 0o600 })
  await writeFileAtomic(certPath, cert, { mode: 0o644 })
  return { key, cert }
}

/** RFC 5280 §4.1: a TLS server's certificate that signs itself. */
function selfSigned (privateKey: KeyObject, publicKey: KeyObject, names: readonly string[], notBefore: Date, notAfter: Date): Buffer {
  const name = derSequence(derSet(derSequence(derOid('2.5.4.3'), derUtf8(names[0]!.slice(0, 64)))))
  const serial = BigInt(`0x${randomBytes(16).toString('hex')}`) >> 1n
  const body = derSequence(
    derContext(0, true, derInteger(2)), derInteger(serial), SHA256_WITH_RSA, name, derSequence(derTime(notBefore), derTime(notAfter)), name,
    publicKey.export({ type: 'spki', format: 'der' }),
    derContext(3, true, derSequence(
      extension('2.5.29.19', true, derSequence()),
      extension('2.5.29.15', true, derBitString(Buffer.of(0b1010_0000), 5)),
      extension('2.5.29.37', false, derSequence(derOid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, derSequence(...names.map(generalName)))
    ))
  )
  return derSequence(body, SHA256_WITH_RSA, derBitString(sign('sha256', body, privateKey)))
}

function extension (oid: string, critical: boolean, value: Buffer): Buffer {
  return derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctetString(value))
}

/** iPAddress or dNSName. */
function generalName (name: string): Buffer {
  return isIPv4(name) ? derContext(7, false, Buffer.from(name.split('.').map(Number))) : derContext(2, false, Buffer.from(name, 'latin1'))
}
