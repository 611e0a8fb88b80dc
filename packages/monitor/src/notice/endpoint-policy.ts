import { lookup as lookupInDns } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import { BadSubscription } from './push-subscription.ts'

export interface EndpointPolicyOptions {
  /** Hosts of push services, exact or `*.domain`. */
  readonly allowedHosts: readonly string[]
  /** `host:port` that may be called by http on this machine: development alone. */
  readonly developmentHosts?: readonly string[] | undefined
  /** For tests. */
  readonly lookup?: typeof lookupInDns | undefined
}

/** Push services of the browsers in use. */
export const PUSH_SERVICE_HOSTS: readonly string[] = [
  'fcm.googleapis.com', 'updates.push.services.mozilla.com', 'web.push.apple.com', '*.push.apple.com', '*.notify.windows.com'
]

const CONNECT_TIMEOUT_MS = 5000
const HEADERS_TIMEOUT_MS = 10_000

/** Addresses that are nobody's in the internet: a subscription must not make us ask our own neighbours. */
const PRIVATE = new BlockList()
for (const [net, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 3]] as const) PRIVATE.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [['::', 96], ['64:ff9b::', 96], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8], ['2001:db8::', 32]] as const) PRIVATE.addSubnet(net, bits, 'ipv6')

export function isPrivateAddress (address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return mapped === undefined ? PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6') : PRIVATE.check(mapped, 'ipv4')
}

/**
 * Which addresses subscriptions may lead us to: https at the port 443 of known push services. Names are resolved when the connection
 * is made and refused when they lead to a private address, so that no answer of a name server gets between check and use.
 */
export class EndpointPolicy {
  readonly #allowed: readonly string[]
  readonly #development: ReadonlySet<string>
  readonly #agent: Agent

  constructor ({ allowedHosts, developmentHosts = [], lookup = lookupInDns }: EndpointPolicyOptions) {
    this.#allowed = allowedHosts.map((host) => host.toLowerCase())
    this.#development = new Set(developmentHosts)
    const development = new Set(developmentHosts.map((host) => host.replace(/:\d+$/, '')))
    this.#agent = new Agent({
      connections: 8,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: HEADERS_TIMEOUT_MS,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        lookup: (host, options, done) => {
          lookup(host, { ...options, all: true }, (error, found) => {
            const usable = found?.filter(({ address }) => development.has(host) || !isPrivateAddress(address)) ?? []
            if (error === null && usable.length === 0) error = Object.assign(new Error('push service has a private address'), { code: 'EPRIVATE' })
            // Callers of both kinds exist: for one address and for all.
            if (error !== null) done(error, '', 4)
            else if (options.all === true) done(null, usable as never, usable[0]!.family)
            else done(null, usable[0]!.address, usable[0]!.family)
          })
        }
      }
    })
  }

  /** What requests to endpoints go through. */
  get dispatcher (): Dispatcher {
    return this.#agent
  }

  /** @throws {BadSubscription} for an address that may not be called. */
  check (endpoint: string): void {
    const url = new URL(endpoint)
    if (this.#development.has(url.host)) return
    if (url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') throw new BadSubscription('the endpoint is not a plain https address')
    const host = url.hostname.toLowerCase()
    if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !this.#allowed.some((allowed) => allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed)) {
      throw new BadSubscription('the endpoint is at no push service known here')
    }
  }

  async close (): Promise<void> {
    await this.#agent.close()
  }
}
