import { createHash, X509Certificate, type KeyObject } from 'node:crypto'
import { Fault } from '../fault/index.ts'
import { configurationSignature, digestByUri, verifyByUri } from './algorithms.ts'
import type { Directory, DirectoryPart } from './directory.ts'
import { malformed } from './structure.ts'

/**
 * Checks the signature of a directory with one of the certificates that its source is known by. Of a certificate only
 * the public key counts: names and dates are not looked at (xroad-trust §2.2).
 *
 * @param certificates DER, as listed in the anchor or in `source`.
 * @throws {Fault} `InvalidSignatureValue`: no certificate of that hash, an algorithm unknown or too weak, or a value
 *   that does not verify.
 */
export function verifyDirectory (directory: Directory, certificates: readonly Uint8Array[]): void {
  const { signedBytes, signatureUri, signature, certificateHash, certificateHashUri } = directory
  const certificate = certificates.find((der) => digestByUri(certificateHashUri, der)?.equals(certificateHash))
  if (certificate === undefined) throw new Fault('InvalidSignatureValue', 'configuration directory: signed with a key that is not listed for its source')
  if (configurationSignature(signatureUri) === undefined) {
    throw new Fault('InvalidSignatureValue', 'configuration directory: signature algorithm is unknown or too weak')
  }
  if (!verifyByUri(signatureUri, signedBytes, publicKeyOf(certificate), signature)) {
    throw new Fault('InvalidSignatureValue', 'configuration directory: signature does not verify')
  }
}

function publicKeyOf (der: Uint8Array): KeyObject {
  try {
    return new X509Certificate(der).publicKey
  } catch (cause) {
    throw new Fault('InvalidSignatureValue', 'configuration directory: verification certificate is not readable', { cause })
  }
}

/** @throws {Fault} `OutdatedGlobalConf` when the directory says it is over at `at`. */
export function checkExpiry (directory: Pick<Directory, 'expireAt'>, at: Date): void {
  if (at > directory.expireAt) throw new Fault('OutdatedGlobalConf', `configuration directory: expired at ${directory.expireAt.toISOString()}`)
}

/** Whether these bytes are what the directory promised for the part. */
export function isPartUnchanged (part: Pick<DirectoryPart, 'hash' | 'hashUri'>, bytes: Uint8Array): boolean {
  return digestByUri(part.hashUri, bytes)?.equals(part.hash) ?? false
}

/** @throws {Fault} `MalformedGlobalConf` when a downloaded part is not the promised one. */
export function checkPart (part: DirectoryPart, bytes: Uint8Array): void {
  if (!isPartUnchanged(part, bytes)) throw malformed(`configuration part ${part.contentIdentifier}: hash does not match the directory`)
}

/** SHA-256 in hex: names a verification certificate to people and logs. */
export function keyFingerprint (der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}
