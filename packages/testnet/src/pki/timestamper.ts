import { startTrustService, type ListenOptions, type TrustService } from './http.ts'
import type { TestPki } from './test-pki.ts'
import { answerTimestamp, type TimestampFaults } from './timestamp-answer.ts'

/**
 * The PKI's timestamp service over HTTP: POST of `application/timestamp-query`.
 *
 * @see RFC 3161 §3.4
 */
export async function startTimestamper (pki: TestPki, options: ListenOptions = {}): Promise<TrustService<TimestampFaults>> {
  return await startTrustService<TimestampFaults>({
    ...options,
    requestType: 'application/timestamp-query',
    responseType: 'application/timestamp-reply',
    answer: (request, faults) => answerTimestamp(pki, request, faults)
  })
}
