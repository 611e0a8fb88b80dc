import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { parseServerAddress } from '../../globalconf/index.ts'
import type { CertificateEntry, TokenKey } from '../../signer/index.ts'
import { runningOf, type AdminDeps } from '../deps.ts'
import { Refusal } from '../refusal.ts'
import { KEY_KEEPERS, KEY_READERS, SECURITY_OFFICER } from '../roles.ts'
import { described, flag, listOf, note, pathOf, record, text } from '../route.ts'
import { uploadBody, uploaded } from '../upload.ts'
import { checkOcsp } from './activation.ts'
import { hashOf } from './certificate-json.ts'
import { importCertificate, readCertificate, useOfCertificate } from './import-certificate.ts'
import { tokenCertificateJson, tokenCertificateSchema } from './key-json.ts'
import { checkKeeper } from './keys-api.ts'
import { certificateActions, type CertificateAction } from './possible-actions.ts'

interface Held { readonly key: TokenKey, readonly entry: CertificateEntry }
interface ByHash { Params: { hash: string } }

const tag = 'keys'
const params = pathOf('hash')

function find ({ token }: AdminDeps, hash: string): Held {
  for (const key of token.keys()) {
    const entry = key.entries.find(({ certificate }) => hashOf(certificate) === hash.toUpperCase())
    if (entry !== undefined) return { key, entry }
  }
  throw new Refusal('notFound', 'certificate_not_found', 'the token has no certificate of this SHA-256')
}

/** Finds the certificate of a request that changes it, and checks that whoever asks may, and that it can be done now. */
function take (deps: AdminDeps, request: FastifyRequest<ByHash>, action: CertificateAction | undefined): Held {
  const held = find(deps, request.params.hash)
  checkKeeper(request, held.key.use)
  note(request, { keyId: held.key.id, certId: hashOf(held.entry.certificate), certStatus: held.entry.status })
  if (action !== undefined && !certificateActions(held.entry, held.key.use).includes(action)) {
    throw new Refusal('conflict', 'action_not_possible', `not possible while the certificate is ${held.entry.active ? 'active' : 'disabled'} and ${held.entry.status}`)
  }
  return held
}

async function update (deps: AdminDeps, { entry }: Held, change: Partial<CertificateEntry>): Promise<void> {
  await deps.token.updateCertificate(entry.certificate, change)
  await deps.running()?.reconsider()
}

/** Certificates of the token and their way through the states of xroad-trust §3.6. */
export const tokenCertificatesApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.post('/token-certificates',
    described({ tag, summary: 'Import a certificate for one of the keys', access: KEY_KEEPERS, audit: 'Import certificate from file', body: uploadBody, created: tokenCertificateSchema }),
    async (request, reply) => {
      const certificate = readCertificate(uploaded(request.body))
      note(request, { certHash: hashOf(certificate), certHashAlgorithm: 'SHA-256' })
      const use = useOfCertificate(certificate)
      checkKeeper(request, use)
      const key = await importCertificate(deps, certificate, use)
      note(request, { keyId: key.id, keyUsage: use === 'auth' ? 'AUTHENTICATION' : 'SIGNING' })
      const { entry } = find(deps, hashOf(certificate))
      return await reply.code(201).send(tokenCertificateJson(entry, key, deps))
    })

  app.get<ByHash>('/token-certificates/:hash', described({ tag, summary: 'One certificate', access: KEY_READERS, params, answer: tokenCertificateSchema }), async (request) => {
    const { entry, key } = find(deps, request.params.hash)
    return tokenCertificateJson(entry, key, deps)
  })

  app.get<ByHash>('/token-certificates/:hash/possible-actions', described({ tag, summary: 'What can be done with a certificate now', access: KEY_READERS, params, answer: listOf(text()) }), async (request) => {
    const { entry, key } = find(deps, request.params.hash)
    return certificateActions(entry, key.use)
  })

  app.put<ByHash>('/token-certificates/:hash/activate', described({ tag, summary: 'Use a certificate from now on', access: KEY_KEEPERS, audit: 'Enable certificate', params }), async (request, reply) => {
    const held = take(deps, request, 'ACTIVATE')
    const problem = await checkOcsp(deps, held.entry.certificate)
    if (problem !== undefined) {
      await update(deps, held, { activationError: problem })
      throw new Refusal('conflict', 'ocsp_verification_failed', `no good OCSP response: ${problem}`)
    }
    await update(deps, held, { active: true, activationError: undefined })
    return await reply.code(204).send()
  })

  app.put<ByHash>('/token-certificates/:hash/disable', described({ tag, summary: 'Use a certificate no more', access: KEY_KEEPERS, audit: 'Disable certificate', params }), async (request, reply) => {
    await update(deps, take(deps, request, 'DISABLE'), { active: false })
    return await reply.code(204).send()
  })

  app.put<ByHash & { Body: { address: string, dry_run?: boolean } }>('/token-certificates/:hash/register',
    described({
      tag,
      summary: 'Ask the core to register an authentication certificate',
      access: [SECURITY_OFFICER],
      audit: 'Register authentication certificate',
      params,
      body: record({ address: { ...text(), description: 'where peers will reach this gateway: HOST, or HOST:PORT between gateways of this project' }, dry_run: flag }, ['address']),
      answer: record({ request_id: { type: 'integer', description: 'number of the request at the core; 0 for a dry run' } }, ['request_id'])
    }), async (request) => {
      const { address, dry_run: dryRun = false } = request.body
      const held = take(deps, request, 'REGISTER')
      note(request, { address, dryRun })
      if (parseServerAddress(address) === undefined) throw new Refusal('invalid', 'validation_failure', 'address is not usable', { fields: { address: 'expected HOST or HOST:PORT' } })
      const requestId = await runningOf(deps).management.registerAuthCertificate({ certificate: held.entry.certificate, address, dryRun })
      note(request, { managementRequestId: requestId })
      if (!dryRun) await update(deps, held, { status: 'registration in progress' })
      return { request_id: requestId }
    })

  app.put<ByHash>('/token-certificates/:hash/unregister',
    described({ tag, summary: 'Ask the core to forget an authentication certificate', access: [SECURITY_OFFICER], audit: 'Unregister authentication certificate', params }),
    async (request, reply) => {
      const held = take(deps, request, 'UNREGISTER')
      const requestId = await runningOf(deps).management.deleteAuthCertificate(held.entry.certificate)
      note(request, { managementRequestId: requestId })
      await update(deps, held, { status: 'deletion in progress' })
      return await reply.code(204).send()
    })

  app.put<ByHash>('/token-certificates/:hash/mark-for-deletion',
    described({ tag, summary: 'Treat a certificate as unregistered without asking the core', access: [SECURITY_OFFICER], audit: 'Skip unregistration of authentication certificate', params }),
    async (request, reply) => {
      await update(deps, take(deps, request, 'UNREGISTER'), { status: 'deletion in progress' })
      return await reply.code(204).send()
    })

  app.delete<ByHash>('/token-certificates/:hash', described({ tag, summary: 'Delete a certificate; its key stays', access: KEY_KEEPERS, audit: 'Delete certificate', params }), async (request, reply) => {
    const { key, entry } = take(deps, request, 'DELETE')
    await deps.token.update(key.id, ({ entries }) => ({ entries: entries.filter(({ certificate }) => !certificate.equals(entry.certificate)) }))
    await deps.running()?.reconsider()
    return await reply.code(204).send()
  })
}
