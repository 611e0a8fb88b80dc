import { Certificate, certificatesOfPem, type CertificationAuthority, type TrustStore } from '../pki/index.ts'
import type { CaInfo, SharedParameters } from './types.ts'

export interface TrustStoreOptions {
  /** Part NEXTUPDATE of the own instance; default true. */
  readonly verifyNextUpdate?: boolean | undefined
  /** Own instance's value where it differs from these parameters: freshness is always the judge's own rule (§3.4). */
  readonly ocspFreshnessSeconds?: number | undefined
  /** Told of each CA, responder or TSA left out because its certificate cannot be read. */
  readonly onUnusable?: ((what: string, error: unknown) => void) | undefined
}

/**
 * What an instance trusts, by its shared parameters. A certificate that cannot be read is left out (and reported), so
 * that one CA of an algorithm we lack does not take the others down; nothing is trusted more for it. Of two CAs with
 * one subject the last wins, as in X-Road.
 */
export function trustStoreOf (shared: SharedParameters, options: TrustStoreOptions = {}): TrustStore {
  const read = <T>(what: string, make: () => T): T | undefined => {
    try {
      return make()
    } catch (error) {
      options.onUnusable?.(what, error)
      return undefined
    }
  }
  const authorities: CertificationAuthority[] = []
  for (const ca of shared.approvedCas) {
    const add = (info: CaInfo, top: boolean): void => {
      const certificate = read(`CA ${ca.name}`, () => certificateOf(info.certificate))
      if (certificate === undefined) return
      const ocspResponders = info.ocsp.map(({ url, certificate }) => ({
        url,
        certificate: certificate === undefined ? undefined : read(`OCSP responder of CA ${ca.name}`, () => certificateOf(certificate))
      }))
      authorities.push({ certificate, profileClass: ca.profileClass, authenticationOnly: ca.authenticationOnly, ocspResponders, top })
    }
    add(ca.topCa, true)
    for (const info of ca.intermediateCas) add(info, false)
  }
  const timestampers = shared.approvedTsas.flatMap(({ name, url, certificate: der }) => {
    const certificate = read(`TSA ${name}`, () => certificateOf(der))
    return certificate === undefined ? [] : [{ name, url, certificate }]
  })
  const bySubject = new Map(authorities.map((authority) => [authority.certificate.subject.key, authority]))
  return {
    instance: shared.instance,
    authorities,
    timestampers,
    ocspFreshnessSeconds: options.ocspFreshnessSeconds ?? shared.ocspFreshnessSeconds,
    verifyNextUpdate: options.verifyNextUpdate ?? true,
    findCa: (issuer) => bySubject.get(issuer.key)
  }
}

/**
 * A central server of X-Road publishes the file that its operator uploaded, and that may be PEM: base64 of base64.
 * Its nodes read both forms, so both occur.
 */
function certificateOf (bytes: Buffer): Certificate {
  return bytes.includes('-----BEGIN') ? certificatesOfPem(bytes.toString('latin1'))[0]! : Certificate.parse(bytes)
}
