import type { FastifyPluginAsync } from 'fastify'
import type { Certificate } from '@trembita/protocol/pki'
import type { ClientConf } from '../../serverconf/index.ts'
import type { AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { certificateDetails, certificateDetailsSchema, hashOf, readCertificate } from '../keys/index.ts'
import { Refusal } from '../refusal.ts'
import { READERS, SERVICE_ADMINISTRATOR } from '../roles.ts'
import { described, listOf, note, pathOf } from '../route.ts'
import { uploadBody, uploaded } from '../upload.ts'
import { localClientOf } from './client-json.ts'

const tag = 'clients'
const access = [SERVICE_ADMINISTRATOR]
const byHash = pathOf('id', 'hash')

/** Certificates that a client's information systems show when they connect, and when they are connected to. */
export const tlsCertificatesApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get<{ Params: { id: string } }>('/clients/:id/tls-certificates',
    described({ tag, summary: 'Certificates of the client\'s information systems', access: READERS, params: pathOf('id'), answer: listOf(certificateDetailsSchema) }),
    async ({ params }) => localClientOf(deps, params.id).certificates.map(certificateDetails))

  app.get<{ Params: { id: string, hash: string } }>('/clients/:id/tls-certificates/:hash',
    described({ tag, summary: 'One of them', access: READERS, params: byHash, answer: certificateDetailsSchema }),
    async ({ params }) => certificateDetails(certificateOf(localClientOf(deps, params.id), params.hash)))

  app.post<{ Params: { id: string } }>('/clients/:id/tls-certificates',
    described({ tag, summary: 'Trust the certificate of an information system', access, audit: 'Add internal TLS certificate', params: pathOf('id'), body: uploadBody, created: certificateDetailsSchema }),
    async (request, reply) => {
      const client = localClientOf(deps, request.params.id)
      const certificate = readCertificate(uploaded(request.body))
      note(request, { clientIdentifier: formatEncodedId(client.id), certHash: hashOf(certificate), certHashAlgorithm: 'SHA-256' })
      if (client.certificates.some((known) => known.equals(certificate))) throw new Refusal('conflict', 'certificate_already_exists', 'the client has this certificate')
      deps.serverconf.clients.addCertificate(client.id, certificate.der)
      return await reply.code(201).send(certificateDetails(certificate))
    })

  app.delete<{ Params: { id: string, hash: string } }>('/clients/:id/tls-certificates/:hash',
    described({ tag, summary: 'Trust it no more', access, audit: 'Delete internal TLS certificate', params: byHash }), async (request, reply) => {
      const client = localClientOf(deps, request.params.id)
      const certificate = certificateOf(client, request.params.hash)
      note(request, { clientIdentifier: formatEncodedId(client.id), certHash: hashOf(certificate), certHashAlgorithm: 'SHA-256' })
      deps.serverconf.clients.removeCertificate(client.id, certificate.der)
      return await reply.code(204).send()
    })
}

function certificateOf ({ certificates }: ClientConf, hash: string): Certificate {
  const found = certificates.find((certificate) => hashOf(certificate) === hash.toUpperCase())
  if (found === undefined) throw new Refusal('notFound', 'certificate_not_found', 'the client has no certificate of this SHA-256')
  return found
}
