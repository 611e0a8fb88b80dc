import { createPublicKey, sign, type KeyObject } from 'node:crypto'
import { derBitString, derContext, derInteger, derNull, derOid, derSequence, derSet, derTime, derUtf8 } from '@trembita/protocol/asn1'

/**
 * A self-signed certificate as the box in which a configuration signing key travels. Its names and dates mean nothing:
 * readers take the public key and look at nothing else (xroad-trust §2.2), so the dates are X-Road's own fixed ones.
 */
export function certificateOfKey (privateKey: KeyObject, commonName: string, serialNumber: bigint): Buffer {
  const elliptic = privateKey.asymmetricKeyType === 'ec'
  const algorithm = elliptic
    ? derSequence(derOid('1.2.840.10045.4.3.2'))
    : derSequence(derOid('1.2.840.113549.1.1.11'), derNull())
  const name = derSequence(derSet(derSequence(derOid('2.5.4.3'), derUtf8(commonName))))
  const validity = derSequence(derTime(new Date('1970-01-01T00:00:00Z')), derTime(new Date('2038-01-01T00:00:00Z')))
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const body = derSequence(derContext(0, true, derInteger(2)), derInteger(serialNumber), algorithm, name, validity, name, spki)
  const signature = sign('sha256', body, elliptic ? { key: privateKey, dsaEncoding: 'der' } : privateKey)
  return derSequence(body, algorithm, derBitString(signature))
}
