import { connect as connectTcp, type Socket } from 'node:net'
import type { Clock, Logger } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import { encodeClientId } from '@trembita/protocol/identifiers'
import type { Certificate } from '@trembita/protocol/pki'
import { Pool } from 'undici'
import type { ServerAddress } from '../globalconf/index.ts'
import type { AuthIdentity } from '../signer/index.ts'
import { ConnectFailure, connectPeer, type ConnectDeps } from './connect-peer.ts'
import { send, type HttpAnswer } from './send.ts'
import type { Route } from './route.ts'

export interface TransportOptions extends ConnectDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly connectTimeoutMs: number
  /** How long a provider's gateway may take to answer; 0 waits for ever, as X-Road does. */
  readonly answerTimeoutMs: number
  readonly connectionsMax: number
}

interface PeerPool {
  readonly pool: Pool
  /** What these connections show of us. */
  readonly certificate: Certificate
  readonly version: number
  readonly until: number
}

/** A kept connection was checked when it was opened; after this time new ones are opened and checked anew (xroad-messages §2.7: OCSP ages). */
const CHECK_MAX_AGE_MS = 60_000
/** As X-Road: the gateway that answered first serves its provider for an hour. */
const WINNER_MAX_AGE_MS = 3_600_000
const PROBE_TIMEOUT_MS = 5000

/** Carries sealed messages to other gateways over kept, verified connections. */
export class Transport {
  readonly #options: TransportOptions
  readonly #pools = new Map<string, PeerPool>()
  readonly #winners = new Map<string, { address: ServerAddress, until: number }>()

  constructor (options: TransportOptions) {
    this.#options = options
  }

  /**
   * Posts a message to one of the route's gateways: the last winner first, the others when no connection can be had.
   * Once a byte was sent there is no second try: the other side may have acted on it.
   *
   * @param identity what the connection shows of us: the message holds its OCSP responses, so it must be the same.
   * @throws {Fault} `NetworkError`, `SslAuthenticationFailed…`, `IOError`.
   */
  async exchange (route: Route, identity: AuthIdentity, headers: Record<string, string>, body: () => Buffer | AsyncIterable<Buffer>): Promise<HttpAnswer> {
    let failure: Fault | undefined
    for (const address of await this.#order(route)) {
      try {
        const answer = await send(this.#pool(address, route, identity), {
          method: 'POST', path: '/', headers, body: body(), timeoutMs: this.#options.answerTimeoutMs
        })
        this.#winners.set(keyOf(route), { address, until: this.#options.clock.now().getTime() + WINNER_MAX_AGE_MS })
        return answer
      } catch (thrown) {
        if (!(thrown instanceof ConnectFailure)) throw networkFault(thrown)
        this.#winners.delete(keyOf(route))
        this.#options.log.warn({ address: `${address.host}:${address.messagePort}`, err: thrown.fault }, 'gateway of the provider cannot be used')
        // A refused certificate says more than a closed port.
        if (failure === undefined || failure.kind === 'NetworkError') failure = thrown.fault
      }
    }
    throw failure ?? new Fault('NetworkError', 'no gateway of the provider can be reached')
  }

  async close (): Promise<void> {
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.close()))
  }

  #pool (address: ServerAddress, route: Route, identity: AuthIdentity): Pool {
    const key = `${address.host}:${address.messagePort} ${keyOf(route)}`
    const now = this.#options.clock.now().getTime()
    const version = this.#options.globalconf.current().version
    const known = this.#pools.get(key)
    if (known !== undefined && known.version === version && known.until > now && known.certificate.equals(identity.certificate)) return known.pool
    const pool = new Pool(`https://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.messagePort}`, {
      connections: this.#options.connectionsMax,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: 30_000,
      maxHeaderSize: 64 * 1024,
      connect: (_options, callback) => {
        connectPeer(this.#options, identity, address, route.provider, this.#options.connectTimeoutMs)
          .then((socket) => { callback(null, socket) }, (error: Error) => { callback(error, null) })
      }
    })
    this.#pools.set(key, { pool, certificate: identity.certificate, version, until: now + CHECK_MAX_AGE_MS })
    // What runs on the old connections is finished there.
    known?.pool.close().catch((error: unknown) => { this.#options.log.debug({ err: error }, 'old connections closed with an error') })
    return pool
  }

  async #order (route: Route): Promise<readonly ServerAddress[]> {
    if (route.addresses.length === 1) return route.addresses
    const winner = this.#winners.get(keyOf(route))
    const shuffled = route.addresses.map((address) => ({ address, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ address }) => address)
    const first = winner !== undefined && winner.until > this.#options.clock.now().getTime()
      ? shuffled.find((address) => address.host === winner.address.host && address.messagePort === winner.address.messagePort)
      : await quickest(shuffled)
    return first === undefined ? shuffled : [first, ...shuffled.filter((address) => address !== first)]
  }
}

const keyOf = (route: Route): string => encodeClientId(route.provider)

/** Knocks at all addresses at once; the first that opens wins. */
async function quickest (addresses: readonly ServerAddress[]): Promise<ServerAddress | undefined> {
  const sockets: Socket[] = []
  try {
    return await Promise.any(addresses.map((address) => new Promise<ServerAddress>((resolve, reject) => {
      const socket = connectTcp({ host: address.host, port: address.messagePort, timeout: PROBE_TIMEOUT_MS })
      sockets.push(socket)
      socket.once('connect', () => { resolve(address) }).once('error', reject).once('timeout', () => { reject(new Error('timeout')) })
    })))
  } catch {
    return undefined // None opened: the exchange itself will say so, address by address.
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

const BROKEN_STREAM = new Set(['UND_ERR_BODY_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT'])

function networkFault (thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const code = (thrown as { code?: string }).code ?? ''
  return BROKEN_STREAM.has(code)
    ? new Fault('IOError', 'the provider\'s gateway did not answer in time', { cause: thrown })
    : new Fault('NetworkError', 'the connection to the provider\'s gateway failed', { cause: thrown })
}
