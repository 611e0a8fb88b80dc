import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls'
import { Certificate } from '@trembita/protocol/pki'
import type { AuthIdentity } from '../signer/index.ts'

/**
 * Between gateways (xroad-messages §2.1): X-Road peers speak TLS 1.2 with three CBC suites only, our own gateways and
 * Trembita's 1.3. Order: 1.3, then what peers allow when their operators permit more, then their default.
 */
export const MESSAGE_PORT_TLS = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [
    'TLS_AES_256_GCM_SHA384', 'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-SHA384', 'DHE-RSA-AES256-SHA256', 'ECDHE-ECDSA-AES256-SHA384'
  ].join(':')
} as const

/** Settings of a TLS context that shows the identity. */
export function secureOptionsOf (identity: AuthIdentity): SecureContextOptions {
  return {
    ...MESSAGE_PORT_TLS,
    key: identity.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: [identity.certificate, ...identity.chain].map(pemOf).join(''),
    dhparam: 'auto'
  }
}

const contexts = new WeakMap<AuthIdentity, SecureContext>()

/** The TLS context of an identity, made once: parsing keys costs more than a handshake's share of an exchange. */
export function secureContextOf (identity: AuthIdentity): SecureContext {
  let context = contexts.get(identity)
  if (context === undefined) {
    context = createSecureContext(secureOptionsOf(identity))
    contexts.set(identity, context)
  }
  return context
}

function pemOf (certificate: Certificate): string {
  const lines = certificate.der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** A longer chain than any certification service has. */
const CHAIN_MAX = 10
const chains = new WeakMap<TLSSocket, readonly Certificate[]>()

/** The certificates that a TLS peer showed, leaf first. Read once per connection. Empty when it showed none. */
export function peerChainOf (socket: TLSSocket): readonly Certificate[] {
  const known = chains.get(socket)
  if (known !== undefined) return known
  const chain: Certificate[] = []
  let next = socket.getPeerCertificate(true) as ReturnType<TLSSocket['getPeerCertificate']> & { issuerCertificate?: { raw: Buffer } } | undefined
  const seen = new Set<string>()
  while (next?.raw !== undefined && chain.length < CHAIN_MAX && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256)
    chain.push(Certificate.parse(next.raw))
    next = next.issuerCertificate as typeof next
  }
  chains.set(socket, chain)
  return chain
}
