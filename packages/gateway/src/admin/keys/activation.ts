import { Fault } from '@trembita/protocol/fault'
import type { Certificate } from '@trembita/protocol/pki'
import { runningOf, snapshotOf, type AdminDeps } from '../deps.ts'

/**
 * Whether the certification service's responder says now that a certificate, and each above it, is good.
 *
 * @returns what speaks against it; undefined when it is good. A self-signed certificate has nobody to ask.
 */
export async function checkOcsp (deps: AdminDeps, certificate: Certificate): Promise<string | undefined> {
  if (certificate.isSelfSigned) return undefined
  const { ocsp } = runningOf(deps)
  const snapshot = snapshotOf(deps)
  try {
    await ocsp.refresh(certificate, snapshot.trustOf(snapshot.instance)!)
    return undefined
  } catch (error) {
    return error instanceof Fault ? error.message : 'the OCSP responder could not be asked'
  }
}
