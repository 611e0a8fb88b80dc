import { type Clock } from '@trembita/daemon'
import { toFault } from '@trembita/protocol/fault'
import { memberOf, providerOf, type ServerId } from '@trembita/protocol/identifiers'
import type { AccessLog } from '../accesslog/index.ts'
import type { Agreements } from '../agreements/index.ts'
import { encodeMessage, partsOf, recordOf, type EncodedMessage, type ExchangeMetrics, type ServiceAnswer } from '../exchange/index.ts'
import type { GlobalConf } from '../globalconf/index.ts'
import type { MessageLog } from '../messagelog/index.ts'
import type { Metaservices } from '../metaservice/index.ts'
import type { ServerConf } from '../serverconf/index.ts'
import type { ServiceCaller } from '../services/index.ts'
import type { Signer } from '../signer/index.ts'
import type { Spool } from '../transport/index.ts'
import type { Trust } from '../trust/index.ts'
import type { PeerCall } from './call.ts'
import { chooseService } from './choose-service.ts'
import { checkProxyVersion } from './proxy-version.ts'
import { readMessage, type PeerRequest } from './read-message.ts'

export interface ProviderDeps {
  readonly clock: Clock
  /** Who this gateway is; changes when its owner does. */
  readonly server: () => ServerId
  readonly globalconf: GlobalConf
  readonly serverconf: ServerConf
  readonly signer: Signer
  readonly trust: Trust
  readonly messagelog: MessageLog
  readonly metaservices: Metaservices
  readonly services: ServiceCaller
  readonly agreements: Agreements
  readonly accesslog: Pick<AccessLog, 'watch'>
  readonly metrics: ExchangeMetrics
  readonly spool: Spool
  /** Oldest X-Road version of a peer's gateway that is served; undefined serves all. */
  readonly minPeerVersion: string | undefined
}

/** A sealed and logged answer, to be written to the peer and then let go. */
export interface Served {
  readonly request: PeerRequest
  readonly answer: ServiceAnswer
  readonly encoded: EncodedMessage
}

/**
 * Serves one request of another gateway. The order is the security argument (docs/exchange.md): who sent it, may they, is it
 * sealed, is it on disk; only then the information system hears of it. Its answer leaves when it is sealed and on disk, and with it
 * what it tells of persons.
 *
 * @param onRequest told of the request once read, so that what it spooled can be let go whatever happens.
 * @throws {Fault} with its origin.
 */
export async function serve (deps: ProviderDeps, call: PeerCall, onRequest: (request: PeerRequest) => void, onAnswer: (answer: ServiceAnswer) => void): Promise<Served> {
  const timer = deps.metrics.start('provider')
  let watch: ReturnType<AccessLog['watch']>
  try {
    const snapshot = deps.globalconf.current()
    snapshot.checkValid(deps.clock.now())
    checkProxyVersion(call.request.headers['x-proxy-version'] as string | undefined, deps.minPeerVersion)
    const request = await readMessage(call, deps)
    onRequest(request)
    timer.step('read')
    watch = deps.accesslog.watch(request, snapshot)
    const provider = providerOf(request.service)
    const service = chooseService(deps, request, snapshot)
    const verified = deps.trust.verifySeal(request.parts, partsOf(request), memberOf(request.client))
    timer.step('verify')
    await deps.messagelog.append(recordOf(request, verified, 'provider', 'request', provider, deps.clock.now()))
    await watch?.admit()
    timer.step('log')
    const answer = await service(request, call.trace)
    onAnswer(answer)
    timer.step('service')
    const sealed = await deps.signer.seal(memberOf(provider), partsOf(answer))
    timer.step('seal')
    await both(deps.messagelog.append(recordOf(answer, sealed, 'provider', 'response', provider, deps.clock.now())), watch?.answered(answer))
    timer.step('log')
    return { request, answer, encoded: encodeMessage(answer, sealed, 'response', []) }
  } catch (thrown) {
    await watch?.failed(thrown)
    throw toFault(thrown, 'Server.ServerProxy')
  }
}

/** Waits for both, also when one fails: the other still uses what the exchange has spooled. */
async function both (one: Promise<unknown>, other: Promise<unknown> | undefined): Promise<void> {
  for (const outcome of await Promise.allSettled([one, other])) if (outcome.status === 'rejected') throw outcome.reason
}
