import { Fault } from '@trembita/protocol/fault'
import { formatServerId, memberOf, type ServerId } from '@trembita/protocol/identifiers'
import type { Certificate } from '@trembita/protocol/pki'
import { parseServerAddress } from '../globalconf/index.ts'
import type { AuthIdentity } from '../signer/index.ts'
import { ConnectFailure, connectPeer, type ConnectDeps } from './connect-peer.ts'
import { peerChainOf } from './tls.ts'

/** What a gateway showed when it was knocked at. */
export interface PeerTest {
  readonly address: string
  readonly certificate: Certificate
  /** `TLSv1.3`. */
  readonly protocol: string
  readonly cipher: string
  /** Until the connection was checked. */
  readonly milliseconds: number
}

/**
 * Opens a connection to one gateway as for an exchange and closes it again: TLS with our certificate, theirs checked against
 * the configuration with an OCSP response that their gateway gives now.
 *
 * @throws {Fault} `NetworkError`, `SslAuthenticationFailed…`, `InvalidSecurityServer`.
 */
export async function testPeer (deps: ConnectDeps, identity: AuthIdentity, server: ServerId, timeoutMs: number): Promise<PeerTest> {
  const address = deps.globalconf.current().serverAddress(server)
  const parsed = address === undefined ? undefined : parseServerAddress(address)
  if (address === undefined || parsed === undefined) throw new Fault('InvalidSecurityServer', `the configuration has no address of ${formatServerId(server)}`)
  const started = performance.now()
  // Nothing kept: what is tested is the way there as it is now.
  const fresh = { ...deps, ocsp: { get: () => undefined, remember: () => {} } }
  try {
    const socket = await connectPeer(fresh, identity, { server, ...parsed, maintenance: undefined }, memberOf(server), timeoutMs)
    const certificate = peerChainOf(socket)[0]!
    const found = { address, certificate, protocol: socket.getProtocol() ?? '', cipher: socket.getCipher().name, milliseconds: Math.round(performance.now() - started) }
    socket.destroy()
    return found
  } catch (thrown) {
    throw thrown instanceof ConnectFailure ? thrown.fault : thrown
  }
}
