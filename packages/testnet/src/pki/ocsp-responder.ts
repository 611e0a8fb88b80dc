import { startTrustService, type ListenOptions, type TrustService } from './http.ts'
import { answerOcsp, type OcspFaults } from './ocsp-answer.ts'
import type { TestPki } from './test-pki.ts'

/**
 * The PKI's OCSP responder over HTTP: POST of `application/ocsp-request`, and GET with the request in base64 in the path.
 *
 * @see RFC 6960 appendix A
 */
export async function startOcspResponder (pki: TestPki, options: ListenOptions = {}): Promise<TrustService<OcspFaults>> {
  return await startTrustService<OcspFaults>({
    ...options,
    requestType: 'application/ocsp-request',
    responseType: 'application/ocsp-response',
    ofTarget: requestOfPath,
    answer: (request, faults) => answerOcsp(pki, request, faults)
  })
}

function requestOfPath (target: string): Buffer | undefined {
  try {
    const text = decodeURIComponent(target.slice(1))
    return /^[A-Za-z0-9+/]+=*$/.test(text) ? Buffer.from(text, 'base64') : undefined
  } catch {
    // a broken percent escape
    return undefined
  }
}
