import type { KeyObject } from 'node:crypto'
import { createTestPki, type Issued, type KeyKind, ocspResponseFor, type TestPki, trustStoreOfPki, type TrustStoreOptions } from '@trembita/testnet/pki'
import type { TrustStore } from '../src/pki/index.ts'
import { type SealKey, signatureAlgorithmFor, signValue, type DigestName } from '../src/signature/index.ts'

/** Instance and member under whose seal the tests' messages stand. */
export const MEMBER = { instance: 'TEST', memberClass: 'GOV', memberCode: '00000001' }

export interface Sealer {
  readonly pki: TestPki
  readonly trust: TrustStore
  readonly key: SealKey
  readonly privateKey: KeyObject
  readonly issued: Issued
  readonly now: Date
}

/** A PKI with one member's seal. `below` issues it from the intermediate CA while only the top one is approved. */
export async function createSealer (options: {
  keyKind?: KeyKind, digest?: DigestName, pss?: boolean, below?: boolean, pki?: TestPki, trust?: TrustStoreOptions, memberCode?: string
} = {}): Promise<Sealer> {
  const pki = options.pki ?? await createTestPki()
  const kind = options.keyKind ?? 'ec'
  const issued = await pki.issueSign({ member: { memberClass: MEMBER.memberClass, memberCode: options.memberCode ?? MEMBER.memberCode }, keyType: kind })
  const below = options.below === true
  const algorithm = signatureAlgorithmFor(kind === 'rsa' ? 'rsa' : 'ec', options.digest, options.pss)
  const path = below ? [issued.certificate, ...issued.chain] : [issued.certificate]
  return {
    pki,
    trust: trustStoreOfPki(pki, { topOnly: below, ...options.trust }),
    now: new Date(),
    privateKey: issued.privateKey,
    issued,
    key: {
      certificate: issued.certificate,
      intermediates: path.slice(1),
      ocspResponses: path.map((certificate) => ocspResponseFor(pki, certificate)),
      algorithm,
      sign: (data) => signValue(algorithm, issued.privateKey, data)
    }
  }
}
