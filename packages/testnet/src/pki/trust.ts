import type { CertificationAuthority, DistinguishedName, TrustStore } from '@trembita/protocol/pki'
import type { TestPki } from './test-pki.ts'

export const BASIC_PROFILE = 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider'

export interface TrustStoreOptions {
  readonly instance?: string | undefined
  readonly profileClass?: string | undefined
  readonly ocspUrl?: string | undefined
  readonly tsaUrl?: string | undefined
  readonly ocspFreshnessSeconds?: number | undefined
  readonly verifyNextUpdate?: boolean | undefined
  /** Approve the top CA alone, so that leaves need the intermediate in their path. */
  readonly topOnly?: boolean | undefined
  /** List the responders' certificates; default no: they are found as delegated. */
  readonly configuredResponders?: boolean | undefined
}

/** The trust that an instance's shared parameters would give to this PKI: for tests without a core. */
export function trustStoreOfPki (pki: TestPki, options: TrustStoreOptions = {}): TrustStore {
  const authorities: CertificationAuthority[] = [pki.root, ...(options.topOnly === true ? [] : [pki.intermediate])].map((authority) => ({
    certificate: authority.certificate,
    profileClass: options.profileClass ?? BASIC_PROFILE,
    authenticationOnly: false,
    ocspResponders: [{ url: options.ocspUrl ?? 'http://127.0.0.1:1', certificate: options.configuredResponders === true ? authority.ocsp.certificate : undefined }],
    top: authority === pki.root
  }))
  return {
    instance: options.instance ?? 'TEST',
    authorities,
    findCa: (issuer: DistinguishedName) => authorities.find(({ certificate }) => certificate.subject.equals(issuer)),
    timestampers: [{ name: 'Timestamp service', url: options.tsaUrl ?? 'http://127.0.0.1:1', certificate: pki.tsa.certificate }],
    ocspFreshnessSeconds: options.ocspFreshnessSeconds ?? 3600,
    verifyNextUpdate: options.verifyNextUpdate ?? true
  }
}
