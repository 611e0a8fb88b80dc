import { Fault, inStage } from '@trembita/protocol/fault'

/**
 * What peers make of a problem met while another party's message is read: stage `ServiceFailed`. That our own message log
 * would refuse the body is found then too, and is nobody's failure but ours.
 */
export function decodingFault (thrown: unknown): Fault {
  return thrown instanceof Fault && thrown.kind === 'LoggingFailed' ? thrown : inStage(thrown, 'ServiceFailed')
}
