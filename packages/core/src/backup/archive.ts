import { createCipheriv, createDecipheriv, randomBytes, scrypt, verify, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Secret } from '@trembita/daemon'
import { configurationSignature, type DirectorySigner } from '@trembita/protocol/globalconf'
import { Refusal } from '../refusal.ts'

/**
 * A backup is one file: a line of magic, a line of JSON (`BackupHeader`), the encrypted content, and the signature over all
 * that stands before it. The content is gzip of lines of JSON, encrypted by AES-256-GCM under a key that scrypt makes of a
 * passphrase; the signature is that of the core's internal configuration key, so that a backup is known to be of the
 * environment whose anchor holds that key: `head -c N backup | openssl dgst -sha512 -verify`.
 */
export interface BackupHeader {
  readonly instance: string
  readonly createdAt: string
  /** Version of the program that wrote it. */
  readonly program: string
  /** Steps of the schema that the rows are of. */
  readonly schema: number
  /** Whether configuration signing keys are in it (encrypted under the core's passphrase besides). */
  readonly withKeys: boolean
  readonly salt: string
  readonly iv: string
  readonly contentBytes: number
  /** DER of the certificate of the key that signed, base64; and the URI of the algorithm. */
  readonly certificate: string
  readonly algorithm: string
}

const MAGIC = 'TREMBITA-CORE-BACKUP 1\n'
const HEADER_BYTES_MAX = 16 * 1024
const CONTENT_BYTES_MAX = 1024 * 1024 * 1024
const TAG_BYTES = 16
/** OWASP's figures of 2024 for scrypt: 128 MB and a good tenth of a second for each guess. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }

export type BackupFacts = Pick<BackupHeader, 'instance' | 'createdAt' | 'program' | 'schema' | 'withKeys'>

export async function writeBackup (facts: BackupFacts, content: Buffer, passphrase: Secret, signer: DirectorySigner): Promise<Buffer> {
  const salt = randomBytes(16)
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), iv)
  const packed = await promisify(gzip)(content)
  const encrypted = Buffer.concat([cipher.update(packed), cipher.final(), cipher.getAuthTag()])
  const header: BackupHeader = {
    ...facts,
    salt: salt.toString('base64'),
    iv: iv.toString('base64'),
    contentBytes: encrypted.length,
    certificate: Buffer.from(signer.certificate).toString('base64'),
    algorithm: signer.algorithmUri
  }
  const signed = Buffer.concat([Buffer.from(`${MAGIC}${JSON.stringify(header)}\n`), encrypted])
  return Buffer.concat([signed, await signer.sign(signed)])
}

/** A backup whose signature holds; who signed is for the reader to compare with an anchor. */
export interface SignedBackup {
  readonly header: BackupHeader
  readonly certificate: Buffer
  /** Fails for another passphrase than it was written with. */
  open (passphrase: Secret): Promise<Buffer>
}

/** So many bytes hold the header of any backup. */
export const BACKUP_HEAD_BYTES = MAGIC.length + HEADER_BYTES_MAX

/**
 * What a backup says of itself, from its first bytes and its size alone: the signature is not looked at.
 *
 * @throws {Refusal} `backup_invalid`: not a backup, or cut short.
 */
export function readBackupHeader (head: Buffer, bytes: number): BackupHeader {
  const { header, start } = headerOf(head)
  if (bytes <= start + header.contentBytes) throw invalid('the backup is cut short')
  return header
}

function headerOf (head: Buffer): { readonly header: BackupHeader, readonly start: number } {
  if (!head.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC))) throw invalid('the file is not a backup of a core')
  const end = head.subarray(0, BACKUP_HEAD_BYTES).indexOf('\n', MAGIC.length)
  if (end < 0) throw invalid('the header of the backup is cut short')
  return { header: parseHeader(head.subarray(MAGIC.length, end).toString('utf8')), start: end + 1 }
}

/** @throws {Refusal} `backup_invalid`: not a backup, cut short, or changed since it was signed. */
export function readBackup (file: Buffer): SignedBackup {
  const { header, start } = headerOf(file)
  const signed = file.subarray(0, start + header.contentBytes)
  const signature = file.subarray(start + header.contentBytes)
  const certificate = Buffer.from(header.certificate, 'base64')
  if (signed.length !== start + header.contentBytes || signature.length === 0) throw invalid('the backup is cut short')
  if (!isSigned(signed, signature, certificate, header.algorithm)) throw invalid('the signature of the backup does not fit: it was changed, or is not whole')
  return {
    header,
    certificate,
    open: async (passphrase) => {
      const encrypted = signed.subarray(start)
      const decipher = createDecipheriv('aes-256-gcm', await keyOf(passphrase, Buffer.from(header.salt, 'base64')), Buffer.from(header.iv, 'base64'))
      decipher.setAuthTag(encrypted.subarray(-TAG_BYTES))
      let packed: Buffer
      try {
        packed = Buffer.concat([decipher.update(encrypted.subarray(0, -TAG_BYTES)), decipher.final()])
      } catch (cause) {
        throw new Refusal('invalid', 'backup_passphrase_wrong', 'the backup does not open: it was encrypted with another passphrase', { cause })
      }
      return await promisify(gunzip)(packed, { maxOutputLength: CONTENT_BYTES_MAX }) as Buffer
    }
  }
}

function parseHeader (text: string): BackupHeader {
  let header: Partial<BackupHeader>
  try {
    header = JSON.parse(text) as Partial<BackupHeader>
  } catch {
    throw invalid('the header of the backup is not JSON')
  }
  for (const name of ['instance', 'createdAt', 'program', 'salt', 'iv', 'certificate', 'algorithm'] as const) {
    if (typeof header[name] !== 'string') throw invalid(`the header of the backup has no ${name}`)
  }
  const { schema, contentBytes, withKeys } = header
  if (!Number.isSafeInteger(schema) || !Number.isSafeInteger(contentBytes) || contentBytes! < TAG_BYTES || contentBytes! > CONTENT_BYTES_MAX || typeof withKeys !== 'boolean') throw invalid('the header of the backup is not whole')
  return header as BackupHeader
}

function isSigned (data: Buffer, signature: Buffer, certificate: Buffer, algorithmUri: string): boolean {
  try {
    const algorithm = configurationSignature(algorithmUri)
    return algorithm !== undefined && verify(algorithm.digest, data, algorithm.keyOptions(new X509Certificate(certificate).publicKey), signature)
  } catch {
    return false
  }
}

async function keyOf (passphrase: Secret, salt: Buffer): Promise<Buffer> {
  return await (promisify(scrypt) as (password: Uint8Array, salt: Uint8Array, bytes: number, options: object) => Promise<Buffer>)(passphrase.bytes, salt, 32, SCRYPT)
}

function invalid (message: string): Refusal {
  return new Refusal('invalid', 'backup_invalid', message)
}
