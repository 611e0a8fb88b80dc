import { Fault } from '@trembita/protocol/fault'
import { memberOf } from '@trembita/protocol/identifiers'
import { buildPath, Certificate, certificatesOfPem, memberOfSignCertificate, usageOf, type TrustStore } from '@trembita/protocol/pki'
import type { CertificateEntry, KeyUse, TokenKey } from '../../signer/index.ts'
import { snapshotOf, type AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { checkOcsp } from './activation.ts'
import { hashOf } from './certificate-json.ts'
import { isLocalMember } from './make-request.ts'

/** Reads one certificate, PEM or DER. @throws {Refusal}. */
export function readCertificate (bytes: Buffer): Certificate {
  try {
    const start = bytes.subarray(0, 4096).toString('latin1')
    return start.includes('-----BEGIN') ? certificatesOfPem(bytes.toString('latin1'))[0]! : Certificate.parse(bytes)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('invalid', 'invalid_cert', `this is no certificate: ${cause.message}`, { cause })
  }
}

/** What a certificate is for. @throws {Refusal} for one that is for seals and TLS at once, or for neither. */
export function useOfCertificate (certificate: Certificate): KeyUse {
  try {
    return usageOf(certificate)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('invalid', 'cert_wrong_usage', cause.message, { cause })
  }
}

/**
 * Takes a certificate that was issued for one of the token's keys (xroad-trust §3.3). A seal is registered at once, and used
 * when its OCSP response is good; an authentication certificate waits to be registered and activated.
 *
 * @throws {Refusal}
 */
export async function importCertificate (deps: AdminDeps, certificate: Certificate, use: KeyUse): Promise<TokenKey> {
  const snapshot = snapshotOf(deps)
  const trust = snapshot.trustOf(snapshot.instance)!
  const key = deps.token.keyOf(certificate)
  if (key === undefined) throw new Refusal('notFound', 'key_not_found', 'no key of the token belongs to this certificate')
  if (key.use !== undefined && key.use !== use) throw new Refusal('conflict', 'cert_wrong_usage', 'the key was made for the other use')
  if (key.certificates.some((known) => known.equals(certificate))) throw new Refusal('conflict', 'certificate_already_exists', 'the token has this certificate', { metadata: [hashOf(certificate)] })
  if (!certificate.isSelfSigned) checkPath(certificate, trust, deps.clock.now())
  if (use === 'sign') checkHolder(deps, certificate, trust)
  const state = use === 'auth' ? { status: 'saved', active: false } as const : await sealState(deps, certificate)
  await deps.token.importCertificate(certificate, state)
  // What was asked for has come.
  const updated = await deps.token.update(key.id, ({ requests }) => ({ use, requests: requests.filter((request) => request.use !== use) }))
  await deps.running()?.reconsider()
  return updated
}

function checkPath (certificate: Certificate, trust: TrustStore, at: Date): void {
  const intermediates = trust.authorities.map((authority) => authority.certificate)
  try {
    buildPath(certificate, intermediates.slice(0, 32), trust, at)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('conflict', cause.kind === 'CannotCreateCertPath' ? 'certificate_not_issued_by_approved_ca' : 'invalid_cert', cause.message, { cause })
  }
}

function checkHolder (deps: AdminDeps, certificate: Certificate, trust: TrustStore): void {
  const authority = trust.findCa(certificate.issuer)
  if (authority === undefined || authority.authenticationOnly) {
    throw new Refusal('conflict', 'sign_cert_not_supported', 'the certification service that issued it issues no seals')
  }
  try {
    const member = memberOf(memberOfSignCertificate(certificate, authority.profileClass, trust.instance))
    if (!isLocalMember(deps, member)) throw new Refusal('conflict', 'client_not_found', 'this gateway serves no client of the member whose seal this is', { metadata: [formatEncodedId(member)] })
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('invalid', 'invalid_cert', cause.message, { cause })
  }
}

async function sealState (deps: AdminDeps, certificate: Certificate): Promise<Omit<CertificateEntry, 'certificate'>> {
  const problem = await checkOcsp(deps, certificate)
  return problem === undefined ? { status: 'registered', active: true } : { status: 'registered', active: false, activationError: problem }
}
