import { randomBytes } from 'node:crypto'
import { digestByUri, SHA512_URI } from './algorithms.ts'
import { checkInstance, malformed } from './structure.ts'
import type { GlobalConfVersion } from './types.ts'

export type DirectoryPartToWrite = {
  readonly contentIdentifier: string
  readonly instance: string
  /** Absolute path or URL, as clients resolve it against the directory's address. */
  readonly location: string
  readonly hashUri?: string | undefined
} & ({ readonly bytes: Uint8Array } | {
  /** Hash of the bytes by `hashUri`, where it is known already. */
  readonly digest: Uint8Array
})

export interface DirectorySigner {
  /** DER; its hash tells clients which of the anchor's keys to use. */
  readonly certificate: Uint8Array
  readonly algorithmUri: string
  /** RSA value, or for ECDSA the DER sequence (not r‖s). */
  sign (data: Uint8Array): Promise<Uint8Array> | Uint8Array
}

export interface DirectoryToBuild {
  readonly version: GlobalConfVersion
  /** Written to the second, UTC. */
  readonly expireAt: Date
  readonly parts: readonly DirectoryPartToWrite[]
  readonly signer: DirectorySigner
  readonly certificateHashUri?: string | undefined
  /** Random letters and digits by default. */
  readonly boundaries?: { readonly outer: string, readonly inner: string } | undefined
}

/**
 * Builds a signed directory, byte for byte as X-Road's own centre does. Signed is the body of the first outer part:
 * from its first delimiter to the line break that ends its last one; the line break before the outer delimiter is not.
 *
 * @throws {Fault} `MalformedGlobalConf` for an unknown digest or a value that would break a header line.
 * @see xroad-trust §2.3
 */
export async function buildDirectory (input: DirectoryToBuild): Promise<Buffer> {
  const outer = input.boundaries?.outer ?? randomBytes(10).toString('hex')
  const inner = input.boundaries?.inner ?? randomBytes(10).toString('hex')
  const lines = [
    `--${inner}`,
    `Expire-date: ${input.expireAt.toISOString().slice(0, 19)}Z`,
    `Version: ${input.version}`,
    ''
  ]
  for (const part of input.parts) lines.push(...partLines(part, inner))
  lines.push(`--${inner}--`, '')
  const signed = Buffer.from(lines.join('\r\n'))
  const certificateHashUri = input.certificateHashUri ?? SHA512_URI
  const head = [
    `Content-Type: multipart/related; charset=UTF-8; boundary=${outer}`,
    '',
    `--${outer}`,
    `Content-Type: multipart/mixed; charset=UTF-8; boundary=${inner}`,
    '',
    ''
  ]
  const tail = [
    '',
    `--${outer}`,
    'Content-Type: application/octet-stream',
    'Content-Transfer-Encoding: base64',
    `Signature-Algorithm-Id: ${headerValue(input.signer.algorithmUri)}`,
    `Verification-certificate-hash: ${hash(certificateHashUri, input.signer.certificate)}; hash-algorithm-id="${certificateHashUri}"`,
    '',
    Buffer.from(await input.signer.sign(signed)).toString('base64'),
    `--${outer}--`,
    ''
  ]
  return Buffer.concat([Buffer.from(head.join('\r\n')), signed, Buffer.from(tail.join('\r\n'))])
}

function partLines (part: DirectoryPartToWrite, inner: string): string[] {
  checkInstance(part.instance)
  const hashUri = part.hashUri ?? SHA512_URI
  return [
    `--${inner}`,
    'Content-type: application/octet-stream',
    'Content-transfer-encoding: base64',
    `Content-identifier: ${headerValue(part.contentIdentifier)}; instance='${headerValue(part.instance, true)}'`,
    `Content-location: ${headerValue(part.location)}`,
    `Hash-algorithm-id: ${headerValue(hashUri)}`,
    '',
    'digest' in part ? Buffer.from(part.digest).toString('base64') : hash(hashUri, part.bytes)
  ]
}

function hash (uri: string, bytes: Uint8Array): string {
  const digest = digestByUri(uri, bytes)
  if (digest === undefined) throw malformed('configuration directory: digest algorithm is unknown or too weak')
  return digest.toString('base64')
}

function headerValue (value: string, quoted = false): string {
  if (/[\u0000-\u001f\u007f]/.test(value) || (quoted && /['"]/.test(value))) throw malformed('configuration directory: value cannot stand in a header')
  return value
}
