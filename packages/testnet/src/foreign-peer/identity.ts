import type { SecureContextOptions } from 'node:tls'
import { ocspResponseFor, type Issued, type OcspFaults, type TestPki } from '../pki/index.ts'

/** Suites of an X-Road peer with default settings, in its order (xroad-messages §2.1). */
export const PEER_CIPHERS = 'ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA256:ECDHE-ECDSA-AES256-SHA384'

/** TLS settings of a peer that shows this certificate and the CAs below the top one. */
export function peerTls (auth: Issued, ciphers: string = PEER_CIPHERS): SecureContextOptions {
  return {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ciphers,
    key: auth.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: [auth.certificate, ...auth.chain].map(({ pem }) => pem).join(''),
    dhparam: 'auto'
  }
}

/** OCSP responses of a certificate and the CAs between it and the top one, fresh from the responder. */
export function ocspOf (pki: TestPki, { certificate, chain }: Issued, faults?: OcspFaults): Buffer[] {
  return [certificate, ...chain].map((subject) => ocspResponseFor(pki, subject, faults))
}
