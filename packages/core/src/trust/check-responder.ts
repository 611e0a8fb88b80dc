import { Fault } from '@trembita/protocol/fault'
import { encodeOcspRequest, OID, parseOcspResponse, verifyOcsp, type Certificate, type CertificationAuthority, type TrustStore } from '@trembita/protocol/pki'
import { askService, ServiceProblem } from './ask-service.ts'

export interface ResponderToCheck {
  readonly url: string
  /** Signs the answers, where it is neither the CA nor one it appointed by its own certificate. */
  readonly certificate?: Certificate | undefined
  /** The CA that it answers for. */
  readonly authority: Certificate
  /** A certificate that the CA has issued; without one the responder is asked about the CA itself. */
  readonly subject?: Certificate | undefined
  readonly ocspFreshnessSeconds: number
}

/**
 * Asks an OCSP responder as gateways do and judges the answer by their rules (xroad-trust §3.4). What it says of the certificate is
 * its own affair: that it knows its CA, takes SHA-1, answers in time and may sign is what counts.
 *
 * @throws {ServiceProblem}
 */
export async function checkResponder ({ url, certificate, authority, subject = authority, ocspFreshnessSeconds }: ResponderToCheck, at: Date): Promise<void> {
  const der = await askService(url, 'application/ocsp-request', 'application/ocsp-response', encodeOcspRequest(subject, authority))
  const ca: CertificationAuthority = { certificate: authority, profileClass: '', authenticationOnly: false, top: true, ocspResponders: [{ url, certificate }] }
  const trust: TrustStore = { instance: '', authorities: [ca], timestampers: [], ocspFreshnessSeconds, verifyNextUpdate: true, findCa: () => ca }
  const { certId, status } = read(der)
  if (certId.hashAlgorithm !== OID.sha1) throw new ServiceProblem('it names the certificate by another hash than SHA-1, which gateways do not accept')
  if (!certId.issuerNameHash.equals(authority.subjectSha1) || !certId.issuerKeyHash.equals(authority.keySha1) || certId.serialNumber !== subject.serialNumber) {
    throw new ServiceProblem('it answered about another certificate than it was asked about')
  }
  try {
    verifyOcsp([der], [subject], ca, trust, at)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    // Judged last, so that everything else has held.
    if (error.kind === 'CertValidation' && status !== 'good') return
    throw new ServiceProblem(`its answer is not accepted: ${error.message}`, { cause: error })
  }
}

function read (der: Buffer): ReturnType<typeof parseOcspResponse>['singles'][0] {
  try {
    return parseOcspResponse(der).singles[0]
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    const refusal = /OCSP responder answered (\w+)/.exec(cause.message)?.[1]
    throw new ServiceProblem(refusal === 'unauthorized'
      ? 'it answered "unauthorized": it does not answer for this certification authority, or does not know its certificates'
      : refusal === undefined ? `its answer is no OCSP response: ${cause.message}` : `it refused with "${refusal}"`, { cause })
  }
}
