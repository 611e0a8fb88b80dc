import { toFault } from '@trembita/protocol/fault'
import { formatTraceparent, type Clock, type TraceContext } from '@trembita/daemon'
import { memberOf, type ServerId } from '@trembita/protocol/identifiers'
import { authenticateClient } from '../clients/index.ts'
import { encodeMessage, partsOf, recordOf, type EncodedMessage, type ExchangeMetrics, type StepTimer } from '../exchange/index.ts'
import type { GlobalConf } from '../globalconf/index.ts'
import type { MessageLog } from '../messagelog/index.ts'
import type { ServerConf } from '../serverconf/index.ts'
import type { Signer } from '../signer/index.ts'
import { routeTo, type Spool, type Transport } from '../transport/index.ts'
import type { Trust } from '../trust/index.ts'
import type { Call } from './call.ts'
import { checkAnswer } from './check-answer.ts'
import { readAnswer, type PeerReply } from './read-answer.ts'
import { readRequest, type ClientRequest } from './read-request.ts'
import { discard } from './discard.ts'

export interface ConsumerDeps {
  readonly clock: Clock
  readonly globalconf: GlobalConf
  /** Who this gateway is; changes when its owner does. */
  readonly server: () => ServerId
  readonly serverconf: ServerConf
  readonly signer: Signer
  readonly transport: Transport
  readonly trust: Trust
  readonly messagelog: MessageLog
  readonly metrics: ExchangeMetrics
  readonly spool: Spool
  /** Hash of our internal TLS certificate, which stands for any client. */
  readonly internalCertificateHash: string | undefined
  readonly proxyVersion: string
  readonly soapReadTimeoutMs: number
}

/** A checked and logged answer, to be written to the information system and then let go. */
export interface Relayed {
  readonly request: ClientRequest
  readonly answer: PeerReply
  /** Deletes what was spooled; to be called when the answer has been written. */
  release (): Promise<void>
}

/**
 * Carries one call of an information system to the provider's gateway and back.
 *
 * @throws {Fault} with its origin.
 */
export async function relay (deps: ConsumerDeps, call: Call): Promise<Relayed> {
  const timer = deps.metrics.start('consumer')
  try {
    const snapshot = deps.globalconf.current()
    snapshot.checkValid(deps.clock.now())
    snapshot.suspensions.checkServer(deps.server())
    deps.messagelog.checkAccepting()
    deps.signer.auth()
    const request = await readRequest(call, {
      spool: deps.spool,
      instance: snapshot.instance,
      soapReadTimeoutMs: deps.soapReadTimeoutMs,
      checkBodySize: (bytes, client) => { deps.messagelog.checkBodySize(bytes, client) },
      admit: (client) => {
        snapshot.suspensions.checkClient(client)
        authenticateClient(client, call.peer, deps.serverconf.current(), deps.internalCertificateHash)
      }
    })
    timer.step('read')
    return await exchange(deps, request, call.trace, timer)
  } catch (thrown) {
    throw toFault(thrown, 'Server.ClientProxy')
  }
}

/**
 * From a whole request to a checked answer. Nothing is sent that is not sealed and on disk, nothing is answered that is not
 * verified and on disk (docs/exchange.md follows it step by step).
 *
 * @throws {Fault}
 */
export async function exchange (deps: ConsumerDeps, request: ClientRequest, trace: TraceContext, timer: StepTimer): Promise<Relayed> {
  let answer: PeerReply | undefined
  try {
    const snapshot = deps.globalconf.current()
    snapshot.suspensions.checkServer(deps.server())
    snapshot.suspensions.checkClient(request.client)
    const route = routeTo(snapshot, request.service, request.securityServer)
    const sealed = await deps.signer.seal(memberOf(request.client), partsOf(request))
    timer.step('seal')
    await deps.messagelog.append(recordOf(request, sealed, 'consumer', 'request', request.client, deps.clock.now()))
    timer.step('log')
    const identity = deps.signer.auth()
    const encoded = encodeMessage(request, sealed, 'request', identity.ocspResponses)
    const response = await deps.transport.exchange(route, identity, headersOf(deps, trace, request, encoded), encoded.body)
    answer = await readAnswer(response, request, deps.spool, (bytes) => { deps.messagelog.checkBodySize(bytes, request.client) })
    timer.step('exchange')
    const verified = deps.trust.verifySeal(answer.parts, partsOf(answer), memberOf(request.service))
    checkAnswer(request, answer)
    timer.step('verify')
    await deps.messagelog.append(recordOf(answer, verified, 'consumer', 'response', request.client, deps.clock.now()))
    timer.step('log')
    const checked = answer
    return { request, answer: checked, release: () => discard(request, checked) }
  } catch (thrown) {
    await discard(request, answer)
    throw thrown
  }
}

/** xroad-messages §2.3; names in lower case, as peers look some of them up. */
function headersOf (deps: ConsumerDeps, trace: TraceContext, request: ClientRequest, encoded: EncodedMessage): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': encoded.contentType,
    'x-hash-algorithm': 'SHA-512',
    'x-proxy-version': deps.proxyVersion,
    'x-original-content-type': request.originalContentType,
    'x-road-request-id': request.requestId,
    traceparent: formatTraceparent(trace)
  }
  if (trace.state !== undefined) headers.tracestate = trace.state
  if (request.protocol === 'rest') headers['x-road-message-type'] = 'REST'
  else if (request.soapAction !== undefined) headers['x-original-soapaction'] = request.soapAction
  return headers
}
