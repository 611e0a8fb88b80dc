import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { certificatesOfPem, type Certificate } from '@trembita/protocol/pki'
import { startOcspResponder, startTimestamper, type OcspFaults, type TestPki, type TimestampFaults, type TrustService } from '../pki/index.ts'
import { BadRequest, checkRequest, KINDS, type Kind } from './certificate-request.ts'

export interface DevelopmentCaOptions {
  readonly pki: TestPki
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Default: any free ones. */
  readonly ports?: { readonly ca?: number | undefined, readonly ocsp?: number | undefined, readonly tsa?: number | undefined } | undefined
}

export interface DevelopmentCa extends AsyncDisposable {
  /** Certificates and requests: `url/sign`, `url/ca.pem` … */
  readonly url: string
  readonly ocsp: TrustService<OcspFaults>
  readonly tsa: TrustService<TimestampFaults>
  close (): Promise<void>
}

/** A certificate request, or a certificate to revoke. */
const BODY_BYTES_MAX = 64 * 1024
const PEM = 'application/x-pem-file'
const DER = 'application/pkix-cert'

/**
 * A CA by HTTP FOR DEVELOPMENT ONLY: whoever asks gets a certificate for whichever name they ask. With its OCSP responder and its
 * timestamp service; certificates issued from now on name the responder.
 */
export async function startDevelopmentCa ({ pki, host = '127.0.0.1', ports = {} }: DevelopmentCaOptions): Promise<DevelopmentCa> {
  const ocsp = await startOcspResponder(pki, { host, port: ports.ocsp })
  const tsa = await startTimestamper(pki, { host, port: ports.tsa })
  const app = createCaApp(pki, { ocsp: ocsp.url, tsa: tsa.url })
  const closeAll = async (): Promise<void> => { await Promise.all([app.close(), ocsp.close(), tsa.close()]) }
  try {
    pki.ocspUrl = ocsp.url
    const url = await app.listen({ host, port: ports.ca ?? 0 })
    return { url, ocsp, tsa, close: closeAll, [Symbol.asyncDispose]: closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/**
 * - `GET /`: addresses of everything, as JSON
 * - `GET /root.pem`, `/ca.pem` (the CA that issues), `/chain.pem` (both), `/ocsp.pem`, `/root-ocsp.pem`, `/tsa.pem`; `.der` likewise
 * - `POST /sign?kind=sign|auth|tls|tsa`: a PKCS#10 request, PEM or DER; the answer is the certificate, PEM, or DER with `&format=der`,
 *   and its chain below it with `&chain=true`
 * - `POST /revoke`: a certificate, PEM; from now on the OCSP responder says revoked
 */
function createCaApp (pki: TestPki, addresses: { readonly ocsp: string, readonly tsa: string }): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true })
  // Whatever type curl says: the bytes tell.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    const status = error instanceof BadRequest ? 400 : error.statusCode ?? 500
    return reply.code(status).type('text/plain; charset=utf-8').send(`${status < 500 ? error.message : 'internal error'}\n`)
  })

  const certificates: Record<string, readonly Certificate[]> = {
    root: [pki.root.certificate],
    ca: [pki.intermediate.certificate],
    chain: [pki.intermediate.certificate, pki.root.certificate],
    ocsp: [pki.intermediate.ocsp.certificate],
    'root-ocsp': [pki.root.ocsp.certificate],
    tsa: [pki.tsa.certificate]
  }
  for (const [name, list] of Object.entries(certificates)) {
    app.get(`/${name}.pem`, (_request, reply) => sendPem(reply, list))
    if (list.length === 1) app.get(`/${name}.der`, (_request, reply) => reply.type(DER).send(list[0]!.der))
  }
  app.get('/', (request) => {
    const own = `${request.protocol}://${request.host}`
    return {
      warning: 'for development only: certificates for whoever asks',
      ...addresses,
      sign: `${own}/sign?kind=${KINDS.join('|')}`,
      ...Object.fromEntries(Object.keys(certificates).map((name) => [`${name}_certificate`, `${own}/${name}.pem`]))
    }
  })

  app.post<{ Querystring: { kind?: Kind, format?: 'pem' | 'der', chain?: boolean }, Body: Buffer | undefined }>('/sign', {
    schema: {
      querystring: {
        type: 'object',
        additionalProperties: false,
        properties: { kind: { type: 'string', enum: KINDS }, format: { type: 'string', enum: ['pem', 'der'] }, chain: { type: 'boolean' } }
      }
    }
  }, async ({ query, body }, reply) => {
    const { kind, pem, names } = await checkRequest(body ?? Buffer.alloc(0), query.kind)
    const { certificate, chain } = await pki.signCsr(pem, kind, kind === 'auth' || kind === 'tls' ? { names } : {})
    return query.format === 'der' ? reply.type(DER).send(certificate.der) : sendPem(reply, [certificate, ...query.chain === true ? chain : []])
  })

  app.post<{ Body: Buffer | undefined }>('/revoke', async ({ body }, reply) => {
    revoke(pki, body ?? Buffer.alloc(0))
    return reply.code(204).send()
  })
  return app
}

function sendPem (reply: FastifyReply, certificates: readonly Certificate[]): FastifyReply {
  return reply.type(PEM).send(certificates.map(({ pem }) => pem.trimEnd()).join('\n') + '\n')
}

/** @throws {BadRequest} */
function revoke (pki: TestPki, body: Buffer): void {
  try {
    pki.revoke(certificatesOfPem(body.toString('latin1'))[0]!)
  } catch (cause) {
    throw new BadRequest('expected a certificate of this CA, PEM', { cause })
  }
}
