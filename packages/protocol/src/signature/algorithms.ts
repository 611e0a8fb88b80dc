import { DIGESTS, type DigestName } from './digests.ts'

/** One way to sign: a row of the table below. */
export interface SignatureAlgorithm {
  readonly uri: string
  /** As X-Road's signer and configuration call it. */
  readonly jcaName: string
  /** Digest of the signature and, in what we write, of everything that it covers. */
  readonly digest: DigestName
  readonly keyType: 'rsa' | 'ec'
  readonly pss: boolean
}

const MORE_2001 = 'http://www.w3.org/2001/04/xmldsig-more#'
const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#'

function rows (digest: DigestName): SignatureAlgorithm[] {
  const short = DIGESTS[digest].node
  const jca = short.toUpperCase()
  return [
    { uri: `${MORE_2001}rsa-${short}`, jcaName: `${jca}withRSA`, digest, keyType: 'rsa', pss: false },
    { uri: `${MORE_2007}${short}-rsa-MGF1`, jcaName: `${jca}withRSAandMGF1`, digest, keyType: 'rsa', pss: true },
    { uri: `${MORE_2001}ecdsa-${short}`, jcaName: `${jca}withECDSA`, digest, keyType: 'ec', pss: false }
  ]
}

/** Every signature method that is accepted or made (RFC 9231). A new one, such as DSTU 4145, is one more row. */
export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = [...rows('SHA-256'), ...rows('SHA-384'), ...rows('SHA-512')]

const BY_URI: ReadonlyMap<string, SignatureAlgorithm> = new Map(SIGNATURE_ALGORITHMS.map((row) => [row.uri, row]))

/** The method that an XML algorithm URI names; undefined when it is none that we know. */
export function signatureAlgorithmByUri (uri: string): SignatureAlgorithm | undefined {
  return BY_URI.get(uri)
}

/** The row for a kind of key. Peers' default is RSA PKCS#1 v1.5 with SHA-512, ECDSA with SHA-512 for EC keys. */
export function signatureAlgorithmFor (keyType: 'rsa' | 'ec', digest: DigestName = 'SHA-512', pss = false): SignatureAlgorithm {
  return SIGNATURE_ALGORITHMS.find((row) => row.keyType === keyType && row.digest === digest && row.pss === (keyType === 'rsa' && pss))!
}
