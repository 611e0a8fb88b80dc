import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { readFile } from 'node:fs/promises'
import { Fault } from '@trembita/protocol/fault'
import { anchorFileName, anchorFingerprint, parseAnchor, type Anchor } from '@trembita/protocol/globalconf'
import { tryAnchor } from '../../globalconf/index.ts'
import type { AdminDeps } from '../deps.ts'
import { Refusal } from '../refusal.ts'
import { INITIALISERS, READERS, SECURITY_OFFICER } from '../roles.ts'
import { described, flag, instant, listOf, note, record, text } from '../route.ts'
import { fileAnswer, uploadBody, uploaded } from '../upload.ts'

const anchorSchema = record({ hash: text(), created_at: instant, instance_id: text(), download_urls: listOf(text(2048)) }, ['hash', 'instance_id'])
const tag = 'system'

/** X-Road's codes for what is wrong with the configuration that an anchor leads to. */
const DOWNLOAD_CODES: Readonly<Record<string, string>> = {
  NetworkError: 'conf_verification.unreachable', OutdatedGlobalConf: 'conf_verification.outdated', InvalidSignatureValue: 'conf_verification.signature_invalid'
}

/** The configuration anchor: what the gateway trusts to tell it about everybody else. */
export const anchorApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get('/system/anchor', described({ tag, summary: 'The configuration anchor in use', access: READERS, answer: anchorSchema }),
    async () => tellAnchor(await currentAnchor(deps)))

  app.get('/system/anchor/download', described({ tag, summary: 'The configuration anchor as a file', access: READERS, answer: fileAnswer }), async (_request, reply) => {
    const bytes = await currentAnchor(deps)
    return await reply.type('application/octet-stream').header('content-disposition', `attachment; filename="${nameOf(parseAnchor(bytes))}"`).send(bytes)
  })

  app.post<{ Querystring: { validate_instance?: boolean } }>('/system/anchor/previews',
    described({ tag, summary: 'What an anchor says, without importing it', access: INITIALISERS, query: record({ validate_instance: flag }), body: uploadBody, answer: anchorSchema }),
    async (request) => {
      const bytes = uploaded(request.body)
      const anchor = readAnchor(bytes)
      if (request.query.validate_instance ?? true) checkInstance(deps, anchor)
      return tellAnchor(bytes)
    })

  const importAnchor = async (request: FastifyRequest): Promise<object> => {
    const bytes = uploaded(request.body)
    note(request, { anchorFileHash: anchorFingerprint(bytes), anchorFileHashAlgorithm: 'SHA-224' })
    if (deps.installation.isAnchorConfigured) {
      throw new Refusal('conflict', 'anchor_given_by_configuration', 'the configuration file of this gateway names its anchor: replace that file')
    }
    const anchor = readAnchor(bytes)
    checkInstance(deps, anchor)
    await tryDownload(anchor, deps)
    note(request, { generatedAt: anchor.generatedAt?.toISOString() })
    await deps.useAnchor(bytes)
    return tellAnchor(bytes)
  }

  app.post('/system/anchor', described({ tag, summary: 'Import the first configuration anchor', access: INITIALISERS, audit: 'Initialize anchor', body: uploadBody, created: anchorSchema }),
    async (request, reply) => {
      if (deps.installation.anchor() !== undefined && !deps.installation.isAnchorConfigured) {
        throw new Refusal('conflict', 'anchor_already_exists', 'this gateway has an anchor; PUT replaces it')
      }
      const answer = await importAnchor(request)
      return await reply.code(201).send(answer)
    })

  app.put('/system/anchor', described({ tag, summary: 'Replace the configuration anchor', access: [SECURITY_OFFICER], audit: 'Upload anchor', body: uploadBody, created: anchorSchema }),
    async (request, reply) => {
      if (deps.installation.anchor() === undefined) throw new Refusal('notFound', 'anchor_not_found', 'there is no anchor to replace; POST imports the first one')
      const answer = await importAnchor(request)
      return await reply.code(201).send(answer)
    })
}

async function currentAnchor ({ installation }: AdminDeps): Promise<Buffer> {
  const anchor = installation.anchor()
  if (anchor === undefined) throw new Refusal('notFound', 'anchor_not_found', 'no anchor has been imported')
  return typeof anchor === 'string' ? await readFile(anchor) : Buffer.from(anchor)
}

function readAnchor (bytes: Buffer): Anchor {
  try {
    return parseAnchor(bytes)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('invalid', 'malformed_anchor', `this is no configuration anchor: ${cause.message}`, { cause })
  }
}

/** A gateway with a name stays in its instance: everything it holds is of it. */
function checkInstance ({ installation }: AdminDeps, { instance }: Anchor): void {
  const own = installation.server()?.instance
  if (own !== undefined && own !== instance) {
    throw new Refusal('invalid', 'internal_anchor_upload_invalid_instance_id', `the anchor is of instance ${instance}, this gateway is of ${own}`, { metadata: [instance, own] })
  }
}

/** One that leads nowhere is not taken (xroad-trust §2.2): the directory must be there, verify, and have private parameters. */
async function tryDownload (anchor: Anchor, { clock }: AdminDeps): Promise<void> {
  try {
    await tryAnchor(anchor, clock.now())
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    const code = /no part PRIVATE-PARAMETERS/.test(cause.message) ? 'conf_verification.missing_private_params' : DOWNLOAD_CODES[cause.kind] ?? 'conf_verification.other'
    throw new Refusal('invalid', code, `the configuration that the anchor names cannot be used: ${cause.message}`, { cause })
  }
}

function tellAnchor (bytes: Buffer): object {
  const { instance, generatedAt, sources } = parseAnchor(bytes)
  return { hash: anchorFingerprint(bytes), ...generatedAt === undefined ? {} : { created_at: generatedAt.toISOString() }, instance_id: instance, download_urls: sources.map(({ url }) => url) }
}

function nameOf ({ instance, generatedAt }: Anchor): string {
  return anchorFileName(instance, 'internal', generatedAt ?? new Date(0)).replace(/[^A-Za-z0-9._-]/g, '_')
}
