import { Fault } from '@trembita/protocol/fault'
import { formatClientId, type ClientId } from '@trembita/protocol/identifiers'
import { writeZip } from '@trembita/protocol/asic'
import { authenticateClient } from '../clients/index.ts'
import { encodedQueryId, type Direction } from '../messagelog/index.ts'
import type { DownloadDeps } from './deps.ts'
import { sendBytes, sendText, type Download } from './downloads.ts'

/** More records of one query id than any client has reason to make; `?` and `1` occur as ids. */
const RECORDS_MAX = 1000

/**
 * `GET /asic` (xroad-messages §4.6) and Trembita's `GET /signature` (trembita.md §6): the signed containers of one query id.
 * `/signature` is asked at once after the call, so it stamps what is not yet stamped; `/asic` does with `force`.
 */
export async function serveSignedDocuments (deps: DownloadDeps, { query, peer, response }: Download, kind: 'asic' | 'signature'): Promise<void> {
  const queryId = query.get('queryId')
  const client = clientOf(query)
  if (queryId === null || queryId === '' || client === undefined) {
    sendText(response, 400, `Missing parameter: ${queryId === null || queryId === '' ? 'queryId' : ['xRoadInstance', 'memberClass', 'memberCode'].filter((name) => !query.get(name)).join(', ')}`)
    return
  }
  const requestOnly = query.has('requestOnly')
  const responseOnly = query.has('responseOnly')
  const unique = query.has('unique')
  if (requestOnly && responseOnly) return sendText(response, 400, 'requestOnly and responseOnly cannot be used together')
  if (unique && !requestOnly && !responseOnly) return sendText(response, 400, 'unique needs requestOnly or responseOnly')
  try {
    authenticateClient(client, peer, deps.serverconf.current(), deps.internalCertificateHash)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return sendText(response, 401, thrown.message)
  }
  const direction: Direction | undefined = requestOnly ? 'request' : responseOnly ? 'response' : undefined
  const found = (await deps.messagelog.find({ queryId, party: client, direction })).slice(0, RECORDS_MAX)
  if (found.length === 0) return sendText(response, 404, `No signed documents found for queryId and client ${formatClientId(client)}`)
  const wanted = unique ? found.slice(-1) : found
  const ids = wanted.map(({ id }) => id)
  const unstamped = wanted.filter(({ status }) => status === 'waiting for time stamp').map(({ id }) => id)
  if (unstamped.length > 0) {
    if (kind === 'asic' && !query.has('force')) return sendText(response, 500, 'Some message signatures have not been timestamped yet; repeat with parameter force to stamp them now')
    try {
      await deps.messagelog.stamp(unstamped)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      return sendText(response, 500, `Time stamping failed: ${thrown.message}`)
    }
  }
  const containers = await deps.messagelog.containers(ids)
  if (unique) {
    const { name, bytes } = containers[0]!
    return sendBytes(response, 200, 'application/vnd.etsi.asic-e+zip', bytes, { 'content-disposition': `attachment; filename="${name}"` })
  }
  const zip = await writeZip(containers.map(({ name, bytes }) => ({ name, bytes, stored: true })), { at: deps.clock.now() })
  const suffix = direction === undefined ? '' : `-${direction}`
  sendBytes(response, 200, 'application/zip', zip, { 'content-disposition': `attachment; filename="${encodedQueryId(queryId)}${suffix}.zip"` })
}

function clientOf (query: URLSearchParams): ClientId | undefined {
  const instance = query.get('xRoadInstance')
  const memberClass = query.get('memberClass')
  const memberCode = query.get('memberCode')
  if (!instance || !memberClass || !memberCode) return undefined
  const subsystemCode = query.get('subsystemCode')
  return subsystemCode ? { instance, memberClass, memberCode, subsystemCode } : { instance, memberClass, memberCode }
}
