import { Fault } from '@trembita/protocol/fault'
import { describeClient, type ClientId } from '@trembita/protocol/identifiers'
import type { ServerConfSnapshot } from '../serverconf/index.ts'
import type { ClientPeer } from './client-peer.ts'

/**
 * Checks that the client is registered here and that its information system connected as the client's connection type asks
 * (xroad-messages §1.4). Our own internal certificate stands for any client, as local administration uses it.
 *
 * @throws {Fault} `UnknownMember`, `SslAuthenticationFailed`.
 */
export function authenticateClient (client: ClientId, peer: ClientPeer, conf: ServerConfSnapshot, internalCertificateHash: string | undefined): void {
  const name = describeClient(client)
  const known = conf.client(client)
  if (known?.status !== 'registered') throw new Fault('UnknownMember', `Client '${name}' not found`)
  if (known.connection === 'HTTP') return
  if (!peer.secure) throw new Fault('SslAuthenticationFailed', `Client (${name}) specifies HTTPS${known.connection === 'HTTPS' ? '' : ' NO AUTH'} but client made plaintext connection`)
  if (known.connection === 'HTTPS_NO_AUTH') return
  if (peer.certificateHash === undefined) throw new Fault('SslAuthenticationFailed', `Client (${name}) specifies HTTPS but did not supply TLS certificate`)
  if (peer.certificateHash === internalCertificateHash) return
  if (known.certificateHashes.size === 0) throw new Fault('SslAuthenticationFailed', `Client (${name}) has no IS certificates`)
  if (!known.certificateHashes.has(peer.certificateHash)) throw new Fault('SslAuthenticationFailed', `Client (${name}) TLS certificate does not match any IS certificates`)
}
