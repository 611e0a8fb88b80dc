import { connect, type TLSSocket } from 'node:tls'
import { Fault } from '@trembita/protocol/fault'
import type { ClientId } from '@trembita/protocol/identifiers'
import type { Certificate } from '@trembita/protocol/pki'
import type { ServerAddress, GlobalConf } from '../globalconf/index.ts'
import { fetchPeerOcsp, type OcspKeeper } from '../ocsp/index.ts'
import type { AuthIdentity } from '../signer/index.ts'
import type { Trust } from '../trust/index.ts'
import { peerChainOf, secureContextOf } from './tls.ts'

export interface ConnectDeps {
  readonly trust: Trust
  readonly ocsp: Pick<OcspKeeper, 'get' | 'remember'>
  readonly globalconf: GlobalConf
}

/** Nothing was sent yet: another gateway of the provider may be tried. `fault` is what the caller is told when none is left. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure'
  readonly fault: Fault

  constructor (fault: Fault) {
    super(fault.message, { cause: fault })
    this.fault = fault
  }
}

/**
 * Opens a verified connection: TLS with our authentication certificate, then, before a byte of HTTP, the full check of the
 * peer's certificate against the configuration with OCSP responses (xroad-messages §7.1 step 10).
 *
 * @throws {ConnectFailure}
 */
export async function connectPeer (deps: ConnectDeps, identity: AuthIdentity, address: ServerAddress, provider: ClientId, timeoutMs: number): Promise<TLSSocket> {
  let socket: TLSSocket | undefined
  try {
    socket = await open(identity, address, timeoutMs)
    await check(deps, address, provider, peerChainOf(socket))
    return socket
  } catch (thrown) {
    socket?.destroy()
    const fault = thrown instanceof Fault ? thrown : new Fault('InternalError', 'internal error', { cause: thrown })
    throw new ConnectFailure(fault)
  }
}

async function open (identity: AuthIdentity, address: ServerAddress, timeoutMs: number): Promise<TLSSocket> {
  const secureContext = secureContextOf(identity)
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: address.host, port: address.messagePort, secureContext, rejectUnauthorized: false, checkServerIdentity: () => undefined })
    const timer = setTimeout(() => { fail(new Error(`no connection within ${timeoutMs} ms`)) }, timeoutMs)
    const fail = (cause: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(new Fault('NetworkError', `Could not connect to target host (https://${address.host}:${address.messagePort})`, { cause }))
    }
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}

async function check (deps: ConnectDeps, address: ServerAddress, provider: ClientId, chain: readonly Certificate[]): Promise<void> {
  const trust = deps.globalconf.current().trustOf(provider.instance)
  if (trust === undefined) throw new Fault('SslAuthenticationFailed', `no configuration of instance ${provider.instance}`)
  // A self-signed certificate in the chain is the anchor that some peers send too: it needs no OCSP response.
  const subjects = chain.filter((certificate) => !certificate.isSelfSigned)
  const missing = subjects.filter((certificate) => deps.ocsp.get(certificate, trust) === undefined)
  const fetched = new Map<Certificate, Buffer>()
  if (missing.length > 0) {
    const responses = await fetchPeerOcsp(address.host, address.ocspPort, missing).catch((error: unknown) => {
      throw new Fault('SslAuthenticationFailed', 'could not get OCSP responses for the provider\'s authentication certificate', { cause: error })
    })
    missing.forEach((certificate, index) => { fetched.set(certificate, responses[index]!) })
  }
  const responses = subjects.map((certificate) => fetched.get(certificate) ?? deps.ocsp.get(certificate, trust)!)
  deps.trust.verifyPeer(chain, responses, provider)
  for (const [certificate, der] of fetched) deps.ocsp.remember(certificate, der)
}
