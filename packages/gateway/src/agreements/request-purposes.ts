import { AGREEMENT_NS } from '@trembita/protocol/agreement'
import { contentTypeOf, purposeIdsOf } from '@trembita/protocol/message'
import { readXml, XML_BYTES_MAX } from '@trembita/protocol/xml'
import type { ReceivedRequest } from '../exchange/index.ts'

/**
 * Codes of the purposes that a request names: REST by `Uxp-Purpose-Ids` (each header of that name counts), SOAP by elements
 * `purpose` of the agreements' namespace in its Header, where X-Road's gateways let them pass.
 */
export function requestPurposes (request: Pick<ReceivedRequest, 'message' | 'head'>): string[] {
  const purposes = request.message.kind === 'rest'
    ? request.message.rest.headers.filter(([name]) => name.toLowerCase() === 'uxp-purpose-ids').flatMap((header) => purposeIdsOf([header]))
    : purposesOfEnvelope(request.head)
  return [...new Set(purposes)]
}

function purposesOfEnvelope ({ bytes, contentType }: ReceivedRequest['head']): string[] {
  const charset = contentTypeOf(contentType).parameters.get('charset') ?? 'utf-8'
  // Most envelopes name none, and need not be read again.
  if (/^utf-?8$/i.test(charset) && !bytes.includes(AGREEMENT_NS)) return []
  const purposes: string[] = []
  const path: string[] = []
  readXml(bytes, { bytesMax: XML_BYTES_MAX, charset }, {
    open ({ local, ns }) {
      path.push(path.length === 2 && ns === AGREEMENT_NS ? `${local} of agreements` : local)
      if (isPurpose(path)) purposes.push('')
    },
    text (value) { if (isPurpose(path)) purposes[purposes.length - 1]! += value },
    close () { path.pop() }
  })
  return purposes.map((purpose) => purpose.trim()).filter((purpose) => purpose !== '')
}

const isPurpose = (path: readonly string[]): boolean => path.length === 3 && path[1] === 'Header' && path[2] === 'purpose of agreements'
