import type { Certificate } from './certificate.ts'
import type { DistinguishedName } from './distinguished-name.ts'

/** A CA that an instance's shared parameters approve: a top one (the trust anchor, which need not be a root) or one below it. */
export interface CertificationAuthority {
  readonly certificate: Certificate
  /** Java class name of the profile that says where the member's codes stand in its certificates. */
  readonly profileClass: string
  /** Approved for TLS only: its certificates make no seals. */
  readonly authenticationOnly: boolean
  readonly ocspResponders: readonly { readonly url: string, readonly certificate?: Certificate | undefined }[]
  readonly top: boolean
}

/** What one instance trusts, as its signed shared parameters say. Unchanging: new parameters make a new store. */
export interface TrustStore {
  readonly instance: string
  readonly authorities: readonly CertificationAuthority[]
  /** The approved CA with this subject name. */
  findCa (issuer: DistinguishedName): CertificationAuthority | undefined
  readonly timestampers: readonly { readonly name: string, readonly url: string, readonly certificate: Certificate }[]
  /** How old `thisUpdate` of an OCSP response may be. */
  readonly ocspFreshnessSeconds: number
  readonly verifyNextUpdate: boolean
}
