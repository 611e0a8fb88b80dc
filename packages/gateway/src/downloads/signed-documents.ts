import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Fault } from '@trembita/protocol/fault'
import { formatClientId, type ClientId } from '@trembita/protocol/identifiers'
import { streamZip, type ZipEntry } from '@trembita/protocol/asic'
import { authenticateClient } from '../clients/index.ts'
import { encodedQueryId, type Direction } from '../messagelog/index.ts'
import type { DownloadDeps } from './deps.ts'
import { sendBytes, sendText, type Download } from './downloads.ts'

/** More records of one query id than any client has reason to make; `?` and `1` occur as ids. The newest are given. */
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
  const found = (await deps.messagelog.search({ queryId, party: client, direction, limit: RECORDS_MAX })).reverse()
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
  const [first] = await deps.messagelog.containers(ids.slice(0, 1))
  if (unique) {
    const { name, bytes } = first!
    return sendBytes(response, 200, 'application/vnd.etsi.asic-e+zip', bytes, { 'content-disposition': `attachment; filename="${name}"` })
  }
  const suffix = direction === undefined ? '' : `-${direction}`
  response.writeHead(200, { 'content-type': 'application/zip', 'content-disposition': `attachment; filename="${encodedQueryId(queryId)}${suffix}.zip"` })
  // One after another: together they could be gigabytes.
  async function * containers (): AsyncGenerator<ZipEntry, void> {
    yield { ...first!, stored: true }
    for (const id of ids.slice(1)) for (const container of await deps.messagelog.containers([id])) yield { ...container, stored: true }
  }
  await pipeline(Readable.from(streamZip(containers(), { at: deps.clock.now() }), { objectMode: false }), response)
}

function clientOf (query: URLSearchParams): ClientId | undefined {
  const instance = query.get('xRoadInstance')
  const memberClass = query.get('memberClass')
  const memberCode = query.get('memberCode')
  if (!instance || !memberClass || !memberCode) return undefined
  const subsystemCode = query.get('subsystemCode')
  return subsystemCode ? { instance, memberClass, memberCode, subsystemCode } : { instance, memberClass, memberCode }
}
