import { hash, randomBytes } from 'node:crypto'
import { Fault } from '@trembita/protocol/fault'
import { encodeTimestampRequest, parseTimestampResponse, verifyTimestamp, type Certificate } from '@trembita/protocol/pki'
import { askService, ServiceProblem } from './ask-service.ts'

/** How far the clocks of a service and of the core may be apart before somebody should look. */
const CLOCK_DIFFERENCE_MS_MAX = 60_000

/**
 * Has a timestamping service stamp something, as gateways will (SHA-512, no certificate asked for), and verifies the stamp by the
 * certificate that is being approved (xroad-trust §3.5).
 *
 * @throws {ServiceProblem}
 */
export async function checkTimestamper (url: string, certificate: Certificate, at: Date): Promise<void> {
  const data = randomBytes(64)
  const answer = await askService(url, 'application/timestamp-query', 'application/timestamp-reply', encodeTimestampRequest(hash('sha512', data, 'buffer'), 'SHA-512'))
  try {
    const { genTime } = verifyTimestamp(parseTimestampResponse(answer), data, [certificate])
    const apartMs = Math.abs(genTime.getTime() - at.getTime())
    if (apartMs > CLOCK_DIFFERENCE_MS_MAX) throw new ServiceProblem(`its clock differs from ours by ${Math.round(apartMs / 1000)} seconds`)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new ServiceProblem(`its stamp is not accepted: ${error.message}`, { cause: error })
  }
}
