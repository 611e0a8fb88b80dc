import type { KeyUse } from './key-description.ts'
import type { TokenKey } from './token.ts'

export interface RequestOptions {
  readonly use: KeyUse
  /** Attributes of the subject in their order; `subjectAltName` becomes a DNS name. */
  readonly subject: readonly { readonly id: string, readonly value: string }[]
}

/** Attribute types by the names that profiles use. X-Road's `SN` is the serial number too. */
const TYPES: Readonly<Record<string, string>> = { CN: '2.5.4.3', SN: '2.5.4.5', serialNumber: '2.5.4.5', C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', businessCategory: '2.5.4.15' }
/** X.520 asks for PrintableString in these; a value that cannot be one is written as UTF-8 all the same. */
const PRINTABLE_TYPES: ReadonlySet<string> = new Set(['2.5.4.5', '2.5.4.6'])
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

/**
 * Makes a certificate request: subject in the given order, signed with the key and SHA-256, asking for the key usage that
 * X-Road asks for.
 *
 * @returns DER of PKCS#10.
 * @see xroad-trust §3.3
 */
export async function certificateRequest ({ privateKey, publicKey }: Pick<TokenKey, 'privateKey' | 'publicKey'>, { use, subject }: RequestOptions): Promise<Buffer> {
  // Loaded only when a request must be made: 100 ms that no start should pay.
  await import('reflect-metadata')
  const { KeyUsageFlags, KeyUsagesExtension, Name, Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } = await import('@peculiar/x509')
  const usage = use === 'sign'
    ? KeyUsageFlags.nonRepudiation | KeyUsageFlags.keyCertSign
    : KeyUsageFlags.digitalSignature | KeyUsageFlags.dataEncipherment | KeyUsageFlags.keyEncipherment
  const names = subject.filter(({ id, value }) => id === 'subjectAltName' && value !== '').map(({ value }) => ({ type: 'dns' as const, value }))
  const rdns = subject.filter(({ id }) => id !== 'subjectAltName').map(({ id, value }) => {
    const type = TYPES[id] ?? id
    return { [type]: [PRINTABLE_TYPES.has(type) && PRINTABLE.test(value) ? { printableString: value } : { utf8String: value }] }
  })
  const algorithm = privateKey.asymmetricKeyType === 'rsa'
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', hash: 'SHA-256', namedCurve: privateKey.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256' }
  type Keys = Parameters<typeof Pkcs10CertificateRequestGenerator.create>[0]['keys']
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: new Name(rdns),
    keys: { privateKey: privateKey.toCryptoKey(algorithm, false, ['sign']), publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']) } as Keys,
    signingAlgorithm: algorithm,
    extensions: [new KeyUsagesExtension(usage, false), ...names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]]
  })
  return Buffer.from(request.rawData)
}
