import { Fault, inStage } from '@trembita/protocol/fault'
import { checkRestAnswer, checkSoapAnswer } from '@trembita/protocol/message'
import type { PeerReply } from './read-answer.ts'
import type { ClientRequest } from './read-request.ts'

/**
 * Checks that a verified answer belongs to the request: same identifiers, same request hash (xroad-messages §7.1 steps 16–17).
 *
 * @throws {Fault} `InconsistentResponse`; for SOAP header fields in stage `ServiceFailed`, as peers do.
 */
export function checkAnswer (request: ClientRequest, answer: PeerReply): void {
  if (request.message.kind === 'rest' && answer.message.kind === 'rest') {
    checkRestAnswer(request.message.rest, answer.message.rest, request.requestHash)
    return
  }
  if (request.message.kind !== 'soap' || answer.message.kind !== 'soap') throw new Fault('InconsistentResponse', 'the answer is of another protocol than the request')
  try {
    checkSoapAnswer(request.message.soap, answer.message.soap)
  } catch (thrown) {
    throw inStage(thrown, 'ServiceFailed')
  }
  const hash = answer.message.soap.requestHash
  if (hash === undefined) throw new Fault('InconsistentResponse', 'Response from server proxy is missing request message hash')
  if (hash.replace(/\s/g, '') !== request.requestHash) throw new Fault('InconsistentResponse', 'Request message hash does not match request message')
}
